import { unansweredCall } from './call.ts';
import { type Draft, emit, InvariantError } from './draft.ts';
import type { TimerName } from './effect.ts';
import { type Incident, isQuiet } from './incident.ts';
import { isIdle } from './phases.ts';

/**
 * What each timer is for, and the name of the deadline that one of an incident as it is now serves; null where it has none. A timer that
 * rings is stale where the incident names another deadline by then, or none: it was moved, or what it was for is over.
 */
const TIMERS = {
  /** The end of a cancel window. */
  window: ofWaiting,
  /** The end of the time in which people may approve. */
  approval: ofWaiting,
  /** Somebody is reminded that a plan waits for approval. */
  reminder: ofWaiting,
  /** Another look whether the way is clear for a plan that waits for its turn. */
  turn: ofWaiting,
  /** The next look of a verification. */
  sample: ({ phase }) => (phase.at === 'verifying' ? `${phase.decided.plan.id}@${phase.since}` : null),
  /** Another try to read the premises of a plan. */
  reproof: ({ phase }) => (phase.at === 'reproving' ? `${phase.decided.plan.id}@${phase.since}` : null),
  /** The look after which whoever has to be called is, although it was deployed just before. */
  settle: ({ phase }) =>
    phase.at === 'investigating' && phase.doing === 'settling' ? String(phase.until) : null,
  /** The end of a silence, or a look whether it was lifted before. */
  unmute: ({ phase }) => (phase.at === 'muted' ? String(phase.until) : null),
  /** Another look at what has resolved only by its sender's word, unless something was heard of its alerts since. */
  recheck: (incident) => (isQuiet(incident) && isIdle(incident) ? lastNews(incident) : null),
  /** The next rung of the ladder, while nobody has taken the call. */
  escalation: (incident) => {
    const call = unansweredCall(incident);
    return call === null || call.next === null ? null : `call-${call.nth}@${call.next}`;
  },
} as const satisfies Readonly<Record<TimerName, (incident: Incident) => string | null>>;

/** All timers of a plan that waits serve its one deadline. */
function ofWaiting({ phase }: Incident): string | null {
  if (phase.at !== 'waiting' || phase.deadline === null) return null;
  return `${phase.decided.plan.id}@${phase.deadline}`;
}

/** When something was last heard of its alerts. */
export function lastNews({ alerts }: Incident): string {
  return String(Math.max(...Object.values(alerts).map(({ changedAt }) => changedAt)));
}

/** Sets a timer of the incident as it is in this draft. */
export function setTimer(draft: Draft, name: TimerName, at: number): Draft {
  const { incident } = draft;
  const serves = TIMERS[name](incident);
  if (serves === null) throw new InvariantError(`a ${name} timer serves nothing while ${incident.phase.at}`);
  return emit(draft, { kind: 'timer', name, at, serves });
}

/** Why a timer that rings serves no deadline of the incident any more; null where it does. */
export function whyStale(incident: Incident, name: TimerName, serves: string): string | null {
  const served = TIMERS[name](incident);
  if (served === serves) return null;
  return served === null ? `the incident is ${incident.phase.at} by now` : 'the deadline it served has moved';
}
