import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Subject } from '../../../src/alerts/alert.ts';
import { type Incident, isQuiet } from '../../../src/incident/model/incident.ts';
import type { OverflowAlert } from '../../../src/incident/model/overflow.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import type { TimelineEntry } from '../../../src/incident/model/timeline.ts';
import { step } from '../../../src/incident/step.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { alert, given, shop, T0 } from '../../kit/incident/fixtures.ts';

/** An incident that hears alerts lot by lot, with what a store would keep of them. */
function hearing(subject: Subject = shop) {
  const kept: Record<string, OverflowAlert> = {};
  const entries: TimelineEntry[] = [];
  let incident: Incident | null = null;
  return {
    hear(alerts: readonly Alert[], changes: Partial<StepContext> = {}): Incident {
      const heard = Object.fromEntries(
        alerts.flatMap(({ fingerprint }) => (kept[fingerprint] ? [[fingerprint, kept[fingerprint]]] : [])),
      );
      const stepped = step(incident, { type: 'alerts', subject, alerts }, given({ heard, ...changes }));
      if (stepped.kind === 'next') {
        incident = stepped.incident;
        entries.push(...stepped.entries);
        Object.assign(kept, stepped.crowd);
      }
      if (incident === null) throw new Error('nothing was opened');
      return incident;
    },
    kept,
    entries,
  };
}

const firing = (number: number, name = `Alert${number % 30}`) =>
  alert(name, { fingerprint: `fp-${number}`, startsAt: T0 });
const over = (one: Alert): Alert => ({ ...one, status: 'resolved', endsAt: one.startsAt + 1000 });
const many = (count: number) => Array.from({ length: count }, (_, number) => firing(number));

describe('an incident of very many alerts', () => {
  it('holds the first fifty in full, and counts the others by name', () => {
    const { hear, kept } = hearing();
    const incident = hear(many(10_000));
    expect(Object.keys(incident.alerts)).toHaveLength(50);
    expect(incident.crowd).toMatchObject({ total: 9950, firing: 9950 });
    expect(Object.values(incident.crowd.names).reduce((sum, count) => sum + count, 0)).toBe(9950);
    expect(Object.keys(incident.crowd.names).length).toBeLessThanOrEqual(21);
    expect(Object.keys(kept)).toHaveLength(9950);
  });

  it('stays as small, however many there are', () => {
    const small = JSON.stringify(hearing().hear(many(100))).length;
    const large = JSON.stringify(hearing().hear(many(10_000))).length;
    expect(large).toBeLessThan(small * 1.1);
  });

  it('tells what became of those that are counted now and then, and when the last of them has resolved', () => {
    const { hear, entries } = hearing();
    const told = () => entries.filter(({ happening }) => happening.kind === 'alerts-counted').length;
    hear(many(5000));
    expect(told()).toBe(1);
    for (let second = 1; second < 30; second += 1)
      hear([over(firing(100 + second))], { now: T0 + second * 1000 });
    expect(told()).toBe(1);
    hear(many(5000).slice(200, 300).map(over), { now: T0 + 30_000 });
    expect(entries.at(-1)?.happening).toMatchObject({ attached: 0, resolved: 100, crowd: { firing: 4821 } });
    hear(many(5000).slice(50).map(over), { now: T0 + 31_000 });
    expect(entries.at(-1)?.happening).toMatchObject({ crowd: { firing: 0 } });
  });

  it('is quiet when, and only when, all of them have resolved, in whatever order and however often they are told', () => {
    const numbers = fc.array(fc.nat(120), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(numbers, fc.nat(5), (order, lots) => {
        const { hear } = hearing({ ...shop, kind: 'storm' });
        const all = many(121);
        hear(all);
        const size = Math.ceil(order.length / (lots + 1));
        let incident = hear(all);
        const resolved = new Set<number>();
        for (let start = 0; start < order.length; start += size) {
          const lot = order.slice(start, start + size);
          for (const number of lot) resolved.add(number);
          incident = hear(lot.map((number) => over(firing(number))));
        }
        expect(isQuiet(incident)).toBe(resolved.size === 121);
        expect(incident.crowd.total).toBe(71);
      }),
      { seed: 20_260_101 },
    );
  });
});

describe('an alert that flaps', () => {
  it('is told the first five times, and then only when its count doubles', () => {
    const { hear, entries } = hearing();
    for (let round = 0; round < 64; round += 1) {
      const begins = T0 + round * 10_000;
      const flapping = alert('Small', { startsAt: begins });
      hear([flapping, alert('Other', { startsAt: T0 })], { now: begins });
      hear([over(flapping)], { now: begins + 1000 });
    }
    const refires = entries.flatMap(({ happening }) =>
      happening.kind === 'alert-refired' ? [happening.fires] : [],
    );
    expect(refires).toEqual([2, 3, 4, 5, 8, 16, 32, 64]);
  });

  it('fires again when its source goes on with the old beginning after it had lost sight of it', () => {
    const { hear } = hearing();
    const one = alert('Small', { startsAt: T0 - 60_000 });
    hear([one, alert('Other')]);
    hear([over(one)], { now: T0 });
    expect(hear([one], { now: T0 + 10_000 }).alerts['fp-Small']?.alert.status).toBe('resolved');
    expect(hear([one], { now: T0 + 300_000 }).alerts['fp-Small']?.alert.status).toBe('firing');
  });
});

describe('an alert that begins again before its end was heard', () => {
  const again = { ...alert('Small'), startsAt: T0 + 5000 };

  it('is not ended by the end of the time before', () => {
    const { hear } = hearing();
    hear([alert('Small', { startsAt: T0 })]);
    hear([again]);
    const late = hear([over(alert('Small', { startsAt: T0 }))]);
    expect(late.alerts['fp-Small']?.alert).toMatchObject({ status: 'firing', startsAt: T0 + 5000 });
    expect(isQuiet(hear([over(again)]))).toBe(true);
  });

  it('is counted once among those that fire', () => {
    const { hear } = hearing();
    hear(many(60));
    const later = many(60).map((one) => ({ ...one, startsAt: T0 + 5000 }));
    expect(hear(later).crowd).toMatchObject({ total: 10, firing: 10 });
  });
});

describe('a storm', () => {
  const storm: Subject = { kind: 'storm', name: 'alert storm', environment: 'production' };

  it('is counted and given to a person at once, and nothing is looked into or done', () => {
    const stepped = step(null, { type: 'alerts', subject: storm, alerts: many(100) }, given());
    if (stepped.kind !== 'next') throw new Error(plainly(stepped.reason));
    expect(stepped.incident.phase).toMatchObject({ at: 'escalated' });
    expect(stepped.owed).toEqual([]);
  });

  it('is over when every alert has resolved, which is all that can be said of many things at once', () => {
    const { hear } = hearing(storm);
    hear(many(100));
    expect(hear(many(100).map(over)).phase).toMatchObject({ at: 'closed', how: 'resolved' });
  });
});
