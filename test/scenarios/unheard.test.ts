import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { postWebhook, statusOfLarge, webhookOf } from '../kit/world/webhook.ts';
import { CHANNEL } from '../kit/world/world.ts';

const remedies = [{ name: 'quick', risk: 'low', alert: 'Simple' }] as const;

const texts = ({ slack }: TestEnv, wanted: RegExp) =>
  (slack.state.messages.get(CHANNEL) ?? []).map(({ text }) => text).filter((text) => wanted.test(text));

const told = (env: TestEnv, wanted: RegExp) =>
  until(() => texts(env, wanted).length > 0, { what: `the channel to be told ${wanted}`, ms: 30_000 });

describe.concurrent('alerts that never reach Medic', () => {
  it(
    'are told of in the channel once and with what to do, although Medic is killed as soon as it has answered',
    inTestEnv({ remedies }, async (env) => {
      const answer = await postWebhook(env.medic.url, {
        ...webhookOf({ name: 'Watchdog' }),
        truncatedAlerts: 9,
      });
      expect(answer.status).toBe(200);
      expect(await statusOfLarge(env.medic.url, 9 * 1024 * 1024)).toBe(413);
      await env.kill();
      await env.restart();
      await told(env, /1 webhook was larger than Medic reads/);
      await told(env, /9 alerts did not reach Medic/);
      expect(texts(env, /did not reach Medic/)).toEqual([expect.stringContaining('`max_alerts`')]);
      expect(texts(env, /larger than Medic reads/)).toHaveLength(1);
      expect(await env.incident()).toBeNull();
      const metrics = await (await fetch(`${env.medic.url}/metrics`)).text();
      expect(metrics).toContain('medic_alerts_lost_total');
    }),
  );

  it(
    'are suspected when a watchdog stops coming: two replicas tell it once, and its return',
    inTestEnv({ remedies, settings: { watchdog: { after: '2s' } } }, async (env) => {
      await env.replica('second');
      const watchdog = webhookOf({ name: 'Watchdog', labels: { cluster: 'eu' } });
      expect((await postWebhook(env.medic.url, watchdog)).status).toBe(200);
      await told(env, /The alert Watchdog \(cluster eu, environment test\) has not come since/);
      await postWebhook(env.medic.url, watchdog);
      await told(env, /has come again/);
      expect(texts(env, /has not come since/)).toHaveLength(1);
      expect(await env.incident()).toBeNull();
    }),
  );
});
