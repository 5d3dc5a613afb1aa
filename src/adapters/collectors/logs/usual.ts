import { type Cluster, clusterLines } from './cluster.ts';
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
export function tellUsual(lines: readonly TimedLine[], from: number, to: number): Told {
  if (lines.every(({ at }) => at === null)) {
    return { fresh: clusterLines(lines), usual: [], lines: lines.length, baseline: null };
  }
  const since = lines.filter(({ at }) => at !== null && at >= from);
  const before = lines.filter(({ at }) => at !== null && at < from);
  const baseline = before.reduce<number | null>(
    (oldest, { at }) => Math.min(oldest ?? Infinity, at ?? Infinity),
    null,
  );
  const counted = new Map(clusterLines(before).map(({ key, count }) => [key, count]));
  const minutesBefore = Math.max(1, (from - (baseline ?? from)) / MINUTE);
  const minutesSince = Math.max(1, (to - from) / MINUTE);
  const isUsual = ({ key, count }: Cluster) => {
    const earlier = counted.get(key) ?? 0;
    return earlier >= OFTEN && earlier / minutesBefore >= (MEASURE * count) / minutesSince;
  };
  const clusters = clusterLines(since);
  return {
    fresh: clusters.filter((cluster) => !isUsual(cluster)),
    usual: clusters.filter(isUsual).map((cluster) => ({ cluster, before: counted.get(cluster.key) ?? 0 })),
    lines: since.length,
    baseline,
  };
}
