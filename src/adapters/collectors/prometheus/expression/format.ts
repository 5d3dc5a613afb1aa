import type { Series } from '../../../../evidence/evidence.ts';
import { formatBits, formatBytes, threeDigits } from '../../quantity.ts';
import { jumpsOf, levelsOf, type Point, type Step } from './levels.ts';
import { isMoment, type Unit } from './unit.ts';

/** A series as it was looked at, with what is known of its times. */
export interface Track extends Series {
  /** The end of what was asked about; epoch milliseconds. */
  readonly to: number;
  /** How far its points are apart as a rule, milliseconds; further means that something is missing. */
  readonly step: number;
  /** Whether its points are samples with their own times, and not evaluations every `step`. */
  readonly sampled: boolean;
  /** When it was measured last, where it no longer is; null for one that lives. */
  readonly ended: number | null;
  /** Closer looks at its steps, by the time of the point after each: between which two moments it happened. */
  readonly closer: ReadonlyMap<number, { readonly from: number; readonly at: number }>;
}

/** Two samples further apart than this many steps have one missing between them. */
const APART = 1.5;
/** A step known to within this is said to be at its moment; milliseconds. */
const MOMENT = 1_500;

/** A value for people, three significant digits: `212 MB`, `0.05`, `12 %`. */
export function formatValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return String(value);
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'bytes per second':
      return `${formatBytes(value)}/s`;
    case 'bits':
      return formatBits(value);
    case 'bits per second':
      return `${formatBits(value)}/s`;
    case 'ratio':
      return `${threeDigits(value * 100)} %`;
    case 'time':
      return isMoment(value) ? new Date(value * 1000).toISOString() : threeDigits(value);
    case 'seconds':
      return `${threeDigits(value)} s`;
    case 'number':
      return threeDigits(value);
    default:
      return unit satisfies never;
  }
}

const clock = (time: number) => `${new Date(time).toISOString().slice(11, 19)}Z`;

/**
 * What a series did, in lines of text: its extremes, when it changed, and its shape, all from the same points. Points that are no
 * numbers are left out.
 */
export function describeSeries(track: Track, unit: Unit, began: number | null): string[] {
  const points = track.points.filter(([, value]) => Number.isFinite(value));
  const last = points.at(-1);
  if (last === undefined) return ['no data'];
  const values = points.map(([, value]) => value);
  const show = (value: number) => formatValue(value, unit);
  const left = track.points.length - points.length;
  return [
    `${present(track, last, show)}, min ${show(Math.min(...values))}, mean ${show(mean(values))}, max ${show(Math.max(...values))}`,
    ...changes(points, track, show),
    ...comparison(points, began, show),
    ...(left === 0
      ? []
      : [`(left out: ${left === 1 ? 'one value that is' : `${left} values that are`} no number)`]),
    sparkline(points, track),
  ];
}

/** An old value is not shown as of now: neither where measuring ended, nor where the newest value is none. */
function present({ points, ended }: Track, last: Point, show: (value: number) => string): string {
  if (ended !== null) return `no data since ${clock(ended)}, then ${show(last[1])}`;
  const newest = points.at(-1);
  if (newest !== undefined && newest[0] !== last[0])
    return `${newest[1]} now, ${show(last[1])} at ${clock(last[0])}`;
  return `now ${show(last[1])}`;
}

/** Every jump of a series with few values, as of `up`; the steps of one with two levels. */
function changes(points: readonly Point[], track: Track, show: (value: number) => string): string[] {
  const jumps = jumpsOf(points);
  if (jumps?.length === 0) return ['did not change'];
  if (jumps !== null) {
    const shown = jumps
      .slice(-5)
      .map((jump) => `changed ${show(jump.before[1])} -> ${show(jump.after[1])} ${moment(jump, track)}`);
    return jumps.length > shown.length
      ? [`(${jumps.length - shown.length} earlier changes)`, ...shown]
      : shown;
  }
  const levels = levelsOf(points);
  const [first, ...more] = levels?.steps ?? [];
  if (levels === null || first === undefined) {
    return [isCalm(points) ? 'steady' : 'varied, without one turning point'];
  }
  if (more.length === 0) return [oneTurn(points, first, track, show)];
  const all = [first, ...more].map((step) => `${direction(step)} ${moment(step, track)}`);
  return [`${all.join(', ')} (means of both levels: ${show(levels.low)} and ${show(levels.high)})`];
}

function oneTurn(
  points: readonly Point[],
  step: Step,
  track: Track,
  show: (value: number) => string,
): string {
  const before = points.filter(([at]) => at < step.after[0]).map(([, value]) => value);
  const after = points.filter(([at]) => at >= step.after[0]).map(([, value]) => value);
  const turn = whenOf(step, track);
  return `${direction(step)} from ${show(mean(before))} to ${show(mean(after))} (means before and after ${turn.words})`;
}

function direction({ before, after }: Step): string {
  return after[1] > before[1] ? 'rose' : 'fell';
}

function moment(step: Step, track: Track): string {
  const { exact, words } = whenOf(step, track);
  return exact ? `at ${words}` : words;
}

/** When a step happened: at the time of its sample, or between two moments where nobody looked in between. */
function whenOf({ before, after }: Step, track: Track): { exact: boolean; words: string } {
  const { from, at } = track.closer.get(after[0]) ?? { from: before[0], at: after[0] };
  const exact = at - from <= Math.max(MOMENT, track.sampled ? APART * track.step : 0);
  return { exact, words: exact ? clock(at) : `between ${clock(from)} and ${clock(at)}` };
}

function isCalm(points: readonly Point[]): boolean {
  const values = points.map(([, value]) => value);
  return Math.max(...values) - Math.min(...values) <= 0.5 * Math.abs(mean(values));
}

/** Only where something was measured on both sides. */
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

/** The mean of each stretch as a bar; a stretch without data is a dot. */
function sparkline(points: readonly Point[], { to, step }: Track): string {
  const from = points[0]?.[0] ?? to;
  const bars = Math.max(1, Math.min(WIDTH, Math.round((to - from) / Math.max(1, step)) + 1));
  const width = Math.max(1, (to - from) / bars);
  const stretches: number[][] = Array.from({ length: bars }, () => []);
  for (const [time, value] of points)
    stretches[Math.min(bars - 1, Math.floor((time - from) / width))]?.push(value);
  const values = points.map(([, value]) => value);
  const low = Math.min(...values);
  const height = Math.max(...values) - low;
  const bar = (stretch: readonly number[]) =>
    (height === 0 ? BARS[3] : BARS[Math.round(((mean(stretch) - low) / height) * 7)]) ?? '·';
  return `${stretches.map((stretch) => (stretch.length === 0 ? '·' : bar(stretch))).join('')} ${clock(from)} to ${clock(to)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
