import { describe, expect, it } from 'vitest';
import type { Message } from '../kit/slack/server.ts';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { announced } from '../kit/world/reply.ts';
import { cardsIn, isCard, saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const gated = { name: 'gated', risk: 'low', alert: 'Simple', gated: true } as const;
const futile = { name: 'futile', risk: 'low', alert: 'Stubborn', helps: false, within: '600ms' } as const;
const quick = { name: 'quick', risk: 'low', alert: 'Plain' } as const;
const SHOP = { services: ['shop', 'catalog'], dependencies: { shop: ['catalog'] } } as const;

const patientOf = (env: TestEnv, name: string) => {
  const patient = env.services.get(name);
  if (patient === undefined) throw new Error(`there is no ${name}`);
  return patient;
};
const strike = (env: TestEnv, service: string, alert: string, more = {}) =>
  env.fireAlert(alert, { service, ...more });
const treated = (env: TestEnv, name: string) =>
  until(() => patientOf(env, name).isTreated(), { what: `${name} to be treated`, ms: 15_000 });

describe.concurrent('of two neighbours that are ill', () => {
  it(
    'what the other depends on is mended first, and the other, which recovers by that, is left alone',
    inTestEnv({ remedies: [gated], ...SHOP }, async (env) => {
      await strike(env, 'catalog', 'Simple');
      await treated(env, 'catalog');
      await strike(env, 'shop', 'Simple');
      await env.card(/\*catalog\*, which it depends on, is failing too and goes first/);
      patientOf(env, 'shop').recover();
      patientOf(env, 'catalog').openGate();
      await env.card(/Resolved: catalog/, 30_000);
      await env.card(/Recovered by itself: shop/, 40_000);
      expect(patientOf(env, 'shop').playbookRuns()).toEqual([]);
      await env.quiet(30_000);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'the one that waited is mended when the other one is well and it still is not',
    inTestEnv({ remedies: [gated], ...SHOP }, async (env) => {
      await strike(env, 'catalog', 'Simple');
      await treated(env, 'catalog');
      await strike(env, 'shop', 'Simple');
      await env.card(/goes first/);
      patientOf(env, 'catalog').openGate();
      await env.card(/Resolved: catalog/, 30_000);
      patientOf(env, 'shop').openGate();
      await env.card(/Resolved: shop/, 40_000);
      expect(patientOf(env, 'shop').playbookRuns()).toEqual(['cure gated shop']);
    }),
  );

  it(
    'both are told in one thread, that of the one that fell ill first',
    inTestEnv({ remedies: [gated], ...SHOP }, async (env) => {
      await strike(env, 'shop', 'Simple');
      const first = await env.card(/shop/);
      await strike(env, 'catalog', 'Simple');
      const second = await env.card(/: catalog\n/);
      expect(second.thread_ts).toBe(first.ts);
      await env.slack.message(CHANNEL, /catalog/);
      expect(cardsIn(env.slack)).toHaveLength(2);
    }),
  );

  it(
    'only one is mended at a time, although neither depends on the other, where a third depends on both',
    inTestEnv(
      {
        remedies: [gated],
        services: ['catalog', 'orders', 'shop'],
        dependencies: { shop: ['catalog', 'orders'] },
      },
      async (env) => {
        await strike(env, 'catalog', 'Simple');
        await treated(env, 'catalog');
        await strike(env, 'orders', 'Simple');
        await env.card(/is working on \*shop\* or next to it/);
        expect(patientOf(env, 'orders').playbookRuns()).toEqual([]);
        patientOf(env, 'catalog').openGate();
        await env.card(/Resolved: catalog/, 30_000);
        await treated(env, 'orders');
        patientOf(env, 'orders').openGate();
        await env.card(/Resolved: orders/, 30_000);
      },
    ),
  );
});

describe.concurrent('fixes', () => {
  it(
    'are no more than two at once, and of those that wait the more severe goes first',
    inTestEnv({ remedies: [gated], services: ['a', 'b', 'minor', 'major'] }, async (env) => {
      await strike(env, 'a', 'Simple');
      await strike(env, 'b', 'Simple');
      await treated(env, 'a');
      await treated(env, 'b');
      await strike(env, 'minor', 'Simple', { severity: 'warning' });
      await env.card(/minor[\s\S]*2 fixes are running/);
      await strike(env, 'major', 'Simple', { severity: 'critical' });
      await env.card(/major[\s\S]*2 fixes are running/);
      patientOf(env, 'a').openGate();
      await treated(env, 'major');
      expect(patientOf(env, 'minor').playbookRuns()).toEqual([]);
      for (const name of ['b', 'major']) patientOf(env, name).openGate();
      await treated(env, 'minor');
    }),
  );

  it(
    'that do not help three times stop the automation of their target until a person resets it',
    inTestEnv({ remedies: [futile, quick] }, async (env) => {
      for (let round = 1; round <= 3; round += 1) {
        await strike(env, 'shop', 'Stubborn', { round: String(round) });
        await until(() => env.service.finished().length === round, { what: `fix ${round}`, ms: 20_000 });
        await until(async () => (await env.incident())?.phase.at === 'escalated', {
          what: 'a person to be called',
          ms: 20_000,
        });
        env.service.recover();
        await env.resolve('Stubborn', { round: String(round) });
        await until(async () => (await env.incident()) === null, { what: 'it to close', ms: 20_000 });
      }
      await strike(env, 'shop', 'Plain');
      await env.card(/automation of \*shop\* is stopped/, 20_000);
      expect(env.service.playbookRuns()).toHaveLength(3);
      expect(await announced(env.slack, 'U0BOB', '/heal', 'reset shop')).toMatch(/shop/);
      await env.slack.person('U0BOB').command(CHANNEL, '/diagnose', 'shop');
      await env.card(/Resolved: shop/, 30_000);
      expect(env.service.playbookRuns()).toHaveLength(4);
    }),
  );

  it(
    'that did not last are marked so when the alert is back, in the same thread',
    inTestEnv({ remedies: [quick] }, async (env) => {
      await strike(env, 'shop', 'Plain');
      const first = await env.card(/Resolved: shop/, 20_000);
      await env.resolve('Plain');
      await strike(env, 'shop', 'Plain');
      await env.card(/did not last/, 20_000);
      const isNext = (message: Message) => isCard(message) && message.thread_ts === first.ts;
      await env.slack.message(CHANNEL, isNext, 20_000);
    }),
  );
});
