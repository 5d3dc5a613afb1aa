import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { step } from '../../../src/incident/step.ts';
import { alert, given, settings, shop, T0 } from '../../kit/incident/fixtures.ts';
import { ended, opened, rechecked, resolved, type Walk, WELL, walk, watch } from '../../kit/incident/walk.ts';

const lately = (walked: Walk) => ({ around: { neighbours: [], lately: walked.incident } });
const next = (...neighbours: readonly Incident[]) => ({ around: { neighbours, lately: null } });

/** An incident about a neighbour, opened so many milliseconds before. */
function neighbour(id: string, before: number, changes: Partial<Incident> = {}): Incident {
  const { incident } = opened('Middling');
  return { ...incident, id, milestones: { ...incident.milestones, opened: T0 - before }, ...changes };
}

/** An incident whose only alert resolved by itself, and whose subject was seen to be well. */
function recovered(name: string): Walk {
  return rechecked(resolved(opened(name)));
}

/** One whose fix was proven to have helped, and whose alert was never heard to end. */
function healed(name: string): Walk {
  const walked = watch(ended(name), 20_000, WELL);
  walked.phase('closed');
  return walked;
}

describe('an incident that opens next to another one', () => {
  it('is told in the thread of the one that opened first, which learns of it', () => {
    const { incident, effects } = opened('Small', next(neighbour('inc-b', 5000), neighbour('inc-a', 9000)));
    expect(incident.link).toEqual({ kind: 'neighbour', incident: 'inc-a' });
    const guest = { kind: 'neighbour', incident: incident.id, subject: 'shop' };
    expect(effects).toContainEqual({
      kind: 'tell',
      incident: 'inc-a',
      tidings: { type: 'guest-came', guest },
    });
  });

  it('follows a guest to the thread in which that one is told', () => {
    const guest = neighbour('inc-b', 5000, { link: { kind: 'neighbour', incident: 'inc-root' } });
    expect(opened('Small', next(guest)).incident.link?.incident).toBe('inc-root');
  });

  it('names the neighbour that is open, and not the owner of the thread, which may be over', () => {
    const subject = { kind: 'service', name: 'orders', environment: 'production' } as const;
    const guest = neighbour('inc-b', 5000, {
      subject,
      link: { kind: 'neighbour', incident: 'inc-root' },
    });
    expect(opened('Small', next(guest)).incident.link).toEqual({
      kind: 'neighbour',
      incident: 'inc-root',
      of: { incident: 'inc-b', subject: 'orders' },
    });
  });

  it('has a thread of its own when the other one opened long ago', () => {
    expect(opened('Small', next(neighbour('inc-a', 601_000))).incident.link).toBeNull();
  });

  it('is counted as a guest once, however often it is told', () => {
    const walked = opened('Small');
    const guest = { kind: 'neighbour', incident: 'inc-other', subject: 'api' } as const;
    walked.feed({ type: 'guest-came', guest }).feed({ type: 'guest-came', guest });
    expect(walked.incident.guests).toEqual([guest]);
  });
});

describe('an alert that is back soon after its incident closed', () => {
  it('opens one in the same thread, and the end of the first did not last', () => {
    const before = recovered('Small');
    const { incident, effects } = opened('Small', { now: T0 + 60_000, ...lately(before) });
    expect(incident.link).toEqual({ kind: 'relapse', incident: before.incident.id });
    const tidings = { type: 'relapsed', as: incident.id } as const;
    expect(effects).toContainEqual({ kind: 'tell', incident: before.incident.id, tidings });
    before.feed(tidings).feed(tidings);
    expect(before.incident.relapsed).toBe(incident.id);
    expect(before.told.filter(({ kind }) => kind === 'did-not-last')).toHaveLength(1);
    expect(before.phase('closed').how).toBe('recovered');
  });

  it('is told in the same thread three times, and then in one of its own that knows of the one before', () => {
    const first = recovered('Small').incident;
    let last = first;
    let now = T0;
    const back = () => {
      now += 60_000;
      const alerts = [alert('Small', { startsAt: now })];
      const around = { neighbours: [], lately: last };
      const walked = walk({ type: 'alerts', subject: shop, alerts }, { now, around });
      const seen = { ...walked.incident };
      last = rechecked(resolved(walked)).incident;
      return { ...walked, incident: seen };
    };
    for (const nth of [1, 2, 3]) {
      const { link, follows } = back().incident;
      expect([link?.incident, link?.nth ?? 1, follows]).toEqual([first.id, nth, undefined]);
    }
    const before = last.id;
    const fourth = back();
    expect([fourth.incident.link, fourth.incident.follows]).toEqual([null, { incident: first.id, times: 3 }]);
    expect(fourth.told).toContainEqual({ kind: 'followed', follows: { incident: first.id, times: 3 } });
    const tidings = { type: 'relapsed', as: fourth.incident.id, elsewhere: true } as const;
    expect(fourth.effects).toContainEqual({ kind: 'tell', incident: before, tidings });
    expect(back().incident.link).toEqual({ kind: 'relapse', incident: fourth.incident.id });
  });

  it('is no return of an incident about something else that a fix has healed', () => {
    const { incident } = opened('Middling', lately(healed('Small')));
    expect(incident.link).toBeNull();
    expect(opened('Small', lately(healed('Small'))).incident.link?.kind).toBe('relapse');
  });

  it('shows that an incident had not recovered by itself, whatever it is about', () => {
    const before = recovered('Small');
    const { incident, effects } = opened('Middling', lately(before));
    expect(incident.link).toEqual({ kind: 'relapse', incident: before.incident.id });
    const tidings = { type: 'relapsed', as: incident.id } as const;
    expect(effects).toContainEqual({ kind: 'tell', incident: before.incident.id, tidings });
  });

  it('shows the same of one whose alerts resolved and whose subject nobody could look at', () => {
    const blind = { settings: settings({ services: {} }) };
    const before = resolved(opened('Small', blind));
    expect(before.phase('closed').how).toBe('resolved');
    expect(opened('Middling', { ...blind, ...lately(before) }).incident.link?.kind).toBe('relapse');
  });
});

describe('a late messenger of an incident that closed', () => {
  const late = (before: Walk, later: number) =>
    step(
      null,
      { type: 'alerts', subject: shop, alerts: [alert('Small')] },
      given({ now: T0 + later, ...lately(before) }),
    );

  it('opens no other, where the alert had resolved', () => {
    expect(late(recovered('Small'), 5000).kind).toBe('refused');
  });

  it('is one also where it was kept back for long on its way: when it came counts', () => {
    const [before, now] = [recovered('Small'), T0 + 300_000];
    const sent = (cameAt: number) =>
      step(
        null,
        { type: 'alerts', subject: shop, alerts: [{ ...alert('Small'), cameAt }] },
        given({ now, ...lately(before) }),
      );
    const ended = Math.max(...Object.values(before.incident.alerts).map(({ changedAt }) => changedAt));
    expect(sent(ended + 14_000).kind).toBe('refused');
    const anew = sent(ended + 16_000);
    expect(anew.kind).toBe('next');
    expect(JSON.stringify(anew)).not.toContain('cameAt');
  });

  it('opens another one where the alert fires anew', () => {
    const again = alert('Small', { startsAt: T0 + 4000 });
    const walked = recovered('Small');
    const stepped = step(
      null,
      { type: 'alerts', subject: shop, alerts: [again] },
      given({ now: T0 + 5000, ...lately(walked) }),
    );
    expect(stepped.kind).toBe('next');
  });

  it('opens another one where the alert was never heard to end: its source says that it fires', () => {
    expect(late(healed('Small'), 30_000).kind).toBe('next');
  });
});

describe('a closed incident', () => {
  it('takes nothing but word of what came after it', () => {
    const { incident } = recovered('Small');
    const again = step(incident, { type: 'your-turn' }, given());
    expect(again).toEqual({ kind: 'refused', reason: 'this incident is closed' });
  });
});

describe('an incident that is over', () => {
  const tidings = (walked: Walk) =>
    walked.effects.flatMap((one) => (one.kind === 'tell' ? [[one.incident, one.tidings.type]] : []));
  const guest = (id: string) => ({ kind: 'neighbour', incident: id, subject: id }) as const;
  const over = (id: string) => ({ type: 'neighbour-over', incident: id, at: T0 + 60_000 }) as const;

  it('tells whoever is told in its thread, and the one in whose thread it is told', () => {
    const owner = opened('Small').feed({ type: 'guest-came', guest: guest('inc-api') });
    expect(tidings(rechecked(resolved(owner)))).toEqual([['inc-api', 'neighbour-over']]);
    const told = rechecked(resolved(opened('Small', next(neighbour('inc-a', 5000)))));
    expect(tidings(told)).toEqual([
      ['inc-a', 'guest-came'],
      ['inc-a', 'neighbour-over'],
    ]);
  });

  it('is known as such to its neighbour from then on, once', () => {
    const walked = opened('Small', next(neighbour('inc-a', 5000)));
    walked.feed(over('inc-else'));
    expect(walked.incident.link?.over).toBeUndefined();
    walked.feed(over('inc-a'));
    const { version } = walked.incident;
    expect(walked.incident.link?.over).toBe(T0 + 60_000);
    walked.feed(over('inc-a'));
    expect(walked.incident.version).toBe(version);
  });

  it('is handed on by the owner of the thread, who alone knows who else is told there', () => {
    const owner = opened('Small')
      .feed({ type: 'guest-came', guest: guest('inc-api') })
      .feed({ type: 'guest-came', guest: guest('inc-web') })
      .feed(over('inc-api'));
    expect(owner.incident.guests.map((one) => one.over)).toEqual([T0 + 60_000, undefined]);
    expect(tidings(owner)).toEqual([['inc-web', 'neighbour-over']]);
  });
});
