import type { Recognise } from '../facts/signatures.ts';
import { type Cluster, clustersIn, kindsOf } from './cluster.ts';
import type { TimedLine } from './times.ts';

/** What a log says of the time of an alert, apart from what it said before in the same measure. */
export interface Told {
  /** Kinds of lines that are new, or much more frequent than before. */
  readonly fresh: readonly Cluster[];
  /** Kinds of lines that were there before, with how many of them came before. */
  readonly usual: readonly { readonly cluster: Cluster; readonly before: number }[];
  /** Lines of the window. */
  readonly lines: number;
  /** Since when lines from before the window are known, epoch milliseconds; null where there are none to compare with. */
  readonly baseline: number | null;
  /** The fresh kinds of which nothing was written before at all. */
  readonly unseen: ReadonlySet<Cluster>;
  /** How much is written; null where its lines have no times. */
  readonly rates: { readonly now: Rates; readonly before: Rates | null } | null;
}

/** Each second. */
export interface Rates {
  readonly lines: number;
  /** Of them, those that look bad. */
  readonly errors: number;
}

/** So often must a kind of line have come before to be usual at all. */
const OFTEN = 2;
/** And at this part of its present rate at least. */
const MEASURE = 0.5;
const MINUTE = 60_000;

/**
 * Tells what is new since `from` from what is usual. A line that nothing dates is left out, unless none has a time at all: then all
 * of them stand for the window, and there is nothing to compare with.
 *
 * @param to  the end of the window, epoch milliseconds
 */
export function tellUsual(
  lines: readonly TimedLine[],
  from: number,
  to: number,
  recognise: Recognise = () => [],
): Told {
  const kinds = kindsOf(lines, recognise);
  if (lines.every(({ at }) => at === null)) {
    const fresh = clustersIn(lines, kinds);
    return { fresh, usual: [], lines: lines.length, baseline: null, unseen: new Set(), rates: null };
  }
  const clusters = clustersIn(lines, kinds, ({ at }) => at !== null && at >= from);
  const earlier = clustersIn(lines, kinds, ({ at }) => at !== null && at < from);
  const baseline = earliest(earlier);
  const counted = new Map(earlier.map((cluster) => [identityOf(cluster), cluster.count]));
  const countBefore = (cluster: Cluster) => counted.get(identityOf(cluster)) ?? 0;
  const minutesBefore = Math.max(1, (from - (baseline ?? from)) / MINUTE);
  const minutesSince = Math.max(1, (to - from) / MINUTE);
  const isUsual = (cluster: Cluster) => {
    const before = countBefore(cluster);
    return before >= OFTEN && before / minutesBefore >= (MEASURE * cluster.count) / minutesSince;
  };
  const fresh = clusters.filter((cluster) => !isUsual(cluster));
  return {
    fresh,
    usual: clusters.filter(isUsual).map((cluster) => ({ cluster, before: countBefore(cluster) })),
    lines: countOf(clusters),
    baseline,
    unseen: new Set(baseline === null ? [] : fresh.filter((cluster) => countBefore(cluster) === 0)),
    rates: {
      now: ratesOf(clusters, minutesSince),
      before: baseline === null ? null : ratesOf(earlier, minutesBefore),
    },
  };
}

const identityOf = ({ template, signatures }: Cluster) =>
  [template, ...signatures.map(({ name }) => name)].join('\n');

function earliest(clusters: readonly Cluster[]): number | null {
  return clusters.reduce<number | null>(
    (oldest, { firstAt }) => Math.min(oldest ?? Infinity, firstAt ?? Infinity),
    null,
  );
}

function countOf(clusters: readonly Cluster[]): number {
  return clusters.reduce((sum, { count }) => sum + count, 0);
}

function ratesOf(clusters: readonly Cluster[], minutes: number): Rates {
  const errors = countOf(clusters.filter((cluster) => cluster.looksBad));
  return { lines: countOf(clusters) / (minutes * 60), errors: errors / (minutes * 60) };
}
