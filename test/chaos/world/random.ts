/** Chance that can be repeated: the same seed gives the same numbers. */
export interface Chance {
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from `low` through `high`. */
  between(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** True this often, 0 to 1. */
  odds(of: number): boolean;
  /** A source of its own, so that what one part draws does not shift what another does. */
  fork(): Chance;
}

/** Mulberry32: small, quick, and good enough to choose when to pull a plug. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: ([first, ...others]) => others[Math.floor(next() * (others.length + 1)) - 1] ?? first,
    odds: (of) => next() < of,
    fork: () => chanceOf(Math.floor(next() * 2 ** 32)),
  };
}
