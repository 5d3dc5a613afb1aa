import { describe, expect, test } from 'vitest';
import { createPacer } from '../../../../src/adapters/sinks/slack/connection/pacer.ts';
import type { Incident } from '../../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../../src/incident/model/timeline.ts';
import { NotShown } from '../../../../src/notify/sink.ts';
import { renderText } from '../../../kit/slack/server.ts';
import {
  incidentIn,
  OPENED,
  plan,
  timelineOf,
  untilWindow,
  waitingInWindow,
} from '../../../kit/slack-sink/example.ts';
import { callsOf, cardText, keysIn, stage, written } from '../../../kit/slack-sink/stage.ts';

const STORY = ['opened', 'evidence-1', 'diagnosis-pattern-1', 'plan-I1-p1', 'dry-run-I1-p1'];
const timeline = timelineOf(...untilWindow);
const investigating = incidentIn({ at: 'investigating', doing: 'collecting' });
const waiting = waitingInWindow(null, { version: 5 });

async function failing(showing: Promise<unknown>): Promise<NotShown> {
  const error: unknown = await showing.then(
    () => new Error('it was shown'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NotShown);
  return error as NotShown;
}

/** The card once Slack knows about it, as the engine records it. */
function withThread(incident: Incident, ts: string): Incident {
  return { ...incident, formerThread: { channel: 'C0INCIDENTS', ts } };
}

describe('a projection', () => {
  test('posts the card and then its thread in the order of the story', async () => {
    const { slack, notifier, store } = await stage();
    const shown = await notifier.project(waiting, timeline, OPENED, null);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
    const [card, ...thread] = written(slack);
    expect(shown).toEqual({
      thread: { channel: 'C0INCIDENTS', ts: card?.ts },
      plan: plan.id,
      refreshAt: null,
    });
    expect(new Set(thread.map((message) => message.thread_ts))).toEqual(new Set([card?.ts]));
    for (const message of written(slack))
      expect(await store.incidentOf('C0INCIDENTS', message.ts)).toBe('I1');
  });

  test('does nothing when nothing changed', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED, null);
    const calls = slack.calls.length;
    await notifier.project(waiting, timeline, OPENED, null);
    expect(slack.calls.length).toBe(calls);
  });

  test('shows buttons only once the dry run stands in the thread', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED, null);
    const order = slack.calls
      .filter((call) => call.method.startsWith('chat.'))
      .map((call) => {
        const key = JSON.parse(String(call.args.metadata)).event_payload.key;
        return String(call.args.blocks).includes('plan:run-now') ? `${key} with buttons` : key;
      });
    expect(order).toEqual(['card', ...STORY, 'card with buttons']);
  });

  test('shows what Redis holds after it was set back, and nothing that was read before what it shows', async () => {
    const { slack, notifier } = await stage();
    const { thread } = await notifier.project(waiting, timeline, OPENED, null);
    const later = withThread(waitingInWindow(OPENED + 60_000, { version: 8 }), thread.ts);
    await notifier.project(later, timeline, OPENED + 2000, null);
    const before = cardText(slack);
    const { decided } = waiting.phase as Extract<Incident['phase'], { at: 'waiting' }>;
    const cancelled = incidentIn(
      { at: 'cancelled', decided, by: 'U0BOB', reason: 'not now' },
      { version: 7 },
    );
    await notifier.project(withThread(cancelled, thread.ts), timeline, OPENED + 1000, null);
    expect(cardText(slack)).toBe(before);
    await notifier.project(withThread(cancelled, thread.ts), timeline, OPENED + 3000, null);
    expect(cardText(slack)).toMatch(/cancelled/i);
  });

  test('takes the buttons away at once when the plan is cancelled', async () => {
    const { slack, notifier } = await stage();
    const { thread } = await notifier.project(waiting, timeline, OPENED, null);
    const { decided } = waiting.phase as Extract<Incident['phase'], { at: 'waiting' }>;
    const cancelled = withThread(
      incidentIn({ at: 'cancelled', decided, by: 'U0BOB', reason: 'not now' }, { version: 6 }),
      thread.ts,
    );
    const shown = await notifier.project(cancelled, timeline, OPENED + 1000, null);
    expect(shown.plan).toBeNull();
    expect(cardText(slack)).toMatch(/^# :no_entry_sign: Cancelled: catalog\n/);
    expect(cardText(slack)).not.toContain('[Cancel]');
  });

  test('edits what changed and leaves the rest alone', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED, null);
    const held = timelineOf(...untilWindow, { kind: 'held', plan: plan.id, by: 'U0BOB', reason: 'a look' });
    await notifier.project(waiting, held, OPENED, null);
    expect(callsOf(slack, 'chat.postMessage')).toBe(6);
    const edits = slack.calls.filter((call) => call.method === 'chat.update').slice(1);
    expect(edits.map((call) => JSON.parse(String(call.args.metadata)).event_payload.key)).toEqual([
      'plan-I1-p1',
    ]);
  });

  test('says on the card of what waits that Medic is paused, and that it no longer is, and touches nothing else', async () => {
    const { slack, notifier } = await stage();
    const bring = (pausedBy: string | null) =>
      notifier.project(waiting, timeline, OPENED, null, () => true, { pausedBy });
    await bring(null);
    const usual = cardText(slack);
    const posts = callsOf(slack, 'chat.postMessage');
    await bring('U0BOB');
    expect(cardText(slack)).toMatch(
      /^# :double_vertical_bar: Paused: catalog\n[\s\S]*@U0BOB has paused Medic/,
    );
    await bring(null);
    expect(cardText(slack)).toBe(usual);
    expect(callsOf(slack, 'chat.postMessage')).toBe(posts);
  });

  test('counts a window down, and says when to look again', async () => {
    const { slack, notifier } = await stage();
    const running = waitingInWindow(OPENED + 60_000, { version: 6 });
    expect((await notifier.project(running, timeline, OPENED, null)).refreshAt).toBe(OPENED + 10_000);
    expect(cardText(slack)).toContain('runs in 1 min');
    expect((await notifier.project(running, timeline, OPENED + 10_000, null)).refreshAt).toBe(
      OPENED + 20_000,
    );
    expect(cardText(slack)).toContain('runs in 50 s');
  });

  test('shows outcomes in the channel too', async () => {
    const { slack, notifier } = await stage();
    const escalated = timelineOf({ kind: 'escalated', reason: 'nobody knows' });
    await notifier.project(
      incidentIn({ at: 'escalated', reason: 'nobody knows', decided: null }),
      escalated,
      OPENED,
      null,
    );
    expect(written(slack).at(-1)).toMatchObject({ subtype: 'thread_broadcast' });
  });

  test('of an older state than the one shown changes nothing', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED, null);
    await notifier.project(investigating, timeline.slice(0, 1), OPENED, null);
    expect(cardText(slack)).toContain('About to fix');
  });

  test('of one incident waits for the one before it', async () => {
    const { slack, notifier } = await stage();
    await Promise.all([
      notifier.project(investigating, timeline.slice(0, 2), OPENED, null),
      notifier.project(waiting, timeline, OPENED, null),
    ]);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });

  test('finds a channel by its name', async () => {
    const { slack, notifier } = await stage({ channel: '#payments' });
    const shown = await notifier.project(investigating, [], OPENED, null);
    expect(shown.thread.channel).toBe('C0PAYMENTS');
    expect(cardText(slack, 'C0PAYMENTS')).toContain('Investigating');
  });
});

describe('nothing is posted twice', () => {
  test.each(['card', 'evidence-1', 'dry-run-I1-p1'])('when the answer to %s is lost', async (key) => {
    const { slack, notifier } = await stage();
    const before = ['card', ...STORY].indexOf(key);
    if (before > 0) await notifier.project(investigating, timeline.slice(0, before - 1), OPENED, null);
    slack.faults.loseAnswer('chat.postMessage');
    expect((await failing(notifier.project(waiting, timeline, OPENED, null))).message).toContain('looked up');
    await notifier.project(waiting, timeline, OPENED, null);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
    expect(cardText(slack)).toContain('[Run now]');
  });

  test('when Slack answers 500 after having done nothing', async () => {
    const { slack, notifier } = await stage();
    slack.faults.serverError('chat.postMessage');
    await failing(notifier.project(waiting, timeline, OPENED, null));
    await notifier.project(waiting, timeline, OPENED, null);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });

  test.each(['card', 'diagnosis-pattern-1'])(
    'when the process dies between the post of %s and its record',
    async (key) => {
      const { slack, store, notifier, restarted } = await stage();
      store.fail(key);
      await expect(notifier.project(waiting, timeline, OPENED, null)).rejects.toThrow('the store is gone');
      await restarted().project(waiting, timeline, OPENED, null);
      expect(keysIn(slack)).toEqual(['card', ...STORY]);
    },
  );

  test.each(['card', 'evidence-1'])(
    'when %s times out and lands late: the double is deleted',
    async (key) => {
      const { slack, notifier } = await stage();
      if (key !== 'card') await notifier.project(investigating, timeline.slice(0, 1), OPENED, null);
      slack.faults.landLate('chat.postMessage', { afterMs: 300 });
      await failing(notifier.project(waiting, timeline, OPENED, null));
      const { refreshAt } = await notifier.project(waiting, timeline, OPENED, null);
      const copies = () => keysIn(slack).filter((one) => one === key).length;
      await slack.until(() => copies() === 2, 'the late copy');
      expect(refreshAt).toBe(OPENED + 30_000);
      const last = await notifier.project(waiting, timeline, refreshAt ?? 0, null);
      expect(copies()).toBe(1);
      expect(last.refreshAt).toBeNull();
      expect(cardText(slack)).toContain('[Run now]');
    },
  );

  test('and a double that the workspace does not let Medic delete keeps the incident from nothing', async () => {
    const { slack, notifier } = await stage();
    slack.faults.landLate('chat.postMessage', { afterMs: 100 });
    await failing(notifier.project(waiting, timeline, OPENED, null));
    const { refreshAt } = await notifier.project(waiting, timeline, OPENED, null);
    await slack.until(() => keysIn(slack).filter((key) => key === 'card').length === 2, 'the late copy');
    slack.faults.answerError('chat.delete', 'cant_delete_message', { times: 9 });
    const last = await notifier.project({ ...waiting, version: 9 }, timeline, refreshAt ?? 0, null);
    expect([last.plan, last.refreshAt]).toEqual([plan.id, null]);
  });

  test('and nothing is looked up where nothing is in doubt', async () => {
    const { slack, notifier, restarted } = await stage();
    await notifier.project(investigating, timeline.slice(0, 2), OPENED, null);
    slack.faults.rateLimit('chat.postMessage', { retryAfter: 2 });
    await failing(notifier.project(waiting, timeline, OPENED, null));
    await restarted().project(waiting, timeline, OPENED, null);
    expect(callsOf(slack, 'conversations.replies') + callsOf(slack, 'conversations.history')).toBe(0);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });
});

describe('an incident that is linked to another', () => {
  const guest = incidentIn(waiting.phase, {
    id: 'I2',
    version: 5,
    subject: { kind: 'service', name: 'storefront', environment: 'production' },
    link: { kind: 'neighbour', incident: 'I1' },
  });
  const story = timelineOf(
    { kind: 'opened', by: 'alert', alerts: [] },
    { kind: 'linked', link: { kind: 'neighbour', incident: 'I1' } },
    ...untilWindow.slice(1),
    { kind: 'escalated', reason: 'nobody knows' },
  );
  const told = ['opened', 'linked', ...STORY.slice(1), 'escalated'];

  async function withHost(options = {}) {
    const all = await stage(options);
    const { thread } = await all.notifier.project(investigating, timeline.slice(0, 1), OPENED, null);
    const host = { incident: 'I1', subject: 'catalog', closed: null, relapsed: null, ...thread };
    const ofGuest = () =>
      written(all.slack).filter((message) => message.metadata?.event_payload.incident === 'I2');
    return { ...all, host, ofGuest };
  }

  test('has its card in the other’s thread and in the channel, and its story in that thread under its name', async () => {
    const { slack, notifier, host, ofGuest, store } = await withHost();
    const shown = await notifier.project(guest, story, OPENED, host);
    expect(shown.thread).toEqual({ channel: host.channel, ts: host.ts });
    expect(ofGuest().map(({ metadata }) => metadata?.event_payload.key)).toEqual(['card', ...told]);
    expect(new Set(ofGuest().map(({ thread_ts }) => thread_ts))).toEqual(new Set([host.ts]));
    expect(ofGuest()[0]).toMatchObject({ subtype: 'thread_broadcast' });
    const [card, ...thread] = ofGuest().map((message) => slack.textOf(message));
    expect(card).toContain('Neighbour of *catalog*');
    expect(thread.filter((text) => !/^.*\bstorefront\b/.test(text))).toEqual([]);
    for (const { ts } of ofGuest()) expect(await store.incidentOf(host.channel, ts)).toBe('I2');
    expect(await store.incidentOf(host.channel, host.ts)).toBe('I1');
  });

  test('shares a thread of forty replies with three others, each message once and under its name; the return after that links the thread', async () => {
    const { slack, notifier, host } = await withHost();
    const again = (nth: number) => ({
      ...guest,
      id: `I${nth + 1}`,
      link: { kind: 'relapse', incident: 'I1', ...(nth > 1 ? { nth } : {}) } as const,
    });
    const attempt = {
      id: 'A1',
      plan: plan.id,
      targets: plan.targets,
      planDigest: plan.digest,
      purpose: 'fix',
      startedAt: OPENED,
      endedAt: null,
      tasks: [],
      result: null,
    } as const;
    const outcome = { kind: 'refuted', reason: 'the alert still fires', sample: null, at: OPENED } as const;
    const secondAttempt = { ...attempt, id: 'A2' };
    const ran: readonly TimelineEvent[] = [
      { kind: 'started', plan: plan.id, attempt: secondAttempt },
      { kind: 'ended', attempt: 'A2', result: { kind: 'stopped', reason: 'stopped by a person' } },
      { kind: 'approval-asked', plan: plan.id, deadline: OPENED + 1000, needed: 1 },
      { kind: 'started', plan: plan.id, attempt },
      { kind: 'ended', attempt: 'A1', result: { kind: 'stopped', reason: 'stopped by a person' } },
      { kind: 'watching', plan: plan.id, deadline: OPENED + 1000, why: 'fix' },
      { kind: 'outcome', plan: plan.id, outcome },
      { kind: 'replaced', plan: plan.id, by: 'U0BOB', playbook: 'recycle_service' },
    ];
    const told = timelineOf(...story.map(({ happening }) => happening), ...ran);
    const returns = [1, 2, 3].map(again);
    for (const upTo of [3, 6, told.length])
      await Promise.all(returns.map((one) => notifier.project(one, told.slice(0, upTo), OPENED, host)));
    await notifier.project(investigating, timelineOf(...untilWindow, ...ran), OPENED, null);
    const replies = written(slack).filter(({ thread_ts }) => thread_ts === host.ts);
    expect(replies.length).toBeGreaterThanOrEqual(40);
    const keys = replies.map(({ metadata }) => JSON.stringify(metadata?.event_payload));
    expect(new Set(keys).size).toBe(keys.length);
    const nameless = replies.filter((one) => {
      const own = one.metadata?.event_payload.incident === 'I1';
      return !own && !/^.*\bstorefront\b/.test(slack.textOf(one));
    });
    expect(nameless.map((one) => slack.textOf(one))).toEqual([]);

    const { link: _, ...alone } = again(4);
    const fourth = { ...alone, link: null, follows: { incident: 'I1', times: 3 } };
    const former = `https://example.slack.com/archives/${host.channel}/p1`;
    const shown = await notifier.project(fourth, story.slice(0, 1), OPENED, null, undefined, { former });
    expect(shown.thread?.ts).not.toBe(host.ts);
    const card = written(slack).find(({ ts }) => ts === shown.thread?.ts);
    expect(card === undefined ? '' : slack.textOf(card)).toContain(former);
  });

  test.each(['card', 'evidence-1'])('posts nothing twice when the answer to %s is lost', async (key) => {
    const { slack, notifier, host, ofGuest } = await withHost();
    const before = ['card', ...told].indexOf(key);
    if (before > 0) await notifier.project(guest, story.slice(0, before - 1), OPENED, host);
    slack.faults.loseAnswer('chat.postMessage');
    await failing(notifier.project(guest, story, OPENED, host));
    await notifier.project(guest, story, OPENED, host);
    expect(ofGuest().map(({ metadata }) => metadata?.event_payload.key)).toEqual(['card', ...told]);
  });

  test.each(['card', 'evidence-1'])('has a double of %s deleted that lands late', async (key) => {
    const { slack, notifier, host, ofGuest } = await withHost();
    if (key !== 'card') await notifier.project(guest, story.slice(0, 2), OPENED, host);
    slack.faults.landLate('chat.postMessage', { afterMs: 200 });
    await failing(notifier.project(guest, story, OPENED, host));
    const { refreshAt } = await notifier.project(guest, story, OPENED, host);
    const copies = () => ofGuest().filter(({ metadata }) => metadata?.event_payload.key === key).length;
    await slack.until(() => copies() === 2, 'the late copy');
    await notifier.project(guest, story, refreshAt ?? 0, host);
    expect(copies()).toBe(1);
    expect(keysIn(slack).filter((one) => one === 'card')).toHaveLength(2);
  });

  test('goes on in the same thread when nobody knows the other one any more', async () => {
    const { notifier, host, ofGuest } = await withHost();
    await notifier.project(guest, story.slice(0, 2), OPENED, host);
    await notifier.project({ ...guest, version: 6 }, story, OPENED, null);
    expect(new Set(ofGuest().map(({ thread_ts }) => thread_ts))).toEqual(new Set([host.ts]));
  });

  test('stays where it stands once it was shown by itself', async () => {
    const { notifier, host, ofGuest } = await withHost();
    const alone = await notifier.project(guest, story.slice(0, 2), OPENED, null);
    const shown = await notifier.project({ ...guest, version: 6 }, story, OPENED, host);
    expect(shown.thread).toEqual(alone.thread);
    expect(
      new Set(
        ofGuest()
          .slice(1)
          .map(({ thread_ts }) => thread_ts),
      ),
    ).toEqual(new Set([alone.thread.ts]));
  });
});

describe('what could not be told for long', () => {
  const LATER = OPENED + 8 * 3_600_000;
  const milestones = { ...waiting.milestones, closed: OPENED + 60_000 };
  const ended: readonly TimelineEvent[] = [
    ...untilWindow,
    { kind: 'cancelled', plan: plan.id, by: 'U0BOB', reason: null },
    { kind: 'escalated', reason: 'nobody knows' },
    { kind: 'closed', how: 'recovered', reason: 'all alerts resolved', milestones },
  ];
  const closed = incidentIn(
    { at: 'closed', how: 'recovered', reason: 'all alerts resolved' },
    { version: 9, milestones },
  );
  const service = { name: 'catalog', owners: ['S0ONCALL'], dashboards: [] };

  test('is told in one catch-up, so that thirty incidents of an outage are sixty messages', async () => {
    const { slack, notifier } = await stage({ service });
    await slack.faults.down();
    for (let nth = 0; nth < 30; nth += 1)
      await failing(notifier.project({ ...waiting, id: `I${nth}` }, timeline, OPENED, null));
    await slack.faults.up();
    for (let nth = 0; nth < 30; nth += 1)
      await notifier.project({ ...closed, id: `I${nth}` }, timelineOf(...ended), LATER, null);
    expect(callsOf(slack, 'chat.postMessage')).toBe(60);
    expect(keysIn(slack).slice(0, 4)).toEqual(['card', 'catch-up-1', 'card', 'catch-up-1']);
    const [, catchUp] = written(slack).map((message) => slack.textOf(message));
    expect(catchUp).toMatchInlineSnapshot(`
      ":fast_forward: *What happened from 2026-03-01 06:10 UTC to 2026-03-01 06:10 UTC, told late and in short*
      06:10:00 UTC Opened by an alert: CatalogMemoryHigh
      06:10:01 UTC Evidence: 1 fact from 1 source, 1 could not be read
      06:10:02 UTC Diagnosis: catalog leaks memory (92 % sure)
      06:10:03 UTC Plan: Restart the service (tier medium): :no_entry_sign: cancelled by @Bob
      06:10:04 UTC Dry run: what the fix would change
      06:10:06 UTC Answered by recovery at 06:11 UTC; a person was needed for catalog (critical): nobody knows
      06:10:07 UTC catalog: well again in 1 min. All alerts resolved
      The card shows how it stands now. The whole record is kept."
    `);
    expect(catchUp).not.toContain('S0ONCALL');
  });

  test('stays told: neither a restart nor news of it posts or edits it again', async () => {
    const { slack, notifier, restarted } = await stage();
    await notifier.project(closed, timelineOf(...ended), LATER, null);
    const calls = slack.calls.length;
    await restarted().project(closed, timelineOf(...ended), LATER + 1000, null);
    expect(slack.calls.length).toBe(calls);
    const again = timelineOf(
      ...ended,
      { kind: 'held', plan: plan.id, by: 'U0BOB', reason: 'a look' },
      { kind: 'did-not-last', as: 'I2', elsewhere: true },
    );
    await notifier.project({ ...closed, version: 10 }, again, LATER + 2000, null);
    expect(keysIn(slack)).toEqual(['card', 'catch-up-1', 'did-not-last']);
  });

  test('is posted once when the answer to the catch-up is lost, or the process dies before its record', async () => {
    for (const harm of ['answer', 'record'] as const) {
      const { slack, store, notifier, restarted } = await stage();
      await notifier.project(closed, [], LATER, null);
      if (harm === 'answer') slack.faults.loseAnswer('chat.postMessage');
      else store.fail('catch-up-1');
      await expect(notifier.project(closed, timelineOf(...ended), LATER, null)).rejects.toThrow();
      await restarted().project(closed, timelineOf(...ended), LATER + 5000, null);
      expect(keysIn(slack)).toEqual(['card', 'catch-up-1']);
    }
  });

  test('leaves in full what a person has to see in order to decide', async () => {
    const { slack, notifier } = await stage();
    const shown = await notifier.project(waiting, timeline, LATER, null);
    expect(keysIn(slack)).toEqual(['card', 'catch-up-1', 'plan-I1-p1', 'dry-run-I1-p1']);
    expect(cardText(slack)).toContain('[Run now]');
    expect(shown.plan).toBe(plan.id);
  });

  test('is told in full after all where a person comes to need it', async () => {
    const { slack, notifier } = await stage();
    const { decided } = waiting.phase as Extract<Incident['phase'], { at: 'waiting' }>;
    const rests = incidentIn({ at: 'escalated', reason: 'nobody knows', decided }, { version: 5 });
    await notifier.project(rests, timeline, LATER, null);
    expect(keysIn(slack)).toEqual(['card', 'catch-up-1']);
    await notifier.project({ ...waiting, version: 6 }, timeline, LATER + 1000, null);
    expect(keysIn(slack)).toEqual(['card', 'catch-up-1', 'plan-I1-p1', 'dry-run-I1-p1']);
    expect(cardText(slack)).toContain('[Run now]');
  });

  test('calls a person who is still needed, in the channel too', async () => {
    const { slack, notifier } = await stage({ service });
    const needed = incidentIn({ at: 'escalated', reason: 'nobody knows', decided: null });
    await notifier.project(needed, timelineOf(...ended.slice(0, 7)), LATER, null);
    const catchUp = written(slack).at(-1);
    expect(catchUp).toMatchObject({ subtype: 'thread_broadcast', text: expect.stringContaining('S0ONCALL') });
  });

  test('is told in one more catch-up after a second outage', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(investigating, timeline.slice(0, 3), LATER, null);
    const more = { ...closed, version: 10 };
    await notifier.project(more, timelineOf(...ended), LATER + 8 * 3_600_000, null);
    expect(keysIn(slack)).toEqual(['card', 'catch-up-1', 'catch-up-2']);
  });
});

describe('what a person deletes', () => {
  test('in the thread stays deleted', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED, null);
    const told = written(slack).find((message) => message.metadata?.event_payload.key === 'plan-I1-p1');
    const messages = slack.state.messages.get('C0INCIDENTS') ?? [];
    messages.splice(
      messages.findIndex((message) => message.ts === told?.ts),
      1,
    );
    const held = timelineOf(...untilWindow, { kind: 'held', plan: plan.id, by: 'U0BOB', reason: 'a look' });
    await notifier.project(waiting, held, OPENED, null);
    await notifier.project(waiting, held, OPENED, null);
    expect(keysIn(slack)).not.toContain('plan-I1-p1');
    expect(slack.calls.filter((call) => call.args.ts === told?.ts)).toHaveLength(1);
  });

  test('as the card comes back, since the buttons have to be somewhere', async () => {
    const { slack, notifier } = await stage();
    const first = await notifier.project(investigating, timeline.slice(0, 1), OPENED, null);
    const messages = slack.state.messages.get('C0INCIDENTS') ?? [];
    messages.splice(
      messages.findIndex((message) => message.ts === first.thread.ts),
      1,
    );
    const shown = await notifier.project(waiting, timeline, OPENED, null);
    expect(shown.thread.ts).not.toBe(first.thread.ts);
    expect(cardText(slack)).toContain('[Run now]');
  });
});

describe('when Slack does not take it', () => {
  test('a rate limit names when to come back', async () => {
    const { slack, notifier } = await stage();
    slack.faults.rateLimit('chat.postMessage', { retryAfter: 7 });
    expect((await failing(notifier.project(waiting, timeline, OPENED, null))).retryAfter).toBe(7000);
  });

  test('it catches up when Slack is back', async () => {
    const { slack, notifier } = await stage();
    await slack.faults.down();
    expect((await failing(notifier.project(waiting, timeline, OPENED, null))).message).toContain(
      'cannot be reached',
    );
    await slack.faults.up();
    await notifier.project(waiting, timeline, OPENED, null);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });

  test('it gives up on a hanging call', async () => {
    const { slack, notifier } = await stage({ timeout: 200 });
    slack.faults.hang('chat.postMessage');
    expect((await failing(notifier.project(waiting, timeline, OPENED, null))).message).toContain(
      'did not say',
    );
  });

  test('blocks that Slack refuses are replaced by their words', async () => {
    const { slack, notifier } = await stage();
    slack.faults.answerError('chat.postMessage', 'invalid_blocks');
    await notifier.project(investigating, [], OPENED, null);
    const [card] = written(slack);
    expect(card?.text).toContain('Investigating: catalog');
  });

  test.each([
    ['channel_not_found', 'invite Medic there'],
    ['is_archived', 'Unarchive it'],
    ['invalid_auth', 'SLACK_BOT_TOKEN'],
    ['restricted_action', 'forbid Medic to post there'],
  ])('%s says what to do', async (error, advice) => {
    const { slack, notifier } = await stage();
    slack.faults.answerError('chat.postMessage', error);
    const refused = await failing(notifier.project(investigating, [], OPENED, null));
    expect(refused.message).toContain(advice);
    expect(refused.retryAfter).toBe(60_000);
  });

  test('a channel that is not there says what to do', async () => {
    const { notifier } = await stage({ channel: '#nowhere' });
    expect((await failing(notifier.project(investigating, [], OPENED, null))).message).toContain(
      'no channel #nowhere',
    );
  });

  test('a missing scope is named', async () => {
    const { notifier } = await stage({ slack: { scopes: ['chat:read'] } });
    expect((await failing(notifier.project(investigating, [], OPENED, null))).message).toContain(
      '`chat:write`',
    );
  });
});

const outside = (is_private: boolean) => [
  { id: 'C0INCIDENTS', name: 'incidents', topic: '', is_private, is_archived: false, members: ['U0ALICE'] },
];

test('a public channel is joined', async () => {
  const { slack, notifier } = await stage({ slack: { channels: outside(false) } });
  await notifier.project(investigating, [], OPENED, null);
  expect(callsOf(slack, 'conversations.join')).toBe(1);
  expect(cardText(slack)).toContain('Investigating');
});

test('a private channel has to invite Medic', async () => {
  const { notifier } = await stage({ slack: { channels: outside(true) } });
  expect((await failing(notifier.project(investigating, [], OPENED, null))).message).toContain(
    'invite Medic',
  );
});

test('Slack at its own pace never has to say slow down', { timeout: 20_000 }, async () => {
  const limits = { messagesPerSecondPerChannel: 1, messageBurst: 5, methodTiers: true };
  const counted: string[] = [];
  const { slack, notifier } = await stage({
    slack: { limits },
    pacer: createPacer(),
    meter: (method, result) => counted.push(`${method} ${result}`),
  });
  await notifier.project(waiting, timeline, OPENED, null);
  await notifier.project(waitingInWindow(OPENED + 60_000, { version: 6 }), timeline, OPENED, null);
  expect(keysIn(slack)).toEqual(['card', ...STORY]);
  expect(counted.filter((one) => !one.endsWith(' ok'))).toEqual([]);
  expect(written(slack).map((message) => renderText(message).length > 0)).not.toContain(false);
});
