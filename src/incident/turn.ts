import { ask, type Draft, enter, tell } from './draft.ts';
import { escalate } from './end.ts';
import type { Given } from './given.ts';
import type { Decided, Phase, Turn, Waiting } from './incident.ts';
import { describe, type Obstacle } from './obstacle.ts';
import { reprove, waitingFor } from './planning.ts';

/** The longest time between two looks whether the way is clear; milliseconds. Whoever releases something also calls. */
const SLOWEST = 30_000;

/** Looks whether the way is clear, before anything is read afresh for it. */
export function look(draft: Draft, { decided }: Waiting): Draft {
  return ask(draft, { kind: 'look', plan: decided.plan.id });
}

/** The way is clear: the premises are read afresh, since whatever was waited for may have changed them. Or it is not yet. */
export function weighLook(draft: Draft, waiting: Waiting, obstacle: Obstacle | null, given: Given): Draft {
  return obstacle === null
    ? reprove(draft, waiting, waiting.decided.consent ?? { kind: 'not-needed' }, given)
    : queue(draft, waiting.decided, waiting.turn, obstacle, given);
}

/** The claim was refused: the plan keeps its consent and waits for its turn. */
export function weighRefusal(
  draft: Draft,
  { decided, turn }: Extract<Phase, { at: 'starting' }>,
  obstacle: Obstacle,
  given: Given,
): Draft {
  if (obstacle.kind !== 'new-memory') return queue(draft, decided, turn, obstacle, given);
  const { consent } = decided;
  const waiting = { ...waitingFor(decided), turn };
  return reprove(draft, { ...waiting, decided }, consent ?? { kind: 'not-needed' }, given);
}

/** Waits for its turn. The same obstacle is told once, not at every try, and nobody waits for ever. */
function queue(draft: Draft, decided: Decided, turn: Turn | null, obstacle: Obstacle, given: Given): Draft {
  const words = describe(obstacle);
  const since = turn?.since ?? given.now;
  const waited = given.now - since;
  if (obstacle.kind === 'tripped') return escalate(draft, words, given);
  if (obstacle.kind !== 'paused' && waited >= given.settings.policy.turn_expires)
    return escalate(
      draft,
      `${decided.plan.title} has waited ${Math.round(waited / 60_000)} minutes for its turn: ${words}`,
      given,
    );
  const retryAt = Math.max(obstacle.retryAt, given.now + Math.min(waited / 4, SLOWEST));
  const at = Math.round(retryAt);
  const plan = decided.plan.id;
  const waiting = enter(draft, {
    at: 'waiting',
    for: 'turn',
    decided,
    deadline: at,
    held: null,
    turn: { kind: obstacle.kind, obstacle: words, since },
  });
  const told =
    turn?.obstacle === words
      ? waiting
      : tell(waiting, { kind: 'in-turn', plan, obstacle: words, retryAt: at });
  return ask(told, { kind: 'timer', name: 'turn', at, serves: `${plan}@${at}` });
}
