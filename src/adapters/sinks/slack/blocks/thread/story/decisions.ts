import { say, type Text } from '../../../../../../lib/text/text.ts';
import { ANSWER } from '../../card/status.ts';
import { code, counted, mention, sentence, time, timely } from '../../text.ts';
import { all, type ThreadSection, type Told } from '../thread-section.ts';

const DECISIONS = [
  'window-opened',
  'approval-asked',
  'held',
  'resumed',
  'run-now',
  'tried-again',
  'approved',
  'rejected',
  'cancelled',
  'replaced',
  'rules-changed',
  'expired',
  'in-turn',
  'reproof',
  'withdrawn',
  'observed',
] as const;

const SHOWN = 25;

type Decision = Told<(typeof DECISIONS)[number]>;

/** Every decision about a plan as it fell, a line each. */
export function decisionLines(chapter: ThreadSection): string[] {
  const lines = all(chapter, ...DECISIONS).map((one) => `${time(one.at)} ${decisionLine(one)}`);
  return lines.length > SHOWN
    ? [`_… ${counted(lines.length - SHOWN, 'earlier decision')}_`, ...lines.slice(-SHOWN)]
    : lines;
}

/** The newest decision; null where none has fallen. */
export function lastDecision(chapter: ThreadSection): string | null {
  const decided = all(chapter, ...DECISIONS).at(-1);
  return decided === undefined ? null : decisionLine(decided);
}

function decisionLine(one: Decision): string {
  switch (one.kind) {
    case 'window-opened':
      return `:hourglass_flowing_sand: the cancel window is open until ${time(one.deadline)}`;
    case 'approval-asked':
      return `:raised_hand: ${one.needed > 1 ? `${one.needed} approvals are` : 'an approval is'} needed by ${time(one.deadline, 'clock')}${because(one.why ?? null)}`;
    case 'held':
      return `:double_vertical_bar: held by ${mention(one.by)}${because(one.reason)}`;
    case 'resumed':
      return `:arrow_forward: resumed by ${mention(one.by)}${one.deadline === null ? '' : `, runs at ${time(one.deadline)}`}`;
    case 'run-now':
      return `:fast_forward: ${mention(one.by)} said: run now`;
    case 'tried-again':
      return `:repeat: ${mention(one.by)} said: try again`;
    case 'approved':
      return `:white_check_mark: approved by ${mention(one.receipt.user)}${one.missing > 0 ? `; ${one.missing} more needed` : ''}`;
    case 'rejected':
      return `:x: rejected by ${mention(one.by)}${because(one.reason)}`;
    case 'cancelled':
      return `:no_entry_sign: cancelled by ${mention(one.by)}${because(one.reason)}`;
    case 'replaced':
      return `:twisted_rightwards_arrows: replaced by ${mention(one.by)} with a new plan of ${code(one.playbook, 60)}, below`;
    case 'rules-changed':
      return ':scales: policy or mode changed: decided again; earlier approvals no longer count';
    case 'expired':
      return ':alarm_clock: nobody decided in time';
    case 'in-turn':
      return `:hourglass: waits its turn: ${sentence(one.obstacle, 250)}; next try at ${time(one.retryAt)}`;
    case 'reproof':
      return reproof(
        one.holds,
        one.sample.answers.filter(({ answer }) => answer !== 'good'),
      );
    case 'withdrawn':
      return `:leftwards_arrow_with_hook: withdrawn: ${sentence(one.reason, 300)}`;
    case 'observed':
      return ':eyes: would have run; observe mode';
    default:
      return one satisfies never;
  }
}

function reproof(
  holds: boolean,
  doubts: readonly { readonly answer: keyof typeof ANSWER; readonly words: string }[],
): string {
  if (holds) return ':mag: checked right before the start: the problem is still there';
  const first = doubts
    .slice(0, 4)
    .map((one) => `${ANSWER[one.answer].emoji} ${timely(one.words, 150)} (${ANSWER[one.answer].word})`);
  // What could not be read has not changed, for all that is known.
  const gone = doubts.some(({ answer }) => answer === 'bad');
  const head = gone ? 'the problem has changed' : 'I could not confirm the problem is still there';
  return `:mag: checked right before the start: ${head}${first.length > 0 ? `; ${first.join(', ')}` : ''}`;
}

function because(reason: Text | null): string {
  const text = sentence(say`${reason ?? ''}`, 400);
  return text === '' ? '' : `: ${text}`;
}
