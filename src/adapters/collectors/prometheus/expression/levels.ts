export type Point = readonly [number, number];

/** A step of a series from one value or level to another: between these two points, which stand beside each other. */
export interface Step {
  readonly before: Point;
  readonly after: Point;
}

/** A series that keeps to a lower and a higher level, with every step between the two. */
export interface Levels {
  readonly low: number;
  readonly high: number;
  readonly steps: readonly Step[];
}

/** So many values are told each by each. */
const FEW = 3;
/** More steps than this are no levels, but a wavering. */
const MOST_STEPS = 6;

/** Every change of a series with few values, as of `up`; null for any other. */
export function jumpsOf(points: readonly Point[]): readonly Step[] | null {
  if (new Set(points.map(([, value]) => value)).size > FEW) return null;
  return stepsOf(points, ([, value]) => value);
}

/**
 * The two levels that explain most of a series, however often it went from one to the other: two outages are four steps and not one.
 * Null where no two explain most of it, where they differ by less than a tenth, and where it wavers.
 */
export function levelsOf(points: readonly Point[]): Levels | null {
  const cut = bestCut(points.map(([, value]) => value));
  if (cut === null) return null;
  const steps = stepsOf(points, ([, value]) => value > cut.limit);
  return steps.length > MOST_STEPS ? null : { low: cut.low, high: cut.high, steps };
}

/** The steps that are told of a series, whichever way; what is told is looked at more closely. */
export function toldSteps(points: readonly Point[]): readonly Step[] {
  const known = points.filter(([, value]) => Number.isFinite(value));
  return jumpsOf(known) ?? levelsOf(known)?.steps ?? [];
}

function stepsOf(points: readonly Point[], stateOf: (point: Point) => unknown): readonly Step[] {
  return points.flatMap((after, index) => {
    const before = points[index - 1];
    return before === undefined || stateOf(before) === stateOf(after) ? [] : [{ before, after }];
  });
}

/** Where to cut the values, put in order, so that the means of both parts explain the most. */
function bestCut(values: readonly number[]): { low: number; high: number; limit: number } | null {
  const sorted = values.toSorted((a, b) => a - b);
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const overall = total / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - overall) ** 2, 0);
  let best = { low: 0, high: 0, limit: 0, gain: 0 };
  let sum = 0;
  for (const [index, value] of sorted.slice(0, -1).entries()) {
    sum += value;
    const [low, high] = [sum / (index + 1), (total - sum) / (sorted.length - index - 1)];
    const gain = ((high - low) ** 2 * (index + 1) * (sorted.length - index - 1)) / sorted.length;
    if (gain > best.gain && sorted[index + 1] !== value) best = { low, high, limit: value, gain };
  }
  const differ = best.high - best.low >= 0.1 * Math.max(Math.abs(best.low), Math.abs(best.high));
  return variance > 0 && Number.isFinite(variance) && best.gain >= 0.6 * variance && differ ? best : null;
}
