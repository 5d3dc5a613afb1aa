import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeSeries,
  formatValue,
  turningPoint,
  unitOf,
} from '../../../src/adapters/prometheus/format.ts';
import { formatBytes } from '../../../src/adapters/quantity.ts';

const NOON = Date.parse('2026-11-03T12:00:00Z');
const seriesOf = (values: readonly number[]) => ({
  labels: {},
  points: values.map((value, index) => [NOON - (values.length - 1 - index) * 1000, value] as const),
});
const window = { to: NOON, step: 1000 };

describe('what a series did', () => {
  it('is told as every jump where it has few values', () => {
    expect(describeSeries(seriesOf([1, 1, 0, 0, 1, 0]), 'number', window, null)).toEqual([
      'now 0, min 0, mean 0.5, max 1',
      'changed 1 -> 0 at 11:59:57Z',
      'changed 0 -> 1 at 11:59:59Z',
      'changed 1 -> 0 at 12:00:00Z',
      '██▁▁█▁ 11:59:55Z to 12:00:00Z',
    ]);
  });

  it('is told as one turning point where a leak begins', () => {
    const values = [80, 81, 80, 82, 80, 150, 160, 155, 158].map((value) => value * 1e6);
    const lines = describeSeries(seriesOf(values), 'bytes', window, NOON - 3000);
    expect(lines[1]).toBe('rose from 80.6 MB to 156 MB (means before and after 11:59:57Z)');
    expect(lines[2]).toMatch(/^mean before the alert 80\.6 MB, since then 156 MB$/);
  });

  it('is not called steady when it only came back', () => {
    const values = [1, 1.1, 1, 1.2, 9, 9.5, 9, 1, 1.1, 1.2, 1, 1.1, 1.05, 1.3];
    expect(describeSeries(seriesOf(values), 'number', window, null)[1]).toBe(
      'varied, without one turning point',
    );
  });

  it('says since when there is no data, instead of showing an old value as now', () => {
    const [first] = describeSeries(seriesOf([1, 2, 3]), 'number', { to: NOON + 1000, step: 1000 }, null);
    expect(first).toBe('no data since 12:00:00Z, then 3, min 1, mean 2, max 3');
  });

  it('leaves out what is no number, and says when nothing is left', () => {
    expect(describeSeries(seriesOf([NaN, Infinity]), 'number', window, null)).toEqual(['no data']);
    expect(describeSeries(seriesOf([NaN, 2]), 'number', window, null)[0]).toBe('now 2, min 2, mean 2, max 2');
  });

  it('always fits in a few short lines', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 300 }), (values) => {
        const lines = describeSeries(seriesOf(values), 'bytes', window, NOON - 10_000);
        expect(lines.length).toBeLessThanOrEqual(9);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(140);
        expect(lines.join()).not.toContain('undefined');
      }),
    );
  });
});

it('a turning point needs two sides that differ', () => {
  expect(turningPoint([5, 5, 5, 5])).toBeNull();
  expect(turningPoint([])).toBeNull();
  expect(turningPoint([1, 1, 1, 9, 9])).toMatchObject({ index: 3, before: 1, after: 9 });
});

it('units come from the names of metrics, and from nothing else', () => {
  expect(unitOf('process_resident_memory_bytes{a="b"}')).toBe('bytes');
  expect(unitOf('a_bytes / b_bytes')).toBe('number');
  expect(unitOf('process_start_time_seconds')).toBe('time');
  expect(unitOf('request_duration_seconds')).toBe('seconds');
  expect(unitOf('rate(cpu_seconds[1m])')).toBe('number');
});

it('values read as people write them', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(212_345_678)).toBe('212 MB');
  expect(formatBytes(-2_000)).toBe('-2 kB');
  expect(formatValue(0.98765, 'ratio')).toBe('98.8 %');
  expect(formatValue(0.05, 'number')).toBe('0.05');
  expect(formatValue(123_456.7, 'number')).toBe('123457');
  expect(formatValue(1_790_000_000, 'time')).toBe('2026-09-21T14:13:20.000Z');
});
