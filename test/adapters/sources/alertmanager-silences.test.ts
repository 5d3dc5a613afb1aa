import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSilenceReader } from '../../../src/adapters/sources/alertmanager/silences.ts';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import { syncSilences } from '../../../src/engine/orders/silences.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { mutedBy } from '../../../src/silence/silence.ts';
import { alert, shop } from '../../kit/incident/fixtures.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startAlertmanager } from '../../kit/stack/monitoring.ts';
import { until } from '../../kit/stack/process.ts';
import { startRedis } from '../../kit/stack/redis.ts';

const HOUR = 3_600_000;
const SECRET = 'hunter2';
const redact = (text: string) => text.replaceAll(SECRET, '[redacted]');
const log = createLogger({ level: 'silent', redact });

let scratch: Scratch;
let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
let connection: ReturnType<typeof connect>;
beforeAll(async () => {
  scratch = await scratchDir('silences');
  [alertmanager, redis] = await Promise.all([
    startAlertmanager({ dir: scratch.path, webhook: { url: 'http://127.0.0.1:9/', token: 'x' } }),
    startRedis({ dir: `${scratch.path}/redis` }),
  ]);
  connection = connect(redis.url, { failFast: true });
});
afterAll(async () => {
  await connection.quit();
  await redis.stop();
  await alertmanager.stop();
  await scratch.remove();
});

async function create(matchers: object[], { from = 0, comment = 'noise' } = {}): Promise<string> {
  const response = await fetch(`${alertmanager.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers,
      startsAt: new Date(Date.now() + from).toISOString(),
      endsAt: new Date(Date.now() + from + HOUR).toISOString(),
      createdBy: 'ops',
      comment,
    }),
  });
  const { silenceID } = (await response.json()) as { silenceID: string };
  return silenceID;
}
const expire = (id: string) => fetch(`${alertmanager.url}/api/v2/silence/${id}`, { method: 'DELETE' });
const on = (name: string, value: string, changes = {}) => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...changes,
});

const LISTED = {
  id: '1',
  status: { state: 'active' },
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2026-01-01T01:00:00Z',
  createdBy: 'ops',
  comment: 'noise',
};

describe("Alertmanager's own silences", () => {
  it('are read as they stand there: those in force and those to come, and none that is over', async () => {
    const read = createSilenceReader({ url: alertmanager.url, redact });
    const now = await create([on('service', 'shop'), on('instance', 'web-.', { isRegex: true })], {
      comment: `the password is ${SECRET}`,
    });
    const later = await create([on('team', 'web', { isEqual: false })], { from: HOUR });
    const over = await create([on('service', 'store')]);
    await expire(over);
    const silences = new Map((await read()).map((silence) => [silence.id, silence]));
    expect([...silences.keys()].sort()).toEqual([`alertmanager:${now}`, `alertmanager:${later}`].sort());
    const silence = silences.get(`alertmanager:${now}`);
    expect(silence).toMatchObject({
      source: 'alertmanager',
      by: 'ops',
      reason: 'the password is [redacted]',
      service: null,
      environment: null,
    });
    expect((silence?.until ?? 0) - (silence?.from ?? 0)).toBeCloseTo(HOUR, -4);
    const firing = [alert('Small', { labels: { service: 'shop', instance: 'web-1' } })];
    await until(async () => mutedBy(shop, firing, await read(), Date.now()) !== null, {
      what: 'the silence to be in force',
      ms: 5_000,
    });
    const other = [alert('Small', { labels: { service: 'shop', instance: 'db-1' } })];
    expect(mutedBy(shop, other, await read(), Date.now())).toBeNull();
    await Promise.all([expire(now), expire(later)]);
  });

  it('replace those known before, leave those of others alone, and stay while it cannot be asked', async () => {
    const store = createRedisStore(connection, keysOf('silences'));
    const stored = async () => {
      const { version, list } = (await store.heartbeat()).silences;
      return { version, ids: list.map(({ id }) => id).sort() };
    };
    const slacks = {
      id: 's-1',
      source: 'slack',
      by: 'U0BOB',
      reason: '',
      from: 0,
      until: Date.now() + HOUR,
      service: null,
      environment: null,
      matchers: [],
    } as const;
    await store.silence(slacks);
    const sync = (url: string) => syncSilences({ read: createSilenceReader({ url, redact }), store, log });
    const [one, two] = [await create([on('team', 'web')]), await create([on('team', 'db')])];
    await sync(alertmanager.url);
    const all = ['s-1', `alertmanager:${one}`, `alertmanager:${two}`].sort();
    const known = await stored();
    expect(known.ids).toEqual(all);

    // Nothing has changed, so nothing that looked at them has to look again.
    await sync(alertmanager.url);
    expect(await stored()).toEqual(known);

    await expire(one);
    await sync('http://127.0.0.1:9');
    expect((await stored()).ids).toEqual(all);
    await sync(alertmanager.url);
    expect((await stored()).ids).toEqual(['s-1', `alertmanager:${two}`].sort());
    await expire(two);
  });

  it.each([
    ['another page', '<html>'],
    ['something else', '{"silences": []}'],
    ['one that would silence everything', JSON.stringify([{ ...LISTED, matchers: [] }])],
  ])('that come as %s are refused as a whole', async (_, body) => {
    const read = createSilenceReader({
      url: 'http://alertmanager.example',
      redact,
      fetch: async () => new Response(body),
    });
    await expect(read()).rejects.toThrow();
  });
});
