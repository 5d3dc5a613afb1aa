import type { Prometheus } from './client.ts';
import type { Track } from './expression/format.ts';
import { keyOf } from './expression/freshness.ts';
import { jumpsOf, type Point, type Step, toldSteps } from './expression/levels.ts';

/** So many series, and so many steps of each, are told; the newest. */
const SERIES = 5;
const STEPS = 5;
/** So many stretches are evaluated again. */
const LOOKS = 8;
const FINENESS = 30;
const LEAST = 1_000;
/** How long a finer answer is waited for, milliseconds; without it a step is told as between two moments. */
const PATIENCE = 1_500;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Evaluates the stretches in which series turned or ended once more, in finer steps, so that it is told to the second. */
export async function closerLooks(
  expression: string,
  tracks: readonly Track[],
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly Track[]> {
  const told = tracks.slice(0, SERIES).map((track) => {
    const turns = toldSteps(track.points).slice(-STEPS);
    return { turns, end: endOf(track), stretches: turns.map(stretchOf) };
  });
  const stretches = told
    .flatMap(({ end, stretches: own }) => (end === null ? own : [end, ...own]))
    .filter(({ from, to }) => to - from > LEAST)
    .sort((a, b) => b.to - a.to);
  const apart = [...new Map(stretches.map((one) => [`${one.from} ${one.to}`, one])).values()];
  const soon = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  const looks = apart.slice(0, LOOKS).map(async ({ from, to }) => {
    const step = Math.max(LEAST, (to - from) / FINENESS);
    const series = await prometheus.queryRange(expression, { from, to, step }, soon).catch(() => []);
    return { from, to, bySeries: new Map(series.map(({ labels, points }) => [keyOf(labels), points])) };
  });
  const found = await Promise.all(looks);
  const fineIn = (stretch: Stretch, track: Track) =>
    found
      .find(({ from, to }) => from === stretch.from && to === stretch.to)
      ?.bySeries.get(keyOf(track.labels)) ?? [];
  return tracks.map((track, index) => {
    const { turns = [], end = null } = told[index] ?? {};
    const closer = turns.flatMap((step) => {
      const moment = turnIn(fineIn(stretchOf(step), track), step, track);
      return moment === null ? [] : [[step.after[0], moment] as const];
    });
    const last = end === null ? undefined : fineIn(end, track).at(-1)?.[0];
    return { ...track, closer: new Map(closer), ended: last ?? track.ended };
  });
}

function stretchOf({ before, after }: Step): Stretch {
  return { from: before[0], to: after[0] };
}

/** The step in which a series stopped answering; null for one that lives, or whose last sample is known. */
function endOf({ points, ended, step, to }: Track): Stretch | null {
  const last = points.at(-1)?.[0];
  return ended === null || ended !== last ? null : { from: last, to: Math.min(to, last + step) };
}

/**
 * Between which two of these points the step stands: the last that is still as before it, and the first that is as after it. Null where
 * they go from one to the other more than once.
 */
function turnIn(fine: readonly Point[], step: Step, track: Track): { from: number; at: number } | null {
  if (fine.length === 0) return null;
  const inside = fine.filter(([at]) => at > step.before[0] && at < step.after[0]);
  const points = [step.before, ...inside, step.after];
  const few = jumpsOf(track.points.filter(([, value]) => Number.isFinite(value))) !== null;
  const middle = (step.before[1] + step.after[1]) / 2;
  const isAs = (end: Point, [, value]: Point) =>
    few ? value === end[1] : value > middle === end[1] > middle;
  const last = points.findLastIndex((point) => isAs(step.before, point));
  const first = points.findIndex((point) => isAs(step.after, point));
  const [from, at] = [points[last], points[first]];
  return from === undefined || at === undefined || first < last ? null : { from: from[0], at: at[0] };
}
