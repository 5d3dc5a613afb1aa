import type { Incident } from '../../../../../incident/model/incident.ts';
import type { Plan } from '../../../../../playbooks/plan.ts';
import { decisionButtons } from '../card/buttons.ts';
import { intention } from '../intention.ts';
import { readable } from '../plain.ts';
import type { Audience, Message } from '../service.ts';
import { capital, mention, section, sentence, sureness, time, words } from '../text.ts';
import { answeredByRecovery } from './answered.ts';
import { all, last, type ThreadSection } from './thread-section.ts';

/** What a message that calls for a decision knows of the rest of the record. */
export interface About {
  readonly incident: Incident;
  /** Null where the record does not have it. */
  readonly plan: Plan | null;
  readonly audience: Audience;
}

/**
 * Calls those who may decide on a plan, in a message of its own, since an edit reaches nobody. Once that is decided it says so,
 * and asks no more.
 */
export function approvalMessage(chapter: ThreadSection, about: About): Message {
  const end = endOf(chapter) ?? notNeeded(about);
  const name = words(about.incident.subject.name, 100);
  const what = about.plan === null ? 'the plan' : intention(about.plan);
  if (end !== null) {
    const text = `${name}: ${what}: ${end}`;
    return {
      named: true,
      text,
      blocks: [section(`:raised_hand: *${name}:* ${what}`, capital(end))],
      moot: true,
    };
  }
  const asked = last(chapter, 'approval-asked');
  const given = all(chapter, 'approved').map(({ receipt }) => mention(receipt.user));
  const needed = asked?.needed ?? 1;
  const head = needed > 1 ? `${needed} approvals are needed` : 'Needs approval';
  const so = given.length > 0 ? `${given.length} of ${needed} approved: ${given.join(', ')}` : null;
  return call(about, { head, emoji: ':raised_hand:', deadline: asked?.deadline ?? 0, so });
}

/** A plan still waits for people, and its time runs: calls those who may decide once more. When it waits no more, it says so. */
export function reminderMessage(chapter: ThreadSection, about: About): Message {
  const { incident, plan } = about;
  if (!waits(incident, plan)) {
    const what = `${words(incident.subject.name, 100)}: ${plan === null ? 'the plan' : intention(plan)}`;
    const text = `${what}: ${notNeeded({ incident, plan }) ?? 'no approval is needed any more'}`;
    return { named: true, text, blocks: [section(`:alarm_clock: ${text}`)], moot: true };
  }
  const told = last(chapter, 'reminded');
  const missing = told?.missing ?? 1;
  const head = missing > 1 ? `${missing} approvals are still needed` : 'Still needs approval';
  return call(about, { head, emoji: ':alarm_clock:', deadline: told?.deadline ?? 0, so: null });
}

interface Call {
  readonly head: string;
  readonly emoji: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** How far it is already, in words. */
  readonly so: string | null;
}

function call({ incident, plan, audience }: About, { head, emoji, deadline, so }: Call): Message {
  const open = waits(incident, plan);
  const who = open ? audience.approvers.filter((one) => !isRequester(plan, one)) : [];
  const called = who
    .slice(0, 10)
    .map((one) => `${mention(one)} `)
    .join('');
  const name = words(incident.subject.name, 100);
  const why = causeOf(incident);
  const doubt = open ? doubtOf(incident) : null;
  const what = plan === null ? 'Decide on the plan' : intention(plan);
  return {
    named: true,
    text: `${called}${head}: ${name}. ${why}${what}?`,
    short: `${head}: ${name}. ${what}`,
    ...(open ? {} : { moot: true as const }),
    blocks: [
      section(
        `${emoji} ${called}*${head}: ${name}.* ${why}*${what}?*`,
        ...(doubt === null ? [] : [doubt]),
        ...(so === null ? [] : [so]),
        `Open until ${time(deadline, 'clock')}; then a person is called.`,
      ),
      // Whoever is called here has the dry run above it, and need not look for the card.
      ...(open ? decisionButtons(incident) : []),
    ],
  };
}

/** Whether anybody has to decide on it still: what is told late calls nobody in vain. */
function waits({ phase }: Incident, plan: Plan | null): boolean {
  return phase.at === 'waiting' && phase.for === 'approval' && phase.decided.plan.id === plan?.id;
}

/** Why nobody has to decide although nobody has; null while somebody does. */
function notNeeded({ incident, plan }: Pick<About, 'incident' | 'plan'>): string | null {
  if (plan === null || waits(incident, plan)) return null;
  // It asks again where the recovery is none.
  if (incident.phase.at === 'verifying') return 'no approval is needed while recovery is watched';
  return answeredByRecovery(incident) ?? 'no approval is needed any more';
}

/** What whoever decides must know beside the rules, as a sentence; null where nothing. */
function doubtOf({ phase }: Incident): string | null {
  const doubt = phase.at === 'waiting' ? phase.decided.verdict.doubt : undefined;
  return doubt === undefined ? null : `${capital(sentence(doubt, 600, readable)).replace(/[.!?]$/, '')}.`;
}

/** Whoever asked for a plan cannot approve it. */
function isRequester(plan: Plan | null, who: string): boolean {
  return plan?.requestedBy.kind === 'person' && plan.requestedBy.user === who;
}

function causeOf({ diagnosis }: Incident): string {
  const best = diagnosis?.hypotheses[0];
  if (diagnosis?.conclusion.kind !== 'cause' || best === undefined) return '';
  return `${words(best.cause, 300).replace(/[.!?]$/, '')} (${sureness(best.confidence)}). `;
}

const ENDS = [
  'approved',
  'rejected',
  'cancelled',
  'replaced',
  'rules-changed',
  'expired',
  'withdrawn',
] as const;

/** How asking came to its end, in words; null while it goes on. */
function endOf(chapter: ThreadSection): string | null {
  const newest = all(chapter, ...ENDS).at(-1);
  switch (newest?.kind) {
    case undefined:
      return null;
    case 'approved':
      return newest.missing > 0
        ? null
        : `approved by ${mention(newest.receipt.user)} at ${time(newest.at, 'clock')}`;
    case 'rejected':
    case 'cancelled':
      return `${newest.kind} by ${mention(newest.by)} at ${time(newest.at, 'clock')}`;
    case 'replaced':
      return `replaced by ${mention(newest.by)} with another plan`;
    case 'rules-changed':
      return 'decided again, since policy or mode changed';
    case 'expired':
      return `nobody decided until ${time(newest.at, 'clock')}`;
    case 'withdrawn':
      return `withdrawn: ${sentence(newest.reason, 300)}`;
    default:
      return newest satisfies never;
  }
}
