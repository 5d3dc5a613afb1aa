import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { announced } from '../kit/world/reply.ts';
import { cardsIn, saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const gated = { ...quick, gated: true } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;

async function began({ services }: TestEnv, service: string): Promise<void> {
  const patient = services.get(service);
  await until(() => patient?.playbookRuns().length === 1, {
    what: `the fix of ${service} to run`,
    ms: 15_000,
  });
}

describe.concurrent('a mode', () => {
  it(
    'observe runs nothing and says what it would have done',
    inTestEnv({ remedies: [quick], pace: { mode: 'observe' } }, async (env) => {
      await env.fireAlert('Simple');
      const card = await env.card(/Only watching: shop/);
      // People may choose what is to run, and nothing of Medic's own waits for a word of theirs.
      expect(env.slack.textOf(card)).not.toMatch(/\[(?:Run now|Approve|Cancel|Hold)\]/);
      await env.slack.message(CHANNEL, /Plan:\* Mend by quick[\s\S]*would have run; observe mode/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'supervised asks for what it would otherwise have run at once',
    inTestEnv({ remedies: [quick], pace: { mode: 'supervised' } }, async (env) => {
      await env.fireAlert('Simple');
      const card = await env.card(
        /Needs approval: shop[\s\S]*supervised mode asks before every run[\s\S]*\[Approve\]/,
      );
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'holds for the service it is given for, and for no other',
    inTestEnv(
      {
        remedies: [quick],
        services: ['shop', 'cellar'],
        settings: { policy: { cooldown: '0s', modes: [{ service: 'shop', mode: 'observe' }] } },
      },
      async (env) => {
        await env.fireAlert('Simple', { service: 'shop' });
        await env.fireAlert('Simple', { service: 'cellar' });
        await env.card(/Only watching: shop/);
        await env.card(/Resolved: cellar/);
        expect(env.service.playbookRuns()).toEqual([]);
      },
    ),
  );
});

describe.concurrent('a pause', () => {
  it(
    'lets nothing start, says so on the card, and ends with resume',
    inTestEnv({ remedies: [quick] }, async (env) => {
      const bob = env.slack.person('U0BOB');
      expect(await announced(env.slack, 'U0BOB', '/heal', 'pause')).toMatch(
        /^Paused by .*: nothing new starts/,
      );
      await env.fireAlert('Simple');
      await env.card(/Paused: shop[\s\S]*@U0BOB has paused Medic[\s\S]*`\/heal resume` ends the pause/);
      expect(env.service.playbookRuns()).toEqual([]);
      await bob.command(CHANNEL, '/heal', 'resume');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'is at once on the card of a plan that waits for its window, and off it when the pause ends',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '10m' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/About to fix: shop[\s\S]*runs in/);
      const bob = env.slack.person('U0BOB');
      await bob.command(CHANNEL, '/heal', 'pause');
      await env.card(/Paused: shop[\s\S]*@U0BOB has paused Medic[\s\S]*Its cancel window still ends/, 5_000);
      await bob.command(CHANNEL, '/heal', 'resume');
      await env.card(/About to fix: shop[\s\S]*runs in/, 5_000);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'lets what runs already finish',
    inTestEnv({ remedies: [gated] }, async (env) => {
      await env.fireAlert('Simple');
      await began(env, 'shop');
      await env.slack.person('U0BOB').command(CHANNEL, '/heal', 'pause');
      env.service.openGate();
      await env.card(/Resolved: shop/);
      expect(env.service.finished()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'is neither made nor ended by someone who may not operate',
    inTestEnv({ remedies: [quick] }, async (env) => {
      const dave = env.slack.person('U0DAVE');
      await dave.command(CHANNEL, '/heal', 'pause');
      await dave.told(CHANNEL, /operator role/);
      await env.fireAlert('Simple');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );
});

describe.concurrent('a limit', () => {
  it(
    'lets two fixes run at once and the third wait until one has been proven',
    inTestEnv({ remedies: [gated], services: ['shop', 'cellar', 'attic'] }, async (env) => {
      await env.fireAlert('Simple', { service: 'shop' });
      await env.fireAlert('Simple', { service: 'cellar' });
      await began(env, 'shop');
      await began(env, 'cellar');
      await env.fireAlert('Simple', { service: 'attic' });
      await env.card(/Waiting its turn: attic[\s\S]*2 fixes are running already/, 30_000);
      expect(env.services.get('attic')?.playbookRuns()).toEqual([]);
      env.services.get('cellar')?.openGate();
      await began(env, 'attic');
      expect(env.services.get('cellar')?.finished()).toEqual(['cure quick cellar']);
      expect(env.service.isTreated()).toBe(true);
    }),
  );

  it(
    'of a cooldown makes a second fix on the same target wait, and says until when',
    inTestEnv({ remedies: [quick], pace: { cooldown: '8s' } }, async (env) => {
      await env.fireAlert('Simple');
      await env.card(/Resolved: shop/);
      await env.resolve('Simple');
      await env.fireAlert('Simple');
      await env.card(
        /Waiting its turn: shop[\s\S]*\*shop\* is cooling down after an earlier fix[\s\S]*Next try at/,
      );
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      await until(() => env.service.playbookRuns().length === 2, { what: 'the second fix', ms: 20_000 });
    }),
  );
});

describe.concurrent('Slack', () => {
  it(
    'that posts what it had seemed not to post is tidied up behind',
    inTestEnv({ remedies: [quick] }, async (env) => {
      env.slack.faults.landLate('chat.postMessage', { times: 2, afterMs: 1_500 });
      await env.fireAlert('Simple');
      await env.card(/Resolved: shop/, 40_000);
      await until(() => saidTwice(env.slack).length > 0, { what: 'a double', ms: 10_000 });
      await until(() => saidTwice(env.slack).length === 0, { what: 'no double', ms: 45_000 });
      await env.card(/Resolved: shop/);
    }),
  );

  it(
    'that is away does not keep an alert from being taken and mended, and is told all of it later',
    inTestEnv({ remedies: [quick] }, async (env) => {
      await env.slack.faults.down();
      expect((await env.fireAlert('Simple')).status).toBe(200);
      await until(() => env.service.finished().length === 1, { what: 'the fix', ms: 15_000 });
      await env.slack.faults.up();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(saidTwice(env.slack)).toEqual([]);
      expect(env.slack.print(CHANNEL)).toMatch(/Opened by an alert[\s\S]*Running the fix[\s\S]*Resolved/);
    }),
  );

  it(
    'that is away opens no cancel window that nobody could see',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '2s' } }, async (env) => {
      await env.slack.faults.down();
      await env.fireAlert('Middling');
      await until(async () => (await env.incident())?.phase.at === 'waiting', {
        what: 'the plan',
        ms: 10_000,
      });
      expect((await env.incident())?.phase).toMatchObject({ deadline: null });
      await env.slack.faults.up();
      await env.card(/runs in 2 s/, 40_000);
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it.for([
    [
      'asks to wait',
      (env: TestEnv) => env.slack.faults.rateLimit('chat.postMessage', { times: 2, retryAfter: 1 }),
    ],
    ['breaks', (env: TestEnv) => env.slack.faults.serverError('chat.postMessage', { times: 2 })],
    ['loses its answers', (env: TestEnv) => env.slack.faults.loseAnswer('chat.postMessage', { times: 3 })],
    ['breaks at edits', (env: TestEnv) => env.slack.faults.serverError('chat.update', { times: 3 })],
  ] as const)('that %s is told everything once', ([, spoil]) =>
    inTestEnv({ remedies: [quick] }, async (env) => {
      spoil(env);
      await env.fireAlert('Simple');
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(saidTwice(env.slack)).toEqual([]);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(cardsIn(env.slack)).toHaveLength(1);
    })(),
  );
});
