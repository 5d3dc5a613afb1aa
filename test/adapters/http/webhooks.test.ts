import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimiter, createRoom } from '../../../src/adapters/http/pressure.ts';
import { alert, T0 } from '../../kit/incident/fixtures.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startRedis } from '../../kit/stack/redis.ts';
import { type AlertSpec, webhookOf } from '../../kit/world/webhook.ts';
import { ALERT_TOKEN } from '../../kit/world/world.ts';
import { counted, httpRig, type Rig } from './rig.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('http');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});
const rig = (intake?: object) => httpRig(redis.url, intake);

/** So many alerts about one service, each one of its own. */
const alerts = (count: number, from = 0, service = 'shop'): AlertSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `Alert${from + index}`,
    labels: { service },
    fingerprint: `${service}-${from + index}`,
  }));

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function postAs({ url }: Rig, authorization: string, path = '/alert'): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/json' };
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(webhookOf({ name: 'Any' })),
  });
}

/** How many alerts of the incident are known, whether they are held in full or only counted. */
async function known({ store }: Rig, fingerprints: readonly string[]): Promise<number> {
  return (await store.attachedTo(fingerprints)).filter((owner) => owner !== null).length;
}

describe('who sends a webhook', () => {
  it.each([
    ['a bearer token', `Bearer ${ALERT_TOKEN}`, 200],
    ['a bearer token after a scheme in small letters', `bearer ${ALERT_TOKEN}`, 200],
    ['the token as the password of any user', basic('alertmanager', ALERT_TOKEN), 200],
    ['the token as the password of nobody', basic('', ALERT_TOKEN), 200],
    ['the token as the user', basic(ALERT_TOKEN, ''), 401],
    ['a password that is longer', basic('alertmanager', `${ALERT_TOKEN}x`), 401],
    ['no password', 'Basic', 401],
    ['the bare token', ALERT_TOKEN, 401],
    ['another scheme', `Digest ${ALERT_TOKEN}`, 401],
  ])('with %s is answered as it deserves', async (_, authorization, status) => {
    expect((await postAs(await rig(), authorization)).status).toBe(status);
  });
});

describe('a webhook with an alert that cannot be read', () => {
  it('is taken without it, and says which one and why', async () => {
    const here = await rig();
    const body = webhookOf(...alerts(3)) as { alerts: object[] };
    body.alerts[1] = { ...body.alerts[1], startsAt: 'yesterday' };
    const response = await here.post(body);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      accepted: 2,
      unreadable: 1,
      problems: [expect.stringMatching(/^alerts\.1\.startsAt: /)],
    });
    expect(await here.store.attachedTo(['shop-0', 'shop-1', 'shop-2'])).toEqual([
      (await here.incident())?.id,
      null,
      (await here.incident())?.id,
    ]);
    expect(await counted(here.metrics.alertsUnreadable)).toBe(1);
    expect(await counted(here.metrics.alertsReceived)).toBe(2);
  });

  it('is heard and kept whole where its names are those that every object has', async () => {
    const here = await rig();
    const hostile = '"__proto__":"x","constructor":"y","toString":"z"';
    const body = JSON.stringify(webhookOf(...alerts(2))).replaceAll(
      '"annotations":{',
      `"annotations":{${hostile}`,
    );
    expect((await here.post(body.replaceAll('"labels":{', `"labels":{${hostile},`))).status).toBe(200);
    const kept = Object.values((await here.incident())?.alerts ?? {}).map(({ alert }) => alert);
    expect(kept).toHaveLength(2);
    for (const { labels, annotations } of kept)
      for (const texts of [labels, annotations])
        expect(['__proto__', 'constructor', 'toString'].map((name) => Object.hasOwn(texts, name))).toEqual([
          true,
          true,
          true,
        ]);
  });

  it('is refused when there is no other, and nothing happens', async () => {
    const here = await rig();
    const body = webhookOf(...alerts(1)) as { alerts: object[] };
    body.alerts[0] = { ...body.alerts[0], startsAt: 'yesterday' };
    const response = await here.post(body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      problems: [expect.stringMatching(/^alerts\.0\.startsAt/)],
    });
    expect(await here.incident()).toBeNull();
  });
});

describe('too much at once', () => {
  it('is refused whole with when to come again, and taken when it comes again', async () => {
    const here = await rig({ under_way: { alerts: 10 } });
    await here.holdWrites(500);
    const first = here.post(webhookOf(...alerts(8)));
    const refused = await untilRefused(() => here.post(webhookOf(...alerts(3, 100))));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await first).status).toBe(200);
    expect(await known(here, ['shop-100', 'shop-101', 'shop-102'])).toBe(0);
    expect((await here.post(webhookOf(...alerts(3, 100)))).status).toBe(200);
    expect(await known(here, ['shop-0', 'shop-100', 'shop-101', 'shop-102'])).toBe(4);
    expect(await counted(here.metrics.webhooksRefused, { reason: 'overloaded' })).toBeGreaterThan(0);
  });

  it('is refused before its body is read where there is no room for the bytes', async () => {
    const here = await rig({ under_way: { bytes: 1_000 } });
    await here.holdWrites(500);
    const first = here.post(webhookOf(...alerts(8)));
    // Larger than what one body may be, were it read.
    const refused = await untilRefused(() => here.post(`{${' '.repeat(9_000_000)}`));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await first).status).toBe(200);
    expect((await here.post(webhookOf(...alerts(1, 100)))).status).toBe(200);
  });

  it('lets a webhook that is larger than the limit in when nothing else is under way', async () => {
    const here = await rig({ under_way: { alerts: 10, bytes: 1_000 } });
    expect((await here.post(webhookOf(...alerts(40)))).status).toBe(200);
    expect(await known(here, ['shop-0', 'shop-39'])).toBe(2);
  });

  it('from one source is refused with the time until it may send again', async () => {
    const here = await rig({ rate: { per_second: 10, burst: 20 } });
    expect((await here.post(webhookOf(...alerts(120)))).status).toBe(200);
    const refused = await here.post(webhookOf(...alerts(1, 200)));
    expect(refused.status).toBe(503);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(9);
    expect(wait).toBeLessThanOrEqual(11);
    expect(await known(here, ['shop-200'])).toBe(0);
    expect(await counted(here.metrics.webhooksRefused, { reason: 'too-fast' })).toBe(1);
  });
});

/** Sends until it is refused with 503: what was sent before must have come that far first. */
async function untilRefused(send: () => Promise<Response>): Promise<Response> {
  const response = await send();
  return response.status === 503 ? response : untilRefused(send);
}

describe('the pace of one source', () => {
  it('is its burst, and then so many alerts a second', () => {
    let now = 0;
    const limiter = createLimiter({ per_second: 100, burst: 500 }, () => now);
    limiter.take('a', 500);
    expect(limiter.wait('a')).toBe(1);
    expect(limiter.wait('b')).toBe(0);
    now = 1_000;
    expect(limiter.wait('a')).toBe(0);
    limiter.take('a', 400);
    expect(limiter.wait('a')).toBe(4);
    now = 60_000;
    limiter.take('a', 500);
    expect(limiter.wait('a')).toBe(1);
  });

  it('is remembered for a bounded number of sources', () => {
    const limiter = createLimiter({ per_second: 1, burst: 1 }, () => 0);
    for (let source = 0; source < 5_000; source += 1) limiter.take(`source-${source}`, 10);
    expect(limiter.wait('source-4999')).toBeGreaterThan(0);
    expect(limiter.wait('source-0')).toBe(0);
  });
});

describe('the room for bodies', () => {
  it('is given back once, however often whoever leaves says so', () => {
    const room = createRoom(100);
    const leave = room.enter(80);
    expect(room.enter(30)).toBeNull();
    leave?.();
    leave?.();
    expect(room.enter(80)).not.toBeNull();
    expect(room.enter(30)).toBeNull();
  });
});

describe('many webhooks at once', () => {
  it('about one service are one incident that is written a few times, with every alert in it', async () => {
    const here = await rig();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => here.post(webhookOf(...alerts(5, index * 5)))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const incident = await here.incident();
    const names = Array.from({ length: 1_000 }, (_, index) => `shop-${index}`);
    expect(await here.store.attachedTo(names)).toEqual(names.map(() => incident?.id));
    expect(incident?.version).toBeLessThan(50);
  });

  it('that tell of flaps are heard in the order in which they came', async () => {
    const here = await rig();
    const at = (index: number) => T0 + index * 1_000;
    const flap = (index: number) =>
      index % 2 === 0
        ? alert('Flap', { startsAt: at(index) })
        : alert('Flap', { status: 'resolved', startsAt: at(index - 1), endsAt: at(index) });
    // A second alert keeps the incident open while the first one comes and goes.
    await here.intake.accept([alert('Steady')]);
    await Promise.all(Array.from({ length: 41 }, (_, index) => here.intake.accept([flap(index)])));
    const flapping = (await here.incident())?.alerts['fp-Flap'];
    expect(flapping).toMatchObject({ fires: 21, alert: { status: 'firing' } });
  });
});
