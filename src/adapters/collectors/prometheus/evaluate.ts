import type { Series } from '../../../evidence/evidence.ts';
import type { Prometheus, RangeWindow } from './client.ts';
import { closerLooks } from './closer.ts';
import type { Track } from './expression/format.ts';
import { type Freshness, freshnessOf, keyOf } from './expression/freshness.ts';
import type { Observed } from './observe.ts';

const MINUTE = 60_000;
/** What is looked at, the longest first; 240 steps each. */
const LENGTHS = [120 * MINUTE, 20 * MINUTE, 4 * MINUTE];
const STEPS = 240;
/** Fewer points than this do not show a shape. */
const ENOUGH = 20;
/** At so many different ends of series it is asked when they were measured last; the newest. */
const ENDS = 6;

/**
 * Evaluates an expression in steps over the two hours up to `to`, or over less where that shows more. Each series goes to its newest
 * sample and no further, and its turns are looked at once more.
 */
export async function evaluated(
  prometheus: Prometheus,
  expression: string,
  to: number,
  signal: AbortSignal,
): Promise<Observed> {
  const { series, window } = await widest(prometheus, expression, to, signal);
  const groups = [...Map.groupBy(series, (one) => lastOf(one, window))].sort(([a], [b]) => b - a);
  const tracks = await Promise.all(
    groups.map(async ([last, group], index) => {
      const asked = index < ENDS ? group : [];
      const measured = await freshnessOf(expression, asked, last, prometheus, signal);
      return group.map((one) => trackOf(one, last, measured(one.labels), window));
    }),
  );
  const closer = await closerLooks(expression, tracks.flat(), prometheus, signal);
  const ended = await withEnds(expression, closer, prometheus, signal);
  return { tracks: ended.filter(({ points }) => points.length > 0), window };
}

/** An evaluated series without what only repeats the newest sample behind it. */
function trackOf(
  { labels, points }: Series,
  last: number,
  { newest, late }: Freshness,
  { to, step }: RangeWindow,
): Track {
  return {
    labels,
    points: late ? points.filter(([at]) => at < newest) : points,
    to,
    step,
    sampled: false,
    ended: late ? newest : last < to ? last : null,
    closer: new Map(),
  };
}

/** The last value of a series that ended between two steps, as it was at its newest sample. */
async function withEnds(
  expression: string,
  tracks: readonly Track[],
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly Track[]> {
  const isCut = ({ ended, points }: Track) => ended !== null && ended > (points.at(-1)?.[0] ?? 0);
  const ends = [...new Set(tracks.flatMap((track) => (isCut(track) ? [track.ended ?? 0] : [])))];
  const answers = new Map(
    await Promise.all(
      ends.slice(0, ENDS).map(async (at) => [at, await prometheus.query(expression, signal, at)] as const),
    ),
  );
  return tracks.map((track) => {
    const { labels, points, ended } = track;
    const rows = ended !== null && isCut(track) ? answers.get(ended) : undefined;
    const last = rows?.find((row) => keyOf(row.labels) === keyOf(labels));
    return last === undefined || ended === null
      ? track
      : { ...track, points: [...points, [ended, last.value] as const] };
  });
}

/** When a series answered last; the end of the window for all that did so within the last step. */
function lastOf(series: Series, { to, step }: RangeWindow): number {
  const last = series.points.at(-1)?.[0] ?? to;
  return last < to - step / 2 ? last : to;
}

async function widest(prometheus: Prometheus, expression: string, to: number, signal: AbortSignal) {
  const windows = LENGTHS.map((length) => ({ from: to - length, to, step: length / STEPS }));
  let best: { series: readonly Series[]; window: RangeWindow } | null = null;
  for (const window of windows) {
    const series = await prometheus.queryRange(expression, window, signal);
    if (best === null || series.length > 0) best = { series, window };
    if (series.some(({ points }) => points.length >= ENOUGH)) break;
  }
  if (best === null) throw new Error('there is no window to look at');
  return best;
}
