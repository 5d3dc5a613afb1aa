import type { Logger } from '../observability/logger.ts';
import type { Again, Carrier } from './carrier.ts';
import type { Engine } from './engine.ts';
import { type Notifier, NotShown } from './notifier.ts';
import type { Store } from './store.ts';

/** Only one replica draws an incident at a time, or two would post the same thing. */
export interface Turns {
  /** Runs `work` unless someone else is at it; false when someone is. */
  exclusively(name: string, work: () => Promise<void>): Promise<boolean>;
}

export interface ShowParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly notifier: Notifier;
  readonly carrier: Carrier;
  readonly turns: Turns;
  readonly log: Logger;
}

/** How soon to look again when another replica is drawing the same incident. */
const TAKEN = 250;

/**
 * Brings the chat up to date with an incident, and tells the incident what people can now see: its thread, and the plan whose
 * buttons stand there. Until that is committed, the projection stays owed.
 */
export async function show(parts: ShowParts, id: string): Promise<Again> {
  let again: Again = null;
  const mine = await parts.turns.exclusively(id, async () => {
    again = await project(parts, id);
  });
  return mine ? again : TAKEN;
}

async function project({ engine, store, notifier, carrier, log }: ShowParts, id: string): Promise<Again> {
  const [incident, timeline, { now }] = await Promise.all([
    store.load(id),
    store.timeline(id),
    store.clock(),
  ]);
  if (incident === null) return null;
  try {
    const shown = await notifier.project(incident, timeline, now);
    await engine.dispatch(id, { type: 'thread-opened', ...shown.thread });
    if (shown.plan !== null) await engine.dispatch(id, { type: 'plan-shown', plan: shown.plan });
    await store.markShown(id, incident.version);
    if (shown.refreshAt !== null)
      await carrier.show(id, incident.version, Math.max(250, shown.refreshAt - now));
    return null;
  } catch (error) {
    if (!(error instanceof NotShown)) throw error;
    log.warn(
      { incident: id, err: error, retryAfter: error.retryAfter },
      'the chat does not show this incident yet',
    );
    return error.retryAfter;
  }
}
