import type { Receipt } from '../../../approval/person.ts';
import type { Plan } from '../../../playbooks/plan.ts';
import type { Verdict } from '../../../policy/verdict.ts';
import { all, type Chapter, last, type Told } from './chapter.ts';
import type { Message } from './service.ts';
import { ANSWER } from './status.ts';
import {
  code,
  context,
  counted,
  mention,
  preformatted,
  section,
  sections,
  sentence,
  time,
  words,
} from './text.ts';

const DECISION = {
  allow: 'runs now; you are told afterwards',
  wait: 'runs when its cancel window closes, unless a person objects',
  ask: 'runs only with approval',
  observe: 'does not run: this environment is only observed',
  deny: 'does not run automatically, and not by approval either',
} as const;

const DECISIONS = [
  'window-opened',
  'approval-asked',
  'held',
  'resumed',
  'run-now',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'in-turn',
  'reproof',
  'withdrawn',
  'observed',
] as const;

/** What is meant to be done and why it may be, then every decision about it as it falls. */
export function planMessage(chapter: Chapter): Message {
  const planned = last(chapter, 'planned');
  const decisions = decisionLines(chapter);
  if (!planned) return { text: 'Plan', blocks: sections(decisions.length > 0 ? decisions : ['Plan']) };
  const { plan, verdict } = planned;
  const what = `Plan: ${words(plan.title, 200)} (tier ${verdict.tier.effective})`;
  const decided = all(chapter, ...DECISIONS).at(-1);
  return {
    text: `${what}: ${DECISION[verdict.kind]}`,
    short: `${what}: ${decided ? decisionLine(decided) : DECISION[verdict.kind]}`,
    blocks: [
      ...sections([...intention(plan), ...judgement(verdict)]),
      ...sections(decisions),
      ...context(`Plan ${code(plan.id, 80)} · digest ${code(plan.digest.slice(0, 12))}`),
    ],
  };
}

function intention(plan: Plan): string[] {
  const parameters = Object.entries(plan.parameters).slice(0, 15);
  const by = plan.requestedBy.kind === 'person' ? ` asked for by ${mention(plan.requestedBy.user)}` : '';
  return [
    `:clipboard: *Plan:* ${words(plan.title, 200)} (${code(plan.playbook, 60)})${by}`,
    `on ${plan.targets
      .slice(0, 10)
      .map((target) => code(target, 80))
      .join(', ')}${plan.targets.length > 10 ? ` and ${plan.targets.length - 10} more` : ''}`,
    ...parameters.map(
      ([name, { value, origin }]) => `• ${code(`${name}=${value}`, 150)} (${sentence(origin, 150)})`,
    ),
    'none' in plan.rollback
      ? `No way back is needed: ${words(plan.rollback.none, 250)}`
      : `If it makes things worse it is undone${plan.rollback.rehearsed ? '' : ' (the undoing was never rehearsed)'}`,
  ];
}

function judgement(verdict: Verdict): string[] {
  const { tier } = verdict;
  const raised = tier.raisedBy.length > 0 ? `, declared ${tier.declared}` : '';
  return [
    `*Tier ${tier.effective}*${raised}: ${DECISION[verdict.kind]}`,
    ...tier.raisedBy.slice(0, 8).map((step) => `:small_red_triangle: ${words(step, 250)}`),
    ...verdict.reasons
      .filter((reason) => !tier.raisedBy.includes(reason))
      .slice(0, 8)
      .map((reason) => `• ${words(reason, 300)}`),
  ];
}

function decisionLines(chapter: Chapter): string[] {
  const told = all(chapter, ...DECISIONS);
  const lines = told.map((one) => `${time(one.at)} ${decisionLine(one)}`);
  return lines.length > 25
    ? [`_… ${counted(lines.length - 25, 'earlier decision')}_`, ...lines.slice(-25)]
    : lines;
}

type Decision = Told<(typeof DECISIONS)[number]>;

function decisionLine(one: Decision): string {
  switch (one.kind) {
    case 'window-opened':
      return `:hourglass_flowing_sand: the cancel window is open until ${time(one.deadline)}`;
    case 'approval-asked':
      return `:raised_hand: ${one.needed > 1 ? `${one.needed} approvals are` : 'an approval is'} needed by ${time(one.deadline)}`;
    case 'held':
      return `:double_vertical_bar: held by ${mention(one.by)}${because(one.reason)}`;
    case 'resumed':
      return `:arrow_forward: resumed by ${mention(one.by)}${one.deadline === null ? '' : `, runs at ${time(one.deadline)}`}`;
    case 'run-now':
      return `:fast_forward: ${mention(one.by)} said: run now`;
    case 'approved':
      return `:white_check_mark: ${receiptWords(one.receipt)}${one.missing > 0 ? `; ${one.missing} more needed` : ''}`;
    case 'rejected':
      return `:x: rejected by ${mention(one.by)}${because(one.reason)}`;
    case 'cancelled':
      return `:no_entry_sign: cancelled by ${mention(one.by)}${because(one.reason)}`;
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
      return ':eyes: would have been done; only observed here';
    default:
      return one satisfies never;
  }
}

function receiptWords(receipt: Receipt): string {
  const diff = receipt.diffHash === null ? '' : `, dry run ${code(receipt.diffHash.slice(0, 12))}`;
  return (
    `approved by ${mention(receipt.user)} at ${time(receipt.at)}: plan ${code(receipt.planDigest.slice(0, 12))}, ` +
    `policy ${code(receipt.policyDigest.slice(0, 12))}${diff}`
  );
}

function reproof(
  holds: boolean,
  doubts: readonly { readonly answer: keyof typeof ANSWER; readonly words: string }[],
): string {
  if (holds) return ':mag: checked on fresh data: it is still right';
  const first = doubts
    .slice(0, 4)
    .map((one) => `${ANSWER[one.answer].emoji} ${words(one.words, 150)} (${ANSWER[one.answer].word})`);
  return `:mag: checked on fresh data: it is no longer right${first.length > 0 ? `: ${first.join(', ')}` : ''}`;
}

function because(reason: string | null): string {
  const text = words(reason ?? '', 400);
  return text === '' ? '' : `: ${text}`;
}

/** What the fix would change, as the dry run said it, before anybody is asked to press a button. */
export function dryRunMessage(chapter: Chapter): Message {
  const told = last(chapter, 'dry-run');
  if (told?.diff != null) {
    const text =
      told.diff.trim() === '' ? 'The dry run would change nothing' : 'Dry run: what the fix would change';
    const why = told.reason === null ? [] : [`Shown again: ${sentence(told.reason, 300)}`];
    return {
      text,
      blocks: [
        section(`:test_tube: *${text}*`, ...why),
        ...(told.diff.trim() === '' ? [] : preformatted(told.diff)),
      ],
    };
  }
  const reason = words(told?.reason ?? 'no reason was given', 800);
  return { text: `No dry run: ${reason}`, blocks: [section(`:test_tube: *No dry run:* ${reason}`)] };
}
