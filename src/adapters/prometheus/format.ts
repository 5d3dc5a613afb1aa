import type { Series } from '../../evidence/evidence.ts';
import { formatBytes, threeDigits } from '../quantity.ts';
import { isSelector, selectorsOf } from './promql.ts';

export type Unit = 'number' | 'bytes' | 'seconds' | 'time' | 'ratio';

/** The unit that the metrics of an expression promise by their names; a plain number where they differ or are divided. */
export function unitOf(expression: string): Unit {
  if (expression.includes('/')) return 'number';
  const names = (selectorsOf(expression) ?? []).map((selector) => selector.split('{')[0] ?? '');
  if (names.length === 0) return 'number';
  if (names.every((name) => name.endsWith('_bytes'))) return 'bytes';
  if (
    isSelector(expression) &&
    names.every((name) => /(?:time|timestamp|expiry|not_after)_seconds$/.test(name))
  )
    return 'time';
  return isSelector(expression) && names.every((name) => name.endsWith('_seconds')) ? 'seconds' : 'number';
}

/** A value for people, three significant digits: `212 MB`, `0.05`, `12 %`. */
export function formatValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'ratio') return `${threeDigits(value * 100)} %`;
  if (unit === 'time') return new Date(value * 1000).toISOString();
  return unit === 'seconds' ? `${threeDigits(value)} s` : threeDigits(value);
}

const clock = (time: number) => `${new Date(time).toISOString().slice(11, 19)}Z`;

/** What a series did, in lines of text: its extremes, when it changed, and its shape. Points that are no numbers are left out. */
export function describeSeries(
  series: Series,
  unit: Unit,
  window: { to: number; step: number },
  began: number | null,
): string[] {
  const points = series.points.filter(([, value]) => Number.isFinite(value));
  const last = points.at(-1);
  if (last === undefined) return ['no data'];
  const values = points.map(([, value]) => value);
  const show = (value: number) => formatValue(value, unit);
  // A series that lives has a value at the very end of the window: Prometheus looks back for it.
  const now =
    window.to - last[0] > window.step / 2
      ? `no data since ${clock(last[0])}, then ${show(last[1])}`
      : `now ${show(last[1])}`;
  return [
    `${now}, min ${show(Math.min(...values))}, mean ${show(mean(values))}, max ${show(Math.max(...values))}`,
    ...changes(points, show),
    ...comparison(points, began, show),
    sparkline(points, window),
  ];
}

type Point = readonly [number, number];

/** Every jump of a series with few values, as of `up`; the one turning point of any other. */
function changes(points: readonly Point[], show: (value: number) => string): string[] {
  const distinct = new Set(points.map(([, value]) => value)).size;
  if (distinct === 1) return ['did not change'];
  if (distinct <= 3) {
    const jumps = points.flatMap(([time, value], index) => {
      const before = points[index - 1]?.[1];
      return before === undefined || before === value
        ? []
        : [`changed ${show(before)} -> ${show(value)} at ${clock(time)}`];
    });
    const shown = jumps.slice(-5);
    return jumps.length > shown.length
      ? [`(${jumps.length - shown.length} earlier changes)`, ...shown]
      : shown;
  }
  const turn = turningPoint(points.map(([, value]) => value));
  if (turn === null) return [isCalm(points) ? 'steady' : 'varied, without one turning point'];
  const [before, after] = [turn.before, turn.after];
  const time = points[turn.index]?.[0] ?? 0;
  return [
    `${after > before ? 'rose' : 'fell'} from ${show(before)} to ${show(after)} (means before and after ${clock(time)})`,
  ];
}

function isCalm(points: readonly Point[]): boolean {
  const values = points.map(([, value]) => value);
  return Math.max(...values) - Math.min(...values) <= 0.5 * Math.abs(mean(values));
}

/**
 * Where to cut a series so that the means of both sides explain most of it; null when no cut explains half of the variance or the
 * means differ by less than a tenth.
 */
export function turningPoint(
  values: readonly number[],
): { index: number; before: number; after: number } | null {
  const total = values.reduce((sum, value) => sum + value, 0);
  const overall = total / values.length;
  const variance = values.reduce((sum, value) => sum + (value - overall) ** 2, 0);
  let best = { index: 0, before: 0, after: 0, gain: 0 };
  let left = 0;
  for (let index = 1; index < values.length; index += 1) {
    left += values[index - 1] ?? 0;
    const before = left / index;
    const after = (total - left) / (values.length - index);
    const gain = ((before - after) ** 2 * index * (values.length - index)) / values.length;
    if (gain > best.gain) best = { index, before, after, gain };
  }
  const { index, before, after, gain } = best;
  const differ = Math.abs(after - before) >= 0.1 * Math.max(Math.abs(before), Math.abs(after));
  return variance > 0 && gain >= 0.5 * variance && differ ? { index, before, after } : null;
}

function comparison(
  points: readonly Point[],
  began: number | null,
  show: (value: number) => string,
): string[] {
  if (began === null) return [];
  const before = points.filter(([time]) => time < began).map(([, value]) => value);
  const since = points.filter(([time]) => time >= began).map(([, value]) => value);
  if (before.length === 0 || since.length === 0) return [];
  const [earlier, later] = [show(mean(before)), show(mean(since))];
  return earlier === later ? [] : [`mean before the alert ${earlier}, since then ${later}`];
}

const BARS = '▁▂▃▄▅▆▇█';
const WIDTH = 48;

/** The mean of each stretch of the window as a bar; a stretch without data is a dot. */
function sparkline(points: readonly Point[], window: { to: number; step: number }): string {
  const from = points[0]?.[0] ?? window.to;
  const bars = Math.max(1, Math.min(WIDTH, Math.round((window.to - from) / window.step) + 1));
  const width = Math.max(1, (window.to - from) / bars);
  const stretches: number[][] = Array.from({ length: bars }, () => []);
  for (const [time, value] of points)
    stretches[Math.min(bars - 1, Math.floor((time - from) / width))]?.push(value);
  const values = points.map(([, value]) => value);
  const low = Math.min(...values);
  const height = Math.max(...values) - low;
  const bar = (stretch: readonly number[]) =>
    (height === 0 ? BARS[3] : BARS[Math.round(((mean(stretch) - low) / height) * 7)]) ?? '·';
  return `${stretches.map((stretch) => (stretch.length === 0 ? '·' : bar(stretch))).join('')} ${clock(from)} to ${clock(window.to)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
