import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeSeries,
  formatValue,
  type Track,
} from '../../../../src/adapters/collectors/prometheus/expression/format.ts';
import { levelsOf } from '../../../../src/adapters/collectors/prometheus/expression/levels.ts';
import { formatBytes } from '../../../../src/adapters/collectors/quantity.ts';

const NOON = Date.parse('2026-11-03T12:00:00Z');
const seriesOf = (values: readonly number[], more: Partial<Track> = {}): Track => ({
  labels: {},
  points: values.map((value, index) => [NOON - (values.length - 1 - index) * 1000, value] as const),
  to: NOON,
  step: 1000,
  sampled: true,
  ended: null,
  closer: new Map(),
  ...more,
});

describe('what a series did', () => {
  it('is told as every jump where it has few values', () => {
    expect(describeSeries(seriesOf([1, 1, 0, 0, 1, 0]), 'number', null)).toEqual([
      'now 0, min 0, mean 0.5, max 1',
      'changed 1 -> 0 at 11:59:57Z',
      'changed 0 -> 1 at 11:59:59Z',
      'changed 1 -> 0 at 12:00:00Z',
      '██▁▁█▁ 11:59:55Z to 12:00:00Z',
    ]);
  });

  it('is told as one turning point where a leak begins', () => {
    const values = [80, 81, 80, 82, 80, 150, 160, 155, 158].map((value) => value * 1e6);
    const lines = describeSeries(seriesOf(values), 'bytes', NOON - 3000);
    expect(lines[1]).toBe('rose from 80.6 MB to 156 MB (means before and after 11:59:57Z)');
    expect(lines[2]).toMatch(/^mean before the alert 80\.6 MB, since then 156 MB$/);
  });

  it('that came back is told with its way back', () => {
    const values = [1, 1.1, 1, 1.2, 9, 9.5, 9, 1, 1.1, 1.2, 1, 1.1, 1.05, 1.3];
    expect(describeSeries(seriesOf(values), 'number', null)[1]).toBe(
      'rose at 11:59:51Z, fell at 11:59:54Z (means of both levels: 1.1 and 9.17)',
    );
  });

  it('is told as two outages where there were two', () => {
    const values = [5, 6, 5, 5.5, 90, 91, 92, 5, 6, 5.5, 5, 93, 95, 94];
    expect(describeSeries(seriesOf(values), 'number', null)[1]).toBe(
      'rose at 11:59:51Z, fell at 11:59:54Z, rose at 11:59:58Z (means of both levels: 5.38 and 92.5)',
    );
  });

  it('has wavered where it went to and fro, and turned at no moment', () => {
    const values = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 1 : 9) + index / 1000);
    expect(describeSeries(seriesOf(values), 'number', null)[1]).toBe('varied, without one turning point');
  });

  it('changed between two moments where nobody looked in between, and at one where it was measured', () => {
    const minutes = (points: readonly (readonly [number, number])[], more: Partial<Track>) =>
      describeSeries({ ...seriesOf([]), points, step: 30_000, ...more }, 'number', null)[1];
    const coarse = [
      [NOON - 60_000, 1],
      [NOON - 30_000, 1],
      [NOON, 0],
    ] as const;
    expect(minutes(coarse, { sampled: true })).toBe('changed 1 -> 0 at 12:00:00Z');
    expect(minutes(coarse, { sampled: false })).toBe('changed 1 -> 0 between 11:59:30Z and 12:00:00Z');
    const closer = new Map([[NOON, { from: NOON - 18_000, at: NOON - 17_000 }]]);
    expect(minutes(coarse, { sampled: false, closer })).toBe('changed 1 -> 0 at 11:59:43Z');
    const gap = [
      [NOON - 600_000, 1],
      [NOON - 570_000, 1],
      [NOON - 540_000, 1],
      [NOON, 0],
    ] as const;
    expect(minutes(gap, { sampled: true })).toBe('changed 1 -> 0 between 11:51:00Z and 12:00:00Z');
  });

  it('says since when there is no data, instead of showing an old value as now', () => {
    const [first] = describeSeries(seriesOf([1, 2, 3], { ended: NOON }), 'number', null);
    expect(first).toBe('no data since 12:00:00Z, then 3, min 1, mean 2, max 3');
  });

  it('leaves out what is no number, and says when nothing is left', () => {
    expect(describeSeries(seriesOf([NaN, Infinity]), 'number', null)).toEqual(['no data']);
    expect(describeSeries(seriesOf([NaN, 2]), 'number', null).slice(0, 3)).toEqual([
      'now 2, min 2, mean 2, max 2',
      'did not change',
      '(left out: one value that is no number)',
    ]);
    expect(describeSeries(seriesOf([2, NaN]), 'number', null)[0]).toBe(
      'NaN now, 2 at 11:59:59Z, min 2, mean 2, max 2',
    );
  });

  it('always fits in a few short lines', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 300 }), (values) => {
        const lines = describeSeries(seriesOf(values), 'bytes', NOON - 10_000);
        expect(lines.length).toBeLessThanOrEqual(9);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
        expect(lines.join()).not.toContain('undefined');
      }),
    );
  });
});

it('levels need two that differ', () => {
  const of = (values: readonly number[]) => levelsOf(seriesOf(values).points);
  expect(of([5, 5, 5, 5])).toBeNull();
  expect(of([])).toBeNull();
  expect(of([100, 101, 103, 102])).toBeNull();
  expect(of([1, 1, 1, 9, 9])).toMatchObject({ low: 1, high: 9, steps: [{ after: [NOON - 1000, 9] }] });
});

it('values read as people write them', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(212_345_678)).toBe('212 MB');
  expect(formatBytes(-2_000)).toBe('-2 kB');
  expect(formatValue(0.98765, 'ratio')).toBe('98.8 %');
  expect(formatValue(0.05, 'number')).toBe('0.05');
  expect(formatValue(123_456.7, 'number')).toBe('123457');
  expect(formatValue(125e6, 'bytes per second')).toBe('125 MB/s');
  expect(formatValue(1e9, 'bits per second')).toBe('1 Gbit/s');
  expect(formatValue(0, 'time')).toBe('0');
  expect(formatValue(1_790_000_000, 'time')).toBe('2026-09-21T14:13:20.000Z');
});
