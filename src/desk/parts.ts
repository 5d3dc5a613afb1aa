import type { Settings } from '../config/settings.ts';
import type { Dispatched, Engine } from '../engine/engine.ts';
import type { Facts } from '../engine/store/attempts.ts';
import type { Incidents, Index, Past } from '../engine/store/incidents.ts';
import type { Breakers, OnceNames, OrderStore } from '../engine/store/orders.ts';
import type { Heart } from '../engine/store/snapshot.ts';
import type { Incident } from '../incident/model/incident.ts';
import { say } from '../lib/text/text.ts';
import { partsOf } from '../lib/text/text-read.ts';
import type { Logger } from '../observability/logger.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import type { Reply } from './desk.ts';
import type { Condition } from './overview.ts';

/** What the desk reads and changes of the memory. Incidents it changes through the engine alone. */
export type DeskStore = Heart & Incidents & Index & Past & Facts & OnceNames & OrderStore & Breakers;

/** The channel in which an incident is told, and the address of its thread; null while the chat has not told where it is. */
export interface Whereabouts {
  readonly channel: string;
  readonly url: string | null;
}

/** What the desk works with. */
export interface ClerkParts {
  readonly engine: Engine;
  readonly store: DeskStore;
  readonly settings: Settings;
  readonly catalog: () => Catalog;
  readonly redact: (text: string) => string;
  readonly log: Logger;
  /** Where incidents are told, by incident, of those that are. Absent: nobody knows. */
  readonly threadsOf?: (incidents: readonly Incident[]) => Promise<ReadonlyMap<string, Whereabouts>>;
  /** Somebody has paused Medic or ended that: whatever waits says so. Absent: nobody shows what waits. */
  readonly pauseChanged?: () => Promise<void>;
  /** Absent: nothing is known of it. */
  readonly condition?: () => Promise<Condition>;
}

/** What became of a wish, for the one whose wish it was; says nothing where all went as wished. */
export function replyTo(dispatched: Dispatched): Reply {
  switch (dispatched.kind) {
    case 'refused':
      return { text: say`Nothing was changed: ${partsOf(dispatched.reason)}.`, refused: true };
    case 'obstructed':
    case 'elsewhere':
    case 'storm':
      return { text: say`Nothing was changed: something else is in the way. Try again.`, refused: true };
    case 'done':
    case 'repeated':
      return { text: null };
    default:
      return dispatched satisfies never;
  }
}

/** What is said to an order that stands in no incident and is delivered once more. */
export const REPEATED: Reply = {
  text: say`Nothing was changed: this command already ran. Type it again to repeat it.`,
  refused: true,
};

/** What people are told who give a secret for a value. */
export const SECRET = 'this looks like a secret, which must not be kept: give another value';

/**
 * The parameters whose value looks like a secret. It must neither be kept nor run, and a marker in its place would be another value.
 */
export function secretsIn(
  parameters: Readonly<Record<string, string>>,
  redact: (text: string) => string,
): readonly string[] {
  return Object.entries(parameters)
    .filter(([, value]) => redact(value) !== value)
    .map(([name]) => name);
}
