import { type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import { heldIn, waitsForPeople } from '../model/holds.ts';
import { type Hold, holdersOf, type Phase } from '../model/incident.ts';
import { currentPlan } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { tooLate, withHold } from '../plan/phase-rules.ts';
import { waitOn } from '../run/queue.ts';
import { arm } from '../run/waiting.ts';
import { minding } from './wary.ts';

/** Anyone may hold a plan that has not started, and so may somebody else: the first may let go of it by choosing another fix. */
export function hold(draft: Draft, one: Hold, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  const before = heldIn(phase);
  if (before !== null && holdersOf(before).some(({ by }) => by === one.by))
    return refuse('you hold it already');
  if (waitsForPeople(phase)) return refuse('it waits for a person anyway');
  return holdBack(draft, one, context) ?? refuse(tooLate(phase));
}

/** Holds the plan of an incident back, beside whoever does already; null where none can be held. */
export function holdBack(draft: Draft, one: Hold, { now }: StepContext): Draft | null {
  const { phase } = draft.incident;
  const before = heldIn(phase);
  const held = before === null ? one : { ...before, also: [...(before.also ?? []), one] };
  const next = withHold(phase, held, now);
  const decided = currentPlan(draft.incident);
  if (next === null || decided === null) return null;
  const told = record(draft, { kind: 'held', plan: decided.plan.id, ...one });
  return minding(enter(told, next), 'hold', one.by);
}

/** Lets a plan that was held go on: its window runs afresh, or it waits for its turn again. */
export function resume(draft: Draft, by: string, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  const decided = currentPlan(draft.incident);
  if (heldIn(phase) === null || decided === null) return refuse('nobody holds it');
  const told = record(draft, { kind: 'resumed', plan: decided.plan.id, by, deadline: null });
  return letGo(told, phase, context);
}

function letGo(draft: Draft, phase: Phase, context: StepContext): Draft {
  if (phase.at !== 'waiting') return enter(draft, withHold(phase, null, context.now) ?? phase);
  if (phase.for !== 'turn') return arm(draft, phase, phase.decided.verdict.window, context);
  // The time for which somebody held it is not time for which its turn did not come.
  const turn = phase.turn && { ...phase.turn, since: context.now };
  return waitOn(draft, { ...phase, held: null, turn }, context);
}
