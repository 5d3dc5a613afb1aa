import type { ServiceView } from '../collector.ts';
import type { Fact, ObjectId } from '../facts/fact.ts';
import { databaseId, hostId, serviceId } from '../facts/objects.ts';
import type { Cluster } from './cluster.ts';
import type { Told } from './usual.ts';

/** Whose log it is. */
export interface Writer {
  readonly of: ObjectId;
  /** Where it runs. */
  readonly within: readonly ObjectId[];
  /** The databases that it uses, of which a line may speak. */
  readonly databases: readonly { readonly id: ObjectId; readonly kind: string }[];
}

export function writerOf({ name, postgresql = [], redis = [] }: ServiceView, host: string): Writer {
  return {
    of: serviceId(name),
    within: [hostId(host)],
    databases: [
      ...postgresql.map((one) => ({ id: databaseId(one.name), kind: 'postgresql' })),
      ...redis.map((one) => ({ id: databaseId(one.name), kind: 'redis' })),
    ],
  };
}

/** A line of the text that is shown, with what it shows. */
export interface Shown {
  readonly cluster: Cluster;
  readonly line: string;
}

/** Of templates, no more than these are stated. */
const MOST = 10;
const LONGEST = 200;

/** The messages that are known, each once, by the kind of line that was written most. */
export function signatureFacts(
  shown: readonly Shown[],
  writer: Writer,
  seenAt: number,
  usual?: true,
): readonly Fact[] {
  const byName = new Map<string, Fact & { readonly count: number }>();
  for (const { cluster, line } of shown)
    for (const { name, speaks_of } of cluster.signatures) {
      const known = byName.get(name);
      const at = Math.min(known?.at ?? Infinity, cluster.firstAt ?? seenAt);
      const leads = known === undefined || cluster.count > known.count;
      byName.set(name, {
        name: 'log.signature',
        of: writer.of,
        within: [...writer.within, ...databasesOf(writer, speaks_of)],
        value: name,
        at,
        quote: leads ? line : known.quote,
        count: leads ? cluster.count : known.count,
        ...(usual === undefined ? {} : { usual }),
      });
    }
  return [...byName.values()].map(({ count: _count, ...fact }) => fact);
}

function databasesOf({ databases }: Writer, kind: string | undefined): readonly ObjectId[] {
  return databases.flatMap((one) => (one.kind === kind ? [one.id] : []));
}

/** The kinds of lines that nobody wrote before, and those that were written once; the ones that look bad first. */
export function templateFacts(
  shown: readonly Shown[],
  { unseen }: Told,
  { of, within }: Writer,
  seenAt: number,
): readonly Fact[] {
  const ranked = [...shown].sort((a, b) => Number(b.cluster.looksBad) - Number(a.cluster.looksBad));
  const state = (name: 'log.template.new' | 'log.template.rare', wanted: (cluster: Cluster) => boolean) =>
    ranked
      .filter(({ cluster }) => wanted(cluster))
      .slice(0, MOST)
      .map(({ cluster, line }): Fact => {
        const value = cluster.template.slice(0, LONGEST).toWellFormed();
        return { name, of, within, value, at: cluster.firstAt ?? seenAt, quote: line };
      });
  return [
    ...state('log.template.new', (cluster) => unseen.has(cluster)),
    ...state('log.template.rare', ({ count }) => count === 1),
  ];
}

/** How much is written, in the line that says it. */
export function rateFacts(
  { rates }: Told,
  { of, within }: Writer,
  line: string | null,
  at: number,
): readonly Fact[] {
  if (rates === null || line === null) return [];
  const fact = (name: Fact['name'], value: number): Fact => ({ name, of, within, value, at, quote: line });
  const { now, before } = rates;
  return [
    fact('log.rate.now', now.lines),
    fact('log.errors.now', now.errors),
    ...(before === null
      ? []
      : [fact('log.rate.before', before.lines), fact('log.errors.before', before.errors)]),
  ];
}
