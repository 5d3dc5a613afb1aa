import { windowAround } from '../../../evidence/chart.ts';
import type { Series } from '../../../evidence/evidence.ts';
import type { Prometheus, RangeWindow } from './client.ts';
import type { Track } from './expression/format.ts';
import { thinned } from './expression/thin.ts';
import { contradicts } from './observe.ts';

const STEPS = 240;
/** Prometheus is seldom told to look more often than this; milliseconds. */
const LEAST_STEP = 1_000;
const SERIES = 5;
/** So many samples of a series are kept. */
const POINTS = 1_000;
/** Finer by less than this is not worth another question. */
const WORTH = 1.5;
/** How long the evidence waits for a finer picture, milliseconds: what is known without it must not be late for its sake. */
const PATIENCE = 1_000;

interface Asked {
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When the alert began. */
  readonly startsAt: number;
  /** What was seen of the alert's series, and over which window. */
  readonly tracks: readonly Track[];
  readonly window: RangeWindow;
}

/**
 * The metric once more for the time around its alert, in finer steps than two hours allow: an outage of a minute is two points
 * there. Null where that would show no more, or nothing answers.
 */
export async function closeUp(
  { query, labels, startsAt, tracks, window }: Asked,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly Series[] | null> {
  if (!Number.isFinite(startsAt) || startsAt >= window.to) return null;
  const { from, to } = windowAround(startsAt, window.to);
  if (tracks.length > 0 && tracks.every(({ sampled }) => sampled)) return near(tracks, from);
  const step = Math.max(LEAST_STEP, (to - from) / STEPS);
  if (step * WORTH > window.step) return null;
  const soon = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  const series = await prometheus.queryRange(query, { from, to, step }, soon).catch(() => []);
  const mine = series.filter((one) => !contradicts(one.labels, labels)).slice(0, SERIES);
  return mine.length === 0 ? null : mine.map((one) => known(one, tracks));
}

/** The samples themselves, as they were read already. */
function near(tracks: readonly Track[], from: number): readonly Series[] | null {
  const series = tracks.slice(0, SERIES).map(({ labels, points }) => {
    const late = points.filter(([at]) => at >= from);
    return { labels, points: thinned(late, POINTS) };
  });
  return series.every(({ points }) => points.length === 0) ? null : series;
}

/** Without what only repeats the newest sample. */
function known({ labels, points }: Series, tracks: readonly Track[]): Series {
  const ended = tracks.find((track) => !contradicts(track.labels, labels))?.ended ?? Number.POSITIVE_INFINITY;
  return { labels, points: points.filter(([at]) => at <= ended + LEAST_STEP) };
}
