import { describe, expect, test } from 'vitest';
import { createPacer } from '../../src/adapters/slack/pacer.ts';
import { NotShown } from '../../src/engine/notifier.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { renderText } from '../slack/server.ts';
import { incidentIn, OPENED, plan, timelineOf, untilWindow, waitingInWindow } from './example.ts';
import { callsOf, cardText, keysIn, stage, written } from './stage.ts';

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
  return { ...incident, thread: { channel: 'C0INCIDENTS', ts } };
}

describe('a projection', () => {
  test('posts the card and then its thread in the order of the story', async () => {
    const { slack, notifier, store } = await stage();
    const shown = await notifier.project(waiting, timeline, OPENED);
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
    await notifier.project(waiting, timeline, OPENED);
    const calls = slack.calls.length;
    await notifier.project(waiting, timeline, OPENED);
    expect(slack.calls.length).toBe(calls);
  });

  test('shows buttons only once the dry run stands in the thread', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED);
    const order = slack.calls
      .filter((call) => call.method.startsWith('chat.'))
      .map((call) => {
        const key = JSON.parse(String(call.args.metadata)).event_payload.key;
        return String(call.args.blocks).includes('plan:run-now') ? `${key} with buttons` : key;
      });
    expect(order).toEqual(['card', ...STORY, 'card with buttons']);
  });

  test('takes the buttons away at once when the plan is cancelled', async () => {
    const { slack, notifier } = await stage();
    const { thread } = await notifier.project(waiting, timeline, OPENED);
    const { decided } = waiting.phase as Extract<Incident['phase'], { at: 'waiting' }>;
    const cancelled = withThread(
      incidentIn({ at: 'cancelled', decided, by: 'U0BOB', reason: 'not now' }, { version: 6 }),
      thread.ts,
    );
    const shown = await notifier.project(cancelled, timeline, OPENED + 1000);
    expect(shown.plan).toBeNull();
    expect(cardText(slack)).toMatch(/^# :no_entry_sign: Cancelled: catalog\n/);
    expect(cardText(slack)).not.toContain('[Cancel]');
  });

  test('edits what changed and leaves the rest alone', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED);
    const held = timelineOf(...untilWindow, { kind: 'held', plan: plan.id, by: 'U0BOB', reason: 'a look' });
    await notifier.project(waiting, held, OPENED);
    expect(callsOf(slack, 'chat.postMessage')).toBe(6);
    const edits = slack.calls.filter((call) => call.method === 'chat.update').slice(1);
    expect(edits.map((call) => JSON.parse(String(call.args.metadata)).event_payload.key)).toEqual([
      'plan-I1-p1',
    ]);
  });

  test('counts a window down, and says when to look again', async () => {
    const { slack, notifier } = await stage();
    const running = waitingInWindow(OPENED + 60_000, { version: 6 });
    expect((await notifier.project(running, timeline, OPENED)).refreshAt).toBe(OPENED + 10_000);
    expect(cardText(slack)).toContain('runs in 1 min');
    expect((await notifier.project(running, timeline, OPENED + 10_000)).refreshAt).toBe(OPENED + 20_000);
    expect(cardText(slack)).toContain('runs in 50 s');
  });

  test('shows outcomes in the channel too', async () => {
    const { slack, notifier } = await stage();
    const escalated = timelineOf({ kind: 'escalated', reason: 'nobody knows' });
    await notifier.project(
      incidentIn({ at: 'escalated', reason: 'nobody knows', decided: null }),
      escalated,
      OPENED,
    );
    expect(written(slack).at(-1)).toMatchObject({ subtype: 'thread_broadcast' });
  });

  test('of an older state than the one shown changes nothing', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED);
    await notifier.project(investigating, timeline.slice(0, 1), OPENED);
    expect(cardText(slack)).toContain('About to fix');
  });

  test('of one incident waits for the one before it', async () => {
    const { slack, notifier } = await stage();
    await Promise.all([
      notifier.project(investigating, timeline.slice(0, 2), OPENED),
      notifier.project(waiting, timeline, OPENED),
    ]);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });

  test('finds a channel by its name', async () => {
    const { slack, notifier } = await stage({ channel: '#payments' });
    const shown = await notifier.project(investigating, [], OPENED);
    expect(shown.thread.channel).toBe('C0PAYMENTS');
    expect(cardText(slack, 'C0PAYMENTS')).toContain('Investigating');
  });
});

describe('nothing is posted twice', () => {
  test.each(['card', 'evidence-1', 'dry-run-I1-p1'])('when the answer to %s is lost', async (key) => {
    const { slack, notifier } = await stage();
    const before = ['card', ...STORY].indexOf(key);
    if (before > 0) await notifier.project(investigating, timeline.slice(0, before - 1), OPENED);
    slack.faults.loseAnswer('chat.postMessage');
    expect((await failing(notifier.project(waiting, timeline, OPENED))).message).toContain('looked up');
    await notifier.project(waiting, timeline, OPENED);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
    expect(cardText(slack)).toContain('[Run now]');
  });

  test('when Slack answers 500 after having done nothing', async () => {
    const { slack, notifier } = await stage();
    slack.faults.serverError('chat.postMessage');
    await failing(notifier.project(waiting, timeline, OPENED));
    await notifier.project(waiting, timeline, OPENED);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });

  test.each(['card', 'diagnosis-pattern-1'])(
    'when the process dies between the post of %s and its record',
    async (key) => {
      const { slack, store, notifier, restarted } = await stage();
      store.fail(key);
      await expect(notifier.project(waiting, timeline, OPENED)).rejects.toThrow('the store is gone');
      await restarted().project(waiting, timeline, OPENED);
      expect(keysIn(slack)).toEqual(['card', ...STORY]);
    },
  );

  test.each(['card', 'evidence-1'])(
    'when %s times out and lands late: the double is deleted',
    async (key) => {
      const { slack, notifier } = await stage();
      if (key !== 'card') await notifier.project(investigating, timeline.slice(0, 1), OPENED);
      slack.faults.landLate('chat.postMessage', { afterMs: 300 });
      await failing(notifier.project(waiting, timeline, OPENED));
      const { refreshAt } = await notifier.project(waiting, timeline, OPENED);
      const copies = () => keysIn(slack).filter((one) => one === key).length;
      await slack.until(() => copies() === 2, 'the late copy');
      expect(refreshAt).toBe(OPENED + 30_000);
      const last = await notifier.project(waiting, timeline, refreshAt ?? 0);
      expect(copies()).toBe(1);
      expect(last.refreshAt).toBeNull();
      expect(cardText(slack)).toContain('[Run now]');
    },
  );

  test('and nothing is looked up where nothing is in doubt', async () => {
    const { slack, notifier, restarted } = await stage();
    await notifier.project(investigating, timeline.slice(0, 2), OPENED);
    slack.faults.rateLimit('chat.postMessage', { retryAfter: 2 });
    await failing(notifier.project(waiting, timeline, OPENED));
    await restarted().project(waiting, timeline, OPENED);
    expect(callsOf(slack, 'conversations.replies') + callsOf(slack, 'conversations.history')).toBe(0);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });
});

describe('what a person deletes', () => {
  test('in the thread stays deleted', async () => {
    const { slack, notifier } = await stage();
    await notifier.project(waiting, timeline, OPENED);
    const told = written(slack).find((message) => message.metadata?.event_payload.key === 'plan-I1-p1');
    const messages = slack.state.messages.get('C0INCIDENTS') ?? [];
    messages.splice(
      messages.findIndex((message) => message.ts === told?.ts),
      1,
    );
    const held = timelineOf(...untilWindow, { kind: 'held', plan: plan.id, by: 'U0BOB', reason: 'a look' });
    await notifier.project(waiting, held, OPENED);
    await notifier.project(waiting, held, OPENED);
    expect(keysIn(slack)).not.toContain('plan-I1-p1');
    expect(slack.calls.filter((call) => call.args.ts === told?.ts)).toHaveLength(1);
  });

  test('as the card comes back, since the buttons have to be somewhere', async () => {
    const { slack, notifier } = await stage();
    const first = await notifier.project(investigating, timeline.slice(0, 1), OPENED);
    const messages = slack.state.messages.get('C0INCIDENTS') ?? [];
    messages.splice(
      messages.findIndex((message) => message.ts === first.thread.ts),
      1,
    );
    const shown = await notifier.project(waiting, timeline, OPENED);
    expect(shown.thread.ts).not.toBe(first.thread.ts);
    expect(cardText(slack)).toContain('[Run now]');
  });
});

describe('when Slack does not take it', () => {
  test('a rate limit names when to come back', async () => {
    const { slack, notifier } = await stage();
    slack.faults.rateLimit('chat.postMessage', { retryAfter: 7 });
    expect((await failing(notifier.project(waiting, timeline, OPENED))).retryAfter).toBe(7000);
  });

  test('it catches up when Slack is back', async () => {
    const { slack, notifier } = await stage();
    await slack.faults.down();
    expect((await failing(notifier.project(waiting, timeline, OPENED))).message).toContain(
      'cannot be reached',
    );
    await slack.faults.up();
    await notifier.project(waiting, timeline, OPENED);
    expect(keysIn(slack)).toEqual(['card', ...STORY]);
  });

  test('it gives up on a hanging call', async () => {
    const { slack, notifier } = await stage({ timeout: 200 });
    slack.faults.hang('chat.postMessage');
    expect((await failing(notifier.project(waiting, timeline, OPENED))).message).toContain('did not say');
  });

  test('blocks that Slack refuses are replaced by their words', async () => {
    const { slack, notifier } = await stage();
    slack.faults.answerError('chat.postMessage', 'invalid_blocks');
    await notifier.project(investigating, [], OPENED);
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
    const refused = await failing(notifier.project(investigating, [], OPENED));
    expect(refused.message).toContain(advice);
    expect(refused.retryAfter).toBe(60_000);
  });

  test('a channel that is not there says what to do', async () => {
    const { notifier } = await stage({ channel: '#nowhere' });
    expect((await failing(notifier.project(investigating, [], OPENED))).message).toContain(
      'no channel #nowhere',
    );
  });

  test('a missing scope is named', async () => {
    const { notifier } = await stage({ slack: { scopes: ['chat:read'] } });
    expect((await failing(notifier.project(investigating, [], OPENED))).message).toContain('`chat:write`');
  });
});

const outside = (is_private: boolean) => [
  { id: 'C0INCIDENTS', name: 'incidents', topic: '', is_private, is_archived: false, members: ['U0ALICE'] },
];

test('a public channel is joined', async () => {
  const { slack, notifier } = await stage({ slack: { channels: outside(false) } });
  await notifier.project(investigating, [], OPENED);
  expect(callsOf(slack, 'conversations.join')).toBe(1);
  expect(cardText(slack)).toContain('Investigating');
});

test('a private channel has to invite Medic', async () => {
  const { notifier } = await stage({ slack: { channels: outside(true) } });
  expect((await failing(notifier.project(investigating, [], OPENED))).message).toContain('invite Medic');
});

test('Slack at its own pace never has to say slow down', { timeout: 20_000 }, async () => {
  const limits = { messagesPerSecondPerChannel: 1, messageBurst: 5, methodTiers: true };
  const counted: string[] = [];
  const { slack, notifier } = await stage({
    slack: { limits },
    pacer: createPacer(),
    meter: (method, result) => counted.push(`${method} ${result}`),
  });
  await notifier.project(waiting, timeline, OPENED);
  await notifier.project(waitingInWindow(OPENED + 60_000, { version: 6 }), timeline, OPENED);
  expect(keysIn(slack)).toEqual(['card', ...STORY]);
  expect(counted.filter((one) => !one.endsWith(' ok'))).toEqual([]);
  expect(written(slack).map((message) => renderText(message).length > 0)).not.toContain(false);
});
