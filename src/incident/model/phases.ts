import {
  type Decided,
  fires,
  type Incident,
  type Phase,
  type VerifyAfter,
  type Waiting,
} from './incident.ts';

/** Where in its life an incident is, as finely as anything goes by it: what a plan waits for, and what a verification follows, are places of their own. */
export type Place =
  | Exclude<Phase['at'], 'waiting' | 'verifying'>
  | `waiting-${Waiting['for']}`
  | `verifying-${VerifyAfter['kind']}`;

/** What is so of an incident at a place, whatever else it holds. */
export interface Traits {
  /**
   * - `works`: something is under way, or waits
   * - `rests`: no automatic plan is made until its alerts resolve or a person resumes
   * - `sleeps`: the same, and it looks again by itself when its time is up
   * - `over`: the end
   */
  readonly life: 'works' | 'rests' | 'sleeps' | 'over';
  /**
   * What has become of its plan:
   * - `none`: there is none
   * - `ahead`: nothing of it has started, and it may still come to that
   * - `acting`: its fix has begun; from the claim to the end of the verification it holds its locks and its slot
   * - `shelved`: nothing of it has started, and nothing will by itself. There may be none
   * - `dropped`: it was given up, or has been run. There may be none
   */
  readonly plan: 'none' | 'ahead' | 'acting' | 'shelved' | 'dropped';
  /** Whether nobody is asked any more before it acts: it takes the consent that the plan's verdict asks for to come here. */
  readonly consented: boolean;
  /** Whether its plan has a place in the queue of those that wait for their turn. */
  readonly inQueue: boolean;
  /** Whether an attempt runs: the fix, or its rollback. */
  readonly runs: boolean;
  /** Whether recovery is watched. */
  readonly watches: boolean;
  /** Whether it cannot go on without a person (`needed`), or a person may change its course now (`may-decide`). */
  readonly people: 'needed' | 'may-decide' | 'none';
}

/** Places without a plan are those whose phase has no room for one. */
type Rows = {
  readonly [P in Place]: Traits & { readonly plan: P extends Planless ? 'none' : Planned };
};
type Planless = Exclude<Phase, { readonly decided: unknown }>['at'];
type Planned = Exclude<Traits['plan'], 'none'>;

const NOTHING = { consented: false, inQueue: false, runs: false, watches: false, people: 'none' } as const;
const AHEAD = { ...NOTHING, life: 'works', plan: 'ahead' } as const;
const ACTING = { ...NOTHING, life: 'works', plan: 'acting' } as const;

/**
 * Every phase with what is so of it; how each is entered and left is told at `Phase`. Whatever asks for several phases at once asks
 * this table, so that a new phase has to say here what it is.
 */
export const PHASES = {
  investigating: { ...NOTHING, life: 'works', plan: 'none' },
  preparing: AHEAD,
  'waiting-window': { ...AHEAD, people: 'may-decide' },
  'waiting-approval': { ...AHEAD, people: 'may-decide' },
  'waiting-turn': { ...AHEAD, people: 'may-decide', inQueue: true },
  reproving: { ...AHEAD, consented: true, inQueue: true },
  starting: { ...AHEAD, consented: true, inQueue: true },
  executing: { ...ACTING, consented: true, runs: true },
  'verifying-fix': { ...ACTING, watches: true },
  'verifying-rollback': { ...ACTING, watches: true },
  'verifying-resolved': { ...AHEAD, watches: true },
  'verifying-looks-healthy': { ...AHEAD, watches: true },
  'rolling-back': { ...ACTING, runs: true },
  muted: { ...NOTHING, life: 'sleeps', plan: 'shelved' },
  observed: { ...NOTHING, life: 'rests', plan: 'shelved' },
  cancelled: { ...NOTHING, life: 'rests', plan: 'dropped' },
  escalated: { ...NOTHING, life: 'rests', plan: 'dropped', people: 'needed' },
  closed: { ...NOTHING, life: 'over', plan: 'none' },
} as const satisfies Rows;

/** The phases with these traits, as the table has them. */
type PhaseWith<Some extends Partial<Traits>> = Extract<
  Phase,
  { readonly at: { [P in Place]: (typeof PHASES)[P] extends Some ? P : never }[Place] }
>;

export function placeOf(phase: Phase): Place {
  if (phase.at === 'waiting') return `waiting-${phase.for}`;
  if (phase.at === 'verifying') return `verifying-${phase.after.kind}`;
  return phase.at;
}

export function traitsOf(phase: Phase): Traits {
  return PHASES[placeOf(phase)];
}

export function isOpen({ phase }: Pick<Incident, 'phase'>): boolean {
  return traitsOf(phase).life !== 'over';
}

/** Whether something is wrong with its subject for all that is known: it is open, and an alert fires. */
export function isIll(incident: Incident): boolean {
  return isOpen(incident) && fires(incident);
}

/** Whether an incident rests: it is open, and no automatic plan is made until its alerts resolve or a person resumes. */
export function atRest({ phase }: Pick<Incident, 'phase'>): boolean {
  const { life } = traitsOf(phase);
  return life === 'rests' || life === 'sleeps';
}

/** Whether an incident is open and no plan is at work: none is ahead, and none acts. */
export function isIdle({ phase }: Pick<Incident, 'phase'>): boolean {
  const { life, plan } = traitsOf(phase);
  return life !== 'over' && plan !== 'ahead' && plan !== 'acting';
}

/** The plan in play, in whatever phase, or null. */
export function currentPlan({ phase }: Pick<Incident, 'phase'>): Decided | null {
  return 'decided' in phase ? phase.decided : null;
}

/** Whether nothing of the plan in this phase has started, and it may still come to that. */
export function isAhead(phase: Phase): boolean {
  return traitsOf(phase).plan === 'ahead';
}

/** Whether nothing of the plan in this phase has started: it can still be taken back. */
export function notStarted(phase: Phase): boolean {
  const { plan } = traitsOf(phase);
  return plan === 'ahead' || plan === 'shelved';
}

/** Whether an attempt of this incident runs: the fix, or its rollback. */
export function isRunning(phase: Phase): phase is PhaseWith<{ readonly runs: true }> {
  return traitsOf(phase).runs;
}

/** Whether an incident in this phase holds its locks and its slot: from the claim through verification. */
export function holdsLocks(phase: Phase): boolean {
  return traitsOf(phase).plan === 'acting';
}

/** Whether a plan in this phase has a place in the queue of those that wait for their turn. */
export function wantsTurn(phase: Phase): boolean {
  return traitsOf(phase).inQueue;
}

/** Whether it takes the consent that the plan's verdict asks for to be in this phase. */
export function isConsented(phase: Phase): phase is PhaseWith<{ readonly consented: true }> {
  return traitsOf(phase).consented;
}
