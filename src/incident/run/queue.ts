import { say, type Text } from '../../lib/text/text.ts';
import { partsOf, plainly } from '../../lib/text/text-read.ts';
import { escalate } from '../end.ts';
import { type Blocker, describe } from '../model/blocker.ts';
import { type Draft, emit, enter, record } from '../model/draft.ts';
import type { Decided, Phase, QueueEntry, Waiting } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';
import { reprove, waitingFor } from '../plan/planning.ts';

/** The shortest and the longest time between two looks whether the way is clear, milliseconds. Whoever releases something also calls. */
const SOONEST = 5_000;
const SLOWEST = 30_000;

/** Looks whether the way is clear, before anything is read afresh for it. */
export function checkQueue(draft: Draft, { decided }: Waiting): Draft {
  return emit(draft, { kind: 'look', plan: decided.plan.id });
}

/** The way is clear: the premises are read afresh, since whatever was waited for may have changed them. Or it is not yet. */
export function onQueueChecked(
  draft: Draft,
  waiting: Waiting,
  obstacle: Blocker | null,
  context: StepContext,
): Draft {
  const { decided, turn } = waiting;
  if (obstacle !== null) return enqueue(draft, decided, turn, obstacle, context);
  if (turn !== null && hasWaitedEnough(turn, context)) return giveUp(draft, decided, turn, context);
  return reprove(draft, waiting, decided.consent ?? { kind: 'not-needed' }, context);
}

/** The claim was refused: the plan keeps its consent and waits for its turn. */
export function onClaimRefused(
  draft: Draft,
  { decided, turn }: Extract<Phase, { at: 'starting' }>,
  obstacle: Blocker,
  context: StepContext,
): Draft {
  if (obstacle.kind !== 'new-memory') return enqueue(draft, decided, turn, obstacle, context);
  const { consent } = decided;
  return reprove(
    draft,
    { ...waitingFor(decided), decided, turn },
    consent ?? { kind: 'not-needed' },
    context,
  );
}

/** Waits for its turn. The same obstacle is told once, not at every try, and nobody waits for ever. */
export function enqueue(
  draft: Draft,
  decided: Decided,
  before: QueueEntry | null,
  obstacle: Blocker,
  context: StepContext,
): Draft {
  const words = describe(obstacle);
  const { kind } = obstacle;
  // A pause is a person's will, and may take as long as it likes.
  const since = before === null || before.kind === 'paused' ? context.now : before.since;
  const turn: QueueEntry = { kind, obstacle: words, since };
  if (kind === 'tripped') return escalate(draft, words, context);
  if (kind !== 'paused' && hasWaitedEnough(turn, context)) return giveUp(draft, decided, turn, context);
  const at = Math.max(obstacle.retryAt, nextLook(turn, context));
  const plan = decided.plan.id;
  const told = isSame(before?.obstacle, words)
    ? draft
    : record(draft, { kind: 'in-turn', plan, obstacle: words, retryAt: at });
  return waitUntil(told, { ...waitingFor(decided), for: 'turn', decided, turn }, at);
}

/** Goes on waiting for its turn, with another look in a while. */
export function waitOn(draft: Draft, waiting: Waiting, context: StepContext): Draft {
  const turn = waiting.turn ?? { kind: 'well', obstacle: WELL, since: context.now };
  return waitUntil(draft, { ...waiting, turn }, nextLook(turn, context));
}

/** What a plan waits for whose subject looked well when it was to start, and was not. */
export const WELL = 'all looked well when it was due to start';

function waitUntil(draft: Draft, waiting: Waiting, at: number): Draft {
  return setTimer(enter(draft, { ...waiting, deadline: at }), 'turn', at);
}

function nextLook({ since }: QueueEntry, { now }: StepContext): number {
  return Math.round(now + Math.min(Math.max((now - since) / 4, SOONEST), SLOWEST));
}

/** Time without a live Medic does not count. */
function hasWaitedEnough({ since }: QueueEntry, { now, aliveSince, settings }: StepContext): boolean {
  return now - Math.max(since, aliveSince) >= settings.policy.turn_expires;
}

function giveUp(
  draft: Draft,
  { plan }: Decided,
  { since, obstacle }: QueueEntry,
  context: StepContext,
): Draft {
  const minutes = Math.round((context.now - since) / 60_000);
  return escalate(
    draft,
    say`${plan.title} has waited ${minutes} minutes for its turn: ${partsOf(obstacle)}`,
    context,
  );
}

function isSame(one: Text | undefined, other: Text): boolean {
  return one !== undefined && plainly(one) === plainly(other);
}
