import { describe, expect, test } from 'vitest';
import { card } from '../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import { neededInFull } from '../../../../src/adapters/sinks/slack/blocks/thread/catch-up.ts';
import { threadMessages } from '../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Decided, Incident } from '../../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../../src/incident/model/timeline.ts';
import {
  decided,
  incidentIn,
  OPENED,
  plan,
  timelineOf,
  untilWindow,
  waitingInWindow,
} from '../../../kit/slack-sink/example.ts';
import { keysIn, read, stage } from '../../../kit/slack-sink/stage.ts';

const audience = { approvers: ['U0CAROL', 'U0ALICE', 'S0ONCALL'], quietHours: null };
const asks = (one: Decided = decided): Incident =>
  incidentIn({ at: 'waiting', for: 'approval', decided: one, deadline: OPENED, held: null, turn: null });
const asked: TimelineEvent = {
  kind: 'approval-asked',
  plan: plan.id,
  deadline: OPENED + 1_800_000,
  needed: 1,
};
const receipt = { user: 'U0CAROL', at: OPENED, planDigest: 'b', policyDigest: 'c', diffHash: null };
const approved: TimelineEvent = { kind: 'approved', plan: plan.id, receipt, missing: 0 };
const tell = (incident: Incident, ...more: readonly TimelineEvent[]) =>
  threadMessages(incident, timelineOf(...untilWindow, ...more), { audience });
const calls = (incident: Incident, ...more: readonly TimelineEvent[]) =>
  tell(incident, ...more).filter(({ key }) => key.startsWith('approval-'));

describe('an approval', () => {
  test('is asked for in a message of its own that mentions those who may give it, in one whole sentence', () => {
    expect(calls(asks(), asked).map(({ key, text, broadcast }) => ({ key, text, broadcast }))).toEqual([
      {
        key: 'approval-I1-p1',
        text: '<@U0CAROL> <@U0ALICE> <!subteam^S0ONCALL> Needs approval: catalog. catalog leaks memory (92 % sure). Restart the service on catalog?',
        broadcast: undefined,
      },
    ]);
  });

  test('that the look speaks against says so wherever it is asked for, once in each place', () => {
    const doubt = 'the fix does not look needed: catalog runs';
    const doubted: Decided = { ...decided, verdict: { ...decided.verdict, kind: 'ask', doubt } };
    const incident = asks(doubted);
    const messages = tell(incident, { ...asked, why: doubt }).filter(({ key }) =>
      /^(approval|plan)-/.test(key),
    );
    const places = [...messages, card(incident, { now: OPENED })].map((one) => read(one));
    expect(places).toHaveLength(3);
    for (const words of places) expect(words.toLowerCase().split(doubt.toLowerCase())).toHaveLength(2);
  });

  test('does not call whoever asked for the plan, since they cannot give it', () => {
    const mine = { ...plan, requestedBy: { kind: 'person' as const, user: 'U0ALICE' } };
    const [planned] = [{ kind: 'planned' as const, plan: mine, verdict: decided.verdict }];
    const [call] = calls(asks({ ...decided, plan: mine }), planned, asked);
    expect(call?.text).toMatch(/^<@U0CAROL> <!subteam\^S0ONCALL> Needs approval/);
  });

  test('whose time begins anew is the same message, and once it is decided that mentions no approver to call them', () => {
    expect(calls(asks(), asked, asked)).toHaveLength(1);
    const [done] = calls(waitingInWindow(null), asked, asked, approved);
    expect(done?.text).toMatch(/^catalog: Restart the service on catalog: approved by <@U0CAROL> at /);
    expect(done?.text).not.toMatch(/U0ALICE|S0ONCALL/);
  });

  test('that is void and needed once more calls anew', () => {
    const keys = calls(asks(), asked, approved, asked).map(({ key }) => key);
    expect(keys).toEqual(['approval-I1-p1', 'approval-I1-p1-2']);
  });

  test('told late, when it is no longer needed, calls nobody', () => {
    const gone = incidentIn({ at: 'cancelled', decided, by: 'U0BOB', reason: 'no' });
    const reminded: TimelineEvent = { kind: 'reminded', plan: plan.id, deadline: OPENED, missing: 1 };
    const told = tell(gone, asked, reminded).filter(({ key }) => /^(approval|reminder)-/.test(key));
    expect(told).toHaveLength(2);
    expect(JSON.stringify(told)).not.toMatch(/U0CAROL|U0ALICE|S0ONCALL/);
  });

  test('is not asked for while the recovery is watched, nor once a person was called, and by no time', () => {
    const { phase: resume } = asks();
    if (resume.at !== 'waiting') throw new Error('it waits');
    const phases = [
      incidentIn({
        at: 'verifying',
        decided,
        after: { kind: 'resolved', resume },
        since: OPENED,
        deadline: OPENED + 60_000,
        goodSince: null,
        sample: null,
      }),
      incidentIn({ at: 'escalated', reason: 'somebody called a person', decided: null }),
    ];
    const told = phases.flatMap((incident) => calls(incident, asked));
    expect(told.map(({ text }) => text)).toEqual([
      'catalog: Restart the service on catalog: no approval is needed while recovery is watched',
      'catalog: Restart the service on catalog: no approval is needed any more',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/needs approval|Open until|person is called/i);
  });

  test('that is no longer waited for says so in its reminder, too', () => {
    const reminded: TimelineEvent = { kind: 'reminded', plan: plan.id, deadline: OPENED, missing: 1 };
    const reminders = (incident: Incident, ...more: TimelineEvent[]) =>
      tell(incident, asked, reminded, ...more).filter(({ key }) => key.startsWith('reminder-'));
    expect(reminders(asks())[0]?.text).toMatch(/Still needs approval: catalog/);
    const [after] = reminders(waitingInWindow(null), approved);
    expect(JSON.stringify(after)).not.toMatch(/needs approval|Open until|person is called/);
    expect(after?.text).toBe('catalog: Restart the service on catalog: no approval is needed any more');
  });

  test('that was decided before it could be asked for is not asked for late, and makes nothing else be told in short', async () => {
    const all = await stage();
    const hour = OPENED + 3_600_000;
    const reminded: TimelineEvent = { kind: 'reminded', plan: plan.id, deadline: OPENED, missing: 1 };
    const missed: TimelineEvent = { kind: 'escalated', reason: 'nobody approved it in time' };
    const closed: TimelineEvent = {
      kind: 'closed',
      how: 'recovered',
      reason: 'all alerts resolved',
      milestones: { ...asks().milestones, closed: hour },
    };
    const project = (incident: Incident, now: number, ...more: TimelineEvent[]) =>
      all.notifier.project(incident, timelineOf(...untilWindow, ...more), now, null);
    // As an older Medic told it, which asked in the card alone.
    await project({ ...incidentIn({ at: 'escalated', decided, reason: 'x' }), version: 4 }, OPENED, missed);
    const over = incidentIn(
      { at: 'closed', how: 'recovered', reason: 'all alerts resolved' },
      { version: 9 },
    );
    const expired: TimelineEvent = { kind: 'expired', plan: plan.id };
    await project(over, hour, asked, reminded, expired, missed, closed);
    const keys = keysIn(all.slack);
    expect(keys.at(-1)).toBe('closed');
    expect(keys.filter((key) => /^(approval|reminder|catch-up)-/.test(key))).toEqual([]);
  });

  test('is asked of the channel where nobody is known who may give it', () => {
    const [call] = threadMessages(asks(), timelineOf(asked)).filter(({ key }) => key.startsWith('approval-'));
    expect(call?.broadcast).toBe(true);
  });

  test('is never folded into a catch-up while it is waited for', () => {
    expect(neededInFull(asks(), 'approval-I1-p1')).toBe(true);
    expect(neededInFull(asks(), 'reminder-I1-p1-2')).toBe(true);
    expect(neededInFull(asks(), 'approval-I1-p12')).toBe(false);
    expect(neededInFull(waitingInWindow(null), 'approval-I1-p2')).toBe(false);
  });
});

test('nothing but a call mentions people to reach them: neither the investigation nor the card of it', () => {
  const service = { name: 'catalog', owners: ['S0ONCALL'], dashboards: [] };
  const quiet = [
    ...threadMessages(asks(), timelineOf(...untilWindow), { audience, service }),
    card(incidentIn({ at: 'investigating', doing: 'collecting' }), { now: OPENED, service }),
  ];
  expect(JSON.stringify(quiet)).not.toMatch(/<@|<!subteam/);
});

test('the card of an incident in another’s thread is shown in the channel, but not in quiet hours unless it is critical', () => {
  const quietHours = { from: '06:00', to: '07:00', timezone: 'UTC' };
  const linked = (severity: Incident['severity']) =>
    incidentIn(
      { at: 'investigating', doing: 'collecting' },
      { severity, alerts: {}, link: { kind: 'neighbour', incident: 'I0' } },
    );
  expect(card(linked('warning'), { now: OPENED }).broadcast).toBe(true);
  expect(card(linked('warning'), { now: OPENED, quietHours }).broadcast).toBe(false);
  expect(card(linked('critical'), { now: OPENED, quietHours }).broadcast).toBe(true);
});
