import { addressOf, reasonOf } from '../../alert-state.ts';
import type { Prometheus, Self } from '../client.ts';
import type { Identity } from '../place.ts';

/** A Prometheus that Medic may ask, and what `medic.yml` says of it. */
export interface PrometheusServer {
  readonly name: string;
  readonly prometheus: Prometheus;
  /** What it calls itself in links, where that is another address. */
  readonly externalUrl?: string;
  /** Read from itself where none are given. */
  readonly externalLabels?: Readonly<Record<string, string>>;
}

/** Its configuration may be loaded anew. */
const KEPT = 300_000;

/**
 * Tells who a server is: by what is configured, and by what it says of itself. What it said is kept for five minutes, and longer while
 * it gives no answer. The reader never rejects; `now` is epoch milliseconds.
 */
export function createIdentityReader(
  { name, prometheus, externalUrl, externalLabels }: PrometheusServer,
  now: () => number,
): (signal: AbortSignal) => Promise<Identity> {
  let kept: { readonly self: Self; readonly at: number } | null = null;
  const configured = [prometheus.url, ...(externalUrl === undefined ? [] : [externalUrl])];
  const identityOf = (self: Self | null, unread: string | null): Identity => ({
    name,
    addresses: [...configured, self?.externalUrl ?? prometheus.url].flatMap((url) => addressOf(url) ?? []),
    externalLabels: externalLabels ?? self?.externalLabels ?? {},
    unread,
  });
  return async (signal) => {
    if (externalUrl !== undefined && externalLabels !== undefined) return identityOf(null, null);
    if (kept !== null && now() - kept.at < KEPT) return identityOf(kept.self, null);
    try {
      kept = { self: await prometheus.self(signal), at: now() };
      return identityOf(kept.self, null);
    } catch (error) {
      return kept === null ? identityOf(null, reasonOf(error)) : identityOf(kept.self, null);
    }
  };
}
