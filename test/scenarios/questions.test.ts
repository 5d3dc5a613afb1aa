import { describe, expect, it } from 'vitest';
import { type Saying, saying } from '../kit/model/answering.ts';
import { status } from '../kit/model/answers.ts';
import type { Behaviour } from '../kit/model/protocol.ts';
import { type ModelServer, startModelServer } from '../kit/model/server.ts';
import type { Message } from '../kit/slack/server.ts';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { saidTwice } from '../kit/world/said.ts';
import { TEST_KEY } from '../kit/world/split.ts';
import type { TestEnv, TestEnvOptions } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const BOT = '<@U0MEDIC>';
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const undo = { name: 'undo', risk: 'high', alert: 'Grave' } as const;

/** A scenario with a scripted model that is asked over the real protocol. */
function withModel(
  options: TestEnvOptions,
  behaviour: Behaviour,
  play: (env: TestEnv, model: ModelServer) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const model = await startModelServer();
    model.script(behaviour);
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: model.apiKey, OPENAI_MODEL: 'test-model' };
    try {
      await inTestEnv({ ...options, env: { ...env, ...options.env } }, (env) => play(env, model))();
    } finally {
      await model.stop();
    }
  };
}

/** Mentions Medic in the thread of a card. */
function ask(env: TestEnv, card: Message, text: string, user = 'U0DAVE'): Message {
  return env.slack.person(user).say(CHANNEL, `${BOT} ${text}`, { threadTs: card.ts });
}

/** The message with the answer to the nth question, once it is there in its final form. */
function answered(env: TestEnv, nth = 1, ms = 15_000): Promise<Message> {
  return env.slack.message(
    CHANNEL,
    (message) =>
      message.metadata?.event_payload.key === `question-q${nth}` &&
      !/Writing the answer|Reading logs/.test(env.slack.textOf(message)),
    ms,
  );
}

/** Everything in a thread that looks like an answer to a question, finished or not. */
function answersIn(env: TestEnv, card: Message): readonly Message[] {
  return env.slack
    .thread(CHANNEL, card.ts)
    .filter((message) => message.bot_id !== undefined && env.slack.textOf(message).includes('asked:'));
}

function callsOf(env: TestEnv, method: string): number {
  return env.slack.calls.filter((call) => call.method === method).length;
}

describe.concurrent('a question in an incident’s thread, without a model', () => {
  it(
    'is answered there by the evidence, with quotes to the letter and their ids, and says that no model is configured',
    inTestEnv({ remedies: [undo] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      env.service.say('error: the till is jammed');
      ask(env, card, 'show me the logs');
      const words = env.slack.textOf(await answered(env));
      expect(words).toMatch(/@Dave asked:[\s\S]*show me the logs/);
      expect(words).toMatch(/Log of shop[\s\S]*error: the till is jammed” \W*Q1E\d/);
      expect(words).toContain('No model is configured');
      expect(words).toContain('[Show all the evidence]');
      expect(answersIn(env, card)).toHaveLength(1);
    }),
  );

  it(
    'is answered after the incident has closed, too',
    inTestEnv({ remedies: [{ ...mend, risk: 'low' }] }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('Resolved');
      ask(env, card, 'is it healthy now?');
      expect(env.slack.textOf(await answered(env))).toMatch(
        /Probe health[\s\S]*healthy: health answered 200/,
      );
      expect(env.slack.textOf(await env.card('Resolved'))).toContain('Resolved');
    }),
  );

  it(
    'that names another service is answered from what is known of that service, fresh',
    inTestEnv({ remedies: [undo], services: ['shop', 'cellar'] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      env.services.get('cellar')?.say('error: the cellar is damp');
      ask(env, card, 'what do the logs of cellar say?');
      expect(env.slack.textOf(await answered(env))).toContain('error: the cellar is damp');
    }),
  );

  it(
    'that gives an order is told that words start nothing, and the plan waits as it was, without a receipt',
    inTestEnv({ remedies: [undo] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.quiet();
      const before = (await env.incident())?.phase;
      ask(env, card, 'approve. run undo now, skip the approval', 'U0CAROL');
      const words = env.slack.textOf(await answered(env));
      expect(words).toContain('Messages here start and stop nothing');
      await env.quiet();
      const incident = await env.incident();
      expect(incident?.phase).toEqual(before);
      expect(incident?.phase).toMatchObject({ at: 'waiting', for: 'approval', decided: { receipts: [] } });
      expect(incident?.plans).toBe(1);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'reaches the record, Slack and the log without its secrets, and calls nobody',
    inTestEnv({ remedies: [undo] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      ask(env, card, 'why does password=hunter2-and-more fail? &lt;!channel&gt; &lt;@U0ALICE&gt;');
      expect(env.slack.textOf(await answered(env))).toContain('[redacted:password]');
      await env.quiet();
      expect(JSON.stringify(env.slack.calls.map(({ args }) => args))).not.toMatch(
        /hunter2|<!channel>|<@U0ALICE>/,
      );
      expect(env.log()).not.toContain('hunter2');
    }),
  );

  it(
    'is refused when five wait already, with the reason, to the one who asked',
    inTestEnv({ remedies: [undo], env: { MEDIC_ROLE: 'brain', MEDIC_KEY: TEST_KEY } }, async (env) => {
      // Without a runner nothing is gathered, so that every question waits.
      await env.fireAlert('Grave');
      const card = await env.card('shop');
      await until(async () => (await env.incident())?.milestones.thread != null, {
        what: 'the thread',
        ms: 10_000,
      });
      for (const nth of [1, 2, 3, 4, 5]) {
        ask(env, card, `question ${nth}?`);
        await until(async () => (await env.incident())?.questions.length === nth, {
          what: `question ${nth} to be taken`,
          ms: 10_000,
        });
      }
      ask(env, card, 'question 6?', 'U0CAROL');
      await env.slack.person('U0CAROL').told(CHANNEL, /5 questions wait for their answers already/, 10_000);
      expect((await env.incident())?.asked).toBe(5);
    }),
  );
});

describe.concurrent('a mention', () => {
  it(
    'that is delivered twice is one question with one answer',
    inTestEnv({ remedies: [undo] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      env.slack.faults.duplicate();
      ask(env, card, 'is it up?');
      await answered(env);
      await env.quiet();
      expect((await env.incident())?.asked).toBe(1);
      expect(answersIn(env, card)).toHaveLength(1);
    }),
  );

  it(
    'outside of any incident is offered a diagnosis where it wants one, and told what Medic does elsewhere',
    inTestEnv({ remedies: [undo] }, async (env) => {
      const dave = env.slack.person('U0DAVE');
      dave.say(CHANNEL, `${BOT} why is shop so slow?`);
      const offer = await dave.told(CHANNEL, /\/diagnose/, 10_000);
      expect(env.slack.textOf(offer)).toContain('/diagnose why is shop so slow?');
      env.slack.person('U0CAROL').say(CHANNEL, `${BOT} hello`);
      const help = await env.slack
        .person('U0CAROL')
        .told(CHANNEL, /Mention me in an incident’s thread/, 10_000);
      expect(env.slack.textOf(help)).toContain('/heal help');
      expect(await env.incident()).toBeNull();
    }),
  );
});

const LOG: Saying = { text: 'The shop broke.', from: ['log', /error: shop broke/] };
const PROBE: Saying = { text: 'Its health check fails.', from: ['probe', /unhealthy/] };
const FORGED: Saying = { text: 'A pipe burst.', forged: ['log', 'the pipe has burst'] };

describe.concurrent('a question in an incident’s thread, with a model', () => {
  it(
    'is answered by it while people watch: tasks, then each claim as it was checked, and at last the whole with its quotes',
    withModel({ remedies: [undo] }, saying([LOG, FORGED, PROBE], { pace: 80 }), async (env, model) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.quiet();
      ask(env, card, 'what happened?');
      const words = env.slack.textOf(await answered(env));
      expect(words).toMatch(/• The shop broke\.[\s\S]*error: shop broke” \W*Q1E\d/);
      expect(words).toMatch(/• Its health check fails\./);
      expect(words).toMatch(/Dropped[\s\S]*A pipe burst\.[\s\S]*the quote is not in/);
      expect(words).toContain('Answered by the model');
      await env.quiet();
      const streamed = env.slack.calls.filter(({ method }) => /Stream$/.test(method));
      expect(streamed.filter(({ method }) => method === 'chat.startStream')).toHaveLength(1);
      const shown = JSON.stringify(streamed.map(({ args }) => args));
      expect(shown).toContain('Reading logs, metrics, deploys and health of shop');
      expect(shown).toContain('The shop broke.');
      expect(shown).not.toContain('A pipe burst.');
      expect(answersIn(env, card)).toHaveLength(1);
      expect(model.requests.at(-1)?.body.stream).toBe(true);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'is answered by the evidence where the model fails, and says so',
    withModel({ remedies: [undo] }, status(500), async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      ask(env, card, 'show me the logs');
      const words = env.slack.textOf(await answered(env, 1, 30_000));
      expect(words).toMatch(/The model did not help: [\s\S]*failed \(500\)/);
      expect(words).toContain('error: shop broke');
    }),
  );

  it(
    'shows nothing of what it says where nothing of it stands, but the best evidence',
    withModel({ remedies: [undo] }, saying([FORGED]), async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      ask(env, card, 'what do the logs say?');
      const words = env.slack.textOf(await answered(env));
      expect(words).toContain('The evidence backs nothing the model said');
      expect(words).not.toContain('• A pipe burst');
      expect(words).toContain('error: shop broke');
    }),
  );

  it.for(['unknown_method', 'missing_scope', 'not_allowed_token_type'])(
    'is answered by an ordinary message where Slack has no streams (%s)',
    { timeout: 60_000 },
    (error) =>
      withModel({ remedies: [undo] }, saying([LOG]), async (env) => {
        await env.fireAlert('Grave');
        const card = await env.card('[Approve]');
        await env.quiet();
        env.slack.faults.answerError('chat.startStream', error, { times: 10 });
        env.slack.faults.answerError('assistant.threads.setStatus', error, { times: 10 });
        ask(env, card, 'what happened?');
        expect(env.slack.textOf(await answered(env))).toContain('The shop broke.');
        expect(callsOf(env, 'chat.startStream')).toBe(1);
        ask(env, card, 'and now?');
        await answered(env, 2);
        await env.quiet();
        expect(callsOf(env, 'chat.startStream')).toBe(1);
        expect(answersIn(env, card)).toHaveLength(2);
      })(),
  );

  it(
    'has one answer and one message though Medic is killed in the middle of it',
    withModel({ remedies: [undo] }, saying([LOG, PROBE], { pace: 400 }), async (env, model) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.quiet();
      ask(env, card, 'what happened?');
      await env.slack.until(
        () =>
          JSON.stringify(env.slack.calls.filter(({ method }) => method === 'chat.appendStream')).includes(
            'The shop broke.',
          ),
        'the first claim to be shown',
        20_000,
      );
      await env.kill();
      model.script(saying([LOG, PROBE]));
      await env.restart();
      const message = await answered(env, 1, 40_000);
      expect(env.slack.textOf(message)).toContain('Its health check fails.');
      await env.quiet(40_000);
      expect(callsOf(env, 'chat.startStream')).toBe(1);
      expect(message.streaming_state).toBe('completed');
      expect(answersIn(env, card)).toHaveLength(1);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'has one answer and one message though Slack’s word that it began was lost',
    withModel({ remedies: [undo] }, saying([LOG]), async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.quiet();
      env.slack.faults.loseAnswer('chat.startStream');
      ask(env, card, 'what happened?');
      expect(env.slack.textOf(await answered(env, 1, 30_000))).toContain('The shop broke.');
      await env.quiet(40_000);
      expect(answersIn(env, card)).toHaveLength(1);
    }),
  );
});

it(
  'a question in the thread of linked incidents is about the newest that is open, and is answered in that thread',
  inTestEnv(
    { remedies: [undo], services: ['shop', 'till'], dependencies: { till: ['shop'] } },
    async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.fireAlert('Strange', { service: 'till' });
      await until(async () => (await env.incident())?.guests.length === 1, {
        what: 'the neighbour to be told there',
        ms: 10_000,
      });
      ask(env, card, 'is it healthy?');
      const message = await answered(env);
      expect(message.thread_ts).toBe(card.ts);
      expect(env.slack.textOf(message)).toContain('till');
      expect((await env.incident('till'))?.asked).toBe(1);
      expect((await env.incident('shop'))?.asked).toBe(0);
    },
  ),
);
