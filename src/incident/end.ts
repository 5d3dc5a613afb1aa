import { type Own, type Said, say, type Text } from '../lib/text/text.ts';
import { partsOf } from '../lib/text/text-read.ts';
import { mute, muting } from './alerts/mute.ts';
import { tellOver } from './alerts/neighbour-over.ts';
import { requestRecoveryChart } from './evidence/chart.ts';
import { canLook } from './evidence/health-looks.ts';
import { change, type Draft, emit, enter, record } from './model/draft.ts';
import { type Closure, isQuiet } from './model/incident.ts';
import { currentPlan, traitsOf } from './model/phases.ts';
import type { StepContext } from './model/step-context.ts';

/**
 * Calls a person. Where every alert has resolved meanwhile, nothing is left to wait for: the person is told, and it is over, unless
 * the last thing known of the service is that a fix was broken off or did not help.
 */
export function escalate<const S extends string>(
  draft: Draft,
  reason: Said | Own<S>,
  context: StepContext,
): Draft {
  return call(draft, reason, context);
}

function call(draft: Draft, reason: Text, context: StepContext): Draft {
  const { phase, outcome, attempts } = draft.incident;
  const decided = currentPlan(draft.incident);
  const called = record(enter(draft, { at: 'escalated', reason, decided }), { kind: 'escalated', reason });
  const { runs, watches } = traitsOf(phase);
  const inDoubt =
    (runs || watches) && (outcome?.kind === 'refuted' || attempts.at(-1)?.result?.kind === 'stopped');
  return isQuiet(called.incident) && !inDoubt ? endQuiet(called, partsOf(reason), context) : called;
}

/** Ends an incident for good. */
export function close<const S extends string>(
  draft: Draft,
  how: Closure,
  reason: Said | Own<S>,
  context: StepContext,
): Draft {
  return end(draft, how, reason, context);
}

function end(draft: Draft, how: Closure, reason: Text, context: StepContext): Draft {
  const milestones = { ...draft.incident.milestones, closed: context.now };
  const closed = enter(change(draft, { milestones }), { at: 'closed', how, reason });
  const told = record(tellOver(closed, context.now), { kind: 'closed', how, reason, milestones });
  return how === 'answered' ? told : requestRecoveryChart(told);
}

/**
 * Ends the course of an incident without a fix: a person is called, unless it is muted. Where no alert is, somebody only asked,
 * and has the answer.
 */
export function endUnfixed(draft: Draft, reason: Said, context: StepContext): Draft {
  const { incident } = draft;
  if (Object.keys(incident.alerts).length === 0) return close(draft, 'answered', reason, context);
  const muted = incident.attempts.length === 0 && !isQuiet(incident) ? muting(incident, context) : null;
  return muted === null ? escalate(draft, reason, context) : mute(draft, muted, null, context);
}

export const RESOLVED = 'all alerts resolved';

/**
 * Every alert of an incident has resolved, and no plan is at work. A sender also says that when its own monitoring dies, or when the
 * process behind the metric does: so the subject is looked at before anything is said of recovery, wherever Medic can look.
 *
 * @param but what else is to be said of its end; null where nothing
 */
export function endQuiet(draft: Draft, but: Said | null, context: StepContext): Draft {
  if (canLook(draft.incident, context)) return emit(draft, { kind: 'recheck' });
  const words = but === null ? say`${RESOLVED}` : say`${but}; ${RESOLVED} meanwhile`;
  const reason = say`${words}; Medic cannot look at it, so nobody has confirmed that it is healthy`;
  return close(draft, 'resolved', reason, context);
}
