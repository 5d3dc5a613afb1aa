import type { Receipt } from '../../../../../approval/person.ts';
import { say, type Text } from '../../../../../lib/text/text.ts';
import { plainly } from '../../../../../lib/text/text-read.ts';
import type { Plan } from '../../../../../playbooks/plan.ts';
import type { Verdict } from '../../../../../policy/verdict.ts';
import { originOf, placeName } from '../plain.ts';
import type { Message } from '../service.ts';
import { code, context, mention, sections, sentence, time, words } from '../text.ts';
import { decisionLines, lastDecision } from './story/decisions.ts';
import { all, last, type ThreadSection } from './thread-section.ts';

const DECISION = {
  allow: 'runs now; you are told afterwards',
  wait: 'runs when its cancel window closes, unless someone objects',
  ask: 'runs only with approval',
  observe: 'does not run: observe mode',
  deny: 'does not run automatically, and not by approval either',
} as const;

/** What is meant to be done and why it may be, then every decision about it as it falls, with the receipts of approvals. */
export function planMessage(chapter: ThreadSection): Message {
  const planned = last(chapter, 'planned');
  const decisions = decisionLines(chapter);
  if (!planned) return { text: 'Plan', blocks: sections(decisions.length > 0 ? decisions : ['Plan']) };
  const { plan, verdict } = planned;
  const why = last(chapter, 'approval-asked')?.why;
  const what = `Plan: ${words(plan.title, 200)} (tier ${verdict.tier.effective})`;
  const decided = decisionOf(verdict, last(chapter, 'approval-asked') !== null);
  const receipts = all(chapter, 'approved').map(({ receipt }) => receipt);
  return {
    text: `${what}: ${decided}`,
    short: `${what}: ${lastDecision(chapter) ?? decided}`,
    blocks: [
      ...sections([...intention(plan), ...judgement(verdict, decided, why)]),
      ...sections(decisions),
      ...context(
        ...receipts.slice(-6).map(receiptLine),
        `Plan ${code(plan.id, 80)} · digest ${code(plan.digest.slice(0, 12))}`,
      ),
    ],
  };
}

function intention(plan: Plan): string[] {
  const parameters = Object.entries(plan.parameters).slice(0, 15);
  const by = plan.requestedBy.kind === 'person' ? `, asked for by ${mention(plan.requestedBy.user)}` : '';
  const places = plan.targets
    .slice(0, 10)
    .map((target) => `*${words(placeName(target, plan.environment), 80) || '–'}*`);
  const more = plan.targets.length > 10 ? ` and ${plan.targets.length - 10} more` : '';
  const where = places.length > 0 ? ` on ${places.join(', ')}${more}` : '';
  return [
    `:clipboard: *Plan:* ${words(plan.title, 200)}${where} (${code(plan.playbook, 60)})${by}`,
    ...parameters.map(
      ([name, { value, origin }]) =>
        `• ${code(`${name}=${value}`, 150)} from ${sentence(originOf(origin), 150)}`,
    ),
    'none' in plan.rollback
      ? `Cannot be undone: ${words(plan.rollback.none, 250)}`
      : `Rolls back if it makes things worse${plan.rollback.rehearsed ? '' : ' (the rollback was never rehearsed)'}`,
  ];
}

/** What policy decided. Of a plan for which people are asked in spite of it, nothing of that comes to pass. */
function decisionOf({ kind }: Verdict, asked: boolean): string {
  return asked && (kind === 'allow' || kind === 'wait')
    ? 'it would run by itself, but asks this time'
    : DECISION[kind];
}

/**
 * @param decided what is to become of it
 * @param said a reason that a later line gives
 */
function judgement(verdict: Verdict, decided: string, said: Text | undefined): string[] {
  const { tier } = verdict;
  const told = [...tier.raisedBy, ...(said === undefined ? [] : [plainly(said)])];
  const raised = tier.raisedBy.length > 0 ? `, declared ${tier.declared}` : '';
  return [
    `*Tier ${tier.effective}*${raised}: ${decided}`,
    ...tier.raisedBy.slice(0, 8).map((step) => `:small_red_triangle: raised, because ${words(step, 250)}`),
    ...(verdict.kind === 'observe' ? [] : verdict.reasons)
      .filter((reason) => !told.includes(plainly(reason)))
      .slice(0, 8)
      .map((reason) => `• ${sentence(say`${reason}`, 300)}`),
  ];
}

/** Proof of an approval: by whom, when, and to exactly what. */
function receiptLine(receipt: Receipt): string {
  const short = (digest: string) => code(digest.slice(0, 12));
  return [
    `Receipt: ${mention(receipt.user)} at ${time(receipt.at)}`,
    `plan ${short(receipt.planDigest)}`,
    ...(receipt.evidenceDigest === undefined ? [] : [`evidence ${short(receipt.evidenceDigest)}`]),
    `policy ${short(receipt.policyDigest)}`,
    ...(receipt.diffHash === null ? [] : [`dry run ${short(receipt.diffHash)}`]),
    ...(receipt.team === undefined ? [] : [`workspace ${code(receipt.team, 40)}`]),
  ].join(' · ');
}
