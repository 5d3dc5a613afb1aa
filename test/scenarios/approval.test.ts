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
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      await ward.card('[Approve]');
      const sent = (part: RegExp) =>
        ward.slack.calls.findIndex(({ args }) => part.test(JSON.stringify(args)));
      expect(sent(/would mend shop by operate/)).toBeGreaterThan(0);
      expect(sent(/plan:approve/)).toBeGreaterThan(sent(/would mend shop by operate/));
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'runs once an approver approved it, and its thread says who and what exactly',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      await ward.slack.person('U0CAROL').click(await ward.card('[Approve]'), 'Approve');
      await ward.card(/Resolved: shop/);
      await ward.slack.message(
        CHANNEL,
        /Receipt: @U0CAROL at .* · plan `\w+` · evidence `\w+` · policy `\w+` · dry run `\w+`/,
      );
      expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'may be approved by a member of an approving user group',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      await ward.slack.person('U0ALICE').click(await ward.card('[Approve]'), 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it.for(['U0DAVE', 'U0BOB'])('is not approved by %s, who has no right to and alone is told so', (user) =>
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      await ward.slack.person(user).click(await ward.card('[Approve]'), 'Approve');
      const told = await ward.slack.person(user).told(CHANNEL, /approver role: ask @U0CAROL, .*S0ONCALL/);
      expect(told.ephemeral_to).toBe(user);
      await ward.quiet();
      expect((await ward.incident())?.phase).toMatchObject({ at: 'waiting', for: 'approval' });
      expect(ward.service.playbookRuns()).toEqual([]);
    })(),
  );

  it(
    'is not approved by the person who asked for it, but by another',
    inTestEnv({ remedies }, async (ward) => {
      ward.service.breakDown();
      const carol = ward.slack.person('U0CAROL');
      await carol.command(CHANNEL, '/heal', 'operate service=shop');
      const card = await ward.card('[Approve]');
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, /someone else has to approve it/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      await ward.slack.person('U0ALICE').click(card, 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'needs two different people where policy says two',
    inTestEnv({ remedies, pace: { approvals: 2 } }, async (ward) => {
      await ward.fireAlert('Grave');
      const carol = ward.slack.person('U0CAROL');
      const card = await ward.card('2 authorised people approve');
      await ward.card('[Approve]');
      await carol.click(card, 'Approve');
      await ward.card('1 of 2 approved');
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, /you have approved it already/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      await ward.slack.person('U0ALICE').click(card, 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'needs two people where policy wants four eyes to see what is done to a service',
    inTestEnv({ remedies, pace: { four_eyes: [{ service: 'shop' }] } }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('2 authorised people approve');
      await ward.card('[Approve]');
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.card('1 of 2 approved');
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      await ward.slack.person('U0ALICE').click(card, 'Approve');
      await ward.card(/Resolved: shop/);
    }),
  );

  it(
    'is asked for once more while there is time, also by a Medic that was killed in between',
    inTestEnv({ remedies, pace: { approval_expires: '16s' } }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      await ward.kill();
      await ward.restart();
      await ward.slack.message(CHANNEL, /Still needs approval: shop/, 30_000);
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'calls its owners when nobody decides in time, and does not run',
    inTestEnv({ remedies, pace: { approval_expires: '2s' } }, async (ward) => {
      await ward.fireAlert('Grave');
      await ward.card(/Needs a person: shop/);
      const call = await ward.slack.message(CHANNEL, /:sos:.*nobody approved Mend by operate in time/);
      expect(call.text).toBe(
        '<!subteam^S0ONCALL> A person is needed for shop (critical): nobody approved Mend by operate in time',
      );
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'asks whoever rejects it why, and calls a person with that reason',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      const bob = ward.slack.person('U0BOB');
      await bob.click(await ward.card('[Reject]'), 'Reject');
      await bob.submit(await bob.modal('Reject this fix'), { reason: 'the backup runs' });
      await ward.card(/Needs a person: shop[\s\S]*@U0BOB rejected Mend by operate: the backup runs/);
      await ward.slack.message(CHANNEL, /A person is needed for shop\*.*the backup runs/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'does not run when its playbook changed after it was decided on',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      appendFileSync(join(ward.dir, 'playbooks/operate/remedy.sh'), 'echo more\n');
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.card(/Needs a person: shop[\s\S]*operate has changed since it was decided/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is asked for again when the policy changed after it was decided on',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      await ward.quiet();
      await ward.medic.stop();
      await ward.configure({ pace: { cancel_window: '7m' } });
      await ward.restart();
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.slack.message(CHANNEL, /policy or mode changed: decided again/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      const again = await ward.card('[Approve]');
      await ward.slack.person('U0CAROL').click(again, 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toHaveLength(1);
    }),
  );

  it(
    'asks again when it would do something else than what was approved',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ward.service.changeDryRun('and drop a table');
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.slack.message(
        CHANNEL,
        /Shown again: it differs from the earlier one[\s\S]*and drop a table/,
        10_000,
      );
      await ward.card(/Needs approval: shop[\s\S]*\[Approve\]/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure operate shop']);
    }),
  );

  it(
    'does not run when what it was to mend is well by the time it is approved',
    inTestEnv({ remedies }, async (ward) => {
      await ward.fireAlert('Grave');
      const card = await ward.card('[Approve]');
      ward.service.recover();
      await ward.slack.person('U0CAROL').click(card, 'Approve');
      await ward.slack.message(CHANNEL, /checked right before the start: the problem has changed/, 10_000);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );
});
