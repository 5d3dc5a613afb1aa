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

const patientOf = (ward: TestEnv, name: string) => {
  const patient = ward.services.get(name);
  if (patient === undefined) throw new Error(`there is no ${name}`);
  return patient;
};
const strike = (ward: TestEnv, service: string, alert: string, more = {}) =>
  ward.fireAlert(alert, { service, ...more });
const treated = (ward: TestEnv, name: string) =>
  until(() => patientOf(ward, name).isTreated(), { what: `${name} to be treated`, ms: 15_000 });

describe.concurrent('of two neighbours that are ill', () => {
  it(
    'what the other depends on is mended first, and the other, which recovers by that, is left alone',
    inTestEnv({ remedies: [gated], ...SHOP }, async (ward) => {
      await strike(ward, 'catalog', 'Simple');
      await treated(ward, 'catalog');
      await strike(ward, 'shop', 'Simple');
      await ward.card(/\*catalog\*, which it depends on, is failing too and goes first/);
      patientOf(ward, 'shop').recover();
      patientOf(ward, 'catalog').openGate();
      await ward.card(/Resolved: catalog/, 30_000);
      await ward.card(/Recovered by itself: shop/, 40_000);
      expect(patientOf(ward, 'shop').playbookRuns()).toEqual([]);
      await ward.quiet(30_000);
      expect(saidTwice(ward.slack)).toEqual([]);
    }),
  );

  it(
    'the one that waited is mended when the other one is well and it still is not',
    inTestEnv({ remedies: [gated], ...SHOP }, async (ward) => {
      await strike(ward, 'catalog', 'Simple');
      await treated(ward, 'catalog');
      await strike(ward, 'shop', 'Simple');
      await ward.card(/goes first/);
      patientOf(ward, 'catalog').openGate();
      await ward.card(/Resolved: catalog/, 30_000);
      patientOf(ward, 'shop').openGate();
      await ward.card(/Resolved: shop/, 40_000);
      expect(patientOf(ward, 'shop').playbookRuns()).toEqual(['cure gated shop']);
    }),
  );

  it(
    'both are told in one thread, that of the one that fell ill first',
    inTestEnv({ remedies: [gated], ...SHOP }, async (ward) => {
      await strike(ward, 'shop', 'Simple');
      const first = await ward.card(/shop/);
      await strike(ward, 'catalog', 'Simple');
      const second = await ward.card(/: catalog\n/);
      expect(second.thread_ts).toBe(first.ts);
      await ward.slack.message(CHANNEL, /catalog/);
      expect(cardsIn(ward.slack)).toHaveLength(2);
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
      async (ward) => {
        await strike(ward, 'catalog', 'Simple');
        await treated(ward, 'catalog');
        await strike(ward, 'orders', 'Simple');
        await ward.card(/is working on \*shop\* or next to it/);
        expect(patientOf(ward, 'orders').playbookRuns()).toEqual([]);
        patientOf(ward, 'catalog').openGate();
        await ward.card(/Resolved: catalog/, 30_000);
        await treated(ward, 'orders');
        patientOf(ward, 'orders').openGate();
        await ward.card(/Resolved: orders/, 30_000);
      },
    ),
  );
});

describe.concurrent('fixes', () => {
  it(
    'are no more than two at once, and of those that wait the more severe goes first',
    inTestEnv({ remedies: [gated], services: ['a', 'b', 'minor', 'major'] }, async (ward) => {
      await strike(ward, 'a', 'Simple');
      await strike(ward, 'b', 'Simple');
      await treated(ward, 'a');
      await treated(ward, 'b');
      await strike(ward, 'minor', 'Simple', { severity: 'warning' });
      await ward.card(/minor[\s\S]*2 fixes are running/);
      await strike(ward, 'major', 'Simple', { severity: 'critical' });
      await ward.card(/major[\s\S]*2 fixes are running/);
      patientOf(ward, 'a').openGate();
      await treated(ward, 'major');
      expect(patientOf(ward, 'minor').playbookRuns()).toEqual([]);
      for (const name of ['b', 'major']) patientOf(ward, name).openGate();
      await treated(ward, 'minor');
    }),
  );

  it(
    'that do not help three times stop the automation of their target until a person resets it',
    inTestEnv({ remedies: [futile, quick] }, async (ward) => {
      for (let round = 1; round <= 3; round += 1) {
        await strike(ward, 'shop', 'Stubborn', { round: String(round) });
        await until(() => ward.service.finished().length === round, { what: `fix ${round}`, ms: 20_000 });
        await until(async () => (await ward.incident())?.phase.at === 'escalated', {
          what: 'a person to be called',
          ms: 20_000,
        });
        ward.service.recover();
        await ward.resolve('Stubborn', { round: String(round) });
        await until(async () => (await ward.incident()) === null, { what: 'it to close', ms: 20_000 });
      }
      await strike(ward, 'shop', 'Plain');
      await ward.card(/automation of \*shop\* is stopped/, 20_000);
      expect(ward.service.playbookRuns()).toHaveLength(3);
      expect(await announced(ward.slack, 'U0BOB', '/heal', 'reset shop')).toMatch(/shop/);
      await ward.slack.person('U0BOB').command(CHANNEL, '/diagnose', 'shop');
      await ward.card(/Resolved: shop/, 30_000);
      expect(ward.service.playbookRuns()).toHaveLength(4);
    }),
  );

  it(
    'that did not last are marked so when the alert is back, in the same thread',
    inTestEnv({ remedies: [quick] }, async (ward) => {
      await strike(ward, 'shop', 'Plain');
      const first = await ward.card(/Resolved: shop/, 20_000);
      await ward.resolve('Plain');
      await strike(ward, 'shop', 'Plain');
      await ward.card(/did not last/, 20_000);
      const isNext = (message: Message) => isCard(message) && message.thread_ts === first.ts;
      await ward.slack.message(CHANNEL, isNext, 20_000);
    }),
  );
});
