import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { postWebhook, statusOfLarge, webhookOf } from '../kit/world/webhook.ts';
import { CHANNEL } from '../kit/world/world.ts';

const remedies = [{ name: 'quick', risk: 'low', alert: 'Simple' }] as const;

const texts = ({ slack }: TestEnv, wanted: RegExp) =>
  (slack.state.messages.get(CHANNEL) ?? []).map(({ text }) => text).filter((text) => wanted.test(text));

const told = (ward: TestEnv, wanted: RegExp) =>
  until(() => texts(ward, wanted).length > 0, { what: `the channel to be told ${wanted}`, ms: 30_000 });

describe.concurrent('alerts that never reach Medic', () => {
  it(
    'are told of in the channel once and with what to do, although Medic is killed as soon as it has answered',
    inTestEnv({ remedies }, async (ward) => {
      const answer = await postWebhook(ward.medic.url, {
        ...webhookOf({ name: 'Watchdog' }),
        truncatedAlerts: 9,
      });
      expect(answer.status).toBe(200);
      expect(await statusOfLarge(ward.medic.url, 9 * 1024 * 1024)).toBe(413);
      await ward.kill();
      await ward.restart();
      await told(ward, /1 webhook was larger than Medic reads/);
      await told(ward, /9 alerts did not reach Medic/);
      expect(texts(ward, /did not reach Medic/)).toEqual([expect.stringContaining('`max_alerts`')]);
      expect(texts(ward, /larger than Medic reads/)).toHaveLength(1);
      expect(await ward.incident()).toBeNull();
      const metrics = await (await fetch(`${ward.medic.url}/metrics`)).text();
      expect(metrics).toContain('medic_alerts_lost_total');
    }),
  );

  it(
    'are suspected when a watchdog stops coming: two replicas tell it once, and its return',
    inTestEnv({ remedies, settings: { watchdog: { after: '2s' } } }, async (ward) => {
      await ward.replica('second');
      const watchdog = webhookOf({ name: 'Watchdog', labels: { cluster: 'eu' } });
      expect((await postWebhook(ward.medic.url, watchdog)).status).toBe(200);
      await told(ward, /The alert Watchdog \(cluster eu, environment test\) has not come since/);
      await postWebhook(ward.medic.url, watchdog);
      await told(ward, /has come again/);
      expect(texts(ward, /has not come since/)).toHaveLength(1);
      expect(await ward.incident()).toBeNull();
    }),
  );
});
