import type { OwedEffect } from '../incident/effect.ts';
import type { Logger } from '../observability/logger.ts';
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
  const [owed, unshown, { now }] = await Promise.all([store.owed(), store.unshown(), store.clock()]);
  const owing: Record<string, number> = {};
  for (const one of owed) {
    owing[one.effect.kind] = (owing[one.effect.kind] ?? 0) + 1;
    await settle(parts, one, now);
  }
  for (const [incident, version] of Object.entries(unshown)) await carrier.show(incident, version, 0);
  return owing;
}

async function settle(
  { store, engine, carrier, log }: ReconcileParts,
  owed: OwedEffect,
  now: number,
): Promise<void> {
  const { effect } = owed;
  if (effect.kind === 'timer') return carrier.deliver(owed, Math.max(0, effect.at - now));
  if (effect.kind !== 'execute') return carrier.deliver(owed, 0);
  const state = await store.attemptState(effect.attempt);
  if (state === 'not-begun') return carrier.deliver(owed, 0);
  if (state === 'running') return;
  log.warn({ incident: owed.incident, attempt: effect.attempt }, 'the worker of an attempt is gone');
  const reason = 'the process that ran it ended before it could say how it went';
  const event = {
    type: 'attempt-ended',
    attempt: effect.attempt,
    result: { kind: 'interrupted', reason },
  } as const;
  await engine.dispatch(owed.incident, event, { answers: owed.id });
}
