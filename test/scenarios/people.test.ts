import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { cardsIn } from '../kit/world/said.ts';
import { postAlert, type TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
/** Its cause explains what the other remedy is for, so it is the one that is named where both alerts fire. */
const deeper = { ...quick, explains: ['answers-middling'] } as const;
const patience = { cancel_window: '10m' } as const;

/** The call for the owners in the thread, as it notifies them. */
async function callForOwners({ slack }: TestEnv): Promise<string> {
  const call = await slack.message(CHANNEL, ({ text }) => text.includes('A person is needed'), 15_000);
  return call.text;
}

describe.concurrent('a fix', () => {
  it(
    'that is refuted is undone, and the owners are called',
    inTestEnv({ remedies: [{ ...quick, helps: false, rollback: true, within: '1s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await env.card(/Needs a person: shop/);
      expect(await callForOwners(env)).toMatch(
        /^<!subteam\^S0ONCALL> .*did not help .*and its rollback ran, but could not be compared with what was there before \(a command does not say what it changes\); it is not well after that either: /,
      );
      expect(env.service.playbookRuns()).toEqual(['cure quick shop', 'undo quick shop']);
      expect(env.service.finished()).toEqual(['cure quick shop', 'undo quick shop']);
      await env.slack.message(CHANNEL, /Not recovered:/);
      await env.slack.message(CHANNEL, /Undoing the fix/);
      await env.slack.message(CHANNEL, /Not well after undoing either:/);
    }),
  );

  it(
    'that is refuted and cannot be undone calls the owners',
    inTestEnv({ remedies: [{ ...quick, helps: false, within: '1s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await env.card(/Needs a person: shop/);
      expect(await callForOwners(env)).toMatch(/^<!subteam\^S0ONCALL> .*quick did not help/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'of which nobody can say whether it helped is not undone, and the owners are called',
    inTestEnv({ remedies: [{ ...quick, provable: false, rollback: true, within: '1s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await env.card(/Needs a person: shop/);
      expect(await callForOwners(env)).toMatch(/^<!subteam\^S0ONCALL> .*recovery could not be proven/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'that fails is told with its reason, and the service is looked at all the same',
    inTestEnv({ remedies: [{ ...quick, errs: true, within: '1s' }] }, async (env) => {
      await env.fireAlert('Simple');
      await env.slack.message(CHANNEL, /Failed after .*exit code 3.*the valve is stuck/, 15_000);
      await env.card(/Needs a person: shop/);
      await env.slack.message(CHANNEL, /Did it help\?[\s\S]*Not recovered:/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'that runs is stopped by an operator and by nobody else, and a person is called',
    inTestEnv({ remedies: [{ ...quick, gated: true }] }, async (env) => {
      await env.fireAlert('Simple');
      const card = await env.card('[Stop]');
      await until(() => env.service.isTreated(), { what: 'the fix to run', ms: 15_000 });
      await env.slack.person('U0DAVE').click(card, 'Stop');
      await env.slack.person('U0DAVE').told(CHANNEL, /operator role/);
      expect(env.service.isTreated()).toBe(true);
      await env.slack.person('U0BOB').click(card, 'Stop');
      await env.card(/Needs a person: shop[\s\S]*was stopped/);
      expect(env.service.isTreated()).toBe(false);
      expect(env.service.finished()).toEqual([]);
      await env.slack.message(CHANNEL, /@U0BOB asked to stop it/);
    }),
  );
});

describe.concurrent('a plan that waits', () => {
  it(
    'is withdrawn when its alert resolves and the service is proven well',
    inTestEnv({ remedies: [mend], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      env.service.recover();
      await env.resolve('Middling');
      await env.card(/Recovered by itself: shop/);
      await env.slack.message(CHANNEL, /withdrawn: the service recovered by itself/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is put before a person when its alert resolves and the service is not well',
    inTestEnv({ remedies: [{ ...mend, within: '1s' }], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await env.resolve('Middling');
      const card = await env.card(/Needs approval: shop[\s\S]*\[Approve\]/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'goes on waiting, with its whole window, when its alert fires again',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '6s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await env.resolve('Middling');
      await env.card(/alerts resolved by themselves; watching/);
      await env.fireAlert('Middling');
      await env.slack.message(CHANNEL, /Middling\* fires again, 2 times so far/, 15_000);
      await env.card(/runs in [1-6] s/);
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(cardsIn(env.slack)).toHaveLength(1);
    }),
  );

  it(
    'is given to a person when anyone asks for one, and does not run',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '6s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.slack.person('U0DAVE').select(await env.card(/runs in/), 'plan:more', 'Call a person');
      await env.card(/Needs a person: shop/);
      expect(await callForOwners(env)).toBe(
        '<!subteam^S0ONCALL> A person is needed for shop (critical): <@U0DAVE> called a person',
      );
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );
});

describe.concurrent('alerts', () => {
  it(
    'of one service are one incident, and a repeated one says nothing new',
    inTestEnv({ remedies: [mend], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      const before = (await env.incident())?.head.length;
      await env.fireAlert('Middling');
      expect((await env.incident())?.head.length).toBe(before);
      await env.fireAlert('Slow', { severity: 'warning' });
      await env.slack.message(CHANNEL, /Slow\* joined \(warning\)/, 15_000);
      await env.card('2 alerts firing');
      await env.quiet();
      expect(cardsIn(env.slack)).toHaveLength(1);
    }),
  );

  it(
    'that no playbook answers call the owners with what was found, and close when they resolve',
    inTestEnv({ remedies: [mend] }, async (env) => {
      await env.fireAlert('Strange');
      await env.card(/Needs a person: shop/);
      expect(await callForOwners(env)).toMatch(/^<!subteam\^S0ONCALL> .*no known fault explains it/);
      await env.slack.message(CHANNEL, /Evidence:/);
      env.service.recover();
      await env.resolve('Strange');
      await env.card(/Recovered by itself: shop/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'of a new kind that join a cancelled incident are looked into, and start nothing without somebody’s word',
    inTestEnv({ remedies: [deeper, mend], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      await env.slack.person('U0DAVE').click(await env.card(/runs in/), 'Cancel');
      await env.card(/Cancelled: shop/);
      await env.fireAlert('Simple');
      await env.slack.message(CHANNEL, /Looking again:\* Simple/, 15_000);
      await env.card(/Needs approval: shop[\s\S]*@U0DAVE cancelled a plan/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      env.service.recover();
      await env.resolve('Middling');
      await env.resolve('Simple');
      await env.card(/Recovered by itself: shop/);
      await env.fireAlert('Simple');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );

  it(
    'that two known causes fit as well as each other call a person, and say so',
    inTestEnv({ remedies: [quick, mend], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      await env.slack.person('U0DAVE').click(await env.card(/runs in/), 'Cancel');
      await env.card(/Cancelled: shop/);
      await env.fireAlert('Simple');
      const card = await env.card(/Needs a person: shop[\s\S]*another cause fits as well/);
      expect(env.slack.textOf(card)).not.toContain('no known fault');
      expect(env.slack.textOf(card).match(/\d+ % sure/g)).toEqual(['69 % sure']);
      expect(await callForOwners(env)).toContain('69 % sure, and 70 % is needed; another cause fits as well');
    }),
  );

  it(
    'that fire after a cancelled request of a person are looked into, since nothing fired before',
    inTestEnv({ remedies: [quick, mend], pace: patience }, async (env) => {
      env.service.breakDown();
      await env.slack.person('U0BOB').command(CHANNEL, '/heal', 'mend service=shop');
      await env.slack.person('U0BOB').click(await env.card(/runs in/), 'Cancel');
      await env.card(/Cancelled: shop/);
      await postAlert(env.medic.url, 'firing', 'Simple');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
    }),
  );
});
