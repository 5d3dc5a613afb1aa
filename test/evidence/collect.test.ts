import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.ts';
import type { Binding, BoundAlert } from '../../src/evidence/alert-source.ts';
import { collect } from '../../src/evidence/collect.ts';
import type { Finding, Inquiry, Request } from '../../src/evidence/collector.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import type { LookReading } from '../../src/evidence/looks/look.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { alertOf, inquiryOf, NOON } from './samples.ts';

const finding = (text: string, more: Partial<Finding> = {}): Finding => ({
  kind: 'metric',
  title: text.slice(0, 20),
  source: 'test',
  query: 'q',
  window: null,
  observedAt: 1,
  text,
  data: null,
  link: null,
  witness: 'w',
  ...more,
});
interface Fake {
  readonly name: string;
  answer(signal: AbortSignal, request: Request): readonly Finding[] | Promise<readonly Finding[]>;
}
const collector = (name: string, answer: Fake['answer']): Fake => ({ name, answer });
const run = (
  fakes: readonly Fake[],
  inquiry: Inquiry = inquiryOf({ alerts: [] }),
  onItem?: (item: Evidence) => void,
) =>
  collect(
    {
      answer: async (request, signal) =>
        fakes.find(({ name }) => name === request.collector)?.answer(signal, request) ?? [],
    },
    fakes.map(({ name }) => ({ request: { collector: name, arguments: null }, kind: 'metric' })),
    inquiry,
    { at: NOON, budget: 200, redact: createRedactor().redact, now: () => 42 },
    onItem,
  );

it('what is read of a dependency says whose it is, keeps its facts, and has no data that code takes for the subject’s own', async () => {
  const quote = 'stock.service: failed';
  const fact = {
    name: 'systemd.unit.active_state',
    of: 'unit/ops-1/stock.service',
    within: ['service/stock'],
    value: 'failed',
    at: 1,
    quote,
  } as const;
  const data = { type: 'facts', facts: { port: 8080 } } as const;
  const about = { name: 'stock', kind: 'service', environment: 'production' } as const;
  const items = await collect(
    {
      answer: async ({ collector: name }) => {
        if (name === 'late') return Promise.withResolvers<readonly Finding[]>().promise;
        return [finding(quote, { title: 'The unit', facts: [fact], data })];
      },
    },
    ['looks', 'late'].map((name) => ({
      request: { collector: name, arguments: { about } },
      kind: 'state',
      dependency: 'stock',
    })),
    inquiryOf({ alerts: [] }),
    { at: NOON, budget: 50, redact: (text) => text, now: () => 42 },
  );
  expect(items).toMatchObject([
    { title: 'Dependency stock: The unit', dependency: 'stock', facts: [fact], data: null, status: 'ok' },
    { title: 'Dependency stock: late: no answer', dependency: 'stock', data: null, status: 'failed' },
  ]);
});

it('a dependency that hangs is not waited for once all that was asked of the subject itself is in', async () => {
  const asked = (name: string) => ({ request: { collector: name, arguments: null }, kind: 'state' }) as const;
  const items = await collect(
    {
      answer: async ({ collector: name }) =>
        name === 'own' ? [finding('own')] : Promise.withResolvers<readonly Finding[]>().promise,
    },
    [asked('own'), { ...asked('theirs'), dependency: 'stock' }],
    inquiryOf({ alerts: [] }),
    { at: NOON, budget: 60_000, redact: (text) => text, now: () => 42 },
  );
  expect(items).toMatchObject([
    { text: 'own', status: 'ok' },
    { text: expect.stringContaining('it was not waited for any longer'), status: 'failed' },
  ]);
});

describe('collecting evidence', () => {
  it('numbers items in the order of the alerts and then of the collectors, whichever answers first', async () => {
    const first = Promise.withResolvers<void>();
    const items = await run(
      [
        collector('slow', async () => {
          await first.promise;
          return [finding('slow')];
        }),
        collector('quick', async () => {
          first.resolve();
          return [finding('quick a'), finding('quick b')];
        }),
      ],
      inquiryOf({ alerts: [alertOf()] }),
    );
    expect(items.map(({ id, text }) => [id, text.split('\n')[0]])).toEqual([
      ['E1', 'alert ServiceDown is firing'],
      ['E2', 'slow'],
      ['E3', 'quick a'],
      ['E4', 'quick b'],
    ]);
  });

  it('hands items over one by one in the order of their ids, before the last collector has answered', async () => {
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const done = run(
      [
        collector('a', async () => [finding('a')]),
        collector('b', async () => {
          await gate.promise;
          return [finding('b')];
        }),
      ],
      inquiryOf({ alerts: [alertOf()] }),
      (item) => {
        seen.push(item.id);
        if (item.id === 'E2') gate.resolve();
      },
    );
    await done;
    expect(seen).toEqual(['E1', 'E2', 'E3']);
  });

  it('keeps a collector that throws as failed evidence with its reason, down to the cause', async () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:1');
    const [item] = await run([
      collector('logs', () => {
        throw new Error('fetch failed', { cause });
      }),
    ]);
    expect(item).toMatchObject({ id: 'E1', status: 'failed', source: 'logs', observedAt: 42 });
    expect(item?.text).toBe('logs could not answer: fetch failed: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('ends a collector that is late by its signal, and says so in its place', async () => {
    let aborted = false;
    const [late, other] = await run([
      collector('stuck', (signal) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => {});
      }),
      collector('fine', async () => [finding('fine')]),
    ]);
    expect(late).toMatchObject({
      status: 'failed',
      text: 'stuck could not answer: it gave no answer within 200 ms',
    });
    expect(other).toMatchObject({ id: 'E2', status: 'ok' });
    expect(aborted).toBe(true);
  });

  it('refuses a finding of another environment and shows nothing of it', async () => {
    const [item] = await run([
      collector('metrics', async () => [
        finding('42 secrets of staging', { environment: 'staging', title: 'load' }),
      ]),
    ]);
    expect(item).toMatchObject({ status: 'failed', environment: 'production' });
    expect(item?.text).toBe('load refused: belongs to environment staging, the incident to production');
  });

  it('redacts before it cuts, says how much it cut, and keeps the start and the newest end', async () => {
    const text = `first line\n${'x'.repeat(1600)} ${'password=hunter2 '.repeat(300)}\nlast line`;
    const [item] = await run([
      collector('logs', async () => [
        finding(text, { data: { type: 'facts', facts: { cause: 'token=abcdef' } } }),
      ]),
    ]);
    expect(item?.text).not.toContain('hunter2');
    expect(item?.text.length).toBeLessThanOrEqual(4000);
    expect(item?.text).toMatch(/^first line[\s\S]*\[… \d+ characters cut …\][\s\S]*last line$/);
    expect(item?.data).toEqual({ type: 'facts', facts: { cause: 'token=abcdef' } });
    expect(item?.hash).toBe(
      createHash('sha256')
        .update(item?.text ?? '')
        .digest('hex'),
    );
  });

  it('removes terminal colours and text that hides its direction', async () => {
    const [item] = await run([
      collector('logs', async () => [finding('\u001b[31mred\u001b[0m \u202Eevil\u0000\r\nnext')]),
    ]);
    expect(item?.text).toBe('red evil\nnext');
  });
});

describe('a look', () => {
  it('that could not be read is evidence of nothing, and one that could is evidence', async () => {
    const looked = (verdict: LookReading['verdict']) =>
      finding(`it was looked at: ${verdict}`, {
        kind: 'state',
        data: {
          type: 'look',
          playbooks: ['restart'],
          spec: { unit: { is: 'failed' } },
          reading: { host: 'a', verdict, words: '', instrument: 'systemd/a', facts: {}, at: 1 },
        },
      });
    const items = await run([
      collector('looks', async () => (['unknown', 'fault', 'well', 'other'] as const).map(looked)),
    ]);
    expect(items.map(({ status }) => status)).toEqual(['failed', 'ok', 'ok', 'ok']);
  });
});

describe('the alert as evidence', () => {
  it('states what fired, since when, with its labels in order', async () => {
    const [item] = await run([], inquiryOf({ alerts: [alertOf()] }));
    expect(item?.text).toBe(
      [
        'alert ServiceDown is firing',
        'since 2026-11-03T11:59:00.000Z (60 s)',
        'severity: critical',
        'summary: catalog is down',
        'expression: up{job="fleet"} == 0',
        'labels:',
        '  alertname=ServiceDown',
        '  instance=127.0.0.1:9000',
        '  job=fleet',
        '  service=catalog',
      ].join('\n'),
    );
  });

  const bound: BoundAlert = {
    server: 'main',
    labels: {},
    expression: 'up == 0',
    reads: ['up', 'node_load1'],
    instruments: ['scrape/fleet', 'exporter/node'],
    interval: 15_000,
  };
  const alertItem = async (more: Partial<Alert>, binding?: Binding) => {
    const bindings = binding === undefined ? {} : { f1: binding };
    const [item] = await run([], inquiryOf({ alerts: [alertOf(more)], bindings }));
    return item;
  };

  it('stands for the instruments that its rule reads at its source, whatever it says of itself', async () => {
    expect(await alertItem({ labels: { job: 'other' } }, { kind: 'bound', bound })).toMatchObject({
      witness: 'scrape/fleet',
      also: ['exporter/node'],
      data: { type: 'alert', reads: ['up', 'node_load1'] },
    });
  });

  it('is its sender’s word where no source could be asked: all of one sender are one instrument', async () => {
    const one = await alertItem({ name: 'A', labels: { job: 'a', instance: 'h:1' } });
    const other = await alertItem({ name: 'B' }, { kind: 'unknown', reason: 'no server fits' });
    expect([one?.witness, other?.witness]).toEqual(['sender/alertmanager', 'sender/alertmanager']);
    expect([one?.data, one?.also]).toEqual([{ type: 'alert', reads: [] }, undefined]);
  });

  it('supports nothing where its own source does not have it active', async () => {
    const absent = { kind: 'absent', server: 'main', reason: 'main does not have it active' } as const;
    expect(await alertItem({}, absent)).toMatchObject({
      status: 'ok',
      supportsNothing: 'main does not have it active',
    });
  });
});
