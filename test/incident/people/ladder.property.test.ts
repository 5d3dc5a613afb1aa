import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unansweredCall } from '../../../src/incident/model/call.ts';
import type { OutboxEffect } from '../../../src/incident/model/effect.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { step } from '../../../src/incident/step.ts';
import { alert, alice, bob, given, settings, shop, T0 } from '../../kit/incident/fixtures.ts';

const SEVERITIES = ['info', 'warning', 'critical'] as const;
type Severity = (typeof SEVERITIES)[number];

const ladders = fc
  .array(
    fc.record({
      tell: fc.constantFrom('owners', 'approvers', 'SONCALL', 'UBOSS'),
      minutes: fc.integer({ min: 0, max: 20 }),
      severity: fc.constantFrom(...SEVERITIES),
    }),
    { maxLength: 4 },
  )
  .chain((people) =>
    fc.record({ people: fc.constant(people), pager: fc.boolean(), at: fc.integer({ min: 0, max: 20 }) }),
  )
  .map(({ people, pager, at }) =>
    [...people, ...(pager ? [{ tell: 'pagerduty', minutes: at, severity: 'info' as Severity }] : [])]
      .toSorted((one, other) => one.minutes - other.minutes)
      .map(({ tell, minutes, severity }) => ({ tell, after: `${minutes}m`, severity })),
  );

const moves = fc.array(
  fc.record({
    what: fc.constantFrom(
      'timer',
      'timer',
      'timer',
      'stale',
      'take',
      'ack',
      'unack',
      'worse',
      'again',
      'act',
      'resolve',
    ),
    wait: fc.integer({ min: 0, max: 8 * 60_000 }),
    ago: fc.integer({ min: 0, max: 60_000 }),
    gap: fc.boolean(),
  }),
  { maxLength: 25 },
);

type Move = { what: string; wait: number; ago: number; gap: boolean };

function eventOf({ what, ago }: Move, owed: readonly OutboxEffect[], now: number): IncidentEvent {
  const timers = owed.flatMap(({ effect }) =>
    effect.kind === 'timer' && effect.name === 'escalation' ? [effect] : [],
  );
  const firing = alert('Other', { fingerprint: `fp-${now}`, startsAt: now });
  switch (what) {
    case 'timer':
      return { type: 'timer', name: 'escalation', serves: timers.at(-1)?.serves ?? '' };
    case 'stale':
      return { type: 'timer', name: 'escalation', serves: timers.at(0)?.serves ?? '' };
    case 'take':
      return { type: 'call-taken', by: alice };
    case 'ack':
    case 'unack':
      return {
        type: 'pager-said',
        from: 'pagerduty',
        taken: what === 'ack',
        who: 'Ada Example',
        at: now - ago,
      };
    case 'worse':
      return { type: 'alerts', subject: shop, alerts: [firing] };
    case 'again':
      return { type: 'evidence-collected', round: 2, evidence: [] };
    case 'act':
      return { type: 'diagnosis-requested', subject: shop, by: bob, text: 'look again' };
    default:
      return {
        type: 'alerts',
        subject: shop,
        alerts: [alert('Unheard', { status: 'resolved', endsAt: now })],
      };
  }
}

/** Lives an incident that needs a person, and looks at every state it goes through. */
function live(
  ladder: readonly object[],
  severity: Severity,
  life: readonly Move[],
  look: (before: Incident, after: Incident, owed: readonly OutboxEffect[]) => void,
) {
  const base = given({ settings: settings({ escalation: ladder }) });
  let now = T0;
  let aliveSince = 0;
  let owed: OutboxEffect[] = [];
  let incident: Incident | null = null;
  const feed = (event: IncidentEvent) => {
    const stepped = step(incident, event, { ...base, now, aliveSince });
    if (stepped.kind === 'refused') return;
    owed = [...owed, ...stepped.owed];
    const before = incident ?? stepped.incident;
    incident = stepped.incident;
    look(before, incident, owed);
  };
  feed({ type: 'alerts', subject: shop, alerts: [alert('Unheard', { severity })] });
  feed({ type: 'evidence-collected', round: 1, evidence: [] });
  for (const move of life) {
    now += move.wait;
    if (move.gap) aliveSince = now;
    feed(eventOf(move, owed, now));
  }
}

const lives = [ladders, fc.constantFrom(...SEVERITIES), moves] as const;

describe('whatever happens to a call', () => {
  it('nobody is told any more once somebody has taken it', () => {
    fc.assert(
      fc.property(...lives, (ladder, severity, life) =>
        live(ladder, severity, life, ({ call: before }, { call: after }) => {
          if (before?.taken == null || before.nth !== after?.nth) return;
          expect([after.told.length, after.next]).toEqual([before.told.length, null]);
        }),
      ),
    );
  });

  it('each rung is told once in it, never before its time, and none that the incident is not severe enough for', () => {
    fc.assert(
      fc.property(...lives, (ladder, severity, life) =>
        live(ladder, severity, life, (before, { call, severity: present }) => {
          if (call === undefined) return;
          const rungs = settings({ escalation: ladder }).escalation;
          for (const { tell } of call.told) {
            const told = call.told.filter((one) => one.tell === tell);
            const known = rungs.filter((one) => one.tell === tell);
            expect(told.length).toBeLessThanOrEqual(known.length);
          }
          for (const rung of call.told.filter((one) => !before.call?.told.includes(one))) {
            const able = rungs.filter(
              (one) =>
                one.tell === rung.tell &&
                call.since + one.after <= rung.at &&
                SEVERITIES.indexOf(one.severity) <= SEVERITIES.indexOf(present),
            );
            expect(able).not.toEqual([]);
          }
        }),
      ),
    );
  });

  it('silence goes on climbing: while a rung is left, a timer is owed that tells it', () => {
    fc.assert(
      fc.property(...lives, (ladder, severity, life) =>
        live(ladder, severity, life, (_, after, owed) => {
          const call = unansweredCall(after);
          if (call === null) return;
          const rungs = settings({ escalation: ladder }).escalation;
          const able = rungs.filter(
            (one) => SEVERITIES.indexOf(one.severity) <= SEVERITIES.indexOf(after.severity),
          );
          const told = call.told.length;
          if (told < able.length) expect(call.next).not.toBeNull();
          if (call.next === null) return;
          const serves = `call-${call.nth}@${call.next}`;
          expect(owed.some(({ effect }) => effect.kind === 'timer' && effect.serves === serves)).toBe(true);
        }),
      ),
    );
  });

  it('it has ended when its incident has', () => {
    fc.assert(
      fc.property(...lives, (ladder, severity, life) =>
        live(ladder, severity, life, (_, { phase, call }) => {
          if (phase.at === 'closed')
            expect([call?.ended ?? 0, call?.next ?? null]).toEqual([call?.ended ?? 0, null]);
          if (phase.at === 'closed' && call !== undefined) expect(call.ended).not.toBeNull();
        }),
      ),
    );
  });

  it('the words of a pager come to the same in whatever order they arrive', () => {
    const words = fc.uniqueArray(fc.record({ at: fc.integer({ min: 1, max: 1000 }), taken: fc.boolean() }), {
      selector: ({ at }) => at,
      maxLength: 6,
    });
    const settled = (said: readonly { readonly at: number; readonly taken: boolean }[]) => {
      let incident: Incident | null = null;
      for (const event of [
        { type: 'alerts', subject: shop, alerts: [alert('Unheard')] },
        { type: 'evidence-collected', round: 1, evidence: [] },
        ...said.map(({ at, taken }) => ({
          type: 'pager-said',
          from: 'pagerduty',
          taken,
          who: 'Ada Example',
          at: T0 + at,
        })),
      ] as IncidentEvent[]) {
        const stepped = step(incident, event, given({ now: T0 + 2000 }));
        if (stepped.kind === 'next') incident = stepped.incident;
      }
      return incident?.call?.taken !== null;
    };
    fc.assert(
      fc.property(
        words.chain((said) =>
          fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length })),
        ),
        ([said, shuffled]) => {
          const newest = said.toSorted((one, other) => one.at - other.at).at(-1);
          expect([settled(said), settled(shuffled)]).toEqual([
            newest?.taken ?? false,
            newest?.taken ?? false,
          ]);
        },
      ),
    );
  });
});
