type Points = readonly (readonly [number, number])[];

const MINUTE = 60_000;
/** Without an alert, and before one, this is lately: rules wait before they fire. */
export const LATELY = 15 * MINUTE;
/** So many points are needed to say what was before. */
const ENOUGH = 5;
/** What an object did for less than this part of the time was not its usual. */
const MOSTLY = 0.9;

/** How a series rose. */
export interface Rise {
  /** Its highest of late. */
  readonly peak: number;
  /** What it mostly stayed under before it rose; null where nothing was measured then. */
  readonly before: number | null;
  /** When it rose; of what never did, when it is first known to be so. Epoch milliseconds. */
  readonly at: number;
}

/**
 * The highest of a series lately, against its own past: what it was before it came to half of that. What climbs to it, because every
 * value is a mean over some time, belongs to neither. Null where nothing was measured lately.
 *
 * @param began when the trouble began; null where nobody knows
 */
export function riseOf(points: Points, began: number | null, now: number): Rise | null {
  const from = Math.min(began ?? now, now) - LATELY;
  const known = points.filter(([, value]) => Number.isFinite(value));
  const lately = known.filter(([at]) => at >= from);
  const peak = Math.max(...lately.map(([, value]) => value));
  const onset = known.findIndex(([at, value]) => at >= from && value >= peak / 2);
  const there = known[onset];
  if (there === undefined) return null;
  const falls = known.findLastIndex(
    ([, value], index) => index > 0 && index <= onset && value <= (known[index - 1]?.[1] ?? value),
  );
  const climb = falls === -1 ? 0 : falls;
  return { peak, before: mostly(known.slice(0, climb).map(([, value]) => value)), at: there[0] };
}

function mostly(values: readonly number[]): number | null {
  if (values.length < ENOUGH) return null;
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * MOSTLY)] ?? null;
}
