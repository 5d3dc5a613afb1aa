import type { Alert } from '../../../alerts/alert.ts';
import { addressOf } from '../alert-state.ts';

type Labels = Readonly<Record<string, string>>;

/** What is known of who a server is. */
export interface Identity {
  readonly name: string;
  /** Every address that it goes by, each as `addressOf` writes it. */
  readonly addresses: readonly string[];
  /** What it adds to every alert it sends. */
  readonly externalLabels: Labels;
  /** Why it could not say who it is, where it could not. */
  readonly unread: string | null;
}

/**
 * Where an alert comes from: several servers only where they are replicas of each other. `unread` is `nowhere` as long as a server
 * has not said who it is.
 */
export type Place =
  | { readonly kind: 'settled'; readonly by: 'address' | 'labels'; readonly servers: readonly Identity[] }
  | { readonly kind: 'unread'; readonly reason: string }
  | { readonly kind: 'nowhere'; readonly reason: string };

/** The server whose address the alert's link has, or else the one whose external labels the alert carries. Pure. */
export function placeOf(alert: Alert, identities: readonly Identity[]): Place {
  const base = alert.link === null ? null : baseOf(alert.link);
  const there = identities.filter(({ addresses }) => base !== null && addresses.includes(base));
  if (there.length > 0) {
    const agreeing = there.filter(({ externalLabels }) => !contradiction(externalLabels, alert.labels));
    return { kind: 'settled', by: 'address', servers: agreeing.length > 0 ? agreeing : there };
  }
  const scored = identities.map((identity) => ({ identity, carried: carriedOf(identity, alert.labels) }));
  const most = Math.max(0, ...scored.map(({ carried }) => carried.length));
  const closest = scored.filter(({ carried }) => most > 0 && carried.length === most);
  const sets = new Set(closest.map(({ carried }) => JSON.stringify([...carried].sort())));
  if (sets.size === 1)
    return { kind: 'settled', by: 'labels', servers: closest.map(({ identity }) => identity) };
  const unread = identities.find((identity) => identity.unread !== null);
  if (unread?.unread)
    return { kind: 'unread', reason: `${unread.unread}, so nobody knows whether the alert is its own` };
  return { kind: 'nowhere', reason: nowhere(base, identities) };
}

/** The address of the server that a link leads to, without the page on it that shows the alert or its expression. */
export function baseOf(link: string): string | null {
  return addressOf(link)?.replace(/(?:\/graph|\/query|\/vmalert\/alert|\/alerts?)$/, '') ?? null;
}

/** Labels that tell replicas apart are often dropped on the way, so that one alert does not come twice. */
const isReplica = (name: string) => /replica/i.test(name);

/** The external labels that the alert carries, as text; none unless it carries all of them. */
function carriedOf({ externalLabels }: Identity, labels: Labels): readonly string[] {
  if (contradiction(externalLabels, labels)) return [];
  const telling = Object.entries(externalLabels).filter(([name]) => !isReplica(name));
  return telling.every(([name]) => labels[name] !== undefined)
    ? telling.map((pair) => JSON.stringify(pair))
    : [];
}

/** A label that both have, and that differs. */
export function contradiction(mine: Labels, theirs: Labels): string | null {
  return (
    Object.entries(mine).find(([name, value]) => theirs[name] !== undefined && theirs[name] !== value)?.[0] ??
    null
  );
}

function nowhere(base: string | null, identities: readonly Identity[]): string {
  const names = identities.map(({ name }) => name).join(', ');
  return base === null
    ? `the alert does not say which Prometheus it comes from, and carries the external labels of none that is configured (${names})`
    : `the alert comes from ${base}, which is none of the Prometheus servers that are configured (${names})`;
}
