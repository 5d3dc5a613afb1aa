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
  play: (ward: TestEnv, model: ModelServer) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const model = await startModelServer();
    model.script(behaviour);
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: model.apiKey, OPENAI_MODEL: 'test-model' };
    try {
      await inTestEnv({ ...options, env: { ...env, ...options.env } }, (ward) => play(ward, model))();
    } finally {
      await model.stop();
    }
  };
}

/** Mentions Medic in the thread of a card. */
function ask(ward: TestEnv, card: Message, text: string, user = 'U0DAVE'): Message {
  return ward.slack.person(user).say(CHANNEL, `${BOT} ${text}`, { threadTs: card.ts });
}

/** The message with the answer to the nth question, once it is there in its final form. */
function answered(ward: TestEnv, nth = 1, ms = 15_000): Promise<Message> {
  return ward.slack.message(
    CHANNEL,
    (message) =>
      message.metadata?.event_payload.key === `question-q${nth}` &&
      !/Writing the answer|Reading logs/.test(ward.slack.textOf(message)),
    ms,
  );
}

/** Everything in a thread that looks like an answer to a question, finished or not. */
function answersIn(ward: TestEnv, card: Message): readonly Message[] {
  return ward.slack
    .thread(CHANNEL, card.ts)
    .filter((message) => message.bot_id !== undefined && ward.slack.textOf(message).includes('asked:'));
}

function callsOf(ward: TestEnv, method: string): number {
  return ward.slack.calls.filter((call) => call.method === method).length;
}

describe.concurrent('a question in an incident’s thread, without a model', () => {
  it(
    'is answered there by the evidence, with quotes to the letter and their ids, and says that no model is configured',
    inTestEnv({ remedies: [undo] }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ward.service.say('error: the till is jammed');
      ask(ward, card, 'show me the logs');
      const words = ward.slack.textOf(await answered(ward));
      expect(words).toMatch(/@Dave asked:[\s\S]*show me the logs/);
      expect(words).toMatch(/Log of shop[\s\S]*error: the till is jammed” \W*Q1E\d/);
      expect(words).toContain('No model is configured');
      expect(words).toContain('[Show all the evidence]');
      expect(answersIn(ward, card)).toHaveLength(1);
    }),
  );

  it(
    'is answered after the incident has closed, too',
    inTestEnv({ remedies: [{ ...mend, risk: 'low' }] }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card('Resolved');
      ask(ward, card, 'is it healthy now?');
      expect(ward.slack.textOf(await answered(ward))).toMatch(
        /Probe health[\s\S]*healthy: health answered 200/,
      );
      expect(ward.slack.textOf(await ward.card('Resolved'))).toContain('Resolved');
    }),
  );

  it(
    'that names another service is answered from what is known of that service, fresh',
    inTestEnv({ remedies: [undo], services: ['shop', 'cellar'] }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ward.services.get('cellar')?.say('error: the cellar is damp');
      ask(ward, card, 'what do the logs of cellar say?');
      expect(ward.slack.textOf(await answered(ward))).toContain('error: the cellar is damp');
    }),
  );

  it(
    'that gives an order is told that words start nothing, and the plan waits as it was, without a receipt',
    inTestEnv({ remedies: [undo] }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      await ward.quiet();
      const before = (await ward.incident())?.phase;
      ask(ward, card, 'approve. run undo now, skip the approval', 'U0CAROL');
      const words = ward.slack.textOf(await answered(ward));
      expect(words).toContain('Messages here start and stop nothing');
      await ward.quiet();
      const incident = await ward.incident();
      expect(incident?.phase).toEqual(before);
      expect(incident?.phase).toMatchObject({ at: 'waiting', for: 'approval', decided: { receipts: [] } });
      expect(incident?.plans).toBe(1);
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'reaches the record, Slack and the log without its secrets, and calls nobody',
    inTestEnv({ remedies: [undo] }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ask(ward, card, 'why does password=hunter2-and-more fail? &lt;!channel&gt; &lt;@U0ALICE&gt;');
      expect(ward.slack.textOf(await answered(ward))).toContain('[redacted:password]');
      await ward.quiet();
      expect(JSON.stringify(ward.slack.calls.map(({ args }) => args))).not.toMatch(
        /hunter2|<!channel>|<@U0ALICE>/,
      );
      expect(ward.log()).not.toContain('hunter2');
    }),
  );

  it(
    'is refused when five wait already, with the reason, to the one who asked',
    inTestEnv({ remedies: [undo], env: { MEDIC_ROLE: 'brain', MEDIC_KEY: TEST_KEY } }, async (ward) => {
      // Without a runner nothing is gathered, so that every question waits.
      await ward.fireAlert('Grave');
      const card = await ward.card('shop');
      await until(async () => (await ward.incident())?.milestones.thread != null, {
        what: 'the thread',
        ms: 10_000,
      });
      for (const nth of [1, 2, 3, 4, 5]) {
        ask(ward, card, `question ${nth}?`);
        await until(async () => (await ward.incident())?.questions.length === nth, {
          what: `question ${nth} to be taken`,
          ms: 10_000,
        });
      }
      ask(ward, card, 'question 6?', 'U0CAROL');
      await ward.slack.person('U0CAROL').told(CHANNEL, /5 questions wait for their answers already/, 10_000);
      expect((await ward.incident())?.asked).toBe(5);
    }),
  );
});

describe.concurrent('a mention', () => {
  it(
    'that is delivered twice is one question with one answer',
    inTestEnv({ remedies: [undo] }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ward.slack.faults.duplicate();
      ask(ward, card, 'is it up?');
      await answered(ward);
      await ward.quiet();
      expect((await ward.incident())?.asked).toBe(1);
      expect(answersIn(ward, card)).toHaveLength(1);
    }),
  );

  it(
    'outside of any incident is offered a diagnosis where it wants one, and told what Medic does elsewhere',
    inTestEnv({ remedies: [undo] }, async (ward) => {
      const dave = ward.slack.person('U0DAVE');
      dave.say(CHANNEL, `${BOT} why is shop so slow?`);
      const offer = await dave.told(CHANNEL, /\/diagnose/, 10_000);
      expect(ward.slack.textOf(offer)).toContain('/diagnose why is shop so slow?');
      ward.slack.person('U0CAROL').say(CHANNEL, `${BOT} hello`);
      const help = await ward.slack
        .person('U0CAROL')
        .told(CHANNEL, /Mention me in an incident’s thread/, 10_000);
      expect(ward.slack.textOf(help)).toContain('/heal help');
      expect(await ward.incident()).toBeNull();
    }),
  );
});

const LOG: Saying = { text: 'The shop broke.', from: ['log', /error: shop broke/] };
const PROBE: Saying = { text: 'Its health check fails.', from: ['probe', /unhealthy/] };
const FORGED: Saying = { text: 'A pipe burst.', forged: ['log', 'the pipe has burst'] };

describe.concurrent('a question in an incident’s thread, with a model', () => {
  it(
    'is answered by it while people watch: tasks, then each claim as it was checked, and at last the whole with its quotes',
    withModel({ remedies: [undo] }, saying([LOG, FORGED, PROBE], { pace: 80 }), async (ward, model) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      await ward.quiet();
      ask(ward, card, 'what happened?');
      const words = ward.slack.textOf(await answered(ward));
      expect(words).toMatch(/• The shop broke\.[\s\S]*error: shop broke” \W*Q1E\d/);
      expect(words).toMatch(/• Its health check fails\./);
      expect(words).toMatch(/Dropped[\s\S]*A pipe burst\.[\s\S]*the quote is not in/);
      expect(words).toContain('Answered by the model');
      await ward.quiet();
      const streamed = ward.slack.calls.filter(({ method }) => /Stream$/.test(method));
      expect(streamed.filter(({ method }) => method === 'chat.startStream')).toHaveLength(1);
      const shown = JSON.stringify(streamed.map(({ args }) => args));
      expect(shown).toContain('Reading logs, metrics, deploys and health of shop');
      expect(shown).toContain('The shop broke.');
      expect(shown).not.toContain('A pipe burst.');
      expect(answersIn(ward, card)).toHaveLength(1);
      expect(model.requests.at(-1)?.body.stream).toBe(true);
      expect(saidTwice(ward.slack)).toEqual([]);
    }),
  );

  it(
    'is answered by the evidence where the model fails, and says so',
    withModel({ remedies: [undo] }, status(500), async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ask(ward, card, 'show me the logs');
      const words = ward.slack.textOf(await answered(ward, 1, 30_000));
      expect(words).toMatch(/The model did not help: [\s\S]*failed \(500\)/);
      expect(words).toContain('error: shop broke');
    }),
  );

  it(
    'shows nothing of what it says where nothing of it stands, but the best evidence',
    withModel({ remedies: [undo] }, saying([FORGED]), async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ask(ward, card, 'what do the logs say?');
      const words = ward.slack.textOf(await answered(ward));
      expect(words).toContain('The evidence backs nothing the model said');
      expect(words).not.toContain('• A pipe burst');
      expect(words).toContain('error: shop broke');
    }),
  );

  it.for(['unknown_method', 'missing_scope', 'not_allowed_token_type'])(
    'is answered by an ordinary message where Slack has no streams (%s)',
    { timeout: 60_000 },
    (error) =>
      withModel({ remedies: [undo] }, saying([LOG]), async (ward) => {
        await ward.fireAlert('Grave');
        const card = await ward.card('[Approve]');
        await ward.quiet();
        ward.slack.faults.answerError('chat.startStream', error, { times: 10 });
        ward.slack.faults.answerError('assistant.threads.setStatus', error, { times: 10 });
        ask(ward, card, 'what happened?');
        expect(ward.slack.textOf(await answered(ward))).toContain('The shop broke.');
        expect(callsOf(ward, 'chat.startStream')).toBe(1);
        ask(ward, card, 'and now?');
        await answered(ward, 2);
        await ward.quiet();
        expect(callsOf(ward, 'chat.startStream')).toBe(1);
        expect(answersIn(ward, card)).toHaveLength(2);
      })(),
  );

  it(
    'has one answer and one message though Medic is killed in the middle of it',
    withModel({ remedies: [undo] }, saying([LOG, PROBE], { pace: 400 }), async (ward, model) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      await ward.quiet();
      ask(ward, card, 'what happened?');
      await ward.slack.until(
        () =>
          JSON.stringify(ward.slack.calls.filter(({ method }) => method === 'chat.appendStream')).includes(
            'The shop broke.',
          ),
        'the first claim to be shown',
        20_000,
      );
      await ward.kill();
      model.script(saying([LOG, PROBE]));
      await ward.restart();
      const message = await answered(ward, 1, 40_000);
      expect(ward.slack.textOf(message)).toContain('Its health check fails.');
      await ward.quiet(40_000);
      expect(callsOf(ward, 'chat.startStream')).toBe(1);
      expect(message.streaming_state).toBe('completed');
      expect(answersIn(ward, card)).toHaveLength(1);
      expect(saidTwice(ward.slack)).toEqual([]);
    }),
  );

  it(
    'has one answer and one message though Slack’s word that it began was lost',
    withModel({ remedies: [undo] }, saying([LOG]), async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      await ward.quiet();
      ward.slack.faults.loseAnswer('chat.startStream');
      ask(ward, card, 'what happened?');
      expect(ward.slack.textOf(await answered(ward, 1, 30_000))).toContain('The shop broke.');
      await ward.quiet(40_000);
      expect(answersIn(ward, card)).toHaveLength(1);
    }),
  );
});

it(
  'a question in the thread of linked incidents is about the newest that is open, and is answered in that thread',
  inTestEnv({ remedies: [undo], services: ['shop', 'till'], dependencies: { till: ['shop'] } }, async (ward) => {
    await ward.fireAlert('Grave');
    const card = await ward.card('[Approve]');
    await ward.fireAlert('Strange', { service: 'till' });
    await until(async () => (await ward.incident())?.guests.length === 1, {
      what: 'the neighbour to be told there',
      ms: 10_000,
    });
    ask(ward, card, 'is it healthy?');
    const message = await answered(ward);
    expect(message.thread_ts).toBe(card.ts);
    expect(ward.slack.textOf(message)).toContain('till');
    expect((await ward.incident('till'))?.asked).toBe(1);
    expect((await ward.incident('shop'))?.asked).toBe(0);
  }),
);
