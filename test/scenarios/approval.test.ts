import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const operate = { name: 'operate', risk: 'high', alert: 'Grave', dryRun: true } as const;
const remedies = [operate];

describe.concurrent('a high plan', () => {
  it(
    'shows what it would change in the thread before its card can be approved',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      await env.card('[Approve]');
      const sent = (part: RegExp) => env.slack.calls.findIndex(({ args }) => part.test(JSON.stringify(args)));
      expect(sent(/would mend shop by operate/)).toBeGreaterThan(0);
      expect(sent(/plan:approve/)).toBeGreaterThan(sent(/would mend shop by operate/));
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'runs once an approver approved it, and its thread says who and what exactly',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      await env.slack.person('U0CAROL').click(await env.card('[Approve]'), 'Approve');
      await env.card(/Resolved: shop/);
      await env.slack.message(
        CHANNEL,
        /Receipt: @U0CAROL at .* · plan `\w+` · evidence `\w+` · policy `\w+` · dry run `\w+`/,
      );
      expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'may be approved by a member of an approving user group',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      await env.slack.person('U0ALICE').click(await env.card('[Approve]'), 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it.for(['U0DAVE', 'U0BOB'])('is not approved by %s, who has no right to and alone is told so', (user) =>
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      await env.slack.person(user).click(await env.card('[Approve]'), 'Approve');
      const told = await env.slack.person(user).told(CHANNEL, /approver role: ask @U0CAROL, .*S0ONCALL/);
      expect(told.ephemeral_to).toBe(user);
      await env.quiet();
      expect((await env.incident())?.phase).toMatchObject({ at: 'waiting', for: 'approval' });
      expect(env.service.playbookRuns()).toEqual([]);
    })(),
  );

  it(
    'is not approved by the person who asked for it, but by another',
    inTestEnv({ remedies }, async (env) => {
      env.service.breakDown();
      const carol = env.slack.person('U0CAROL');
      await carol.command(CHANNEL, '/heal', 'operate service=shop');
      const card = await env.card('[Approve]');
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, /someone else has to approve it/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0ALICE').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'needs two different people where policy says two',
    inTestEnv({ remedies, pace: { approvals: 2 } }, async (env) => {
      await env.fireAlert('Grave');
      const carol = env.slack.person('U0CAROL');
      const card = await env.card('2 authorised people approve');
      await env.card('[Approve]');
      await carol.click(card, 'Approve');
      await env.card('1 of 2 approved');
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, /you have approved it already/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0ALICE').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'needs two people where policy wants four eyes to see what is done to a service',
    inTestEnv({ remedies, pace: { four_eyes: [{ service: 'shop' }] } }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('2 authorised people approve');
      await env.card('[Approve]');
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card('1 of 2 approved');
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0ALICE').click(card, 'Approve');
      await env.card(/Resolved: shop/);
    }),
  );

  it(
    'is asked for once more while there is time, also by a Medic that was killed in between',
    inTestEnv({ remedies, pace: { approval_expires: '16s' } }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.kill();
      await env.restart();
      await env.slack.message(CHANNEL, /Still needs approval: shop/, 30_000);
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'calls its owners when nobody decides in time, and does not run',
    inTestEnv({ remedies, pace: { approval_expires: '2s' } }, async (env) => {
      await env.fireAlert('Grave');
      await env.card(/Needs a person: shop/);
      const call = await env.slack.message(CHANNEL, /:sos:.*nobody approved Mend by operate in time/);
      expect(call.text).toBe(
        '<!subteam^S0ONCALL> A person is needed for shop (critical): nobody approved Mend by operate in time',
      );
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'asks whoever rejects it why, and calls a person with that reason',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      const bob = env.slack.person('U0BOB');
      await bob.click(await env.card('[Reject]'), 'Reject');
      await bob.submit(await bob.modal('Reject this fix'), { reason: 'the backup runs' });
      await env.card(/Needs a person: shop[\s\S]*@U0BOB rejected Mend by operate: the backup runs/);
      await env.slack.message(CHANNEL, /A person is needed for shop\*.*the backup runs/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'does not run when its playbook changed after it was decided on',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      appendFileSync(join(env.dir, 'playbooks/operate/remedy.sh'), 'echo more\n');
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card(/Needs a person: shop[\s\S]*operate has changed since it was decided/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is asked for again when the policy changed after it was decided on',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      await env.quiet();
      await env.medic.stop();
      await env.configure({ pace: { cancel_window: '7m' } });
      await env.restart();
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.slack.message(CHANNEL, /policy or mode changed: decided again/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      const again = await env.card('[Approve]');
      await env.slack.person('U0CAROL').click(again, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toHaveLength(1);
    }),
  );

  it(
    'asks again when it would do something else than what was approved',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      env.service.changeDryRun('and drop a table');
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.slack.message(
        CHANNEL,
        /Shown again: it differs from the earlier one[\s\S]*and drop a table/,
        10_000,
      );
      await env.card(/Needs approval: shop[\s\S]*\[Approve\]/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'does not run when what it was to mend is well by the time it is approved',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      env.service.recover();
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.slack.message(CHANNEL, /checked right before the start: the problem has changed/, 10_000);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );
});
