import { describe, expect, test } from 'vitest';
import { card } from '../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import { threadMessages } from '../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Call } from '../../../../src/incident/model/call.ts';
import type { Closure, Incident } from '../../../../src/incident/model/incident.ts';
import { say } from '../../../../src/lib/text/text.ts';
import { incidentIn, OPENED, timelineOf } from '../../../kit/slack-sink/example.ts';
import { read } from '../../../kit/slack-sink/stage.ts';

const call: Call = {
  nth: 1,
  why: 'escalated',
  since: OPENED,
  told: [],
  earlier: [],
  droppedAt: null,
  next: null,
  taken: null,
  heard: OPENED,
  ended: null,
};
const needed = (changes: Partial<Call>): Incident =>
  incidentIn(
    { at: 'escalated', reason: say`nobody knows`, decided: null },
    { call: { ...call, ...changes } },
  );
const cardOf = (changes: Partial<Call>) => read(card(needed(changes), { now: OPENED }));
const pagerduty = { tell: 'pagerduty', sink: 'pagerduty', who: [], at: OPENED, confirmed: null };

describe('the card of an incident that calls somebody', () => {
  test('offers to take it as long as nobody has', () => {
    expect(cardOf({})).toContain('[I’m on it]');
    expect(cardOf({ taken: { by: 'U0BOB', via: 'slack', at: OPENED } })).not.toContain('[I’m on it]');
    expect(cardOf({ ended: OPENED })).not.toContain('[I’m on it]');
  });

  test('says who was told once that is so, and that they are tried until then', () => {
    expect(cardOf({ told: [pagerduty] })).toContain('PagerDuty not reached yet, tried since');
    expect(cardOf({ told: [{ ...pagerduty, confirmed: OPENED }] })).toMatch(
      /PagerDuty told at .*\. Nobody is on it yet/,
    );
  });

  test('names whoever is on it, and mentions nobody by a name that a pager gave', () => {
    expect(cardOf({ taken: { by: 'U0BOB', via: 'slack', at: OPENED } })).toMatch(/@U0BOB is on it since/);
    const told = card(needed({ taken: { by: '<!channel> U0BOB', via: 'pagerduty', at: OPENED } }), {
      now: OPENED,
    });
    expect(JSON.stringify(told)).toContain('&lt;!channel&gt; U0BOB (PagerDuty) is on it since');
  });
});

describe('the thread of an incident that calls somebody', () => {
  const called = { kind: 'called', call: 1, tell: 'S0ONCALL', sink: 'slack', who: ['S0ONCALL'] } as const;

  test('mentions the next rung in the channel too, with a button, and is not told late once somebody is on it', () => {
    const [told] = threadMessages(needed({}), timelineOf(called));
    expect(told).toMatchObject({ key: 'called-1', broadcast: true });
    expect(read(told ?? expect.fail())).toMatch(
      /@S0ONCALL a person is needed for .*nobody knows.*\[I’m on it\]/s,
    );
    const [late] = threadMessages(
      needed({ taken: { by: 'U0BOB', via: 'slack', at: OPENED } }),
      timelineOf(called),
    );
    expect(late?.moot).toBe(true);
  });

  test('says of every call that recovery has answered it, and when, and mentions nobody any more', () => {
    const service = { name: 'catalog', owners: ['U0OWNER'], dashboards: [] };
    const timeline = timelineOf({ kind: 'escalated', reason: say`nobody knows` }, called, {
      kind: 'call-dropped',
      call: 1,
      by: 'Ada',
      via: 'pagerduty',
    });
    const over = (how: Closure, changes: Partial<Call> = {}) => {
      const milestones = { ...needed({}).milestones, closed: OPENED + 600_000 };
      const closed = incidentIn(
        { at: 'closed', how, reason: say`every check is good` },
        { call: { ...call, ended: OPENED, ...changes }, milestones },
      );
      return threadMessages(closed, timeline, { service }).map((message) => read(message));
    };
    for (const how of ['healed', 'recovered'] as const)
      for (const told of over(how)) expect(told).toMatch(/Answered by recovery at 06:20 UTC/);
    for (const told of over('resolved')) expect(told).toMatch(/Over since 06:20 UTC.*: its alerts resolved/);
    for (const told of over('healed', { taken: { by: 'U0BOB', via: 'slack', at: OPENED } }))
      expect(told).toMatch(/Recovered at 06:20 UTC/);
    for (const told of [...over('healed'), ...over('resolved')])
      expect(told).not.toMatch(/[@!^](U0OWNER|S0ONCALL)/);
    expect(over('healed')[0]).toContain('a person was needed for catalog (critical): nobody knows');
  });

  test('tells of a pager quietly, and loudly that nobody is on it any more', () => {
    const page = { kind: 'called', call: 1, tell: 'pagerduty', sink: 'pagerduty', who: [] } as const;
    const dropped = { kind: 'call-dropped', call: 1, by: 'Ada', via: 'pagerduty' } as const;
    const [quiet, loud] = threadMessages(needed({ told: [pagerduty] }), timelineOf(page, dropped));
    expect([quiet?.broadcast, loud?.broadcast]).toEqual([undefined, true]);
    expect(read(loud ?? expect.fail())).toContain('Nobody is on it any more, says Ada (PagerDuty)');
  });
});
