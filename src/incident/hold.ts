import { person, say } from '../lib/text.ts';
import { type Draft, enter, type Refusal, refuse, tell } from './draft.ts';
import type { Given } from './given.ts';
import type { Held, Phase } from './incident.ts';
import { currentPlan } from './phases.ts';
import { heldIn, tooLate, waitsForPeople, withHold } from './standing.ts';
import { waitOn } from './turn.ts';
import { arm } from './waiting.ts';
import { minding } from './wary.ts';

/** Anyone may hold a plan that has not started. */
export function hold(draft: Draft, held: Held, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  const before = heldIn(phase);
  if (before !== null) return refuse(say`${person(before.by)} holds it already`);
  if (waitsForPeople(phase)) return refuse('it waits for a person anyway');
  return holdBack(draft, held, given) ?? refuse(tooLate(phase));
}

/** Holds the plan of an incident back; null where none can be. */
export function holdBack(draft: Draft, held: Held, { now }: Given): Draft | null {
  const { phase } = draft.incident;
  const next = withHold(phase, held, now);
  const decided = currentPlan(draft.incident);
  if (next === null || decided === null) return null;
  const told = tell(draft, { kind: 'held', plan: decided.plan.id, ...held });
  return minding(enter(told, next), 'hold', held.by);
}

/** Lets a plan that was held go on: its window runs afresh, or it waits for its turn again. */
export function resume(draft: Draft, by: string, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  const decided = currentPlan(draft.incident);
  if (heldIn(phase) === null || decided === null) return refuse('nobody holds it');
  const told = tell(draft, { kind: 'resumed', plan: decided.plan.id, by, deadline: null });
  return letGo(told, phase, given);
}

function letGo(draft: Draft, phase: Phase, given: Given): Draft {
  if (phase.at !== 'waiting') return enter(draft, withHold(phase, null, given.now) ?? phase);
  if (phase.for !== 'turn') return arm(draft, phase, phase.decided.verdict.window, given);
  // The time for which somebody held it is not time for which its turn did not come.
  const turn = phase.turn && { ...phase.turn, since: given.now };
  return waitOn(draft, { ...phase, held: null, turn }, given);
}
