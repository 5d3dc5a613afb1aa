import { describe, expect, it } from 'vitest';
import type { Message } from '../kit/slack/server.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const grave = { name: 'operate', risk: 'high', alert: 'Grave', dosed: true } as const;
const middling = { name: 'mend', risk: 'medium', alert: 'Middling', dosed: true } as const;
const other = { name: 'soothe', risk: 'low', alert: 'Small' } as const;
const patience = { cancel_window: '10m' } as const;

/** Opens the dialog for other values from the menu of the card. */
async function editing(env: TestEnv, user: string, card: Message) {
  const person = env.slack.person(user);
  await person.select(card, 'plan:more', 'Change its values');
  return { person, view: await person.modal('Make this plan') };
}

describe.concurrent('other values', () => {
  it(
    'make a new plan that another person approves, and the one who chose them may not',
    inTestEnv({ remedies: [grave] }, async (env) => {
      await env.fireAlert('Grave');
      const { person: carol, view } = await editing(env, 'U0CAROL', await env.card('[Approve]'));
      expect(view.state.values['field:operate:dose']).toMatchObject({ 'field:operate:dose': { value: '3' } });
      expect(await carol.submit(view, { 'field:operate:dose': '5' })).toEqual({ ok: true });
      await carol.told(CHANNEL, 'someone else has to approve it');
      const card = await env.card(/\b5\b[\s\S]*\[Approve\]/);
      await carol.click(card, 'Approve');
      await carol.told(CHANNEL, 'you asked for this plan');
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0ALICE').click(card, 'Approve');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure operate 5 shop']);
    }),
  );

  it(
    'hold the plan while they are chosen, and it stays on hold when nobody chooses any',
    inTestEnv({ remedies: [middling], pace: { cancel_window: '3s' } }, async (env) => {
      await env.fireAlert('Middling');
      const { person: bob, view } = await editing(env, 'U0BOB', await env.card('[Run now]'));
      await env.card(/On hold: shop/);
      await bob.close(view);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      await bob.click(await env.card('[Resume]'), 'Resume');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend 3 shop']);
    }),
  );

  it(
    'that are not allowed are refused under their box, and the same dialog takes the right ones',
    inTestEnv({ remedies: [middling], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      const { person: bob, view } = await editing(env, 'U0BOB', await env.card('[Run now]'));
      expect(await bob.submit(view, { 'field:mend:dose': '12' })).toMatchObject({ ok: false });
      const wrong = { 'field:mend:dose': '4', 'field:mend:service': 'nowhere' };
      expect(await bob.submit(view, wrong)).toEqual({
        ok: false,
        errors: { 'field:mend:service': expect.stringContaining('nowhere') },
      });
      expect(await bob.submit(view, wrong)).toMatchObject({ ok: false });
      expect(await bob.submit(view, { 'field:mend:service': 'shop' })).toEqual({ ok: true });
      await env.card(/\b4\b/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'are for operators: anybody else is told why in the dialog, and keeps what they typed',
    inTestEnv({ remedies: [grave] }, async (env) => {
      await env.fireAlert('Grave');
      const { person: dave, view } = await editing(env, 'U0DAVE', await env.card('[Approve]'));
      await dave.submit(view, { 'field:operate:dose': '7' });
      const after = await dave.modal('operator role');
      expect(after.state.values['field:operate:dose']).toMatchObject({
        'field:operate:dose': { value: '7' },
      });
    }),
  );

  it(
    'may be sent to a Medic that was killed and started again meanwhile, and are taken once',
    inTestEnv({ remedies: [middling], pace: patience }, async (env) => {
      await env.fireAlert('Middling');
      const { person: bob, view } = await editing(env, 'U0BOB', await env.card('[Run now]'));
      await env.kill();
      await env.restart();
      expect(await bob.submit(view, { 'field:mend:dose': '6' })).toEqual({ ok: true });
      await env.slack.person('U0CAROL').click(await env.card(/\b6\b[\s\S]*\[Run now\]/), 'Run now');
      await env.card(/Resolved: shop/, 25_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend 6 shop']);
    }),
  );

  it(
    'of a plan that somebody else has replaced meanwhile are refused',
    inTestEnv({ remedies: [grave] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      const { person: carol, view: hers } = await editing(env, 'U0CAROL', card);
      const { person: bob, view: his } = await editing(env, 'U0BOB', card);
      await bob.submit(his, { 'field:operate:dose': '2' });
      await carol.submit(hers, { 'field:operate:dose': '8' });
      await carol.modal('no longer the current one');
      await env.card(/\b2\b[\s\S]*\[Approve\]/);
    }),
  );
});

describe.concurrent('another fix', () => {
  it(
    'is chosen where a plan was cancelled, and goes through its own gate',
    inTestEnv({ remedies: [grave, other] }, async (env) => {
      await env.fireAlert('Grave');
      const bob = env.slack.person('U0BOB');
      await bob.click(await env.card('[Reject]'), 'Reject');
      await bob.submit(await bob.modal('Reject this fix'), { reason: 'too much' });
      await bob.click(await env.card('[Choose a fix]'), 'Choose a fix');
      const view = await bob.modal('Choose a fix');
      await bob.select(view, 'playbook', 'soothe');
      const filled = await bob.modal('Service');
      expect(await bob.submit(filled)).toEqual({ ok: true });
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure soothe shop']);
    }),
  );
});

describe.concurrent('a diagnosis', () => {
  it(
    'that is called wrong holds the plan it led to, and its thread says what it really was',
    inTestEnv({ remedies: [middling], pace: { cancel_window: '3s' } }, async (env) => {
      await env.fireAlert('Middling');
      const dave = env.slack.person('U0DAVE');
      await dave.select(await env.card('[Run now]'), 'plan:more', 'The cause is wrong');
      await dave.submit(await dave.modal('Wrong diagnosis'), { really: 'the database is full' });
      await env.card(/On hold: shop/);
      await env.slack.message(CHANNEL, /the database is full/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'is judged under it in the thread, and all that it rests on is shown in a dialog',
    inTestEnv({ remedies: [grave] }, async (env) => {
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      const dave = env.slack.person('U0DAVE');
      await dave.click(await env.slack.message(CHANNEL, /\[Right\]/), 'Right');
      const thanks = await dave.told(CHANNEL, /right/i);
      expect(thanks.thread_ts).toBe(card.ts);
      await dave.select(card, 'plan:more', 'Show all evidence');
      await dave.modal(/error: \w+ broke/);
    }),
  );
});

describe.concurrent('who acts', () => {
  const roles = { roles: { operators: { channels: [CHANNEL] }, approvers: { users: ['U0CAROL'] } } };

  it(
    'in a channel that is given a role has it there, and a member of another workspace has not',
    inTestEnv({ remedies: [middling], pace: patience, settings: roles }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('[Run now]');
      const stranger = env.slack.state.users.get('U0BOB');
      if (stranger) stranger.team_id = 'T0ELSEWHERE';
      await env.slack.person('U0BOB').click(card, 'Run now');
      await env.slack.person('U0BOB').told(CHANNEL, /operator role/);
      await env.slack.person('U0BOB').click(card, 'Hold');
      await env.slack.person('U0DAVE').click(await env.card('[Resume]'), 'Resume');
      await env.slack.person('U0DAVE').click(await env.card('[Run now]'), 'Run now');
      await env.card(/Resolved: shop/);
    }),
  );
});

describe.concurrent('“Diagnose this”', () => {
  it(
    'on a message in a channel that Medic is not in opens an incident about the service it names',
    inTestEnv({ remedies: [other] }, async (env) => {
      const payments = env.slack.state.channels.get('C0PAYMENTS');
      if (payments) payments.members = payments.members.filter((member) => member !== 'U0MEDIC');
      const dave = env.slack.person('U0DAVE');
      await dave.shortcut('diagnose_message', dave.say('C0PAYMENTS', 'Shop feels slow today'));
      const view = await dave.modal('Diagnose');
      expect(await dave.suggestions(view, 'service', 'sh')).toEqual([{ label: 'shop', value: 'shop' }]);
      await dave.submit(view);
      const end = await dave.modal('[Open the thread]', 15_000);
      const card = await env.card(/shop/);
      expect(JSON.stringify(end.blocks)).toContain(`/archives/${CHANNEL}/p${card.ts.replace('.', '')}`);
    }),
  );
});
