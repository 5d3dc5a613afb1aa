import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../../src/adapters/http/server.ts';
import { createChangeStore } from '../../../src/adapters/stores/redis/beside/changes.ts';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { changesIn, type Report } from '../../../src/changes/change.ts';
import { Settings } from '../../../src/config/settings.ts';
import { createChangeIntake } from '../../../src/engine/intake/changes.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { deploymentBody, statusBody } from '../../changes/bodies.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startRedis } from '../../kit/stack/redis.ts';

const TOKEN = 'the-secret-of-those-who-deploy';
const settings = Settings.parse({
  services: {
    orders: { changes: { repositories: ['shop/orders'], names: ['orders-prod'] } },
    billing: {},
  },
});
const metrics = createMetrics();
let scratch: Scratch;
let redisServer: Awaited<ReturnType<typeof startRedis>>;
let redis: ReturnType<typeof connect>;
let store: ReturnType<typeof createChangeStore>;
let server: ReturnType<typeof createHttpServer>;
let url: string;
let runs = 0;

const orders = { name: 'orders', environment: 'production' };
const recently = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();

function serverWith(changes: Parameters<typeof createHttpServer>[0]['changes']) {
  const refused = () => Promise.reject(new Error('no alert is heard here'));
  return createHttpServer({
    intake: { accept: refused, collect: refused, forward: refused },
    losses: { lost: async () => expect.unreachable('a change is no alert') },
    sources: [],
    inlets: [],
    changes,
    engine: { dispatch: refused },
    limits: settings.intake,
    severities: settings.severities,
    readiness: async () => ({ ready: true, role: 'brain', parts: {} }),
    metrics,
    log: createLogger({ level: 'silent', redact: (text) => text }),
    slack: null,
  });
}

beforeAll(async () => {
  scratch = await scratchDir('changes');
  redisServer = await startRedis({ dir: scratch.path });
  redis = connect(redisServer.url, { failFast: true });
});
afterAll(async () => {
  redis.disconnect();
  if (redis.status !== 'end') await once(redis, 'end');
  await redisServer.stop();
  await scratch.remove();
});
beforeEach(async () => {
  runs += 1;
  metrics.changes.reset();
  store = createChangeStore(redis, keysOf(`changes-${runs}`));
  server = serverWith({ token: TOKEN, heard: createChangeIntake({ store, settings, metrics }) });
  url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/api/v1/change`;
  return () => server.close();
});

async function post(body: unknown, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', body: text, headers });
  return { status: response.status, ...((await response.json()) as { error?: string; problems?: string[] }) };
}

const signedBy = (text: string, secret = TOKEN) =>
  `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
const github = (event: string, body: object, secret = TOKEN) => {
  const text = JSON.stringify(body);
  return post(text, { 'x-github-event': event, 'x-hub-signature-256': signedBy(text, secret) });
};
const told = async () => changesIn(await store.reportsOf(orders));
const counted = async () =>
  (await metrics.changes.get()).values.map(
    ({ labels, value }) => `${labels.from} ${labels.outcome} ${value}`,
  );

describe('whoever tells of a change', () => {
  const deploy = () => ({ service: 'orders', version: 'v2', by: 'ben', at: recently(15) });

  it('is heard with the secret, as a bearer or as a password', async () => {
    expect(await post(deploy())).toEqual({ status: 200, recorded: true, service: 'orders' });
    const basic = `Basic ${Buffer.from(`ci:${TOKEN}`).toString('base64')}`;
    expect(await post({ ...deploy(), version: 'v3' }, { authorization: basic })).toMatchObject({
      status: 200,
    });
    expect((await told()).map(({ version }) => version).toSorted()).toEqual(['v2', 'v3']);
  });

  it.each<[Record<string, string>]>([
    [{}],
    [{ authorization: 'Bearer another secret' }],
    [{ 'x-hub-signature-256': 'sha256=00' }],
    [{ 'x-hub-signature-256': signedBy('another body') }],
    [{ authorization: `Bearer ${TOKEN}`, 'x-hub-signature-256': signedBy('another body') }],
  ])('is refused without it: %j', async (headers) => {
    expect((await post(deploy(), headers)).status).toBe(401);
    expect(await told()).toEqual([]);
  });

  it('is told what is wrong in the body, and nothing of it is kept', async () => {
    expect(await post({ service: 'orders' })).toMatchObject({
      status: 422,
      problems: ['version: is missing: say what runs now'],
    });
    expect(await post({ ...deploy(), service: 'order' })).toMatchObject({
      status: 422,
      problems: ['service: "order" is no registered service: did you mean orders?'],
    });
    expect(await post('{"service":')).toMatchObject({ status: 400 });
    expect(await post('')).toMatchObject({ status: 400, error: 'the body is empty' });
    expect(await told()).toEqual([]);
  });

  it('may tell it again, and it counts once', async () => {
    const body = deploy();
    await post(body);
    expect(await post(body)).toEqual({ status: 200, recorded: false, reason: 'this was told before' });
    expect(await told()).toHaveLength(1);
    expect(await counted()).toEqual(['api recorded 1', 'api repeated 1']);
  });

  it('is refused by any other way than POST, and with more than there is room for', async () => {
    expect((await fetch(url)).status).toBe(405);
    const big = { ...deploy(), message: 'x'.repeat(5 * 1024 * 1024) };
    expect((await post(big)).status).toBe(413);
  });

  it('packs nothing: what is no JSON as it came is refused', async () => {
    const body = gzipSync(JSON.stringify(deploy()));
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-encoding': 'gzip' };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(400);
  });

  it('comes again where Redis is away', async () => {
    const away = { heard: { hear: () => Promise.reject(new Error('Redis is away')) }, token: TOKEN };
    const other = serverWith(away);
    const address = await other.listen({ host: '127.0.0.1', port: 0 });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${address}/api/v1/change`, { method: 'POST', body: '{}', headers });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    await other.close();
  });

  it('is heard nowhere where no secret is set', async () => {
    const other = serverWith(null);
    const address = await other.listen({ host: '127.0.0.1', port: 0 });
    expect((await fetch(`${address}/api/v1/change`, { method: 'POST', body: '{}' })).status).toBe(404);
    await other.close();
  });
});

describe('GitHub', () => {
  it('is known by its signature, and one deployment is one change from its beginning to its end', async () => {
    const times = { created_at: recently(60) };
    await github('deployment', deploymentBody(times));
    await github('deployment_status', statusBody({ state: 'success', created_at: recently(10) }, times));
    await github('deployment_status', statusBody({ state: 'in_progress', created_at: recently(40) }, times));
    await github('deployment_status', statusBody({ state: 'success', created_at: recently(10) }, times));
    expect(await told()).toMatchObject([{ version: 'v2.1.0', by: 'ben', state: 'succeeded' }]);
    expect((await github('deployment', deploymentBody(times), 'another')).status).toBe(401);
  });

  it('may send it in a form, as it does where nobody chooses', async () => {
    const text = `payload=${encodeURIComponent(JSON.stringify(statusBody({ created_at: recently(5) })))}`;
    const answer = await post(text, {
      'x-github-event': 'deployment_status',
      'x-hub-signature-256': signedBy(text),
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer).toMatchObject({ status: 200, recorded: true });
  });

  it('is answered honestly for what is nobody’s service, and that is counted', async () => {
    const staging = statusBody({ environment: 'staging', created_at: recently(5) });
    expect(await github('deployment_status', staging)).toMatchObject({
      status: 200,
      recorded: false,
      reason: expect.stringContaining('it is of staging, and orders of production'),
    });
    expect(await github('ping', { zen: 'x' })).toMatchObject({ status: 200, recorded: false });
    expect(await counted()).toEqual(['github unmapped 1', 'unknown ignored 1']);
  });

  it('cannot be played again long after', async () => {
    const old = statusBody({ created_at: '2020-01-01T00:00:00Z' });
    expect((await github('deployment_status', old)).status).toBe(422);
  });
});

describe('what is kept', () => {
  const BASE = Date.now() - 1_000_000;
  const report = (id: number, at = BASE + id): Report => ({
    id: `api-${id}`,
    kind: 'deploy',
    state: 'succeeded',
    version: `v${id}`,
    previous: null,
    by: null,
    what: null,
    link: null,
    at,
    from: 'api',
  });

  it('are the newest 200 of a service, for a month, and what is older than all of them is none', async () => {
    for (let id = 1; id <= 205; id += 1) await store.keep(orders, report(id));
    const kept = await store.reportsOf(orders);
    expect([kept.length, kept[0]?.version, kept.at(-1)?.version]).toEqual([200, 'v6', 'v205']);
    expect(await store.keep(orders, report(3))).toBe('old');
    expect(await store.keep(orders, report(100))).toBe('known');
    expect(await store.keep(orders, report(900, Date.now() - 40 * 86_400_000))).toBe('old');
    expect(await store.reportsOf({ ...orders, environment: 'staging' })).toEqual([]);
    const lives = await redis.pttl(keysOf(`changes-${runs}`).changes('production', 'orders'));
    expect(lives).toBeGreaterThan(29 * 86_400_000);
  });

  it('is one where many processes hear it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.keep(orders, report(1))));
    expect(answers.filter((one) => one === 'kept')).toHaveLength(1);
  });
});
