import { registered } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Attempt } from '../../execution/attempt.ts';
import { person, type Said, say } from '../../lib/text/text.ts';
import { plainly } from '../../lib/text/text-read.ts';
import type { Plan } from '../../playbooks/plan.ts';
import { differenceIn } from '../../playbooks/rebuild.ts';
import { decide } from '../../policy/decide.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { Silence } from '../../silence/silence.ts';
import { muting } from '../alerts/mute.ts';
import { type Decided, type Incident, SET_BACK } from '../model/incident.ts';
import type { OwnPlaybook } from '../plan/order.ts';
import { groundsOf } from '../plan/plan-builder.ts';
import { wantedAt } from '../run/run.ts';

/** What people have ordered, as whoever runs things has it from those who talk to people; or why it has no word of it. */
export type Word =
  | {
      readonly kind: 'word';
      readonly pausedBy: string | null;
      /** The hash of each playbook as those have it who plan. */
      readonly catalog: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'no-word'; readonly reason: string };

/** What a runner goes by: its own, and what it has the word of those for who talk to people. */
export interface Bearings {
  readonly word: Word;
  readonly own: OwnPlaybook | null;
  /** With the modes that people have set. */
  readonly settings: Settings;
  readonly policyDigest: string;
  /** Silences and maintenance windows, from wherever any is known. */
  readonly silences: readonly Silence[];
  readonly evidence: readonly Evidence[];
  /** The clock of record, epoch milliseconds. */
  readonly now: number;
}

/**
 * Whether a runner starts a plan:
 * - `go`: it does
 * - `hold`: not now; it may be otherwise in a moment
 * - `refused`: never as it stands
 */
export type Leave =
  | { readonly kind: 'go' }
  | {
      readonly kind: 'hold';
      readonly reason: Said;
      readonly for: 'word' | 'catalog' | 'rules' | 'silence';
    }
  | { readonly kind: 'hold'; readonly reason: Said; readonly for: 'pause'; readonly by: string }
  | { readonly kind: 'refused'; readonly reason: Said };

const GO: Leave = { kind: 'go' };

/** How far the clock of record may have stepped back since a claim, milliseconds. */
const AHEAD = 5_000;

/** What must pass before a runner starts any plan, whatever the plan is. */
export function standsAside({ plan }: Decided, { word, own }: Bearings): Leave {
  if (word.kind === 'no-word') return hold('word', say`${word.reason}`);
  const by = word.pausedBy;
  if (by !== null) return { kind: 'hold', for: 'pause', by, reason: say`${person(by)} has paused Medic` };
  const planned = Object.hasOwn(word.catalog, plan.playbook) ? word.catalog[plan.playbook] : undefined;
  if (own?.hash !== plan.playbookHash && planned === plan.playbookHash)
    return hold(
      'catalog',
      say`the runner has another ${plan.playbook} than the brain that planned it, as while a new version is rolled out: it waits until both have the same`,
    );
  return GO;
}

/** Whether the plan is what the runner itself would have made, of its own catalog, registry and facts. */
export function remade(incident: Incident, { plan }: Decided, { own, evidence, settings }: Bearings): Leave {
  // Whoever asks learns elsewhere that it is gone, or another one.
  if (own === null || own.hash !== plan.playbookHash) return GO;
  const difference = differenceIn(plan, own.playbook, groundsOf(incident, evidence, settings));
  return difference === null ? GO : refuse(say`${difference}`);
}

/** Everything that must hold before a runner starts the fix of a plan that was claimed. The runner judges for itself. */
export function leaveFor(incident: Incident, decided: Decided, attempt: Attempt, bearings: Bearings): Leave {
  if (incident.setBack === true) return refuse(say`${SET_BACK}`);
  const aside = standsAside(decided, bearings);
  if (aside.kind !== 'go') return aside;
  const { settings, policyDigest, silences, now } = bearings;
  if (decided.verdict.policyDigest !== policyDigest)
    return hold('rules', say`it was decided by other rules than those that the runner goes by`);
  const muted = muting(incident, { silences, now }, wantedAt(decided));
  if (muted !== null) return hold('silence', muted.words);
  const made = remade(incident, decided, bearings);
  if (made.kind !== 'go') return made;
  if (attempt.startedAt > now + AHEAD) return refuse(say`its claim bears a time that has not come yet`);
  const least = decide({
    plan: decided.plan,
    subject: incident.subject,
    diagnosis: incident.diagnosis,
    service: registered(incident.subject, settings),
    // Whether any still does was looked at by the claim.
    alertFiring: Object.keys(incident.alerts).length > 0,
    settings: settings.policy,
    policyDigest,
    now,
  });
  const milder = milderThan(decided.verdict, least) ?? lackingConsentOf(decided, least);
  return milder === null ? GO : refuse(say`${milder}`);
}

const STRICTNESS: Readonly<Record<Verdict['kind'], number>> = {
  allow: 0,
  wait: 1,
  ask: 2,
  observe: 3,
  deny: 4,
};
const RISKS = ['low', 'medium', 'high'] as const;

/** In what a verdict is milder than the least that the runner itself would give; null where in nothing. */
function milderThan(verdict: Verdict, least: Verdict): string | null {
  const why = least.reasons.map((reason) => plainly(reason)).join('; ');
  if (STRICTNESS[verdict.kind] < STRICTNESS[least.kind])
    return `its verdict is "${verdict.kind}", and the runner's own is "${least.kind}" (${why})`;
  if (RISKS.indexOf(verdict.tier.effective) < RISKS.indexOf(least.tier.effective))
    return `its tier is ${verdict.tier.effective}, and by the runner's own policy ${least.tier.effective} (${why})`;
  if (verdict.kind === 'ask' && verdict.approvals < least.approvals)
    return `its verdict asks for ${verdict.approvals} approvals, and the runner's own for ${least.approvals}`;
  if (verdict.kind === 'wait' && least.kind === 'wait' && verdict.window < least.window)
    return 'its cancel window is shorter than that of the runner’s own policy';
  return null;
}

/** What is missing of the consent that a verdict takes, by the runner's own count; null where nothing is. */
function lackingConsentOf({ plan, verdict, receipts, consent }: Decided, least: Verdict): string | null {
  if (consent?.kind === 'window-passed' && consent.at < verdict.at + Math.min(verdict.window, MOMENT))
    return 'its cancel window has not passed';
  if (verdict.kind !== 'ask') return null;
  const needed = Math.max(verdict.approvals, least.approvals);
  const context = receipts.filter(
    ({ user, planDigest }) => planDigest === plan.digest && !isRequester(plan, user),
  );
  const people = new Set(context.map(({ user }) => user)).size;
  return people >= needed ? null : `it has ${people} of ${needed} approvals`;
}

/** After an outage people get this long, or the whole window where it is shorter; milliseconds. */
const MOMENT = 60_000;

function isRequester({ requestedBy }: Plan, user: string): boolean {
  return requestedBy.kind === 'person' && requestedBy.user === user;
}

function hold(what: 'word' | 'catalog' | 'rules' | 'silence', reason: Said): Leave {
  return { kind: 'hold', for: what, reason };
}

function refuse(reason: Said): Leave {
  return { kind: 'refused', reason };
}
