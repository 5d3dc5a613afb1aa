import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { Overview } from '../../../../../desk/overview.ts';
import { code, mention, section, sentence, time, words } from '../text.ts';
import { button, dialog, remarks, told } from './home-parts.ts';

const MODES: Readonly<Record<Overview['mode']['everywhere'], string>> = {
  observe: 'only watches, and says what it would have done',
  supervised: 'asks before every fix',
  tiered: 'runs what is low risk at once, waits for objections to what is medium, and asks for what is high',
};

/** Whether fixes may start, in which mode, what is exempt from that, and the buttons that change it. */
export function automation({ pausedBy, mode, silences, tripped, holds, operator }: Overview): KnownBlock[] {
  const state =
    pausedBy === null
      ? ':arrow_forward: *On*: fixes may start.'
      : `:double_vertical_bar: *Paused* by ${mention(pausedBy)}: nothing new starts. What runs, finishes.`;
  const orders = mode.orders.map(
    ({ service, environment, mode: ordered, by, at }) =>
      `Mode ${code(ordered)} for ${words(service ?? environment ?? 'everything', 100)}, set by ${mention(by)} at ${time(at, 'day')}`,
  );
  const held = [
    ...orders,
    ...mode.exceptions.map((one) => `Mode ${sentence(one, 300)}`),
    ...silences.map((one) => `:no_bell: Silenced: ${sentence(one, 300)}`),
    ...tripped.map((one) => sentence(one, 300)),
  ];
  return [
    section(state, `Mode ${code(mode.everywhere)}: ${MODES[mode.everywhere]}.`),
    ...(held.length > 0 ? [told(held)] : []),
    ...(holds.length > 0 ? [remarks(holds, ':lock: ')] : []),
    controls(pausedBy !== null, operator),
  ];
}

function controls(paused: boolean, operator: boolean): ActionsBlock {
  const pause = button('home:pause', 'Pause everything', {
    style: 'danger',
    confirm: dialog(
      'Pause everything?',
      'Nothing new starts, anywhere, until somebody resumes. What runs, finishes.',
      'Pause',
      'Leave it on',
    ),
  });
  const resume = button('home:resume', 'Resume', {
    style: 'primary',
    confirm: dialog(
      'Resume?',
      'Fixes may start again. Plans that waited for their turn go on at once.',
      'Resume',
      'Stay paused',
    ),
  });
  const order = paused ? resume : pause;
  return {
    type: 'actions',
    elements: [...(operator ? [order] : []), button('home:refresh', 'Refresh')],
  };
}
