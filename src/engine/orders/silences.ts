import { isReadable } from '../../alerts/matcher.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Silence } from '../../silence/silence.ts';
import type { OrderStore } from '../store/orders.ts';

export interface SilenceSyncParts {
  /** Reads the silences that Alertmanager has now; rejects when it cannot be asked. */
  readonly read: () => Promise<readonly Silence[]>;
  readonly store: Pick<OrderStore, 'syncSilences'>;
  readonly log: Logger;
}

/**
 * Remembers Alertmanager's own silences, in place of those it had before. While it cannot be asked, the last ones stay until they
 * end by themselves: not to know of a silence is no reason to act.
 */
export async function syncSilences({ read, store, log }: SilenceSyncParts): Promise<void> {
  let silences: readonly Silence[];
  try {
    silences = await read();
  } catch (err) {
    log.warn({ err }, 'the silences of Alertmanager cannot be read; those known stay');
    return;
  }
  for (const { id, matchers } of silences) {
    const unreadable = matchers.find((matcher) => !isReadable(matcher));
    if (unreadable !== undefined)
      log.warn(
        { silence: id, pattern: unreadable.value },
        'a silence has a pattern that cannot be read: it counts as matching, so that nothing is done that somebody wanted left alone',
      );
  }
  // Always in the same order, so that what has not changed reads as unchanged.
  await store.syncSilences(
    'alertmanager',
    silences.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  );
}
