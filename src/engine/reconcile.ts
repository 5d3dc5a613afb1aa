import { readLastWord } from '../execution/last-word.ts';
import type { OwedEffect } from '../incident/effect.ts';
import type { Logger } from '../observability/logger.ts';
import { LEASE } from './attempt.ts';
import type { Carrier } from './carrier.ts';
import type { Engine } from './engine.ts';
import type { Store } from './store.ts';

export interface ReconcileParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly carrier: Carrier;
  readonly log: Logger;
}

/** What one reconciliation found still owed, by kind. */
export type Owing = Readonly<Record<string, number>>;

/**
 * Delivers again whatever is still owed, at boot and regularly: losing every job in the queue loses nothing but time. An attempt
 * whose worker is gone is never delivered again; its incident learns that the outcome is unknown.
 */
export async function reconcile(parts: ReconcileParts): Promise<Owing> {
  const { store, carrier } = parts;
  const [owed, unshown, { now, aliveSince }] = await Promise.all([
    store.owed(),
    store.unshown(),
    store.clock(),
  ]);
  const owing: Record<string, number> = {};
  for (const one of owed) {
    owing[one.effect.kind] = (owing[one.effect.kind] ?? 0) + 1;
    try {
      await redeliver(parts, one, now, aliveSince);
    } catch (err) {
      // One that cannot be handled must not keep the others waiting.
      parts.log.error(
        { err, incident: one.incident, effect: one.id },
        'an owed effect could not be delivered',
      );
    }
  }
  for (const [incident, version] of Object.entries(unshown)) await carrier.show(incident, version, 0);
  return owing;
}

async function redeliver(
  { store, engine, carrier, log }: ReconcileParts,
  owed: OwedEffect,
  now: number,
  aliveSince: number,
): Promise<void> {
  const { effect } = owed;
  if (effect.kind === 'timer') return carrier.deliver(owed, Math.max(0, effect.at - now));
  if (effect.kind !== 'execute') return carrier.deliver(owed, 0);
  const state = await store.attemptState(effect.attempt);
  if (state === 'not-begun') return carrier.deliver(owed, 0);
  if (state === 'running') return;
  const [known, left] = await Promise.all([store.loadResult(effect.attempt), store.lastWord(effect.attempt)]);
  const word = readLastWord(left);
  // After a gap of the store no lease can have been renewed: its workers get the time to say that they live.
  if (known === null && now - aliveSince < LEASE) return;
  log.warn({ incident: owed.incident, attempt: effect.attempt }, 'the worker of an attempt is gone');
  const reason = 'the process that ran it ended before it could say how it went';
  const over = word === null ? {} : { overAt: Math.max(word.endedAt, word.remoteUntil ?? 0) };
  const result = known ?? ({ kind: 'interrupted', reason, ...over } as const);
  await engine.dispatch(
    owed.incident,
    { type: 'attempt-ended', attempt: effect.attempt, result },
    { answers: owed.id },
  );
}
