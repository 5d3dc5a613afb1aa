import { describe, expect, it } from 'vitest';
import { type LocalPagerDuty, startPagerDuty } from '../kit/pagers/pagerduty.ts';
import { acknowledging, type Receiver, startReceiver } from '../kit/pagers/receiver.ts';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';

const remedies = [{ name: 'quick', risk: 'low', alert: 'Simple' }] as const;

/** A scenario in which nobody knows what an alert is about, with the pagers that Medic may reach. */
function calling(
  ladder: readonly object[],
  play: (env: TestEnv, pagers: { pagerDuty: LocalPagerDuty; receiver: Receiver }) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const pagerDuty = await startPagerDuty();
    const receiver = await startReceiver();
    const settings = {
      escalation: ladder,
      pagerduty: { url: pagerDuty.url },
      webhook: { url: `${receiver.url}/hook` },
    };
    const env = {
      PAGERDUTY_ROUTING_KEY: pagerDuty.routingKey,
      PAGERDUTY_WEBHOOK_SECRET: pagerDuty.secret,
      WEBHOOK_SECRET: receiver.secret,
    };
    try {
      await inTestEnv({ remedies, settings, env }, (env) => play(env, { pagerDuty, receiver }))();
    } finally {
      await pagerDuty.stop();
      await receiver.stop();
    }
  };
}

async function idOf(env: TestEnv): Promise<string> {
  await env.card('Needs a person');
  return (await env.incident())?.id ?? '';
}

function stands(pagerDuty: LocalPagerDuty, id: string, state: string): Promise<true> {
  return until(() => pagerDuty.alert(id)?.state === state, {
    what: `PagerDuty to show ${state}`,
    ms: 20_000,
  });
}

describe.concurrent('when nobody says that they are on it', () => {
  it(
    'the pager is told, whoever takes it there is named on the card, gives it back and takes it again, and its end ends it there',
    calling([{ tell: 'pagerduty', after: '2s' }], async (env, { pagerDuty }) => {
      await env.fireAlert('Unheard');
      const id = await idOf(env);
      expect(pagerDuty.alert(id)).toBeUndefined();
      await env.card(/PagerDuty told at .* Nobody is on it yet/s);
      expect(pagerDuty.alert(id)).toMatchObject({ state: 'triggered', severity: 'critical' });
      const say = async (type: string) => {
        const { body, headers } = pagerDuty.webhook(type, id);
        expect((await fetch(`${env.medic.url}/pagerduty`, { method: 'POST', body, headers })).status).toBe(
          200,
        );
      };
      await say('incident.acknowledged');
      await env.card(/Ada Example \(PagerDuty\) is on it since/);
      await say('incident.unacknowledged');
      await env.card(/Nobody is on it yet/);
      const card = await env.card(/PagerDuty told at/);
      await env.slack.person('U0DAVE').click(card, 'I’m on it');
      await env.card(/U0DAVE|Dave/);
      await stands(pagerDuty, id, 'acknowledged');
      env.service.recover();
      await env.resolve('Unheard');
      await stands(pagerDuty, id, 'resolved');
      await env.quiet();
      expect([pagerDuty.refused, pagerDuty.alert(id)?.opened, saidTwice(env.slack)]).toEqual([[], 1, []]);
    }),
  );

  it(
    'a Medic that was killed before it could tell the pager tells it, once, and not what was taken meanwhile',
    calling(
      [
        { tell: 'pagerduty', after: '3s' },
        { tell: 'webhook', after: '8s' },
      ],
      async (env, { pagerDuty, receiver }) => {
        await env.fireAlert('Unheard');
        const id = await idOf(env);
        await env.kill();
        await env.restart();
        await stands(pagerDuty, id, 'triggered');
        await env.kill();
        await env.restart();
        const body = JSON.stringify({ incident: id, by: 'Ada Example' });
        const answer = await fetch(`${env.medic.url}/api/v1/acknowledge`, {
          method: 'POST',
          body,
          headers: acknowledging(receiver.secret, body),
        });
        expect(answer.status).toBe(200);
        await stands(pagerDuty, id, 'acknowledged');
        await env.card(/Ada Example \(the webhook\) is on it since/);
        await env.quiet();
        expect([pagerDuty.alert(id)?.opened, receiver.told]).toEqual([1, []]);
      },
    ),
  );

  it(
    'a dead pager delays neither Slack nor another one, is named by /readyz, and is told once it lives',
    calling([{ tell: 'pagerduty' }, { tell: 'webhook' }], async (env, { pagerDuty, receiver }) => {
      pagerDuty.behave({ status: 503 });
      await env.fireAlert('Unheard');
      const id = await idOf(env);
      await env.card(/PagerDuty not reached yet, tried since/);
      await until(() => receiver.told.some(({ type }) => type === 'call.opened'), {
        what: 'the webhook to be told',
        ms: 10_000,
      });
      const readiness = async () => (await fetch(`${env.medic.url}/readyz`)).text();
      await until(
        async () => /PagerDuty does not take Medic’s calls: it answers 503/.test(await readiness()),
        {
          what: '/readyz to name it',
          ms: 10_000,
        },
      );
      pagerDuty.behave('works');
      await stands(pagerDuty, id, 'triggered');
      await env.card(/PagerDuty told at/);
      const metrics = await (await fetch(`${env.medic.url}/metrics`)).text();
      expect(metrics).toMatch(/medic_sink_deliveries_total\{sink="pagerduty",result="failed"\} [1-9]/);
      expect(await readiness()).not.toContain('PagerDuty');
    }),
  );
});
