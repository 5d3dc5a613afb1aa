import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { threadMessages } from '../../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import { createWebClient } from '../../../../../src/adapters/sinks/slack/connection/web-client.ts';
import { createLive } from '../../../../../src/adapters/sinks/slack/projection/live.ts';
import type { Answer } from '../../../../../src/diagnosis/answer.ts';
import type { Incident } from '../../../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../../../src/incident/model/timeline.ts';
import { say } from '../../../../../src/lib/text/text.ts';
import { blockProblems } from '../../../../kit/slack/validate.ts';
import { odd } from '../../../../kit/slack-sink/arbitrary.ts';
import { incidentIn, OPENED, timelineOf } from '../../../../kit/slack-sink/example.ts';
import { CHANNEL, connected, overHttp, type Scene, shownCard } from '../../../../kit/slack-sink/scene.ts';
import {
  callsOf,
  keysIn,
  newLog,
  read,
  type Stage,
  stage,
  written,
} from '../../../../kit/slack-sink/stage.ts';

const BOT = '<@U0MEDIC>';

/** Lets Slack bring an event as it comes over HTTP, and gives the status of the answer. */
async function brought(
  { app, slack }: Scene,
  event: object,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  const server = createServer((request, response) => app.requestListener?.(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const body = JSON.stringify({ type: 'event_callback', team_id: 'T0EXAMPLE', event_id: 'Ev1', event });
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', slack.signingSecret).update(`v0:${at}:${body}`).digest('hex');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${signature}`,
      ...more,
    },
    body,
  });
  return response.status;
}

describe('a mention in an incident’s thread', () => {
  test('is carried to the desk as a question, without the mention, with who asked and where', async () => {
    const all = await connected();
    const card = await shownCard(all);
    all.slack.person('U0DAVE').say(CHANNEL, `hey ${BOT} what <b>changed</b> & why?`, { threadTs: card.ts });
    await all.slack.until(() => all.wishes.length === 1, 'the wish');
    expect(all.wishes).toEqual([
      {
        to: 'ask',
        incident: 'I1',
        text: 'hey what <b>changed</b> & why?',
        by: {
          id: 'U0DAVE',
          name: expect.stringMatching(/dave/i),
          groups: [],
          channel: CHANNEL,
          team: 'T0EXAMPLE',
        },
        once: expect.stringMatching(/^slack-event-EV/i),
      },
    ]);
    await all.slack.until(() => callsOf(all.slack, 'assistant.threads.setStatus') === 1, 'the status');
  });

  test('that is refused says why to the one who asked, and takes the status away', async () => {
    const all = await connected({
      answer: () => ({ text: say`Five questions wait already.`, refused: true }),
    });
    const card = await shownCard(all);
    const dave = all.slack.person('U0DAVE');
    dave.say(CHANNEL, `${BOT} what changed?`, { threadTs: card.ts });
    const told = await dave.told(CHANNEL, 'Five questions wait already.');
    expect(told.thread_ts).toBe(card.ts);
    const statuses = all.slack.calls.filter(({ method }) => method === 'assistant.threads.setStatus');
    expect(statuses.map(({ args }) => args.status)).toEqual(['is looking at the evidence …', '']);
  });

  test('of a program, or in an edit, is not heard', async () => {
    const all = await overHttp();
    all.app.start();
    await all.slack.until(() => all.app.ready().ok, 'Medic to be ready');
    const card = await shownCard(all);
    const mention = {
      type: 'app_mention',
      channel: CHANNEL,
      text: `${BOT} run it`,
      ts: '9.9',
      thread_ts: card.ts,
    };
    const edited = { user: 'U0DAVE', ts: '10.1' };
    expect(await brought(all, { ...mention, user: 'U0DAVE', bot_id: 'B0OTHER' })).toBe(200);
    expect(await brought(all, { ...mention, user: 'U0DAVE', edited })).toBe(200);
    expect(all.wishes).toEqual([]);
    expect(await brought(all, { ...mention, user: 'U0DAVE' })).toBe(200);
    expect(all.wishes).toHaveLength(1);
  });

  test('that could not be recorded is told once, and brought again by Slack until it is', async () => {
    let broken = true;
    const all = await connected({
      slack: { limits: { retryMs: [10, 10, 10], ackMs: 300 } },
      answer: () => {
        if (broken) throw new Error('the store is gone');
        return { text: null };
      },
    });
    const card = await shownCard(all);
    const dave = all.slack.person('U0DAVE');
    dave.say(CHANNEL, `${BOT} what changed?`, { threadTs: card.ts });
    await dave.told(CHANNEL, /was \*?not\*? recorded/);
    broken = false;
    await all.slack.until(() => all.wishes.length >= 2, 'Slack to bring it again');
    expect(new Set(all.wishes.map((wish) => wish.once)).size).toBe(1);
    expect(callsOf(all.slack, 'chat.postEphemeral')).toBe(1);
  });

  test('that Slack brings again announces no work a second time, which nothing might end', async () => {
    const all = await overHttp({ answer: () => ({ text: say`It is answered already.`, refused: true }) });
    all.app.start();
    await all.slack.until(() => all.app.ready().ok, 'Medic to be ready');
    const card = await shownCard(all);
    const text = `${BOT} what changed?`;
    const mention = {
      type: 'app_mention',
      channel: CHANNEL,
      user: 'U0DAVE',
      text,
      ts: '9.9',
      thread_ts: card.ts,
    };
    await brought(all, mention);
    const statuses = callsOf(all.slack, 'assistant.threads.setStatus');
    await brought(all, mention, { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' });
    expect([all.wishes.length, statuses]).toEqual([2, 2]);
    expect(callsOf(all.slack, 'assistant.threads.setStatus')).toBe(statuses);
  });
});

const question = { id: 'q1', by: 'U0DAVE', at: OPENED, text: 'what changed before this?' };
const deploys = {
  id: 'Q1E1',
  kind: 'change',
  title: 'Deploys of catalog',
  source: 'file',
  query: 'deploys of catalog',
  window: null,
  observedAt: OPENED,
  link: 'https://deploys.example.com/catalog',
  environment: 'production',
  witness: 'changes/deploys.jsonl',
  status: 'ok',
  hash: 'ab'.repeat(32),
} as const;
const asked: TimelineEvent = { kind: 'asked', question };
const gathered: TimelineEvent = { kind: 'question-evidence', question: 'q1', items: [deploys] };
const answer: Answer = {
  model: 'gpt-x',
  claims: [
    { text: 'Version v2 went out.', citations: [{ evidence: 'Q1E1', quote: 'version v2 deployed by dana' }] },
  ],
  struck: [{ text: 'A pipe burst.', reason: 'the quote is not in Q1E1' }],
  note: 'Words in a thread start nothing.',
};
const answered: TimelineEvent = { kind: 'answered', question: 'q1', answer };
const missed: TimelineEvent = { kind: 'not-planned', playbook: null, reason: 'nothing fits' };
const resting = (change: Partial<Incident> = {}) =>
  incidentIn({ at: 'investigating', doing: 'collecting' }, change);

function drawn(...happenings: TimelineEvent[]) {
  return threadMessages(resting(), timelineOf(...happenings))[0];
}

describe('the message of a question', () => {
  test('says who asked what, and how far it is', () => {
    expect(read(drawn(asked))).toMatchInlineSnapshot(`
      ":speech_balloon: @U0DAVE asked:
      >what changed before this?
      :hourglass_flowing_sand: Reading logs, metrics, deploys and health of catalog"
    `);
    expect(read(drawn(asked, gathered))).toContain('1 fact. Writing the answer');
  });

  test('says the answer with its quotes, links to their sources, what was struck, and a way to all of it', () => {
    const message = drawn(asked, gathered, answered);
    expect(read(message)).toMatchInlineSnapshot(`
      ":speech_balloon: @U0DAVE asked:
      >what changed before this?
      • Version v2 went out.
      >“version v2 deployed by dana” Q1E1 (https://deploys.example.com/catalog)
      :information_source: Words in a thread start nothing.
      *Dropped, not backed by the evidence:* ~A pipe burst.~ (the quote is not in Q1E1) Answered by the model \`gpt-x\`. Every quote was checked.
      [Show all the evidence]"
    `);
    expect(JSON.stringify(message?.blocks)).toContain('<https://deploys.example.com/catalog|Q1E1>');
    expect(message?.text).toBe('<@U0DAVE> asked “what changed before this?”: Version v2 went out.');
    expect(message?.live).toBeUndefined();
  });

  test('is taken by Slack and calls nobody but the one who asked, whatever anybody wrote', () => {
    const claims = fc.array(
      fc.record({
        text: odd,
        citations: fc.array(fc.record({ evidence: odd, quote: odd }), { maxLength: 3 }),
      }),
      { maxLength: 8 },
    );
    const struck = fc.array(fc.record({ text: odd, reason: odd }), { maxLength: 8 });
    const anyAnswer = fc.record({ model: fc.option(odd), claims, struck, note: fc.option(odd) });
    const strange = fc.record({ id: odd, title: odd, query: odd, link: odd, witness: odd });
    const items = fc.array(
      strange.map((words) => ({ ...deploys, ...words })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(odd, items, fc.option(anyAnswer), (text, found, given) => {
        const told: TimelineEvent[] = [
          { kind: 'asked', question: { ...question, text } },
          { kind: 'question-evidence', question: 'q1', items: found },
          ...(given === null ? [] : [{ kind: 'answered' as const, question: 'q1', answer: given }]),
        ];
        const message = drawn(...told);
        expect(blockProblems(message?.blocks)).toEqual([]);
        expect(blockProblems(message?.live?.head ?? message?.blocks)).toEqual([]);
        const mentions = JSON.stringify([message?.text, message?.blocks]).match(/<[@!](?!date)[^>]*>/g) ?? [];
        expect(new Set(mentions)).toEqual(new Set(['<@U0DAVE>']));
      }),
      { numRuns: 150 },
    );
  });
});

/** Shows the question as it stands after these happenings. */
async function shows({ notifier }: Pick<Stage, 'notifier'>, version: number, ...happenings: TimelineEvent[]) {
  await notifier.project(resting({ version }), timelineOf(...happenings), OPENED, null);
}

function answersIn({ slack }: Stage) {
  return (slack.state.messages.get(CHANNEL) ?? []).filter((message) =>
    slack.textOf(message).includes('asked:'),
  );
}

describe('a question that waits for its answer', () => {
  test('is never folded into a catch-up, which would never tell the answer', async () => {
    const all = await stage();
    const late = { now: OPENED + 3_600_000 };
    const show = (version: number, change: Partial<Incident>, ...told: TimelineEvent[]) =>
      all.notifier.project(resting({ version, ...change }), timelineOf(...told), late.now, null);
    await show(2, { questions: [question] }, missed, missed, asked);
    expect(written(all.slack).map(({ metadata }) => metadata?.event_payload.key)).toContain('catch-up-1');
    await show(3, {}, missed, missed, asked, gathered, answered);
    expect(all.slack.textOf(answersIn(all)[0] ?? expect.fail('no answer'))).toContain('Version v2 went out.');
  });
});

describe('an answer that people watch', () => {
  test('is one message from its first task to its last word', async () => {
    const all = await stage();
    await shows(all, 2, asked);
    const [begun] = answersIn(all);
    expect(begun?.streaming_state).toBe('in_progress');
    expect(callsOf(all.slack, 'chat.startStream')).toBe(1);
    await shows(all, 3, asked, gathered);
    expect(callsOf(all.slack, 'chat.appendStream')).toBe(1);
    await shows(all, 4, asked, gathered, answered);
    const answers = answersIn(all);
    expect(answers.map(({ ts }) => ts)).toEqual([begun?.ts]);
    expect(answers[0]?.streaming_state).toBe('completed');
    expect(all.slack.textOf(answers[0] ?? expect.fail('no answer'))).toContain('Version v2 went out.');
    expect(written(all.slack).at(-1)?.metadata?.event_payload.key).toBe('question-q1');
  });

  test('is shown to the one who asked by an ordinary message where Slack refuses, and is not tried at each turn', async () => {
    const all = await stage();
    all.slack.faults.answerError('chat.startStream', 'unknown_method', { times: 9 });
    await shows(all, 2, asked);
    await shows(all, 3, asked, gathered);
    await shows(all, 4, asked, gathered, answered);
    expect(answersIn(all)).toHaveLength(1);
    expect(callsOf(all.slack, 'chat.startStream')).toBe(1);
  });

  test('is found again, and ended, where the process died before it could note that it had begun', async () => {
    const all = await stage({ timeout: 300 });
    all.slack.faults.loseAnswer('chat.startStream');
    await expect(shows(all, 2, asked)).rejects.toThrow(/did not say whether/);
    await shows({ notifier: all.restarted() }, 4, asked, gathered, answered);
    const answers = answersIn(all);
    expect(answers.map(({ streaming_state }) => streaming_state)).toEqual(['completed']);
    expect(callsOf(all.slack, 'chat.startStream')).toBe(1);
  });

  test('that Slack does not let end keeps nothing else from being shown, and is looked at again soon', async () => {
    const all = await stage();
    await shows(all, 2, asked);
    all.slack.faults.answerError('chat.stopStream', 'internal_error', { times: 2 });
    const told = [asked, gathered, answered, missed];
    const project = () => all.notifier.project(resting({ version: 4 }), timelineOf(...told), OPENED, null);
    const { refreshAt } = await project();
    expect(keysIn(all.slack)).toContain('not-planned');
    expect((refreshAt ?? Number.POSITIVE_INFINITY) - OPENED).toBeLessThanOrEqual(5_000);
    expect((await project()).refreshAt).toBeNull();
    const answers = answersIn(all);
    expect(answers.map(({ streaming_state }) => streaming_state)).toEqual(['completed']);
    expect(all.slack.textOf(answers[0] ?? expect.fail('no answer'))).toContain('Version v2 went out.');
  });

  test('shows each step and claim as they come, and writes nothing once another has begun to', async () => {
    const all = await stage();
    await shows(all, 2, asked);
    const incident = resting();
    const { slack, store } = all;
    const client = createWebClient({
      token: slack.botToken,
      apiUrl: slack.apiUrl,
      timeout: 1000,
      log: newLog(),
    });
    const live = createLive({ client, store, log: newLog() });
    const writing = await live.open(incident, 'q1');
    writing?.step('Asking gpt-x');
    writing?.claim('It <!channel> broke.');
    await slack.until(() => slack.textOf(answersIn(all)[0] ?? expect.fail()).includes('broke.'), 'the claim');
    expect(JSON.stringify(slack.calls.at(-1)?.args)).not.toContain('<!channel>');
    expect(JSON.stringify(slack.calls.map(({ args }) => args))).toContain('Asking gpt-x');
    // Another process answers the same question anew: the first was lost in the middle.
    expect(await live.open(incident, 'q1')).toBeNull();
    expect(answersIn(all)[0]?.streaming_state).toBe('completed');
    writing?.claim('Too late.');
    await shows(all, 4, asked, gathered, answered);
    expect(slack.textOf(answersIn(all)[0] ?? expect.fail())).not.toContain('Too late.');
  });
});
