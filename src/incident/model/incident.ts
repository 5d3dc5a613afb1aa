import type { Alert, Severity, Subject } from '../../alerts/alert.ts';
import type { Receipt } from '../../approval/person.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { BoundAlert } from '../../evidence/alert-source.ts';
import type { EvidenceSummary } from '../../evidence/evidence.ts';
import type { Attempt, AttemptResult } from '../../execution/attempt.ts';
import type { Text } from '../../lib/text/text.ts';
import type { Plan } from '../../playbooks/plan.ts';
import type { Verdict } from '../../policy/verdict.ts';
import { whyNotTheFix } from '../../recovery/follow.ts';
import type { Outcome, Sample } from '../../verification/outcome.ts';
import type { Found } from '../evidence/found.ts';
import type { Blocker } from './blocker.ts';
import type { Call } from './call.ts';
import type { Overflow } from './overflow.ts';

/** An alert attached to an incident, with how often it was heard. */
export interface AttachedAlert {
  readonly alert: Alert;
  /** When it was first heard, and when it was last heard to begin; epoch milliseconds of record. */
  readonly heardAt: number;
  readonly beganAt: number;
  /** When its status last changed, as it was heard. */
  readonly changedAt: number;
  /** How many times it started firing. */
  readonly fires: number;
  /** How its source knows it, once it was seen active there: only then does its absence there say anything. */
  readonly bound?: BoundAlert;
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
  /** How often it was decided anew because the rules had changed. Absent in what an older Medic decided. */
  readonly anew?: number;
  /**
   * What Medic's look said when it did not show the fault that the plan is for: whoever approves it does so in that knowledge. Absent
   * where the look showed it, or where there is none.
   */
  readonly unseen?: string;
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
  /** Set while a person holds the plan back. */
  readonly held: Held | null;
  readonly turn: QueueEntry | null;
}

/** Who holds a plan back, and why where they said so. */
export interface Hold {
  readonly by: string;
  readonly reason: string | null;
}

/** The first who holds a plan back, and whoever does so as well: one of them who lets go of their own hold leaves the others'. */
export interface Held extends Hold {
  readonly also?: readonly Hold[];
}

/** Everyone who holds a plan back, in the order in which they did. */
export function holdersOf({ also = [], ...first }: Held): readonly [Hold, ...Hold[]] {
  return [first, ...also];
}

/** What a plan has waited for in order to start, in words, and since when; epoch milliseconds. The same obstacle is told once. */
export interface QueueEntry {
  /** `well`: nothing was in its way, but all looked well when it was due to start. */
  readonly kind: Blocker['kind'] | 'well';
  readonly obstacle: Text;
  readonly since: number;
}

/**
 * What a verification follows: a fix, the undoing of one that did not help, alerts that resolved by themselves while a plan waited, or that
 * all looks well when the plan was to start.
 */
export type VerifyAfter =
  | { readonly kind: 'fix'; readonly attempt: string }
  | { readonly kind: 'rollback'; readonly attempt: string; readonly because: Outcome }
  | { readonly kind: 'resolved' | 'looks-healthy'; readonly resume: Waiting };

/**
 * Where an incident is in its life. Each phase, and where it may go:
 *
 * - `investigating`: facts are gathered, then causes are proposed. → preparing, waiting, starting, muted, observed, escalated,
 *   closed
 * - `preparing`: a plan exists and its dry run is under way. → waiting, starting, escalated, cancelled; where a person's own cannot be run,
 *   back to where it rested, investigating or closed
 * - `waiting`: see `Waiting`. → reproving, verifying (its alerts resolved), cancelled, escalated, investigating (held, and something new)
 * - `reproving`: the plan's premises are read afresh. → starting, waiting, escalated, cancelled, closed (nothing fired anyway)
 * - `starting`: the claim is being made. → executing, waiting (turn), reproving, muted, cancelled, escalated
 * - `executing`: the one attempt runs. → verifying, escalated
 * - `verifying`: recovery is watched. → closed, rolling-back, escalated, waiting
 * - `rolling-back`: the frozen plan's rollback runs. → verifying, escalated
 * - `observed`, `cancelled`, `escalated`: open, and no automatic plan is made until the alerts resolve or a person
 *   resumes. → closed, investigating (asked by a person, the first alert of what a person had opened, a new kind of alert, or a
 *   more severe one), preparing (by a person)
 * - `muted`: rests like these, because of a silence or a maintenance window, and nobody is called. → investigating (at its end,
 *   where something still fires), closed, preparing (by a person)
 * - `closed`: the end.
 *
 * As long as nothing has started, and at rest, a person may put another plan in the place of the one that stands there: it goes
 * where its own verdict leads. A plan that somebody holds back on its way to its start waits for its turn.
 *
 * `turn` is what a plan has waited for so far. `provenAt` is when its premises were last read.
 */
export type Phase =
  | {
      readonly at: 'investigating';
      readonly doing: 'collecting' | 'asking';
      /** How often it is looked at again because a look told nothing for want of time. Absent at first. */
      readonly again?: number;
      /** It was looked at again before anybody was called: now whoever has to be called is. */
      readonly settled?: true;
    }
  /** It is looked at once more before anybody is called, for it may be over by then. */
  | {
      readonly at: 'investigating';
      readonly doing: 'settling';
      /** When a deploy was, within seconds of which it began, so that it may be no more than the restart; absent where none was. */
      readonly deployed?: number;
      /** The service that it depends on, in which the cause lies, and which has an open incident of its own; absent where there is none. */
      readonly dependency?: string;
      readonly until: number;
    }
  | {
      readonly at: 'preparing';
      readonly decided: Decided;
      /** Once its dry run is in, it waits held. Absent where nobody ever held it. */
      readonly held?: Held | null;
      /** Where it rested before a person asked for this plan, and goes back to where that cannot be run. Absent where it did not. */
      readonly before?: Resting;
    }
  | Waiting
  | {
      readonly at: 'reproving';
      readonly decided: Decided;
      readonly since: number;
      readonly turn: QueueEntry | null;
    }
  | {
      readonly at: 'starting';
      readonly decided: Decided;
      readonly turn: QueueEntry | null;
      readonly provenAt: number;
    }
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
  | {
      readonly at: 'muted';
      readonly until: number;
      /** What mutes it, in words. */
      readonly words: Text;
      readonly decided: Decided | null;
    }
  | { readonly at: 'observed'; readonly decided: Decided }
  | {
      readonly at: 'cancelled';
      readonly decided: Decided;
      readonly by: string;
      readonly reason: string | null;
    }
  | {
      readonly at: 'escalated';
      readonly reason: Text;
      readonly decided: Decided | null;
      /** Its plan was given up only because something could not be read: a person may have it tried again, with the consent it had. */
      readonly retriable?: true;
    }
  | { readonly at: 'closed'; readonly how: Closure; readonly reason: Text };

/** Where an incident rests. */
export type Resting = Extract<Phase, { readonly at: 'muted' | 'observed' | 'cancelled' | 'escalated' }>;

/**
 * How an incident ended: a fix was proven, it was seen to be well without one, its alerts resolved and nobody could look, or a question
 * was answered.
 */
export type Closure = 'healed' | 'recovered' | 'resolved' | 'answered';

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

/** The incident in whose thread another one is told: a neighbour's that opened before it, or the one it is the return of. */
export interface Link {
  readonly kind: 'neighbour' | 'relapse';
  /** The incident that owns the thread. */
  readonly incident: string;
  /** The how manieth return that is told in this thread; absent for the first. */
  readonly nth?: number;
  /** The neighbour that was open, where that is another one than the owner of the thread. */
  readonly of?: { readonly incident: string; readonly subject: string };
  /** When the neighbour was over; absent as long as it is not. */
  readonly over?: number;
}

/** What it is the return of, in a thread of its own: nobody reads one in which everything stands four times. */
export interface Follows {
  /** The incident that owns the thread before. */
  readonly incident: string;
  /** How often it was told there that it was back. */
  readonly times: number;
}

/** An incident that is told in this one's thread. */
export interface LinkedIncident {
  readonly kind: Link['kind'];
  readonly incident: string;
  readonly subject: string;
  /** When it was over; absent as long as it is not. */
  readonly over?: number;
}

/** What a person made of the diagnosis, once somebody knows better. */
export interface Judgement {
  readonly by: string;
  readonly at: number;
  readonly verdict: 'right' | 'wrong';
  /** The cause that was judged; null where none was named. */
  readonly cause: string | null;
  /** The playbook that the diagnosis led to; null where none. */
  readonly playbook: string | null;
  /** What it really was, in the person's words. */
  readonly really: string | null;
}

/** What speaks against a plan that Medic would go on with by itself, and who said so; null where nobody did. */
export interface Wary {
  readonly by: string | null;
  readonly words: Text;
}

/** A question that somebody asked in the thread, and that is not answered yet. */
export interface OpenQuestion {
  /** `q1`, `q2`, … */
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly text: string;
  /** Asked by somebody of another workspace, in a shared channel: nothing but this incident's own subject is looked at for them. */
  readonly outside?: true;
}

/** The whole of one incident. Only `step` makes a new one, and only the engine stores it. */
export interface Incident {
  readonly schema: 4;
  readonly id: string;
  /** Grows by one with every committed change. */
  readonly version: number;
  readonly subject: Subject;
  /** How it is known what it is about, or why nobody knows, where no label of the first alert says so. Absent where one does, and in what an older Medic opened. */
  readonly because?: string;
  readonly title: string;
  readonly severity: Severity;
  /** Who opened it: an alert source, or a person with `/heal` or `/diagnose`. */
  readonly openedBy: { readonly kind: 'alert' } | { readonly kind: 'person'; readonly user: string };
  /** The first alerts, in full, by fingerprint. */
  readonly alerts: Readonly<Record<string, AttachedAlert>>;
  /** The others, counted: a storm must not make an incident grow without bound. */
  readonly crowd: Overflow;
  readonly link: Link | null;
  /** Absent where it is no return, or is told in the thread before. */
  readonly follows?: Follows;
  readonly guests: readonly LinkedIncident[];
  /** The incident that shows that this one's end did not last. */
  readonly relapsed: string | null;
  readonly phase: Phase;
  readonly round: number;
  readonly evidence: readonly EvidenceSummary[];
  /** What the newest evidence holds for a person who takes over; absent where none is in, and in what an older Medic looked into. */
  readonly found?: Found;
  readonly diagnosis: Diagnosis | null;
  readonly secondOpinion: Diagnosis | null;
  readonly attempts: readonly Attempt[];
  readonly plans: number;
  /** What people made of its diagnoses: the newest word of each. */
  readonly judgements: readonly Judgement[];
  /** How many questions were asked in its thread, and those that wait for an answer. */
  readonly asked: number;
  readonly questions: readonly OpenQuestion[];
  readonly outcome: Outcome | null;
  /** The newest call for a person; absent where nobody was ever called. */
  readonly call?: Call;
  /** Why people are asked for whatever plan Medic makes next; absent where nothing speaks against it. */
  readonly wary?: Wary;
  /** Where an older Medic told it: Slack's own record says so by now, unless nothing has happened since. */
  readonly formerThread?: { readonly channel: string; readonly ts: string };
  readonly milestones: Milestones;
  /** Hash of the newest timeline entry, and how many there are. */
  readonly head: { readonly hash: string; readonly length: number };
  /** What is stored of it does not bear Medic's seal. Never stored: the next change ends what was under way. */
  readonly unsigned?: true;
  /** A later version of it was seen by this process: Redis was set back. Never stored. */
  readonly setBack?: true;
}

/** Why a plan is not started of which somebody may have thought better in what Redis no longer holds. */
export const SET_BACK =
  'Redis holds an earlier state of this incident than was seen before, and nobody knows what has been decided since';

/** Why nothing of an incident is acted on that does not bear Medic's seal. */
export const UNSIGNED =
  'what Redis holds of this incident is not signed with Medic’s key: it was changed by something else, or written before the key was set. Nothing of its plan is run';

/** An incident whose stored state does not bear Medic's seal: whatever it says of a plan, there is none. */
export function distrusted(incident: Incident): Incident {
  const { phase } = incident;
  const rests: Phase = phase.at === 'closed' ? phase : { at: 'escalated', reason: UNSIGNED, decided: null };
  // Nor does anybody know whether somebody is on it.
  const { call: _call, ...rest } = incident;
  return { ...rest, unsigned: true, phase: rests };
}

/** Whether an attempt that ended so can be what helped. */
export function canHaveHelped(result: AttemptResult | null): boolean {
  return whyNotTheFix(result) === null;
}

/** Whether an incident that began with alerts has none left that fires. */
export function isQuiet(incident: Incident): boolean {
  return Object.keys(incident.alerts).length > 0 && !fires(incident);
}

/** Whether an alert of it fires, be it one that is only counted. */
export function fires(incident: Incident): boolean {
  return incident.crowd.firing > 0 || firingAlerts(incident).length > 0;
}

/** Whether to look first, because every alert has resolved and nobody has approved the plan since in that knowledge. */
export function mayHaveHealed(incident: Incident, { consent }: Decided): boolean {
  return isQuiet(incident) && !(consent?.kind === 'approved' && consent.quiet);
}

/** Whether a person wants a plan to start, in the knowledge of how things stand: by asking for it, hurrying it or approving it. */
export function wantedByPerson({ plan, consent }: Decided): boolean {
  return plan.requestedBy.kind === 'person' || consent?.kind === 'hurried' || consent?.kind === 'approved';
}

/** What tells one dry run of a plan from another, short enough for a button; null where none is shown. */
export function markOf({ diff }: Decided): string | null {
  return diff === null ? null : diff.hash.slice(0, 16);
}

/** Alerts that still fire, of those that are held in full. */
export function firingAlerts(incident: Incident): readonly Alert[] {
  return Object.values(incident.alerts)
    .map((attached) => attached.alert)
    .filter((alert) => alert.status === 'firing');
}
