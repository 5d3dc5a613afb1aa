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
    inTestEnv({ remedies: [{ ...ease, needsIll: false }] }, async (ward) => {
      const carol = ward.slack.person('U0CAROL');
      await carol.command(CHANNEL, '/heal', 'ease service=shop');
      const card = await ward.card(
        /Needs approval: shop[\s\S]*the fix does not look needed: .*it said "yes"[\s\S]*\[Approve\]/,
      );
      await ward.slack.message(CHANNEL, /an approval is needed by .*does not look needed: .*"yes"/);
      await ward.slack.message(CHANNEL, /\*Needs approval: shop\.\*[\s\S]*does not look needed/);
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, /someone else has to approve it/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      await ward.slack.person('U0ALICE').click(card, 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );

  it(
    'does not run, approved or not, where its own preconditions do not hold',
    inTestEnv({ remedies: [ease] }, async (ward) => {
      await ward.slack.person('U0BOB').command(CHANNEL, '/heal', 'ease service=shop');
      await ward.slack.person('U0CAROL').click(await ward.card('[Approve]'), 'Approve');
      await ward.slack.message(CHANNEL, /checked right before the start: the problem has changed/, 15_000);
      await ward.card(/(Recovered by itself|Answered|Well again): shop/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      expect(ward.slack.print(CHANNEL)).not.toContain('A person is needed');
    }),
  );
});

describe.concurrent('an alert that resolves while the service is still ill', () => {
  it(
    'leaves the incident with a person, who reads what was seen, and nothing is said of recovery',
    inTestEnv({ remedies: [ease] }, async (ward) => {
      await ward.fireAlert('Strange');
      await ward.card(/Needs a person: shop/);
      await ward.resolve('Strange');
      await ward.card(
        /Needs a person: shop[\s\S]*No alert is firing any more[\s\S]*not well: .*it said "no"; .*answered 500/,
      );
      await ward.quiet();
      expect((await ward.incident())?.phase.at).toBe('escalated');
      expect(ward.slack.print(CHANNEL)).not.toMatch(
        /recover|well again|all is well|resolved:|alerts resolved/i,
      );
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is looked into when it fires again, and closes when it resolves and the look is good',
    inTestEnv({ remedies: [ease] }, async (ward) => {
      await ward.fireAlert('Strange');
      await ward.card(/Needs a person: shop/);
      await ward.resolve('Strange');
      await ward.card(/its alerts have resolved, but it is not well/);
      await ward.fireAlert('Strange');
      await ward.card(/1 alert firing[\s\S]*no known pattern explains it/);
      ward.service.recover();
      await ward.resolve('Strange');
      await ward.card(/Recovered by itself: shop/);
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is looked at anew when an operator asks, and closes once the look is good',
    inTestEnv({ remedies: [ease] }, async (ward) => {
      const bob = ward.slack.person('U0BOB');
      await ward.fireAlert('Strange');
      await ward.card(/Needs a person: shop/);
      await ward.resolve('Strange');
      await ward.card(/its alerts have resolved, but it is not well/);
      await bob.command(CHANNEL, '/diagnose', 'shop');
      await ward.slack.message(CHANNEL, /Evidence:/);
      await ward.quiet();
      expect((await ward.incident())?.phase.at).toBe('escalated');
      ward.service.recover();
      await bob.command(CHANNEL, '/diagnose', 'shop');
      await ward.card(/Recovered by itself: shop/);
      expect(ward.service.playbookRuns()).toEqual([]);
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
      await inTestEnv({ remedies: [ease], env }, async (ward) => {
        ward.service.say('error: shop broke');
        await postAlert(ward.medic.url, 'firing', 'Small');
        const diagnosis = await ward.slack.message(CHANNEL, /Diagnosis\W+by the model/, 20_000);
        expect(ward.slack.textOf(diagnosis)).toMatch(/Medic’s own look does not show it: .*it said "yes"/);
        await ward.card(/Needs a person: shop/);
        await ward.quiet();
        expect(ward.service.playbookRuns()).toEqual([]);
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
      await inTestEnv({ remedies: [{ ...operate, eyes }] }, async (ward) => {
        await ward.fireAlert('Grave');
        const card = await ward.card('[Approve]');
        rmSync(eyes);
        await ward.slack.person('U0CAROL').click(card, 'Approve');
        await ward.card(
          /Needs a person: shop[\s\S]*could not confirm the problem is still there[\s\S]*\[Try again\]/,
          120_000,
        );
        expect(ward.slack.print(CHANNEL)).not.toMatch(/no longer right|the problem has changed/);
        expect(ward.service.playbookRuns()).toEqual([]);
        open();
        await ward.slack.person('U0DAVE').click(card, 'Try again');
        await ward.slack.person('U0DAVE').told(CHANNEL, /operator role/);
        await ward.slack.person('U0BOB').click(card, 'Try again');
        await ward.card(/Resolved: shop/, 30_000);
        expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
        expect(ward.slack.print(CHANNEL).match(/approved by @Carol/g)?.length).toBeGreaterThan(0);
      })();
    } finally {
      rmSync(eyes, { force: true });
    }
  });

  it('is not even made, and the thread says why nothing could be seen', async () => {
    const eyes = join(tmpdir(), `medic-no-eyes-${process.pid}`);
    await inTestEnv({ remedies: [{ ...ease, eyes }] }, async (ward) => {
      await ward.fireAlert('Small');
      await ward.card(/Needs a person: shop/);
      await ward.quiet();
      expect(ward.slack.print(CHANNEL)).toMatch(/Could not be read: .*Look at .*is not installed/);
      expect(ward.service.playbookRuns()).toEqual([]);
    })();
  });
});

describe.concurrent('a fix that fails on a service that gets well by itself', () => {
  it(
    'is called well again and not proven, and counts as one that did not help',
    inTestEnv({ remedies: [{ ...ease, gated: true, errs: true }] }, async (ward) => {
      await ward.fireAlert('Small');
      await ward.slack.until(() => ward.service.isTreated(), 'remedy to begin', 15_000);
      ward.service.recover();
      ward.service.openGate();
      await ward.card(/Well again: shop/, 30_000);
      await ward.quiet();
      const thread = ward.slack.print(CHANNEL);
      expect(thread).toMatch(/it failed: .* ended with 3: the valve is stuck; the service is healthy anyway/);
      expect(thread).toContain('Healthy, but not by the fix');
      expect(thread).not.toMatch(/Recovery proven|Resolved: shop|by itself/i);
      expect(await reply(ward.slack, 'U0DAVE', '/heal', 'history')).toMatch(
        /shop.*: well again after `ease`/,
      );
      await ward.slack.person('U0BOB').home(15_000);
      await ward.slack.until(
        () => /`ease`: 0 of 1 helped, 1 did not help/.test(homeOf(ward.slack, 'U0BOB')),
        'Home to count the failure',
        20_000,
      );
    }),
  );
});
