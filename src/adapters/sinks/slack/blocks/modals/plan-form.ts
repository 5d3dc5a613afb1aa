import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Choices } from '../../../../../desk/choices.ts';
import type { Text } from '../../../../../lib/text/text.ts';
import { clip } from '../limits.ts';
import { capital, context, oneLine, sentence, words } from '../text.ts';
import { fieldBlocks } from './fields.ts';
import { type Carried, MODAL, modal, noticeView, paragraph, plain } from './parts.ts';

export const EDIT = 'plan:edit';
export const CHOOSE = 'plan:choose';
/** Block and action id of the menu of playbooks. */
export const PLAYBOOK = 'playbook';

/** Other values for the playbook of the plan that stands there. */
export function editView(choices: Choices, carries: Carried): ModalView {
  const { playbook, refused } = choices;
  if (refused !== null) return noticeView('Other values', reason(refused));
  if (playbook === null || choices.fields.length === 0)
    return noticeView('Other values', 'This plan has no values that could be changed.');
  return modal({
    callback: EDIT,
    carries: { ...carries, b: playbook.name },
    title: playbook.title,
    submit: 'Make this plan',
    close: 'Back',
    blocks: [
      heading(playbook),
      ...fieldBlocks(playbook.name, choices.fields),
      ...outlook(choices),
      ...consequences(carries),
    ],
  });
}

/** Another playbook, and its values once it is chosen. */
export function chooseView(choices: Choices, carries: Carried): ModalView {
  const { playbook, playbooks, refused } = choices;
  if (refused !== null) return noticeView('Choose a fix', reason(refused));
  if (playbooks.length === 0)
    return noticeView('Choose a fix', 'No playbook of the catalog could be run here.');
  const { b: _none, ...bare } = carries;
  return modal({
    callback: CHOOSE,
    carries: playbook === null ? bare : { ...bare, b: playbook.name },
    title: 'Choose a fix',
    submit: 'Make this plan',
    close: 'Back',
    blocks: [
      menuOf(choices),
      ...tooMany(playbooks.length),
      ...(playbook === null ? [] : fieldBlocks(playbook.name, choices.fields)),
      ...outlook(choices),
      ...consequences(carries),
    ],
  });
}

/** The menu tells Medic of every choice, so that the values of that playbook stand below it. */
function menuOf({ plan, playbook, playbooks }: Choices): InputBlock {
  const options = playbooks.slice(0, MODAL.options).map(optionOf);
  const chosen = options.find(({ value }) => value === playbook?.name);
  return {
    type: 'input',
    block_id: PLAYBOOK,
    dispatch_action: true,
    label: plain('Playbook', MODAL.option),
    ...(plan === null ? {} : { hint: plain('Current fix is listed first.', MODAL.hint) }),
    element: {
      type: 'static_select',
      action_id: PLAYBOOK,
      placeholder: plain('Choose a playbook', MODAL.option),
      options,
      ...(chosen === undefined ? {} : { initial_option: chosen }),
      // Once one is chosen, its first value is where one goes on.
      ...(playbook === null ? { focus_on_load: true } : {}),
    },
  };
}

function optionOf({ name, title, risk, description }: Choices['playbooks'][number]): PlainTextOption {
  const label = `${clip(oneLine(title), MODAL.option - risk.length - 10)} (${risk} risk)`;
  return { text: plain(label, MODAL.option), value: name, description: plain(description, MODAL.option) };
}

function tooMany(count: number): KnownBlock[] {
  return count > MODAL.options
    ? context(
        `Only the first ${MODAL.options} of ${count} playbooks fit in here; \`/heal list\` shows them all.`,
      )
    : [];
}

/** The title of a dialog is short, so a longer one stands here whole. */
function heading({ title, risk }: NonNullable<Choices['playbook']>): KnownBlock {
  const whole = oneLine(title).length > MODAL.title ? `*${words(title, 200)}*: ` : '';
  return paragraph(whole === '' ? capital(`${words(risk, 20)} risk`) : `${whole}${words(risk, 20)} risk`);
}

function reason(refused: Text): string {
  return `Nothing can be changed now: ${sentence(refused, 1000)}.`;
}

/** When it would run, and at whose wish things stand as they do: seen before anything is sent. */
function outlook({ when, wish }: Choices): KnownBlock[] {
  const lines = [
    ...(wish === null ? [] : [`:raised_hand: ${capital(sentence(wish, 500))}.`]),
    ...(when === null ? [] : [`:hourglass_flowing_sand: ${capital(sentence(when, 500))}.`]),
  ];
  return lines.length === 0 ? [] : [paragraph(lines.join('\n'))];
}

/** What sending the dialog does, and what closing it does. */
function consequences({ h: held, p: present }: Carried): KnownBlock[] {
  const instead = present === null ? '' : ' in place of the one that stands there';
  return context(
    `This makes a *new plan*${instead}. It is checked and decided from scratch. If it needs approval, *somebody else* has to give it, since you asked for it.`,
    held
      ? 'The plan is *on hold* while you choose. If you go back, it stays on hold until somebody resumes or cancels it.'
      : 'If you go back, nothing changes.',
  );
}
