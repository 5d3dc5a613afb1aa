import { ask, change, type Draft, enter, tell } from './draft.ts';
import type { Given } from './given.ts';
import { canLook } from './health-looks.ts';
import { type Closure, isQuiet } from './incident.ts';
import { mute, muting } from './mute.ts';
import { currentPlan, traitsOf } from './phases.ts';
import { drawRecovery } from './picture.ts';

/**
 * Calls a person. Where every alert has resolved meanwhile, nothing is left to wait for: the person is told, and it is over, unless
 * the last thing known of the service is that a fix was broken off or did not help.
 */
export function escalate(draft: Draft, reason: string, given: Given): Draft {
  const { phase, outcome, attempts } = draft.incident;
  const decided = currentPlan(draft.incident);
  const called = tell(enter(draft, { at: 'escalated', reason, decided }), { kind: 'escalated', reason });
  const { runs, watches } = traitsOf(phase);
  const inDoubt =
    (runs || watches) && (outcome?.kind === 'refuted' || attempts.at(-1)?.result?.kind === 'stopped');
  return isQuiet(called.incident) && !inDoubt ? endQuiet(called, reason, given) : called;
}

/** Ends an incident for good. */
export function close(draft: Draft, how: Closure, reason: string, given: Given): Draft {
  const milestones = { ...draft.incident.milestones, closed: given.now };
  const closed = enter(change(draft, { milestones }), { at: 'closed', how, reason });
  const told = tell(closed, { kind: 'closed', how, reason, milestones });
  return how === 'answered' ? told : drawRecovery(told);
}

/**
 * Ends the course of an incident without a fix: a person is called, unless it is muted. Where no alert is, somebody only asked,
 * and has the answer.
 */
export function endUnfixed(draft: Draft, reason: string, given: Given): Draft {
  const { incident } = draft;
  if (Object.keys(incident.alerts).length === 0) return close(draft, 'answered', reason, given);
  const muted = incident.attempts.length === 0 && !isQuiet(incident) ? muting(incident, given) : null;
  return muted === null ? escalate(draft, reason, given) : mute(draft, muted, null, given);
}

export const RESOLVED = 'every alert resolved';

/**
 * Every alert of an incident has resolved, and no plan is at work. A sender also says that when its own monitoring dies, or when the
 * process behind the metric does: so the subject is looked at before anything is said of recovery, wherever Medic can look.
 *
 * @param but what else is to be said of its end; null where nothing
 */
export function endQuiet(draft: Draft, but: string | null, given: Given): Draft {
  if (canLook(draft.incident, given)) return ask(draft, { kind: 'recheck' });
  const words = but === null ? RESOLVED : `every alert has resolved, but ${but}`;
  const reason = `${words}; Medic has no way to look at it, so nobody has seen that it is well`;
  return close(draft, 'resolved', reason, given);
}
