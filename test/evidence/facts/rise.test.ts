import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riseOf } from '../../../src/evidence/facts/rise.ts';
import { NOON } from '../samples.ts';

const MINUTE = 60_000;
/** A value a minute for so many minutes up to noon. */
const minutes = (count: number, of: (minute: number) => number) =>
  Array.from({ length: count }, (_, index) => [NOON - (count - 1 - index) * MINUTE, of(index)] as const);
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a rise', () => {
  it('is the highest of late, against what it was until then, whatever little it does in between', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 110 }), (quiet) => {
        const rise = riseOf(
          minutes(120, (minute) => (minute < 112 ? (quiet[minute] ?? 0) : 0.9)),
          null,
          NOON,
        );
        expect(rise?.peak).toBe(0.9);
        expect(rise?.before).toBeLessThanOrEqual(0.2);
        expect(rise?.at).toBe(NOON - 7 * MINUTE);
      }),
    );
  });

  it('does not count the climb to it as what was before', () => {
    const climb = [0.1, 0.2, 0.3, 0.4];
    const points = minutes(20, (minute) => (minute < 10 ? 0.01 : (climb[minute - 10] ?? 0.8)));
    expect(riseOf(points, null, NOON)).toEqual({ peak: 0.8, before: 0.01, at: NOON - 6 * MINUTE });
  });

  it('is seen where it is over again, as long as it was of late, and not where it was long ago', () => {
    const between = (from: number, to: number) =>
      minutes(120, (minute) => (minute >= from && minute < to ? 0.9 : 0.01));
    expect(riseOf(between(108, 114), null, NOON)).toMatchObject({ peak: 0.9, before: 0.01 });
    expect(riseOf(between(40, 60), null, NOON)?.peak).toBe(0.01);
    // What an alert tells of began before it.
    expect(riseOf(between(40, 60), NOON - 75 * MINUTE, NOON)).toMatchObject({ peak: 0.9, before: 0.01 });
  });

  it('is none of what always comes and goes', () => {
    const rise = riseOf(
      minutes(120, (minute) => (minute % 10 < 3 ? 0.9 : 0)),
      null,
      NOON,
    );
    expect(rise).toMatchObject({ peak: 0.9, before: 0.9 });
  });

  it('has nothing before it where nobody measured, or it was always so', () => {
    expect(
      riseOf(
        minutes(12, () => 0.9),
        null,
        NOON,
      ),
    ).toMatchObject({ peak: 0.9, before: null });
    expect(
      riseOf(
        minutes(120, () => 0.9),
        NOON - 110 * MINUTE,
        NOON,
      )?.before,
    ).toBeNull();
    expect(
      riseOf(
        minutes(4, (minute) => minute),
        null,
        NOON,
      )?.before,
    ).toBeNull();
  });

  it('is unknown where nothing was measured of late', () => {
    expect(riseOf([], null, NOON)).toBeNull();
    expect(riseOf([[NOON - 60 * MINUTE, 1]], null, NOON)).toBeNull();
    expect(riseOf([[NOON, Number.NaN]], null, NOON)).toBeNull();
  });

  it('is never said to be lower than what is measured now', () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 60 }), (values) => {
        const points = minutes(values.length, (minute) => values[minute] ?? 0);
        const rise = riseOf(points, null, NOON);
        expect(rise?.peak).toBeGreaterThanOrEqual(values.at(-1) ?? 0);
        expect(rise?.at).toBeLessThanOrEqual(NOON);
      }),
    );
  });
});
