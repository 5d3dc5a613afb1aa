import type { Chart, ChartLine } from '../../evidence/chart.ts';
import { badness, isBeyond, type Threshold } from '../../evidence/threshold.ts';
import { shownValue } from './scale.ts';

type Point = readonly [number, number];

/** What the first line of a picture did, in numbers; epoch milliseconds. */
export interface Figures {
  /** The middle of what was usual before the alert; null where that was not measured. */
  readonly before: number | null;
  /** Null where nobody knows what is bad. */
  readonly worst: Point | null;
  readonly last: Point;
  /** For how long at a time the alert's condition was met, as far as it was measured, oldest first; milliseconds. */
  readonly beyond: readonly number[];
  readonly least: number;
  readonly greatest: number;
}

/** So long before the alert something must have been measured for anyone to say how it was before; milliseconds. */
const LEAST_BEFORE = 60_000;

/** Null where there is nothing to say a figure of. */
export function figuresOf({ lines, threshold, marks, gap, window }: Chart): Figures | null {
  const points = usable(lines[0], window);
  const last = points.at(-1);
  if (last === undefined) return null;
  const alertAt = marks.find(({ what }) => what === 'alert')?.at ?? null;
  const values = points.map(([, value]) => value);
  return {
    before: alertAt === null ? null : usualBefore(points, alertAt),
    worst: threshold === null ? null : worstOf(points, threshold, alertAt ?? last[0]),
    last,
    beyond: threshold === null ? [] : timesBeyond(points, threshold, gap, lines[0]?.breaks),
    least: Math.min(...values),
    greatest: Math.max(...values),
  };
}

/** The points of a line that can be drawn: nothing stands outside of a picture. */
export function usable(line: ChartLine | undefined, { from, to }: Chart['window']): readonly Point[] {
  return (line?.points ?? []).filter(([at, value]) => at >= from && at <= to && Number.isFinite(value));
}

/** Null where too little was measured before the alert: its first moments are no usual state. */
function usualBefore(points: readonly Point[], alertAt: number): number | null {
  const earlier = points.filter(([at]) => at < alertAt);
  const first = earlier[0]?.[0] ?? alertAt;
  return earlier.length > 1 && alertAt - first >= LEAST_BEFORE ? medianOf(earlier) : null;
}

function medianOf(points: readonly Point[]): number | null {
  const values = points.map(([, value]) => value).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? null;
}

/** Of values that are equally bad the one that is nearest to the alert. */
function worstOf(points: readonly Point[], threshold: Threshold, alertAt: number): Point | null {
  const [worst] = points.toSorted(
    (a, b) =>
      badness(b[1], threshold) - badness(a[1], threshold) ||
      Math.abs(a[0] - alertAt) - Math.abs(b[0] - alertAt),
  );
  return worst ?? null;
}

/** What was not measured parts two times, as a good moment does. */
function timesBeyond(
  points: readonly Point[],
  threshold: Threshold,
  gap = Number.POSITIVE_INFINITY,
  breaks: readonly number[] = [],
): readonly number[] {
  const broken = new Set(breaks);
  const times: number[] = [];
  let goesOn = false;
  for (const [index, [at, value]] of points.entries()) {
    const next = points[index + 1]?.[0];
    const isBad = isBeyond(value, threshold);
    const isKnown = next !== undefined && next - at <= gap && !broken.has(at);
    // The newest moment begins a time of which nobody knows yet how long it is.
    if (isBad && !goesOn) times.push(0);
    if (isBad && isKnown) times.push((times.pop() ?? 0) + next - at);
    goesOn = isBad && isKnown;
  }
  return times;
}

const WORDS: Readonly<Record<Threshold['is'], string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
  '==': 'at',
  '!=': 'at other than',
};

/** Where the alert fires, in words: `above 5 %`. */
export function thresholdWords({ is, value }: Threshold, unit: Chart['unit']): string {
  return `${WORDS[is]} ${shownValue(value, unit)}`;
}
