import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import type { Store } from '../../src/engine/store/store.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { memoryOf } from '../bench/machine.ts';
import type { ApiCall } from '../kit/slack/server.ts';
import { startAlertmanager } from '../kit/stack/monitoring.ts';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { cardsIn, saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { type AlertSpec, postWebhook, webhookOf } from '../kit/world/webhook.ts';
import { ALERT_TOKEN } from '../kit/world/world.ts';

const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;

const ALERTS = 10_000;
const SUBJECTS = 300;
/** As Alertmanager groups and sends them. */
const GROUP = 100;
const ABREAST = 16;
/** "A few dozen." */
const MOST_THREADS = 36;
const MOST_MEMORY = 700 * 2 ** 20;

/** The storm: every subject has alerts in many webhooks, and every webhook has several subjects. */
function storm(): AlertSpec[] {
  return Array.from({ length: ALERTS }, (_, index) => {
    const subject = index % SUBJECTS;
    const labels =
      subject < 200 ? { service: `svc-${subject}` } : { service: '', instance: `10.0.0.${subject}:9100` };
    return {
      name: `Storm${index % 5}`,
      labels: { ...labels, severity: index % 4 === 0 ? 'critical' : 'warning' },
      fingerprint: `storm-${index}`,
    };
  });
}

/** Sends as Alertmanager does: what is answered with 503 comes again later. Resolves with how often that was. */
async function send({ medic }: TestEnv, webhooks: readonly object[]): Promise<number> {
  const left = [...webhooks];
  let retries = 0;
  const sender = async () => {
    for (let webhook = left.shift(); webhook !== undefined; webhook = left.shift()) {
      for (;;) {
        const response = await postWebhook(medic.url, webhook);
        await response.arrayBuffer();
        if (response.status === 200) break;
        expect(response.status).toBe(503);
        retries += 1;
        await sleep(Number(response.headers.get('retry-after')) * 100);
      }
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, sender));
  return retries;
}

it('10,000 alerts in a minute become a few dozen threads, with every alert in one of them and counted', (context) =>
  inTestEnv({ remedies: [ease], settings: { intake: { under_way: { alerts: 1_000 } } } }, async (env) => {
    const alerts = storm();
    const webhooks = Array.from({ length: ALERTS / GROUP }, (_, index) =>
      webhookOf(...alerts.slice(index * GROUP, (index + 1) * GROUP)),
    );
    const begun = performance.now();
    const retries = await send(env, webhooks);
    const seconds = (performance.now() - begun) / 1000;
    expect(seconds).toBeLessThan(60);
    expect(retries).toBeGreaterThan(0);
    // Some are sent twice, as after an answer that was lost.
    await send(env, webhooks.slice(0, 10));

    const redis = connect(env.redisUrl, { failFast: true });
    const store = createRedisStore(redis, keysOf('medic'));
    const incidents = await openIncidents(store);
    const owners = await store.attachedTo(alerts.map(({ fingerprint = '' }) => fingerprint));
    redis.disconnect();
    expect(incidents.length).toBeLessThanOrEqual(MOST_THREADS);
    for (const incident of incidents)
      expect(sizeOf(incident)).toBe(owners.filter((owner) => owner === incident.id).length);
    expect(incidents.map(sizeOf).reduce((sum, size) => sum + size, 0)).toBe(ALERTS);

    const largest = incidents.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
    expect(largest?.subject.kind).toBe('storm');
    const total = largest === undefined ? 0 : sizeOf(largest);
    await env.card(new RegExp(`alert storm[\\s\\S]*\\b${total}\\b`), 60_000);
    await until(() => cardsIn(env.slack).length === incidents.length, {
      what: 'a card for every incident',
      ms: 60_000,
    });
    expect(saidTwice(env.slack)).toEqual([]);
    expect(impatient(env.slack.calls)).toEqual([]);
    const { peak } = memoryOf(env.medic.pid);
    expect(peak).toBeLessThan(MOST_MEMORY);
    await context.annotate(
      `${ALERTS} alerts in ${seconds.toFixed(1)} s, ${retries} webhooks refused and sent again, ` +
        `${incidents.length} threads, ${total} alerts in the storm's, ${Math.round(peak / 2 ** 20)} MB`,
    );
  })());

async function openIncidents(store: Store): Promise<readonly Incident[]> {
  const loaded = await Promise.all((await store.open()).map((id) => store.load(id)));
  return loaded.filter((one) => one !== null);
}

function sizeOf({ alerts, crowd }: Incident): number {
  return Object.keys(alerts).length + crowd.total;
}

/** Posts into a channel that Slack had asked to wait, and that did not. */
function impatient(calls: readonly ApiCall[]): readonly ApiCall[] {
  const posts = calls.filter(({ method }) => method === 'chat.postMessage');
  return posts.filter(({ at, args }, index) => {
    const before = posts[index - 1];
    const isTooFast =
      before !== undefined && 'error' in before.answer && before.answer.error === 'ratelimited';
    return isTooFast && before.args.channel === args.channel && at - before.at < 900;
  });
}

it(
  'an alert that comes while Redis is away is told when Redis is back, because Alertmanager sends it again',
  inTestEnv({ remedies: [ease] }, async (env) => {
    const webhook = { url: `${env.medic.url}/alert`, token: ALERT_TOKEN };
    const alertmanager = await startAlertmanager({ dir: join(env.dir, 'alertmanager'), webhook });
    try {
      await env.redis.stop();
      const labels = { alertname: 'Strange', service: 'cellar', severity: 'critical', environment: 'test' };
      const posted = await fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ labels, annotations: { summary: 'the cellar is flooded' } }]),
      });
      expect(posted.status).toBe(200);
      await until(() => env.log().includes('alerts could not be stored'), {
        what: 'Alertmanager to be refused',
        ms: 20_000,
      });
      await env.redis.start();
      await env.card(/cellar/, 60_000);
      const incident = await env.incident('cellar');
      expect(Object.values(incident?.alerts ?? {}).map(({ alert, fires }) => [alert.name, fires])).toEqual([
        ['Strange', 1],
      ]);
    } finally {
      await alertmanager.stop();
    }
  }),
);
