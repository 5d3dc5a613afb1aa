import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../src/adapters/http/server.ts';
import type { Alert } from '../../src/alerts/alert.ts';
import { readWebhook } from '../../src/alerts/alertmanager.ts';
import { guardedSources } from '../../src/app/senders.ts';
import { Settings } from '../../src/config/settings.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { ALERT_TOKEN } from '../kit/world/world.ts';
import { base, CASES, type Case, type Heard, NOW } from './battery.ts';

/** The real endpoint before an intake that writes down what it is given. */
const heard: Alert[] = [];
const lost: Record<string, number> = {};
const lines: string[] = [];
const settings = Settings.parse({ intake: { rate: { per_second: 1_000_000, burst: 1_000_000 } } });
const take = async (alerts: readonly Alert[]) => {
  heard.push(...alerts);
  return { kind: 'accepted', keptBack: 0, incidents: [] } as const;
};
const metrics = createMetrics();
const server = createHttpServer({
  intake: { accept: take, collect: take, forward: async (alerts) => void heard.push(...alerts) },
  losses: {
    lost: async (reason, count) => {
      lost[reason] = (lost[reason] ?? 0) + count;
    },
  },
  sources: guardedSources({ settings, alertTokens: {} }, { ALERT_TOKEN }),
  limits: settings.intake,
  changes: null,
  inlets: [],
  engine: { dispatch: () => Promise.reject(new Error('no pager is heard here')) },
  severities: settings.severities,
  readiness: async () => ({ ready: true, role: 'brain', parts: {} }),
  metrics,
  log: createLogger({
    level: 'warn',
    redact: (text) => text,
    destination: { write: (line: string) => void lines.push(line) },
  }),
  slack: null,
});
let url = '';
beforeAll(async () => {
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  heard.length = 0;
  for (const reason of Object.keys(lost)) delete lost[reason];
});

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

function send({ body, headers = {}, path = '/alert', method = 'POST', chunked = false }: Case) {
  const bytes = bytesOf(body);
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== null;
  // Bytes have no content type of their own, which fetch would send otherwise.
  const sent = chunked ? ReadableStream.from([bytes.subarray(0, 100), bytes.subarray(100)]) : bytes;
  return fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${ALERT_TOKEN}`, ...headers },
    ...(hasBody ? { body: sent, duplex: 'half' } : {}),
  } as RequestInit);
}

const near = (at: unknown) => typeof at === 'number' && Math.abs(at - Date.now()) < 60_000;

/** What of an alert is not as it should be. */
function amiss(alert: Alert, expected: Heard): readonly string[] {
  return Object.entries(expected).flatMap(([field, wanted]: [string, unknown]) => {
    const is = (alert as unknown as Record<string, unknown>)[field];
    const fits =
      wanted === NOW
        ? near(is)
        : wanted instanceof RegExp
          ? wanted.test(String(is))
          : field === 'labels' || field === 'annotations'
            ? Object.entries(wanted as object).every(([name, text]) => {
                const texts = is as Readonly<Record<string, string>>;
                return Object.hasOwn(texts, name) && texts[name] === text;
              })
            : is === wanted;
    return fits ? [] : [`${field}: ${JSON.stringify(is)}`];
  });
}

describe('a webhook with', () => {
  it('is shown by at least 120 bodies, each of another name', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThanOrEqual(120);
  });

  it.each(CASES.map((one) => [one.name, one] as const))('%s becomes what it should', async (_, one) => {
    const before = await counters();
    const response = await send(one);
    const answer = one.method === 'HEAD' ? null : ((await response.json()) as { problems?: string[] });
    expect(response.status, JSON.stringify(answer)).toBe(one.status ?? 200);
    expect((answer?.problems ?? []).map((problem) => problem.split(': ')[0])).toEqual(one.problems ?? []);
    expect(heard).toHaveLength(one.heard?.length ?? 0);
    expect(heard.flatMap((alert, index) => amiss(alert, one.heard?.[index] ?? {}))).toEqual([]);
    expect(lost).toEqual(one.lost ?? {});
    expect(await counters(before)).toEqual(one.lost ?? {});
    if (one.status === 405) expect(response.headers.get('allow')).toBe('POST');
  });
});

/** What `/metrics` counts as lost by reason, since before. */
async function counters(before: Readonly<Record<string, number>> = {}): Promise<Record<string, number>> {
  const { values } = await metrics.alertsLost.get();
  const counts = values.map(({ labels, value }) => [
    labels.reason ?? '',
    value - (before[labels.reason ?? ''] ?? 0),
  ]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0)) as Record<string, number>;
}

describe('a severity that nobody knows', () => {
  it('is said in the log once, however often it comes', async () => {
    const body = (severity: string) => ({ alerts: [{ ...base, labels: { alertname: 'Down', severity } }] });
    for (const severity of ['Very-Odd', 'very odd', 'Very-Odd'])
      await send({ name: 'odd', body: body(severity) });
    const said = lines.filter((line) => line.includes('veryodd'));
    expect(said).toHaveLength(1);
    expect(heard.map(({ severity, labels }) => [severity, labels.severity])).toEqual([
      ['warning', 'Very-Odd'],
      ['warning', 'very odd'],
      ['warning', 'Very-Odd'],
    ]);
  });
});

describe('what a sender gets back', () => {
  it.each([
    ['the size', '(body): is larger than 8 MiB: set `max_alerts', 'a body that is too large'],
    ['a wrong kind', 'alerts: is an object: Medic reads what Alertmanager', 'alerts that are an object'],
    [
      'a wrong time',
      'alerts.0.startsAt: is "yesterday", and no time: write it as',
      'an alert that began at "yesterday"',
    ],
    [
      'a wrong status',
      'alerts.0.status: is "maybe": write "firing" or "resolved"',
      'a status that is a word nobody knows',
    ],
    ['wrong labels', 'alerts.0.labels: is a list: write names with texts', 'labels that are a list'],
  ])('says in words what to mend about %s', async (_, words, name) => {
    const one = CASES.find((each) => each.name === name);
    const answer = (await (await send(one ?? { name, body: null })).json()) as { problems: string[] };
    expect(answer.problems[0]).toContain(words);
  });
});

const garbage = fc.oneof(
  fc.anything({ withNullPrototype: true, maxDepth: 4 }),
  fc.jsonValue(),
  fc.record(
    { labels: fc.jsonValue(), annotations: fc.jsonValue(), status: fc.jsonValue(), startsAt: fc.anything() },
    { requiredKeys: [] },
  ),
);

describe('whatever a body is', () => {
  it('its reader answers', () => {
    fc.assert(
      fc.property(garbage, (body) => void readWebhook(body)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.record({ alerts: fc.array(garbage), status: garbage, truncatedAlerts: garbage }),
        (body) => {
          const read = readWebhook(body, { received: 1 });
          return read.kind === 'malformed' ? read.problems.length > 0 : read.alerts.length > 0;
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a valid alert in it is heard, and every other is heard or reported', () => {
    fc.assert(
      fc.property(fc.array(garbage), fc.array(garbage), (before, after) => {
        const read = readWebhook({ alerts: [...before, base, ...after] }, { received: 1 });
        if (read.kind === 'malformed') throw new Error('it was refused whole');
        expect(read.alerts.map(({ fingerprint }) => fingerprint)).toContain('f1');
        expect(read.alerts.length + read.unreadable).toBe(before.length + 1 + after.length);
        expect(read.problems.length).toBeGreaterThanOrEqual(Math.min(read.unreadable, 20));
      }),
      { numRuns: 500 },
    );
  });

  it('the same labels are the same alert, in whatever order, and others are another', () => {
    const labels = fc.dictionary(fc.string(), fc.string({ minLength: 1 }), { minKeys: 1 });
    const named = (entries: [string, string][]) => {
      const read = readWebhook({
        alerts: [{ ...base, fingerprint: '', labels: Object.fromEntries(entries) }],
      });
      return read.kind === 'alerts' ? read.alerts[0]?.fingerprint : null;
    };
    fc.assert(
      fc.property(labels, fc.string(), (one, more) => {
        const entries = Object.entries(one);
        expect(named(entries.toReversed())).toBe(named(entries));
        const [name = '', text = ''] = entries[0] ?? [];
        expect(named([...entries.slice(1), [name, `${text}${more}x`]])).not.toBe(named(entries));
      }),
    );
  });
});
