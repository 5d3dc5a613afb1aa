import { describe, expect, it } from 'vitest';
import { isAlive, until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { MedicProcess } from '../kit/world/medic.ts';
import { cardsIn, saidTwice } from '../kit/world/said.ts';
import { postAlert, type TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const gated = { ...quick, gated: true, within: '2s' } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
/** Two for each restart. All are told in one channel, at the pace that Slack allows there. */
const SERVICES = ['shop', 'till', 'stock', 'post', 'desk', 'gate'] as const;

const running = ({ service }: TestEnv) =>
  until(() => service.isTreated(), { what: 'the remedy to run', ms: 15_000 });
/** As an init system asks: the process itself, and not those it has started. */
const ask = ({ pid }: MedicProcess, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM') => process.kill(pid, signal);

/** Makes a service ill and posts its alert to one replica after the other until one takes it, as an Alertmanager would. */
async function strikeAny(
  env: TestEnv,
  replicas: readonly MedicProcess[],
  service: (typeof SERVICES)[number],
): Promise<void> {
  env.services.get(service)?.breakDown();
  const alert = SERVICES.indexOf(service) % 2 === 0 ? 'Simple' : 'Middling';
  const takenBy = async ({ url }: MedicProcess) =>
    postAlert(url, 'firing', alert, { service }).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(
    async () => {
      for (const replica of replicas) if (await takenBy(replica)) return true;
      return false;
    },
    { what: `the alert of ${service} to be taken`, ms: 20_000 },
  );
}

describe('a rolling restart', () => {
  it(
    'of three replicas while alerts keep coming loses nothing and doubles nothing',
    inTestEnv(
      {
        remedies: [quick, mend],
        services: SERVICES,
        pace: { cancel_window: '3s', max_concurrent: SERVICES.length },
      },
      async (env) => {
        const replicas = [env.medic, await env.replica('second'), await env.replica('third')];
        const left = [...SERVICES];
        const strikeNext = () => strikeAny(env, replicas, left.shift() as (typeof SERVICES)[number]);
        for (const [place, replica] of [...replicas.entries()]) {
          await strikeNext();
          ask(replica);
          await strikeNext();
          expect(await replica.ended).toBe('with code 0');
          replicas[place] = await env.replica(`next ${place + 1}`);
        }
        await until(
          () => {
            const cards = cardsIn(env.slack).map((card) => env.slack.textOf(card));
            return cards.length >= SERVICES.length && cards.every((card) => /Resolved: /.test(card));
          },
          { what: 'every incident to be resolved', ms: 100_000 },
        );
        await env.quiet(40_000);
        expect(cardsIn(env.slack)).toHaveLength(SERVICES.length);
        for (const [place, service] of SERVICES.entries()) {
          const remedy = place % 2 === 0 ? 'quick' : 'mend';
          expect(env.services.get(service)?.playbookRuns()).toEqual([`cure ${remedy} ${service}`]);
          expect(env.services.get(service)?.finished()).toEqual([`cure ${remedy} ${service}`]);
        }
        expect(saidTwice(env.slack)).toEqual([]);
      },
    ),
    180_000,
  );
});

describe.concurrent('a replica that is asked to stop', () => {
  it(
    'begins nothing new, says so in /readyz, and waits for the playbook that it runs',
    inTestEnv({ remedies: [{ ...gated, within: '20s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await running(env);
      ask(env.medic);
      await until(async () => (await fetch(`${env.medic.url}/readyz`)).status === 503, {
        what: 'the replica to be no longer ready',
        ms: 5_000,
      });
      const { parts } = (await (await fetch(`${env.medic.url}/readyz`)).json()) as {
        parts: Record<string, unknown>;
      };
      expect(parts.process).toEqual({ ok: false, detail: 'is stopping' });
      // Asked again, in whatever way, it goes on waiting.
      ask(env.medic);
      ask(env.medic, 'SIGINT');
      await env.replica('second');
      expect(env.service.isTreated()).toBe(true);
      expect(isAlive(env.medic.pid)).toBe(true);
      env.service.openGate();
      expect(await env.medic.ended).toBe('with code 0');
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(env.service.finished()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'ends a playbook that takes longer than it may wait, and hands it over as interrupted, which nobody reruns',
    inTestEnv({ remedies: [gated], env: { MEDIC_DRAIN: '1s' } }, async (env) => {
      await env.fireAlert('Simple');
      await running(env);
      const second = await env.replica('second');
      ask(env.medic);
      expect(await env.medic.ended).toBe('with code 0');
      expect(env.service.isTreated()).toBe(false);
      env.service.openGate();
      await env.slack.message(
        CHANNEL,
        /Interrupted, outcome unknown.*: Medic was asked to stop \(SIGTERM\)/,
        40_000,
      );
      await env.card(/Needs a person: shop/, 40_000);
      await env.quiet(40_000);
      // It is known to be over, so its locks are not kept for as long as it might have run.
      const result = (await env.incident())?.attempts[0]?.result;
      expect(result).toMatchObject({ kind: 'interrupted', overAt: expect.any(Number) });
      expect(isAlive(second.pid)).toBe(true);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(env.service.finished()).toEqual([]);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'alone, while a cancel window is open, leaves the window to the one that comes after it',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '4s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      ask(env.medic);
      expect(await env.medic.ended).toBe('with code 0');
      expect(env.service.playbookRuns()).toEqual([]);
      await env.restart();
      await env.card(/Resolved: shop/, 60_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );
});
