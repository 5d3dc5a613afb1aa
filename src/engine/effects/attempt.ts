import { setTimeout as pause, setInterval } from 'node:timers/promises';
import type { AttemptResult, TaskLine } from '../../execution/attempt.ts';
import type { Effect, OutboxEffect } from '../../incident/model/effect.ts';
import type { Incident, Phase } from '../../incident/model/incident.ts';
import { currentPlan, isRunning } from '../../incident/model/phases.ts';
import { checkOrder } from '../../incident/plan/order.ts';
import { person, say } from '../../lib/text/text.ts';
import { plainly } from '../../lib/text/text-read.ts';
import type { RetryAfter } from '../job-queue.ts';
import type { Attempts } from '../store/attempts.ts';
import type { Incidents } from '../store/incidents.ts';
import type { Heart } from '../store/snapshot.ts';
import { withComparison } from './compare.ts';
import { ownPlaybook } from './own-playbook.ts';
import { orderOf, type PerformParts } from './perform.ts';

/** How long a worker may be silent before its attempt counts as lost. */
export const LEASE = 10_000;
const RENEWAL = 1_000;
/** How soon it is asked again whether an attempt may begin that may not now, milliseconds. */
const LEAVE_AGAIN = 1_000;
/** How often keeping a result is tried. */
const SAVES = 300;

type Execute = OutboxEffect & { readonly effect: Extract<Effect, { readonly kind: 'execute' }> };

/**
 * Runs the one attempt an incident has claimed. It begins at most once, whoever is asked and however often: the mark is set
 * before anything is started, so a worker that dies leaves an attempt whose outcome is unknown, and not one that is rerun.
 */
export async function attempt(parts: PerformParts, worker: string, owed: Execute): Promise<RetryAfter> {
  const { store } = parts;
  const { effect } = owed;
  const [incident, stillOwed] = await Promise.all([store.load(owed.incident), store.isPending(owed.id)]);
  if (incident === null || !stillOwed) return null;
  // A memory that has lost its newest entries may not know that the attempt was begun, while its worker still says that it lives.
  if ((await store.attemptState(effect.attempt)) === 'alive-unbegun') return LEASE;
  const leave = await parts.door.leave(incident, effect);
  if (leave.kind === 'hold') return LEAVE_AGAIN;
  await store.renewLease(effect.attempt, LEASE);
  if (!(await store.beginAttempt(effect.attempt, worker))) return tellAgain(parts, owed);
  await runUnderLease(parts, worker, incident, owed, leave.kind === 'refused' ? plainly(leave.reason) : null);
  return null;
}

/** It was begun before. Where its end is known and the incident has not learned it, it learns it now. */
async function tellAgain(
  { store, engine }: PerformParts,
  { id, incident, effect }: Execute,
): Promise<RetryAfter> {
  const result = await store.loadResult(effect.attempt);
  if (result !== null) {
    await engine.dispatch(
      incident,
      { type: 'attempt-ended', attempt: effect.attempt, result },
      { answers: id },
    );
  }
  return null;
}

/** Keeps the lease until the incident has learned how the attempt ended, or the result is safe for whoever tells it later. */
async function runUnderLease(
  parts: PerformParts,
  worker: string,
  incident: Incident,
  owed: Execute,
  refused: string | null,
): Promise<void> {
  const { effect } = owed;
  const stopping = new AbortController();
  const done = new AbortController();
  const renewing = () => renew(parts.store, worker, incident.id, effect.attempt);
  const keeping = keepLease(renewing, { stopping, done: done.signal });
  const told = teller(parts, incident.id, effect.attempt);
  try {
    const signal = AbortSignal.any([stopping.signal, parts.signal]);
    const result =
      refused === null ? await start(parts, incident, effect, told.report, signal) : notStarted(refused);
    await keepResult(parts.store, effect.attempt, result);
    await told.end();
    await tellAgain(parts, owed);
  } finally {
    done.abort();
    await keeping;
  }
}

/** The one thing that nobody else knows: kept under the lease, however long the store cannot be reached. */
async function keepResult(store: Attempts, attemptId: string, result: AttemptResult): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await store.saveResult(attemptId, result);
    } catch (error) {
      if (attempts === SAVES) throw error;
      await pause(RENEWAL);
    }
  }
}

async function start(
  { world, catalog, store, reportTo, door, signal: ending }: PerformParts,
  incident: Incident,
  effect: Execute['effect'],
  report: (line: TaskLine) => void,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { now } = await store.heartbeat();
  const checked = checkOrder(incident, effect, ownPlaybook(currentPlan(incident)?.plan, catalog()), now);
  if (checked.kind === 'refused') return notStarted(checked.reason);
  if (checked.kind === 'stopped') return { kind: 'stopped', reason: say`stopped by ${person(checked.by)}` };
  const order = orderOf(effect.attempt, checked.run, checked.plan, catalog());
  if (order === null) return notStarted(`${checked.plan.playbook} is no longer in the catalog`);
  const fence = await store.fence(incident.id);
  if (fence === null) return notStarted('nothing is claimed for it');
  const signed = incident.attempts.find(({ id }) => id === effect.attempt)?.fence;
  if (signed !== undefined && signed !== fence)
    return notStarted('the number of its claim is not the one that it was claimed with');
  const begun = noted(door, effect.attempt);
  if (begun !== null) return begun;
  const claimed = { ...order, fence, reportTo: reportTo(effect.attempt) };
  const result = await world.runner.run(claimed, report, signal);
  if (result.kind === 'stopped' && ending.aborted && signal.reason === ending.reason)
    return brokenOff(store, result, String(ending.reason));
  return effect.purpose === 'rollback'
    ? withComparison(asHeard(result), { runner: world.runner, order: claimed, incident, signal })
    : asHeard(result);
}

/** What a runner says in a string may hold names from outside, be it of a host or of what it left running. */
function asHeard(result: AttemptResult): AttemptResult {
  if (result.kind !== 'stopped' || typeof result.reason !== 'string') return result;
  return { ...result, reason: say`${result.reason}` };
}

/** Whoever runs it keeps a note of its own, so that a memory that was set back cannot have it run twice; null once it is noted. */
function noted(door: PerformParts['door'], attemptId: string): AttemptResult | null {
  try {
    if (door.begin(attemptId)) return null;
  } catch (error) {
    return notStarted(`the runner cannot note that it begins it: ${String(error)}`);
  }
  const reason =
    'the runner has begun it before, and does not begin it twice: Redis has forgotten that, or was set back';
  return { kind: 'interrupted', reason };
}

function notStarted(reason: string): AttemptResult {
  return { kind: 'failed', reason, exitCode: null, untouched: true };
}

/**
 * Not a person but this process's own end stopped it: nobody knows how far it came. That it is over is known, by the clock of
 * record, so that its locks need not wait until it could not run any more.
 */
async function brokenOff(
  store: Heart,
  { elsewhereFor = 0 }: Extract<AttemptResult, { readonly kind: 'stopped' }>,
  reason: string,
): Promise<AttemptResult> {
  const over = await store.heartbeat().then(
    ({ now }) => ({ overAt: now + elsewhereFor }),
    () => ({}),
  );
  return { kind: 'interrupted', reason, ...over };
}

/** Renews the lease while the attempt runs, and looks whether a person pressed Stop. */
async function keepLease(
  renewing: () => Promise<Phase | null>,
  { stopping, done }: { readonly stopping: AbortController; readonly done: AbortSignal },
): Promise<void> {
  try {
    for await (const _ of setInterval(RENEWAL, undefined, { signal: done })) {
      // A store that cannot be reached now may be there next time; the lease outlives several renewals.
      const phase = await renewing().catch(() => null);
      if (phase !== null && isRunning(phase) && phase.stop !== null) stopping.abort('a person stopped it');
    }
  } catch (error) {
    if (!done.aborted) throw error;
  }
}

/**
 * Says that the worker lives. A memory that lost its last moments, as in a failover, may have forgotten that the attempt was begun:
 * it learns it again before anyone could begin the same attempt anew.
 */
async function renew(
  store: Attempts & Incidents,
  worker: string,
  incident: string,
  attemptId: string,
): Promise<Phase | null> {
  await store.beginAttempt(attemptId, worker);
  await store.renewLease(attemptId, LEASE);
  return (await store.load(incident))?.phase ?? null;
}

/** Tells the incident of each task, in order. A line that cannot be told does not stop the work. */
function teller({ engine }: PerformParts, incident: string, attemptId: string) {
  let queue: Promise<unknown> = Promise.resolve();
  return {
    report(line: TaskLine) {
      const event = { type: 'task', attempt: attemptId, line } as const;
      queue = queue.then(() => engine.dispatch(incident, event)).catch(() => undefined);
    },
    end: () => queue,
  };
}
