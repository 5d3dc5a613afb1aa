import { describe, expect, it } from 'vitest';
import { isAlive, until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { cardsIn, saidTwice } from '../kit/world/said.ts';
import { postAlert, type TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const gated = { ...quick, gated: true } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;

/** Waits until the remedy has begun and is in the middle of its work. */
async function inTheMiddle({ service }: TestEnv): Promise<void> {
  await until(() => service.playbookRuns().length === 1 && service.isTreated(), {
    what: 'the remedy to run',
    ms: 10_000,
  });
}

describe.concurrent('when Medic is killed', () => {
  it(
    'right after it took an alert, the next process opens the thread and goes on to the end',
    inTestEnv({ remedies: [quick] }, async (env) => {
      const taken = await env.fireAlert('Simple');
      expect(taken.status).toBe(200);
      await env.kill();
      await env.restart();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'while a cancel window is open, the next process lets it run out and runs the plan once',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '3s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await env.kill();
      await env.restart();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'while a cancel window is open, a cancel in the next process holds',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '12s' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card(/runs in/);
      await env.kill();
      await env.restart();
      await env.slack.person('U0DAVE').click(card, 'Cancel');
      await env.card(/Cancelled: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'while a playbook runs, the playbook is ended and not begun again, and a person is called where it did not help',
    inTestEnv({ remedies: [{ ...gated, within: '2s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await inTheMiddle(env);
      await env.kill();
      await until(() => !env.service.isTreated(), { what: "the playbook's process to be gone", ms: 10_000 });
      env.service.openGate();
      await env.restart();
      await env.slack.message(CHANNEL, /Interrupted, outcome unknown/, 40_000);
      await env.card(/Needs a person: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(env.service.finished()).toEqual([]);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'while a playbook runs and the service recovers all the same, the incident closes as well again, and no proof is claimed for the fix',
    inTestEnv({ remedies: [gated] }, async (env) => {
      await env.fireAlert('Simple');
      await inTheMiddle(env);
      await env.kill();
      env.service.recover();
      await env.restart();
      await env.card(/Well again: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      await env.slack.message(CHANNEL, /Interrupted, outcome unknown/);
      await env.slack.message(CHANNEL, /Healthy, though the fix did not finish/);
      expect(env.slack.print(CHANNEL)).not.toMatch(/Recovery proven|by itself/i);
    }),
  );

  it(
    'while recovery is being proven, the next process proves it',
    inTestEnv({ remedies: [{ ...quick, stable: '3s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await env.card(/all good since/);
      await env.kill();
      await env.restart();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'a second replica finishes what the first began, and says nothing twice',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '3s' } }, async (env) => {
      const second = await env.replica('second');
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await env.kill();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(isAlive(second.pid)).toBe(true);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );
});

describe.concurrent('two replicas', () => {
  it(
    'do not run again in one what was interrupted in the other',
    inTestEnv({ remedies: [{ ...gated, within: '2s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await inTheMiddle(env);
      await env.replica('second');
      await env.kill();
      await env.slack.message(CHANNEL, /Interrupted, outcome unknown/, 40_000);
      await env.card(/Needs a person: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'make one incident of an alert that both are told of at once, and run its plan once',
    inTestEnv({ remedies: [quick] }, async (env) => {
      const second = await env.replica('second');
      env.service.breakDown();
      const answers = await Promise.all(
        [env.medic, second, env.medic, second].map(({ url }) => postAlert(url, 'firing', 'Simple')),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      await env.card(/Resolved: shop/);
      await env.quiet();
      expect(cardsIn(env.slack)).toHaveLength(1);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );
});

describe.concurrent('when Redis is killed and comes back', () => {
  it(
    'while a cancel window is open, nothing is forgotten and the plan runs once',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '3s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await env.redis.kill();
      await env.redis.start();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'while a playbook runs, it runs on and its end is heard',
    inTestEnv({ remedies: [gated] }, async (env) => {
      await env.fireAlert('Simple');
      await inTheMiddle(env);
      await env.redis.kill();
      await env.redis.start();
      env.service.openGate();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(env.service.finished()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );
});
