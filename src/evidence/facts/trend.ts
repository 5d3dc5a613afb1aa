type Points = readonly (readonly [number, number])[];

const MINUTE = 60_000;
/** A straight line through less than this, milliseconds, or through fewer points, says nothing of what is to come. */
const SHORTEST = 30 * MINUTE;
const FEWEST = 10;
/** How long before an alert its trouble may have begun, as rules wait before they fire. */
const LEAD = 10 * MINUTE;
/** So many points are needed to say what was usual. */
const ENOUGH = 5;

/** The straight line through points, by least squares: its slope per second, and how well it fits as r squared. */
export interface Line {
  readonly slope: number;
  readonly fit: number;
}

/** The line through the finite points; null where they are few, or of a short time. */
export function lineThrough(points: Points): Line | null {
  const known = points.filter(([, value]) => Number.isFinite(value));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || known.length < FEWEST) return null;
  if (last[0] - first[0] < SHORTEST) return null;
  const xs = known.map(([at]) => (at - first[0]) / 1000);
  const ys = known.map(([, value]) => value);
  const [x, y] = [mean(xs), mean(ys)];
  const sum = (of: (index: number) => number) => known.reduce((total, _, index) => total + of(index), 0);
  const dx = (index: number) => (xs[index] ?? 0) - x;
  const dy = (index: number) => (ys[index] ?? 0) - y;
  const [xx, xy, yy] = [sum((i) => dx(i) ** 2), sum((i) => dx(i) * dy(i)), sum((i) => dy(i) ** 2)];
  const slope = xy / xx;
  return { slope, fit: yy === 0 ? 0 : xy ** 2 / (xx * yy) };
}

/** What a series was before the trouble, by the middle of its values; null where nothing was measured then. */
export function usualBefore(points: Points, began: number | null): number | null {
  if (began === null) return null;
  const known = points.filter(([at, value]) => at < began && Number.isFinite(value));
  const early = known.filter(([at]) => at < began - LEAD);
  const values = (early.length >= ENOUGH ? early : known).map(([, value]) => value).toSorted((a, b) => a - b);
  return values[Math.floor((values.length - 1) / 2)] ?? null;
}

/** When the newest value became what it is; null where there is none. */
export function sinceWhen(points: Points): number | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const other = points.findLastIndex(([, value]) => value !== last[1]);
  return points[other + 1]?.[0] ?? last[0];
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
