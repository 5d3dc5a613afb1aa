import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OpenAiOptions } from '../../../../src/adapters/models/openai/model.ts';
import type { ModelAnswer, ModelFailure } from '../../../../src/diagnosis/model.ts';
import * as say from '../../../kit/model/answers.ts';
import { CRASH, item, modelFor, never, question } from '../../../kit/model/fixtures.ts';
import type { Behaviour } from '../../../kit/model/protocol.ts';
import { type ModelServer, startModelServer } from '../../../kit/model/server.ts';

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());
beforeEach(() => server.script([]));

/** Asks once under a script, and answers with what came back and the requests it took. */
async function ask(
  script: Behaviour | readonly Behaviour[],
  {
    options = {},
    signal = never,
    asked = question(),
  }: { options?: Partial<OpenAiOptions>; signal?: AbortSignal; asked?: ReturnType<typeof question> } = {},
) {
  server.script(script);
  const before = server.requests.length;
  const model = await modelFor(server, options);
  const started = performance.now();
  const answer = await model.ask(asked, signal);
  return { answer, requests: server.requests.slice(before), ms: performance.now() - started };
}

function proposalOf(answer: ModelAnswer) {
  if (answer.kind === 'failed') throw new Error(answer.reason);
  return answer.proposal;
}

function expectFailure(answer: ModelAnswer, failure: ModelFailure, reason: RegExp) {
  expect(answer).toMatchObject({ kind: 'failed', failure, model: 'test-model' });
  if (answer.kind === 'failed') expect(answer.reason).toMatch(reason);
}

describe('a good answer', () => {
  test('becomes a proposal that carries the model, the hash of the prompt and the tokens', async () => {
    const { answer, requests } = await ask(say.tokens({ in: 321, out: 45 }, say.proposal(CRASH)));
    expect(answer).toEqual({
      kind: 'proposal',
      model: 'test-model',
      promptHash: expect.stringMatching(/^[0-9a-f]{12}$/),
      tokens: { in: 321, out: 45 },
      proposal: {
        summary: 'catalog is down.',
        hypotheses: [
          {
            cause: 'The process ended.',
            claims: [
              { text: 'It is not running.', citations: [{ evidence: 'E2', quote: 'catalog    EXITED' }] },
            ],
            against: [],
            playbook: 'restart_service',
            parameters: { service: 'catalog' },
            selfConfidence: 0.9,
          },
        ],
        prevention: null,
        lead: null,
      },
    });
    expect(requests).toHaveLength(1);
    expect(server.rejected).toEqual([]);
  });

  test('is asked for with a strict schema that offers the names of the catalog and nothing else', async () => {
    const { requests } = await ask(say.proposal(CRASH));
    const format = requests[0]?.body.response_format;
    expect(format).toMatchObject({ type: 'json_schema', json_schema: { strict: true } });
    expect(JSON.stringify(format)).toContain(
      '"enum":["restart_service","recycle_service","rollback_release","clean_disk"]',
    );
  });

  test('may abstain', async () => {
    const { answer } = await ask(
      say.proposal({ summary: 'Unclear.', hypotheses: [], prevention: null, lead: 'Look at the database.' }),
    );
    expect(proposalOf(answer)).toMatchObject({ hypotheses: [], lead: 'Look at the database.' });
  });

  test('is asked for even when the catalog is empty', async () => {
    const { answer } = await ask(say.proposal(CRASH), { asked: question({ playbooks: [] }) });
    expect(proposalOf(answer).hypotheses[0]).toMatchObject({ cause: 'The process ended.', playbook: null });
    expect(server.rejected).toEqual([]);
  });

  test('that names no playbook of the catalog keeps its cause and loses the name', async () => {
    const [hypothesis] = CRASH.hypotheses;
    const { answer } = await ask(
      say.proposal({ ...CRASH, hypotheses: [{ ...hypothesis, playbook: 'rm_minus_rf' }] }),
    );
    expect(proposalOf(answer)).toMatchObject({
      lead: null,
      hypotheses: [{ cause: 'The process ended.', playbook: null }],
    });
  });
});

describe('a server that knows less', () => {
  test('without JSON schemas is asked in JSON mode, and from then on at once', async () => {
    server.script(say.noJsonSchemaSupport(say.proposal(CRASH)));
    const model = await modelFor(server);
    const before = server.requests.length;
    proposalOf(await model.ask(question(), never));
    proposalOf(await model.ask(question(), never));
    expect(server.requests.slice(before).map(({ body }) => body.response_format?.type)).toEqual([
      'json_schema',
      'json_object',
      'json_object',
    ]);
  });

  test('without JSON mode is asked in plain words, and its fenced JSON is read', async () => {
    const { answer, requests } = await ask(
      say.noJsonSchemaSupport(say.fencedJson(CRASH), { jsonObject: false }),
    );
    expect(proposalOf(answer).summary).toBe('catalog is down.');
    expect(requests.map(({ body }) => body.response_format?.type)).toEqual([
      'json_schema',
      'json_object',
      undefined,
    ]);
  });

  test('that knows only the older output limit is given that one', async () => {
    const { answer, requests } = await ask(say.noMaxCompletionTokens(say.proposal(CRASH)));
    expect(proposalOf(answer).summary).toBe('catalog is down.');
    expect(requests[1]?.body).toMatchObject({
      max_tokens: 2000,
      response_format: { type: 'json_schema' },
    });
  });

  test('that refuses every way of asking is reported with its first refusal', async () => {
    const refuse = (message: string) => say.status(400, { message });
    const { answer, requests } = await ask([refuse('first'), refuse('second'), refuse('third')]);
    expectFailure(answer, 'rejected', /did not accept the request \(400\).*first/);
    expect(requests).toHaveLength(3);
  });

  test('that needs no key is sent none', async () => {
    const { answer } = await ask(say.proposal(CRASH), { options: { apiKey: null } });
    expectFailure(answer, 'rejected', /provide an API key/);
  });
});

describe('a bad answer becomes a failure that says what to do', () => {
  const cases: readonly [string, Behaviour, ModelFailure, RegExp][] = [
    ['prose', say.garbage(), 'garbage', /no JSON object.*begins: The service feels unwell/],
    ['broken JSON', say.words('{"summary": "x", "hypotheses": ['), 'garbage', /no JSON object/],
    ['the wrong shape', say.words('{"verdict": "restart it"}'), 'garbage', /agreed shape \(summary/],
    ['an empty text', say.words(''), 'garbage', /empty answer/],
    ['no choice', say.empty(), 'garbage', /empty answer/],
    ['a web page', say.raw('<html>Sign in</html>', 'text/html'), 'garbage', /Check OPENAI_BASE_URL/],
    ['a broken envelope', say.raw('{"id": '), 'garbage', /broken JSON/],
    ['another envelope', say.raw('{"ok": true}'), 'garbage', /Check OPENAI_BASE_URL/],
    ['an endless answer', say.words('a'.repeat(1_100_000)), 'garbage', /more than 1000000 bytes/],
    ['a refusal', say.refusal('I cannot discuss outages.'), 'refused', /refused.*discuss outages/],
    ['a filtered answer', say.contentFilter(), 'refused', /content filter/],
    ['an answer cut off', say.cutOff(CRASH), 'cut-off', /more output tokens/],
    ['a wrong key', say.status(401), 'rejected', /Check OPENAI_API_KEY/],
    ['an unknown model', say.status(404), 'rejected', /Check OPENAI_MODEL/],
    ['too much to read', say.status(400, { code: 'context_length_exceeded' }), 'rejected', /evidence budget/],
    ['an empty account', say.status(429, { code: 'insufficient_quota' }), 'rejected', /billing/],
  ];
  test.each(cases)('%s, asked once', async (_name, behaviour, failure, reason) => {
    const { answer, requests } = await ask(behaviour);
    expectFailure(answer, failure, reason);
    expect(requests).toHaveLength(1);
  });

  test('a failing server is asked again, and reported when it keeps failing', async () => {
    const now = { 'retry-after': '0' };
    const { answer, requests } = await ask(say.status(503, {}, now));
    expectFailure(answer, 'server-error', /failed \(503\).*overloaded/);
    expect(requests).toHaveLength(3);
    const again = await ask([say.status(500, {}, now), say.status(429, {}, now), say.proposal(CRASH)]);
    expect(proposalOf(again.answer).summary).toBe('catalog is down.');
  });

  test('a connection that breaks in mid-answer is tried again, and reported when it keeps breaking', async () => {
    const { answer, requests } = await ask(say.disconnect(), { options: { maxRetries: 1 } });
    expectFailure(answer, 'unreachable', /broke off/);
    expect(requests).toHaveLength(2);
  });

  test('a server that is not there is named with its address', async () => {
    const gone = await startModelServer();
    await gone.stop();
    const model = await modelFor(gone, { maxRetries: 0 });
    expectFailure(await model.ask(question(), never), 'unreachable', /ECONNREFUSED.*Check OPENAI_BASE_URL/);
  });

  test('secrets in what a server says are redacted', async () => {
    const { answer } = await ask(say.status(401, { message: 'Incorrect API key: hunter2.' }), {
      options: { redact: (text) => text.replaceAll('hunter2', '[redacted]') },
    });
    expectFailure(answer, 'rejected', /Incorrect API key: \[redacted\]/);
  });
});

describe('time', () => {
  test('a hanging server is left at the deadline', async () => {
    const { answer, ms } = await ask(say.hang(), { options: { timeout: 200 } });
    expectFailure(answer, 'timeout', /no answer within 0.2 s/);
    expect(ms).toBeLessThan(2000);
  });

  test('one deadline covers every retry', async () => {
    const failing = say.slow(80, say.status(500, {}, { 'retry-after': '0' }));
    const { answer, requests, ms } = await ask(failing, { options: { timeout: 300, maxRetries: 1000 } });
    expectFailure(answer, 'timeout', /within 0.3 s/);
    expect(requests.length).toBeGreaterThan(1);
    expect(ms).toBeLessThan(2000);
  });

  test('a pause that would outlast the deadline is not begun', async () => {
    const { answer, ms } = await ask(say.status(429, {}, { 'retry-after': '60' }));
    expectFailure(answer, 'server-error', /limiting requests/);
    expect(ms).toBeLessThan(2000);
  });

  test('a withdrawn question ends at once, before, during and between requests', async () => {
    for (const script of [say.hang(), say.status(503, {}, { 'retry-after': '3' })]) {
      const withdrawal = new AbortController();
      const asking = ask(
        (request) => {
          setImmediate(() => withdrawal.abort());
          return script(request);
        },
        { signal: withdrawal.signal },
      );
      expectFailure((await asking).answer, 'timeout', /withdrawn/);
    }
    const { answer, requests } = await ask(say.proposal(CRASH), { signal: AbortSignal.abort() });
    expectFailure(answer, 'timeout', /withdrawn/);
    expect(requests).toHaveLength(0);
  });
});

describe('what is sent', () => {
  test('passes through the redactor: evidence, titles, queries, subject and what was tried before', async () => {
    const { requests } = await ask(say.proposal(CRASH), {
      options: { redact: (text) => text.replaceAll('hunter2', '[redacted]') },
      asked: question({
        subject: { kind: 'service', name: 'hunter2', environment: 'demo' },
        earlier: 'hunter2',
        evidence: [
          item({ id: 'E1', text: 'hunter2', title: 'hunter2', query: 'hunter2', source: 'hunter2' }),
        ],
      }),
    });
    expect(requests[0]?.user).not.toContain('hunter2');
    expect(requests[0]?.user.match(/\[redacted\]/g)).toHaveLength(6);
  });

  test('says which evidence failed, and what was tried before', async () => {
    const { requests } = await ask(say.proposal(CRASH), {
      asked: question({
        earlier: 'restart_service ran and did not help',
        evidence: [item({ id: 'E1', text: 'no answer in 2 s', status: 'failed' })],
      }),
    });
    expect(requests[0]?.user).toContain('nothing may be concluded from this item');
    expect(requests[0]?.user).toContain('restart_service ran and did not help');
  });
});
