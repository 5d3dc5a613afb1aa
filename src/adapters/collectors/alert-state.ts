import type { Alert } from '../../alerts/alert.ts';
import type { Binding, BoundAlert } from '../../evidence/alert-source.ts';
import type { ServiceView } from '../../evidence/collector.ts';

/** None of these servers is the alert's own; another kind of server may be. */
export type Elsewhere = { readonly kind: 'elsewhere'; readonly reason: string };

/**
 * What an alert's source says of it now. `at` is when the source itself looked, epoch milliseconds; `interval` how often it does.
 *
 * - `active`: its condition holds, whether it fires already or is pending; `looksBack` is for how long its rule may go on firing after all
 *   is well, milliseconds, where that is known
 * - `ended`: it was active there once, is not any more, and what it measured is still there
 * - `untold`: nobody knows; the reason is for people
 */
export type AlertState =
  | {
      readonly kind: 'active';
      readonly at: number;
      readonly interval: number | null;
      readonly looksBack?: number;
      readonly bound: BoundAlert;
    }
  | {
      readonly kind: 'ended';
      readonly at: number;
      readonly interval: number | null;
      /** What this end does not rest on, where it rests on less than usual. */
      readonly note: string | null;
      /** When what it rests on was measured last, epoch milliseconds; null where nobody knows. */
      readonly measuredAt: number | null;
    }
  /**
   * `vanished`: it is not active any more because what it measures is not there any more. `unanswered`: its server gave no answer, or none
   * that can be gone by, and may give one when it is asked again.
   */
  | {
      readonly kind: 'untold';
      readonly reason: string;
      readonly vanished?: true;
      readonly unanswered?: true;
    };

/** What is known of an alert whose server gave no answer. */
export const unanswered = (reason: string): AlertState => ({ kind: 'untold', reason, unanswered: true });

/** What was bound before, by fingerprint, and the service that the alerts are about. */
export interface Known {
  readonly bound: Readonly<Record<string, BoundAlert>>;
  readonly service: ServiceView | null;
}

/** All servers of one kind. Every alert gets an answer, by fingerprint; nothing here rejects. */
export interface AlertServers {
  bind(
    alerts: readonly Alert[],
    service: ServiceView | null,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Binding | Elsewhere>>;
  states(
    alerts: readonly Alert[],
    known: Known,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, AlertState | Elsewhere>>;
}

/** What was bound under this fingerprint, which is a sender's text and may be any. */
export function boundOf({ bound }: Known, { fingerprint }: Alert): BoundAlert | null {
  return Object.hasOwn(bound, fingerprint) ? (bound[fingerprint] ?? null) : null;
}

/** The address of a server, as it can be compared with another: without credentials, query and the last slash. Null where it is none. */
export function addressOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { origin, pathname } = new URL(url);
  return origin === 'null' ? null : `${origin}${pathname.replace(/\/+$/, '')}`;
}

/** Asks one thing of many alerts, a few at a time, so that a storm of alerts is no storm of requests. */
export async function eachOf<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [place, item] of rest) answers[place] = await ask(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return answers;
}
const AT_ONCE = 8;

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
