import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startModelServer } from '../kit/model/server.ts';
import { holding } from '../kit/model/witness.ts';
import { homeOf } from '../kit/world/home.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { reply } from '../kit/world/reply.ts';
import { postAlert } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;
const operate = { name: 'operate', risk: 'high', alert: 'Grave' } as const;

describe.concurrent('a plan that a person asks for on a healthy service', () => {
  it(
    'asks for approval, says what the look saw, and runs once somebody else approved it in that knowledge',
    inTestEnv({ remedies: [{ ...ease, needsIll: false }] }, async (env) => {
      const carol = env.slack.person('U0CAROL');
      await carol.command(CHANNEL, '/heal', 'ease service=shop');
      const card = await env.card(
        /Needs approval: shop[\s\S]*the fix does not look needed: .*it said "yes"[\s\S]*\[Approve\]/,
      );
      await env.slack.message(CHANNEL, /an approval is needed by .*does not look needed: .*"yes"/);
      await env.slack.message(CHANNEL, /\*Needs approval: shop\.\*[\s\S]*does not look needed/);
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, /someone else has to approve it/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0ALICE').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );

  it(
    'does not run, approved or not, where its own preconditions do not hold',
    inTestEnv({ remedies: [ease] }, async (env) => {
      await env.slack.person('U0BOB').command(CHANNEL, '/heal', 'ease service=shop');
      await env.slack.person('U0CAROL').click(await env.card('[Approve]'), 'Approve');
      await env.slack.message(CHANNEL, /checked right before the start: the problem has changed/, 15_000);
      await env.card(/(Recovered by itself|Answered|Well again): shop/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      expect(env.slack.print(CHANNEL)).not.toContain('A person is needed');
    }),
  );
});

describe.concurrent('an alert that resolves while the service is still ill', () => {
  it(
    'leaves the incident with a person, who reads what was seen, and nothing is said of recovery',
    inTestEnv({ remedies: [ease] }, async (env) => {
      await env.fireAlert('Strange');
      await env.card(/Needs a person: shop/);
      await env.resolve('Strange');
      await env.card(
        /Needs a person: shop[\s\S]*The alert has resolved[\s\S]*not well: .*it said "no"; .*answered 500/,
      );
      await env.quiet();
      expect((await env.incident())?.phase.at).toBe('escalated');
      expect(env.slack.print(CHANNEL)).not.toMatch(
        /recover|well again|all is well|resolved:|alerts resolved/i,
      );
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is looked into when it fires again, and closes when it resolves and the look is good',
    inTestEnv({ remedies: [ease] }, async (env) => {
      await env.fireAlert('Strange');
      await env.card(/Needs a person: shop/);
      await env.resolve('Strange');
      await env.card(/its alerts have resolved, but it is not well/);
      await env.fireAlert('Strange');
      await env.card(/1 alert firing[\s\S]*no known fault explains it/);
      env.service.recover();
      await env.resolve('Strange');
      await env.card(/Recovered by itself: shop/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is looked at anew when an operator asks, and closes once the look is good',
    inTestEnv({ remedies: [ease] }, async (env) => {
      const bob = env.slack.person('U0BOB');
      await env.fireAlert('Strange');
      await env.card(/Needs a person: shop/);
      await env.resolve('Strange');
      await env.card(/its alerts have resolved, but it is not well/);
      await bob.command(CHANNEL, '/diagnose', 'shop');
      await env.slack.message(CHANNEL, /Evidence:/);
      await env.quiet();
      expect((await env.incident())?.phase.at).toBe('escalated');
      env.service.recover();
      await bob.command(CHANNEL, '/diagnose', 'shop');
      await env.card(/Recovered by itself: shop/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );
});

describe.concurrent('a service that is well', () => {
  it('is left alone, whatever an alert, its log and a model say together', async () => {
    const model = await startModelServer();
    model.script(
      holding({
        cause: 'The shop is broken.',
        playbook: 'ease',
        claims: [
          { text: 'Its alert fires.', from: ['alert', /is firing/] },
          { text: 'Its log says that it broke.', from: ['log', /broke/] },
        ],
      }),
    );
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: model.apiKey, OPENAI_MODEL: 'test-model' };
    try {
      await inTestEnv({ remedies: [ease], env }, async (env) => {
        env.service.say('error: shop broke');
        await postAlert(env.medic.url, 'firing', 'Small');
        const diagnosis = await env.slack.message(CHANNEL, /Diagnosis\W+by the model/, 20_000);
        expect(env.slack.textOf(diagnosis)).toMatch(/Medic’s own look does not show it: .*it said "yes"/);
        await env.card(/Needs a person: shop/);
        await env.quiet();
        expect(env.service.playbookRuns()).toEqual([]);
      })();
    } finally {
      await model.stop();
    }
  });
});

describe.concurrent('a plan whose look cannot be read', () => {
  it('is not started, and Try again runs it once it can be read, with the approval that was given', {
    timeout: 240_000,
  }, async () => {
    const eyes = join(tmpdir(), `medic-eyes-${process.pid}`);
    const open = () => {
      writeFileSync(eyes, '#!/bin/sh\nexec cat "$1"\n');
      chmodSync(eyes, 0o755);
    };
    open();
    try {
      await inTestEnv({ remedies: [{ ...operate, eyes }] }, async (env) => {
        await env.fireAlert('Grave');
        const card = await env.card('[Approve]');
        rmSync(eyes);
        await env.slack.person('U0CAROL').click(card, 'Approve');
        await env.card(
          /Needs a person: shop[\s\S]*could not confirm the problem is still there[\s\S]*\[Try again\]/,
          120_000,
        );
        expect(env.slack.print(CHANNEL)).not.toMatch(/no longer right|the problem has changed/);
        expect(env.service.playbookRuns()).toEqual([]);
        open();
        await env.slack.person('U0DAVE').click(card, 'Try again');
        await env.slack.person('U0DAVE').told(CHANNEL, /operator role/);
        await env.slack.person('U0BOB').click(card, 'Try again');
        await env.card(/Resolved: shop/, 30_000);
        expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
        expect(env.slack.print(CHANNEL).match(/approved by @Carol/g)?.length).toBeGreaterThan(0);
      })();
    } finally {
      rmSync(eyes, { force: true });
    }
  });

  it('is not even made, and the thread says why nothing could be seen', async () => {
    const eyes = join(tmpdir(), `medic-no-eyes-${process.pid}`);
    await inTestEnv({ remedies: [{ ...ease, eyes }] }, async (env) => {
      await env.fireAlert('Small');
      await env.card(/Needs a person: shop/);
      await env.quiet();
      expect(env.slack.print(CHANNEL)).toMatch(/Could not be read: .*Look at .*is not installed/);
      expect(env.service.playbookRuns()).toEqual([]);
    })();
  });
});

describe.concurrent('a fix that fails on a service that gets well by itself', () => {
  it(
    'is called well again and not proven, and counts as one that did not help',
    inTestEnv({ remedies: [{ ...ease, gated: true, errs: true }] }, async (env) => {
      await env.fireAlert('Small');
      await env.slack.until(() => env.service.isTreated(), 'remedy to begin', 15_000);
      env.service.recover();
      env.service.openGate();
      await env.card(/Well again: shop/, 30_000);
      await env.quiet();
      const thread = env.slack.print(CHANNEL);
      expect(thread).toMatch(/it failed: .* ended with 3: the valve is stuck; the service is healthy anyway/);
      expect(thread).toContain('Healthy, but not by the fix');
      expect(thread).not.toMatch(/Recovery proven|Resolved: shop|by itself/i);
      expect(await reply(env.slack, 'U0DAVE', '/heal', 'history')).toMatch(/shop.*: well again after `ease`/);
      await env.slack.person('U0BOB').home(15_000);
      await env.slack.until(
        () => /`ease`: 0 of 1 helped, 1 did not help/.test(homeOf(env.slack, 'U0BOB')),
        'Home to count the failure',
        20_000,
      );
    }),
  );
});
