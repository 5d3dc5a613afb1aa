import type { Settings } from '../config/settings.ts';
import { say } from '../lib/text.ts';
import { partsOf } from '../lib/text-read.ts';
import type { Logger } from '../observability/logger.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import type { Reply } from './desk.ts';
import type { Condition } from './desk-overview.ts';
import type { Dispatched, Engine } from './engine.ts';
import type { Store } from './store.ts';

/** What the desk works with. */
export interface ClerkParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly settings: Settings;
  readonly catalog: () => Catalog;
  readonly redact: (text: string) => string;
  readonly log: Logger;
  /** The address of a message, for people; null while the chat has not told where it is. Absent: nobody knows. */
  readonly threadUrl?: (channel: string, ts: string) => string | null;
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
  text: say`Nothing was changed: this very command was carried out before. Write it anew to give it again.`,
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
