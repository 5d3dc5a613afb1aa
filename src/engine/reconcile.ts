import { overSince, readExitReport } from '../execution/exit-report.ts';
import type { OutboxEffect } from '../incident/model/effect.ts';
import type { Logger } from '../observability/logger.ts';
import { LEASE } from './effects/attempt.ts';
import type { Engine } from './engine.ts';
import type { JobQueue } from './job-queue.ts';
import type { Attempts } from './store/attempts.ts';
import type { Outbox, PendingNotifications } from './store/outbox.ts';
import type { Heart } from './store/snapshot.ts';

export interface ReconcileParts {
  readonly store: Heart & Outbox & PendingNotifications & Attempts;
  readonly engine: Engine;
  readonly jobQueue: JobQueue;
  /** The names of the sinks besides Slack. */
  readonly sinks: readonly string[];
  readonly log: Logger;
}

/** Timers are delivered again this long before they are due, milliseconds: longer than from one reconciliation to the next. */
const AHEAD = 15_000;

/** What one reconciliation found still owed, by kind. */
export type PendingCounts = Readonly<Record<string, number>>;

/**
 * Delivers again whatever is still owed, at boot and regularly: losing every job in the queue loses nothing but time. An attempt
 * whose worker is gone is never delivered again; its incident learns that the outcome is unknown.
 */
export async function reconcile(parts: ReconcileParts): Promise<PendingCounts> {
  const { store, sinks } = parts;
  const [owed, unshown, untold, { now, aliveSince }] = await Promise.all([
    store.outbox(),
    store.pendingNotifications(),
    Promise.all(sinks.map(async (sink) => [sink, await store.pendingNotifications(sink)] as const)),
    store.heartbeat(),
  ]);
  const owing: Record<string, number> = {};
  for (const { effect } of owed) owing[effect.kind] = (owing[effect.kind] ?? 0) + 1;
  // A timer has had its job since it was set; should that be lost, the timer is delivered shortly before it is due.
  const due = owed.filter(({ effect }) => effect.kind !== 'timer' || effect.at - now <= AHEAD);
  await parts.jobQueue.deliverAll(
    due.filter(({ effect }) => effect.kind !== 'execute'),
    unshown,
    Object.fromEntries(untold),
  );
  for (const one of due)
    if (isExecute(one)) await guarded(parts, one, () => lookAfter(parts, one, now, aliveSince));
  return owing;
}

type Execute = OutboxEffect & {
  readonly effect: Extract<OutboxEffect['effect'], { readonly kind: 'execute' }>;
};

function isExecute(owed: OutboxEffect): owed is Execute {
  return owed.effect.kind === 'execute';
}

/** One that cannot be handled must not keep the others waiting. */
async function guarded(
  { log }: ReconcileParts,
  owed: OutboxEffect,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (err) {
    log.error({ err, incident: owed.incident, effect: owed.id }, 'an owed effect could not be delivered');
  }
}

/** An attempt that nobody has begun is delivered; of one whose worker is gone, its incident learns that the outcome is unknown. */
async function lookAfter(
  { store, engine, jobQueue, log }: ReconcileParts,
  owed: Execute,
  now: number,
  aliveSince: number,
): Promise<void> {
  const { effect } = owed;
  const state = await store.attemptState(effect.attempt);
  if (state === 'not-begun' || state === 'alive-unbegun') return jobQueue.deliver(owed, 0);
  if (state === 'running') return;
  const [known, left] = await Promise.all([
    store.loadResult(effect.attempt),
    store.exitReport(effect.attempt),
  ]);
  const word = readExitReport(left);
  // After a gap of the store no lease can have been renewed: its workers get the time to say that they live.
  if (known === null && now - aliveSince < LEASE) return;
  log.warn({ incident: owed.incident, attempt: effect.attempt }, 'the worker of an attempt is gone');
  const reason = 'the process that ran it ended before it could say how it went';
  const over = word === null ? {} : { overAt: overSince(word) };
  const result = known ?? ({ kind: 'interrupted', reason, ...over } as const);
  await engine.dispatch(
    owed.incident,
    { type: 'attempt-ended', attempt: effect.attempt, result },
    { answers: owed.id },
  );
}
