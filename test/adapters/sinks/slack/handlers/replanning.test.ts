import { describe, expect, test } from 'vitest';
import type { Choices } from '../../../../../src/desk/choices.ts';
import type { Reply } from '../../../../../src/desk/desk.ts';
import { person, say } from '../../../../../src/lib/text/text.ts';
import type { Field } from '../../../../../src/playbooks/fields.ts';
import type { Person } from '../../../../kit/slack/person.ts';
import {
  CHANNEL,
  connected,
  posted,
  type SceneOptions,
  type Wish,
} from '../../../../kit/slack-sink/scene.ts';
import { callsOf } from '../../../../kit/slack-sink/stage.ts';

const field = (name: string, more: Partial<Field>): Field => ({
  name,
  description: `the ${name}`,
  kind: 'text',
  options: [],
  min: null,
  max: null,
  pattern: '.*',
  current: null,
  ...more,
});

const FIELDS = [
  field('service', {
    kind: 'choice',
    options: ['shop', 'catalog'],
    current: { value: 'shop', origin: 'E1' },
  }),
  field('copies', { kind: 'number', min: 1, max: 9, current: { value: '3', origin: 'its default' } }),
  field('previous_version', { options: ['v1', 'v2'], current: { value: 'v1', origin: 'E10, previous' } }),
];

const playbook = (name: string) => ({
  name,
  title: `Mend by ${name}`,
  risk: 'medium',
  description: `${name} it`,
});

const CHOICES: Choices = {
  incident: 'I1',
  plan: 'I1-p1',
  playbook: playbook('scale'),
  fields: FIELDS,
  playbooks: [playbook('scale'), playbook('restart')],
  refused: null,
  when: null,
  wish: null,
  hold: null,
};

/** A desk that offers these choices; what it is held for is held from then on. */
function offering(choices: Choices, answer?: (wish: Wish) => Reply | Promise<Reply>): SceneOptions {
  let held = false;
  return {
    answer: async (wish) => {
      if (wish.to === 'act' && wish.action === 'hold') held = true;
      return (await answer?.(wish)) ?? { text: null };
    },
    desk: {
      choices: async ({ playbook: wanted }) => ({
        ...choices,
        hold: held ? null : choices.hold,
        ...(wanted === 'restart'
          ? { playbook: playbook('restart'), fields: [field('host', { current: null })] }
          : {}),
      }),
    },
  };
}

type Shown = Awaited<ReturnType<typeof posted>>;

const MORE = { 'plan:more': ['edit', 'choose'].map((a) => ({ a, i: 'I1', p: 'I1-p1' })) };

const BUTTON = { 'plan:choose': { a: 'choose', i: 'I1', p: 'I1-p1' } };

describe('other values', () => {
  test('are asked for in boxes by their kind, with what is there now, and make another plan', async () => {
    const all = await connected(offering(CHOICES));
    const bob = all.slack.person('U0BOB');
    await bob.select(await posted(all, MORE), 'plan:more', 'edit');
    const view = await bob.modal('Mend by scale');
    expect(view.blocks.map(({ element }) => (element as { type?: string } | undefined)?.type)).toEqual([
      undefined,
      'static_select',
      'number_input',
      'plain_text_input',
      undefined,
    ]);
    expect(JSON.stringify(view.blocks)).toMatch(/Now: v1 \(E10, previous\)\. Known: v1, v2\./);
    expect(JSON.parse(view.private_metadata)).toEqual({ i: 'I1', p: 'I1-p1', c: CHANNEL, b: 'scale' });
    await bob.submit(view, { 'field:scale:service': 'catalog', 'field:scale:copies': '5' });
    await bob.told(CHANNEL, 'A new plan is being made');
    expect(all.wishes).toEqual([
      {
        to: 'replan',
        incident: 'I1',
        plan: 'I1-p1',
        playbook: 'scale',
        parameters: { service: 'catalog', copies: '5', previous_version: 'v1' },
        by: expect.objectContaining({ id: 'U0BOB', channel: CHANNEL }),
        once: expect.stringMatching(/^slack-view-U0BOB-./),
      },
    ]);
  });

  test('say before anything is sent when it would run, and at whose wish the plan stands as it does', async () => {
    const when = say`It would run at once`;
    const wish = say`${person('U0LEA')} holds the plan that stands there`;
    const all = await connected(offering({ ...CHOICES, when, wish }));
    const bob = all.slack.person('U0BOB');
    const message = await posted(all, MORE);
    await bob.select(message, 'plan:more', 'edit');
    const edit = JSON.stringify((await bob.modal('Mend by scale')).blocks);
    expect(edit).toContain('It would run at once.');
    expect(edit).toContain('<@U0LEA> holds the plan that stands there.');
  });

  test('put a plan that would run by itself on hold before the dialog stands there, and say so', async () => {
    const all = await connected(offering({ ...CHOICES, hold: 'hold' }));
    const bob = all.slack.person('U0BOB');
    await bob.select(await posted(all, MORE), 'plan:more', 'edit');
    expect(await bob.modal('on hold')).toBeTruthy();
    expect(all.wishes).toMatchObject([
      { to: 'act', action: 'hold', plan: 'I1-p1', reason: 'other values are being chosen' },
    ]);
  });

  test('whose dialog Slack does not open say that the plan is on hold by that person, and nothing of a hold where there is none', async () => {
    const all = await connected(offering({ ...CHOICES, hold: 'hold' }));
    const bob = all.slack.person('U0BOB');
    all.slack.faults.answerError('views.open', 'expired_trigger_id', { times: 2 });
    const message = await posted(all, MORE);
    await bob.select(message, 'plan:more', 'edit');
    const told = await bob.told(CHANNEL, 'did not open the dialog');
    expect(told.text).toMatch(/\*on hold\* by you/);
    const dave = all.slack.person('U0DAVE');
    await dave.select(message, 'plan:more', 'edit');
    expect((await dave.told(CHANNEL, 'did not open the dialog')).text).not.toContain('hold');
  });

  test('that the desk takes long over are announced at once, and filled in later', async () => {
    const slow = Promise.withResolvers<Choices>();
    const all = await connected({ desk: { choices: () => slow.promise } });
    const bob = all.slack.person('U0BOB');
    const pressed = bob.select(await posted(all, MORE), 'plan:more', 'edit');
    await bob.modal('A moment');
    slow.resolve(CHOICES);
    await bob.modal('Previous version');
    await pressed;
    expect(callsOf(all.slack, 'views.open')).toBe(1);
  });

  test('that are not allowed are refused under the box, and all that was typed stays', async () => {
    const wrong = { text: null, fields: { previous_version: '“v9” is not known: v1 or v2.' } };
    const all = await connected(offering(CHOICES, ({ to }) => (to === 'replan' ? wrong : { text: null })));
    const bob = all.slack.person('U0BOB');
    await bob.select(await posted(all, MORE), 'plan:more', 'edit');
    const view = await bob.modal('Mend by scale');
    expect(await bob.submit(view, { 'field:scale:previous_version': 'v9' })).toEqual({
      ok: false,
      errors: { 'field:scale:previous_version': '“v9” is not known: v1 or v2.' },
    });
    await bob.submit(view, { 'field:scale:previous_version': 'v9' });
    expect(new Set(all.wishes.map(({ once }) => once)).size).toBe(2);
  });

  test('that are refused as a whole keep the dialog open with the reason', async () => {
    const no: Reply = { text: say`Nothing was changed: this needs the operator role.`, refused: true };
    const all = await connected(offering(CHOICES, ({ to }) => (to === 'replan' ? no : { text: null })));
    const dave = all.slack.person('U0DAVE');
    await dave.select(await posted(all, MORE), 'plan:more', 'edit');
    const view = await dave.modal('Mend by scale');
    await dave.submit(view, { 'field:scale:copies': '7' });
    const after = await dave.modal('this needs the operator role');
    expect(after.state.values['field:scale:copies']).toMatchObject({ 'field:scale:copies': { value: '7' } });
  });

  test('that could not be recorded keep the dialog open and say so', async () => {
    const all = await connected(
      offering(CHOICES, () => {
        throw new Error('Redis is gone');
      }),
    );
    const bob = all.slack.person('U0BOB');
    await bob.select(await posted(all, MORE), 'plan:more', 'edit');
    expect(await bob.submit(await bob.modal('Mend by scale'))).toEqual({
      ok: false,
      errors: { 'field:scale:service': expect.stringContaining('Not recorded') },
    });
  });

  test.each([
    ['is refused', { ...CHOICES, refused: say`the fix is running` }, 'the fix is running'],
    ['has no values', { ...CHOICES, fields: [] }, 'no values that could be changed'],
  ])('of a plan that %s are not asked for, with the reason', async (_which, choices, words) => {
    const all = await connected(offering({ ...choices, hold: 'hold' }));
    const bob = all.slack.person('U0BOB');
    await bob.select(await posted(all, MORE), 'plan:more', 'edit');
    await bob.modal(words);
  });

  test('whose incident is gone, or cannot be read, are not asked for', async () => {
    const answers = [Promise.resolve(null), Promise.reject(new Error('Redis is gone'))];
    answers[1]?.catch(() => undefined);
    const all = await connected({ desk: { choices: () => answers.shift() ?? Promise.resolve(null) } });
    const bob = all.slack.person('U0BOB');
    const message = await posted(all, MORE);
    await bob.select(message, 'plan:more', 'edit');
    await bob.modal('no longer has this incident');
    await bob.select(message, 'plan:more', 'edit');
    await bob.modal('could not look this up');
  });

  test('whose dialog Slack does not open are told to be asked for again', async () => {
    const all = await connected(offering(CHOICES));
    const message = await posted(all, MORE);
    all.slack.faults.answerError('views.open', 'expired_trigger_id');
    const bob = all.slack.person('U0BOB');
    await bob.select(message, 'plan:more', 'edit');
    await bob.told(CHANNEL, 'Press “Change its values” once more');
  });

  test('asked for by a press that Slack delivers twice open one dialog and complain of nothing', async () => {
    const all = await connected(offering(CHOICES));
    const message = await posted(all, MORE);
    all.slack.faults.duplicate();
    const bob = all.slack.person('U0BOB');
    await bob.select(message, 'plan:more', 'edit');
    await all.slack.until(() => callsOf(all.slack, 'views.open') === 2, 'the second delivery');
    await bob.modal('Mend by scale');
    expect(callsOf(all.slack, 'chat.postEphemeral')).toBe(0);
  });
});

describe('another playbook', () => {
  test.each([
    ['from the menu', MORE, (bob: Person, card: Shown) => bob.select(card, 'plan:more', 'choose')],
    ['with the button', BUTTON, (bob: Person, card: Shown) => bob.click(card, 'plan:choose')],
  ] as const)('is chosen %s; its values come into the same dialog', async (_how, elements, press) => {
    const all = await connected(offering(CHOICES));
    const bob = all.slack.person('U0BOB');
    await press(bob, await posted(all, elements));
    const view = await bob.modal('Choose a fix');
    expect(JSON.stringify(view.blocks)).toContain('Mend by restart (medium risk)');
    expect(JSON.stringify(view.blocks)).not.toContain('field:');
    await bob.select(view, 'playbook', 'restart');
    const filled = await bob.modal('Host');
    await bob.submit(filled, { 'field:restart:host': 'web-1' });
    await all.slack.until(() => all.wishes.length > 0, 'the wish');
    expect(all.wishes).toMatchObject([
      { to: 'replan', playbook: 'restart', plan: 'I1-p1', parameters: { host: 'web-1' } },
    ]);
  });

  test('that is sent before its values stand there shows them first', async () => {
    const all = await connected(offering(CHOICES));
    const bob = all.slack.person('U0BOB');
    await bob.select(await posted(all, MORE), 'plan:more', 'choose');
    const view = await bob.modal('Choose a fix');
    await bob.submit(view, { playbook: 'restart' });
    await bob.modal('Look at them, then send it again');
    expect(all.wishes).toEqual([]);
  });
});
