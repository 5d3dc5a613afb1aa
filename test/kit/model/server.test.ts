import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { replySchema } from '../../../src/adapters/models/openai/reply.ts';
import type { PlaybookCard } from '../../../src/diagnosis/model.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { CATALOG, item, modelFor, never, question } from './fixtures.ts';
import { type ModelServer, startModelServer } from './server.ts';
import { strictSchemaFault } from './validate.ts';

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({ models: ['test-model'] });
});
afterAll(() => server.stop());

async function post(body: unknown, key = server.apiKey, path = '/chat/completions') {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as { error?: { message: string; code: string } },
  };
}

describe('the server holds its clients to the protocol', () => {
  const messages = [{ role: 'user', content: 'hello' }];
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: [],
    additionalProperties: false,
  };
  const strict = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } };
  const cases: readonly [string, unknown, number, RegExp][] = [
    ['no model', { messages }, 400, /model/],
    ['an unknown model', { model: 'other', messages }, 404, /does not exist/],
    ['no messages', { model: 'test-model', messages: [] }, 400, /messages/],
    ['an unknown argument', { model: 'test-model', messages, wisdom: 1 }, 400, /wisdom/],
    [
      'two limits',
      { model: 'test-model', messages, max_tokens: 1, max_completion_tokens: 1 },
      400,
      /same time/,
    ],
    [
      'JSON mode without the word',
      { model: 'test-model', messages, response_format: { type: 'json_object' } },
      400,
      /json/,
    ],
    ['a loose schema', { model: 'test-model', messages, response_format: strict }, 400, /Missing 'a'/],
  ];
  test.each(cases)('%s is an error', async (_name, body, status, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.body.error?.message).toMatch(message);
  });

  test('a wrong key and a wrong path are errors', async () => {
    expect((await post({}, 'wrong')).body.error?.code).toBe('invalid_api_key');
    expect((await post({}, server.apiKey, '/completions')).status).toBe(404);
  });

  test('a strict schema closes every object and requires every key', () => {
    const closed = { type: 'object', properties: {}, required: [], additionalProperties: false };
    expect(strictSchemaFault(closed)).toBeNull();
    expect(strictSchemaFault({ ...closed, additionalProperties: true })).toMatch(/additionalProperties/);
    expect(strictSchemaFault({ type: 'array', items: closed })).toMatch(/"object"/);
    const nested = (inner: object) => ({
      ...closed,
      properties: { a: { type: 'array', items: inner } },
      required: ['a'],
    });
    expect(strictSchemaFault(nested({ type: 'object', properties: {} }))).toMatch(/a\.items/);
    expect(strictSchemaFault(nested({ oneOf: [] }))).toMatch(/oneOf/);
    expect(strictSchemaFault(nested({}))).toMatch(/'type'/);
  });
});

describe('left to itself, the server thinks', () => {
  const alert = (name: string, labels = '  service=catalog') =>
    item({
      id: 'E1',
      kind: 'alert',
      text: `alert ${name} is firing\nsince 2026-06-01T02:59:00Z (60 s)\nlabels:\n${labels}`,
    });
  const cases: readonly [string, readonly Evidence[], string, Record<string, string>][] = [
    [
      'a crash',
      [
        alert('ServiceDown'),
        item({ id: 'E2', kind: 'state', text: 'catalog    EXITED    Jun 01 02:59 AM' }),
        item({ id: 'E3', kind: 'probe', text: 'GET http://127.0.0.1:1/healthz: connect ECONNREFUSED' }),
      ],
      'restart_service',
      { service: 'catalog' },
    ],
    [
      'a leak',
      [
        alert('MemoryLeak'),
        item({
          id: 'E2',
          text: '{"level":"warn","msg":"result cache grows, nothing was evicted","cacheMb":200}',
        }),
        item({ id: 'E3', kind: 'metric', text: 'process_resident_memory_bytes now 240e6, 60e6 before' }),
      ],
      'recycle_service',
      { service: 'catalog' },
    ],
    [
      'a bad release',
      [
        alert('HighErrorRate', '  job=fleet\n  service=storefront'),
        item({
          id: 'E2',
          kind: 'change',
          text: '2026-06-01T02:58:00Z version v2 deployed by ben (previous v1)',
        }),
        item({
          id: 'E3',
          text: '{"level":"error","msg":"request failed","status":500,"error":"TypeError: x"}',
        }),
      ],
      'rollback_release',
      { service: 'storefront', to_release: 'v1' },
    ],
    [
      'a full disk',
      [
        alert('DiskAlmostFull', '  mountpoint=/srv/orders\n  service=orders'),
        item({
          id: 'E2',
          text: '{"level":"error","msg":"request failed","error":"ENOSPC: no space left on device"}',
        }),
      ],
      'clean_disk',
      { service: 'orders', mountpoint: '/srv/orders' },
    ],
  ];
  test.each(cases)(
    '%s: the right playbook, grounded parameters, and quotes to the letter',
    async (_name, evidence, playbook, parameters) => {
      const answer = await (await modelFor(server)).ask(question({ evidence }), never);
      if (answer.kind === 'failed') throw new Error(answer.reason);
      const [best] = answer.proposal.hypotheses;
      expect(best).toMatchObject({ playbook, parameters });
      expect(best?.claims.length).toBeGreaterThan(1);
      for (const { evidence: id, quote } of best?.claims.flatMap(({ citations }) => citations) ?? []) {
        expect(evidence.find((each) => each.id === id)?.text).toContain(quote);
      }
    },
  );

  test('what it does not know it does not name', async () => {
    const failed = item({ id: 'E2', kind: 'state', text: 'catalog EXITED', status: 'failed' });
    const asked = question({ evidence: [alert('Strange'), failed] });
    const answer = await (await modelFor(server)).ask(asked, never);
    if (answer.kind === 'failed') throw new Error(answer.reason);
    expect(answer.proposal).toMatchObject({ hypotheses: [], lead: expect.stringContaining('catalog') });
  });

  test('a playbook that the catalog does not have is not named', async () => {
    const cards: readonly PlaybookCard[] = CATALOG.filter(({ name }) => name !== 'restart_service');
    const [, crash = []] = cases[0] ?? [];
    const answer = await (await modelFor(server)).ask(question({ evidence: crash, playbooks: cards }), never);
    if (answer.kind === 'failed') throw new Error(answer.reason);
    expect(answer.proposal.hypotheses[0]).toMatchObject({ playbook: null, parameters: {} });
  });

  test('its answers have the shape that the request demands', async () => {
    const { requests } = server;
    const format = requests.at(-1)?.body.response_format?.json_schema?.schema;
    expect(strictSchemaFault(format ?? {})).toBeNull();
    const response = await fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(requests[0]?.body),
    });
    const completion = (await response.json()) as { choices: { message: { content: string } }[] };
    const answer: unknown = JSON.parse(completion.choices[0]?.message.content ?? '');
    const shape = replySchema(CATALOG.map(({ name }) => name));
    expect(z.safeParse(shape, answer)).toMatchObject({ success: true });
  });
});
