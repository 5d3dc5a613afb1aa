import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { cardsIn, saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { type AlertSpec, postWebhook, webhookOf } from '../kit/world/webhook.ts';
import { ALERT_TOKEN } from '../kit/world/world.ts';

const WINDOW = 4_000;
const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;
const options = { remedies: [ease], settings: { intake: { batch_window: `${WINDOW}ms` } } };
const warning = (name: string, service: string, status: 'firing' | 'resolved' = 'firing'): AlertSpec => ({
  name,
  status,
  labels: { service, severity: 'warning' },
  fingerprint: `${service}-${name}`,
});

interface Answer {
  readonly accepted: number;
  readonly kept_back: number;
  readonly incidents: readonly string[];
}

async function batch({ medic }: TestEnv, ...alerts: readonly AlertSpec[]): Promise<Answer> {
  const options = { path: '/api/v1/alert/batch', token: ALERT_TOKEN };
  const response = await postWebhook(medic.url, webhookOf(...alerts), options);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

/** What Medic counts under this name. */
async function metric({ medic }: TestEnv, line: string): Promise<number> {
  const metrics = await (await fetch(`${medic.url}/metrics`)).text();
  const found = metrics.split('\n').find((each) => each.startsWith(line));
  return Number(found?.split(' ').at(-1) ?? 0);
}

const opened = (env: TestEnv, service: string) =>
  until(() => env.incident(service), { what: `an incident about ${service}`, ms: 20_000 });

describe.concurrent('the batch endpoint', () => {
  it(
    'keeps warnings back until their window ends, through a kill, and tells them as one incident each service',
    inTestEnv(options, async (env) => {
      const begun = performance.now();
      expect(await batch(env, warning('Slow', 'shop'), warning('Slow', 'cellar'))).toMatchObject({
        accepted: 2,
        kept_back: 2,
        incidents: [],
      });
      await env.kill();
      await env.restart();
      expect(await batch(env, warning('Full', 'shop'))).toMatchObject({ kept_back: 1 });
      expect(await env.incident('shop')).toBeNull();
      const shop = await opened(env, 'shop');
      expect(performance.now() - begun).toBeGreaterThan(WINDOW);
      expect(Object.keys(shop.alerts).sort()).toEqual(['shop-Full', 'shop-Slow']);
      expect(Object.keys((await opened(env, 'cellar')).alerts)).toEqual(['cellar-Slow']);
      await env.quiet(30_000);
      expect(cardsIn(env.slack)).toHaveLength(2);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'lets a critical alert through at once, alone, and what is about an open incident with it from then on',
    inTestEnv(options, async (env) => {
      await batch(env, warning('Slow', 'shop'));
      const [critical] = [{ name: 'Down', labels: { severity: 'critical' }, fingerprint: 'shop-Down' }];
      const answer = await batch(env, critical);
      expect(answer).toMatchObject({ kept_back: 0, incidents: [expect.any(String)] });
      expect(Object.keys((await env.incident())?.alerts ?? {})).toEqual(['shop-Down']);
      expect(await batch(env, warning('Full', 'shop'))).toMatchObject({
        kept_back: 0,
        incidents: answer.incidents,
      });
      await until(async () => Object.keys((await env.incident())?.alerts ?? {}).length === 3, {
        what: 'the warning that was kept back to join',
        ms: 20_000,
      });
      await env.quiet(30_000);
      expect(cardsIn(env.slack)).toHaveLength(1);
    }),
  );

  it(
    'opens nothing about what has resolved by the end of its window, and counts it',
    inTestEnv(options, async (env) => {
      await batch(env, warning('Slow', 'shop'));
      await batch(env, warning('Slow', 'cellar'), warning('Full', 'cellar'));
      expect(await batch(env, warning('Slow', 'shop', 'resolved'))).toMatchObject({ kept_back: 1 });
      await batch(env, warning('Full', 'cellar', 'resolved'));
      const cellar = await opened(env, 'cellar');
      expect(Object.keys(cellar.alerts)).toEqual(['cellar-Slow']);
      await until(() => metric(env, 'medic_bags_ended_total{how="resolved"}'), {
        what: 'the bag of the shop to end',
        ms: 20_000,
      });
      expect(await env.incident('shop')).toBeNull();
      expect(env.log()).toContain('had resolved by the end of their window');
    }),
  );
});
