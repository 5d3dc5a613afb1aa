import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineThrough, sinceWhen, usualBefore } from '../../../src/evidence/facts/trend.ts';
import { NOON } from '../samples.ts';

const MINUTE = 60_000;
/** A value a minute for so many minutes up to noon. */
const minutes = (count: number, of: (minute: number) => number) =>
  Array.from({ length: count }, (_, index) => [NOON - (count - 1 - index) * MINUTE, of(index)] as const);

describe('a straight line', () => {
  it('is found again, whatever its slope and height', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 31, max: 120 }), (slope, height, count) => {
        const line = lineThrough(minutes(count, (minute) => height + slope * minute * 60));
        expect(line?.slope).toBeCloseTo(slope, 0);
        if (Math.abs(slope) > 1) expect(line?.fit).toBeCloseTo(1, 3);
      }),
    );
  });

  it('fits badly what jumps to and fro, and says nothing of a short time or of few values', () => {
    expect(lineThrough(minutes(60, (minute) => (minute % 2) * 100))?.fit).toBeLessThan(0.1);
    expect(lineThrough(minutes(60, () => 5))).toEqual({ slope: 0, fit: 0 });
    expect(lineThrough(minutes(29, (minute) => minute))).toBeNull();
    expect(lineThrough([])).toBeNull();
    const sparse = minutes(60, (minute) => (minute % 10 === 0 ? minute : Number.NaN));
    expect(lineThrough(sparse)).toBeNull();
  });
});

describe('what was usual', () => {
  it('is the middle of what was measured before the rule began to wait', () => {
    const points = minutes(60, (minute) => (minute < 45 ? 100 : 900));
    expect(usualBefore(points, NOON - 10 * MINUTE)).toBe(100);
  });

  it('is what little there is, and unknown where nothing was measured then or nobody knows when it began', () => {
    const points = minutes(3, (minute) => minute);
    expect(usualBefore(points, NOON)).toBe(0);
    expect(usualBefore(points, NOON - 3 * MINUTE)).toBeNull();
    expect(usualBefore(points, null)).toBeNull();
  });
});

it('a value is as old as its last change', () => {
  expect(sinceWhen(minutes(10, (minute) => Number(minute < 4)))).toBe(NOON - 5 * MINUTE);
  expect(sinceWhen(minutes(10, () => 1))).toBe(NOON - 9 * MINUTE);
  expect(sinceWhen([])).toBeNull();
});
