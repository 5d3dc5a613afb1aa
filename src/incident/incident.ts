import type { Receipt } from '../approval/person.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { EvidenceSummary } from '../evidence/evidence.ts';
import type { Attempt } from '../execution/attempt.ts';
import type { Alert, Severity, Subject } from '../intake/alert.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Outcome, Sample } from '../verification/outcome.ts';

/** An alert attached to an incident, with how often it was heard. */
export interface AttachedAlert {
  readonly alert: Alert;
  /** When it was first heard, and when it was last heard to begin; epoch milliseconds of record. */
  readonly heardAt: number;
  readonly beganAt: number;
  /** How many times it started firing. */
  readonly fires: number;
}

/**
 * Why a plan may start: its tier needs nobody, its cancel window passed, a person hurried it, or the people its verdict asks
 * for approved. Nothing starts without one.
 */
export type Consent =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'window-passed'; readonly at: number }
  | { readonly kind: 'hurried'; readonly by: string; readonly at: number }
  /** `quiet`: it was given in the knowledge that no alert fires any more. */
  | { readonly kind: 'approved'; readonly at: number; readonly quiet: boolean };

/** A plan with the verdict that lets it proceed and the dry run that was shown for it. */
export interface Decided {
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** The dry run's diff as shown, or why there is none. */
  readonly diff: { readonly text: string; readonly hash: string } | null;
  /** Whether the dry run has already been shown anew because it differed. */
  readonly redrawn: boolean;
  readonly receipts: readonly Receipt[];
  readonly consent: Consent | null;
}

/**
 * A plan that waits, and for what.
 *
 * - `window`: runs when `deadline` passes unless a person objects. `deadline` is null until Slack confirmed the card, and while held.
 * - `approval`: runs once enough authorised people approved; escalates at `deadline`.
 * - `turn`: ready, but a lock, a cooldown, a slot or a pause is in the way; tried again at `deadline`.
 */
export interface Waiting {
  readonly at: 'waiting';
  readonly for: 'window' | 'approval' | 'turn';
  readonly decided: Decided;
  readonly deadline: number | null;
  /** Set while a person holds the plan back, or a contradicting second opinion does. */
  readonly held: { readonly by: string; readonly reason: string } | null;
  /** What a `turn` waits for, in words. */
  readonly obstacle: string | null;
}

/** What a verification follows: a fix, or alerts that resolved by themselves while a plan waited. */
export type VerifyAfter =
  | { readonly kind: 'fix'; readonly attempt: string }
  | { readonly kind: 'resolved'; readonly resume: Waiting };

/**
 * Where an incident is in its life. Each phase, and where it may go:
 *
 * - `investigating`: facts are gathered, then causes are proposed. → preparing, waiting, starting, observed, escalated, closed
 * - `preparing`: a plan exists and its dry run is under way. → waiting, starting, escalated, cancelled
 * - `waiting`: see `Waiting`. → reproving, verifying (its alerts resolved), cancelled, escalated
 * - `reproving`: the plan's premises are read afresh. → starting, waiting, escalated, cancelled, closed (nothing fired anyway)
 * - `starting`: the claim is being made. → executing, waiting (turn), cancelled
 * - `executing`: the one attempt runs. → verifying, escalated
 * - `verifying`: recovery is watched. → closed, rolling-back, escalated, waiting
 * - `rolling-back`: the frozen plan's rollback runs. → escalated
 * - `observed`, `cancelled`, `escalated`: open, and no automatic plan is made until the alerts resolve or a person
 *   resumes. → closed, investigating (asked by a person, or the first alert of what a person had opened), preparing (by a
 *   person)
 * - `closed`: the end.
 *
 * `obstacle` is what a plan has waited for so far, so that the same one is told once.
 */
export type Phase =
  | { readonly at: 'investigating'; readonly doing: 'collecting' | 'asking' }
  | { readonly at: 'preparing'; readonly decided: Decided }
  | Waiting
  | {
      readonly at: 'reproving';
      readonly decided: Decided;
      readonly since: number;
      readonly obstacle: string | null;
    }
  | { readonly at: 'starting'; readonly decided: Decided; readonly obstacle: string | null }
  | {
      readonly at: 'executing';
      readonly decided: Decided;
      readonly attempt: string;
      readonly stop: string | null;
    }
  | {
      readonly at: 'verifying';
      readonly decided: Decided;
      readonly after: VerifyAfter;
      readonly since: number;
      readonly deadline: number;
      /** Since when every check has been good without a break. */
      readonly goodSince: number | null;
      readonly sample: Sample | null;
    }
  | {
      readonly at: 'rolling-back';
      readonly decided: Decided;
      readonly attempt: string;
      /** Who pressed Stop. */
      readonly stop: string | null;
      readonly because: Outcome;
    }
  | { readonly at: 'observed'; readonly decided: Decided }
  | { readonly at: 'cancelled'; readonly decided: Decided; readonly by: string; readonly reason: string }
  | { readonly at: 'escalated'; readonly reason: string; readonly decided: Decided | null }
  | { readonly at: 'closed'; readonly how: Closure; readonly reason: string };

/** How an incident ended: a fix was proven, it recovered without one, or a question was answered. */
export type Closure = 'healed' | 'recovered' | 'answered';

/** When things happened, for the figures on the card; epoch milliseconds of record. */
export interface Milestones {
  readonly opened: number;
  readonly thread: number | null;
  readonly evidence: number | null;
  readonly diagnosed: number | null;
  readonly started: number | null;
  readonly fixed: number | null;
  readonly closed: number | null;
}

/** The whole of one incident. Only `step` makes a new one, and only the engine stores it. */
export interface Incident {
  readonly schema: 1;
  readonly id: string;
  /** Grows by one with every committed change. */
  readonly version: number;
  readonly subject: Subject;
  readonly title: string;
  readonly severity: Severity;
  /** Who opened it: an alert source, or a person with `/heal` or `/diagnose`. */
  readonly openedBy: { readonly kind: 'alert' } | { readonly kind: 'person'; readonly user: string };
  readonly alerts: Readonly<Record<string, AttachedAlert>>;
  readonly phase: Phase;
  readonly round: number;
  readonly evidence: readonly EvidenceSummary[];
  readonly diagnosis: Diagnosis | null;
  readonly secondOpinion: Diagnosis | null;
  readonly attempts: readonly Attempt[];
  readonly plans: number;
  readonly outcome: Outcome | null;
  readonly thread: { readonly channel: string; readonly ts: string } | null;
  readonly milestones: Milestones;
  /** Hash of the newest timeline entry, and how many there are. */
  readonly head: { readonly hash: string; readonly length: number };
}

/** The plan in play, in whatever phase, or null. */
export function currentPlan(incident: Incident): Decided | null {
  const { phase } = incident;
  switch (phase.at) {
    case 'investigating':
    case 'closed':
      return null;
    default:
      return phase.decided;
  }
}

/** Whether an incident rests: it is open, and no automatic plan is made until its alerts resolve or a person resumes. */
export function atRest({ phase }: Incident): boolean {
  return phase.at === 'observed' || phase.at === 'cancelled' || phase.at === 'escalated';
}

/** Whether an incident that began with alerts has none left that fires. */
export function isQuiet(incident: Incident): boolean {
  return Object.keys(incident.alerts).length > 0 && firingAlerts(incident).length === 0;
}

/** Whether to look first, because every alert has resolved and nobody has approved the plan since in that knowledge. */
export function mayHaveHealed(incident: Incident, { consent }: Decided): boolean {
  return isQuiet(incident) && !(consent?.kind === 'approved' && consent.quiet);
}

/** Alerts that still fire. */
export function firingAlerts(incident: Incident): readonly Alert[] {
  return Object.values(incident.alerts)
    .map((attached) => attached.alert)
    .filter((alert) => alert.status === 'firing');
}

/** Whether an attempt of this incident runs: the fix, or its rollback. */
export function isRunning(phase: Phase): phase is Extract<Phase, { at: 'executing' | 'rolling-back' }> {
  return phase.at === 'executing' || phase.at === 'rolling-back';
}
