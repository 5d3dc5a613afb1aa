import type { Chart } from '../../evidence/chart.ts';
import { formatBits, formatBytes, threeDigits } from '../collectors/quantity.ts';

/** From the least to the greatest value that a picture shows, and the values that its axis names. */
export interface Scale {
  readonly least: number;
  readonly greatest: number;
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10];

/**
 * An axis with few round values around all of these; from nothing on where that costs little room. Null where the values are too
 * far apart to be numbers of one picture.
 *
 * @param fromNothing whether values are parts of a whole, of which nothing is the beginning
 */
export function scaleOf(values: readonly number[], fromNothing = false, most = 4): Scale | null {
  const known = values.filter(Number.isFinite);
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (known.length === 0 || !Number.isFinite(high - low) || !Number.isFinite(2 * (high - low))) return null;
  if (low > 0 && (fromNothing || low < 0.6 * high)) low = 0;
  if (high < 0 && high > 0.6 * low) high = 0;
  const flat = high - low <= 1e-9 * Math.max(Math.abs(high), Math.abs(low));
  if (flat) [low, high] = aroundFlat(high);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
  const rough = roundStep((high - low) / most);
  // What is counted in whole numbers, such as whether something is up, has no halves.
  const step = known.every(Number.isInteger) && high - low < 10 ? Math.max(1, Math.ceil(rough)) : rough;
  if (!(step > 0) || !Number.isFinite(step)) return { least: low, greatest: high, ticks: [low, high] };
  const least = Math.floor(low / step + 1e-6) * step;
  const count = Math.min(most + 3, Math.ceil((high - least) / step - 1e-6));
  const ticks = Array.from({ length: count + 1 }, (_, index) => rounded(least + index * step, step));
  const greatest = ticks.at(-1) ?? high;
  return Number.isFinite(greatest) && greatest >= high
    ? { least, greatest, ticks }
    : { least: low, greatest: high, ticks: [low, high] };
}

/** A line that never moves stands in the middle, or lies on the ground. */
function aroundFlat(value: number): [number, number] {
  if (value === 0) return [0, 1];
  return value > 0 ? [0, value * 2] : [value * 2, 0];
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return (STEPS.find((step) => step * power >= rough * 0.999) ?? 10) * power;
}

/** Without the dust of binary fractions. */
function rounded(value: number, step: number): number {
  return Math.abs(value) < step * 1e-6 ? 0 : Number(value.toPrecision(12));
}

/** A value for people, three significant digits: `212 MB`, `12 %`, `250 ms`, `3.4 k`. */
export function shownValue(value: number, unit: Chart['unit']): string {
  switch (unit) {
    case 'bytes':
      return Math.abs(value) >= 1e18 ? `${value.toPrecision(3)} B` : formatBytes(value);
    case 'bytes per second':
      return `${shownValue(value, 'bytes')}/s`;
    case 'bits':
      return formatBits(value);
    case 'bits per second':
      return `${formatBits(value)}/s`;
    case 'ratio':
      // The hundredfold of a number may be none any more.
      return Number.isFinite(value * 100) ? `${plainNumber(value * 100)} %` : plainNumber(value);
    case 'seconds':
      return shownSeconds(value);
    case 'number':
      return plainNumber(value);
    default:
      return unit satisfies never;
  }
}

function shownSeconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 1) return `${plainNumber(value)} s`;
  return size >= 1e-3 ? `${threeDigits(value * 1e3)} ms` : `${plainNumber(value * 1e6)} µs`;
}

const LARGE = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
] as const;

function plainNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return value.toExponential(1);
  const [from, letter] = LARGE.find(([least]) => size >= least) ?? [1, ''];
  return letter === ''
    ? threeDigits(value)
    : `${threeDigits(value / (letter === 'k' ? 1e3 : from))} ${letter}`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((step) => step * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48].map((step) => step * HOUR),
];

/** Round moments of a window, counted from `zero`, at most so many; all in milliseconds. */
export function timeTicks(window: Chart['window'], zero: number, most = 5): readonly number[] {
  const span = window.to - window.from;
  const step = TIME_STEPS.find((one) => span / one <= most) ?? Math.ceil(span / most / HOUR) * HOUR;
  const first = Math.ceil((window.from - zero) / step);
  const last = Math.floor((window.to - zero) / step);
  const count = Math.max(0, Math.min(most + 2, last - first + 1));
  return Array.from({ length: count }, (_, index) => zero + (first + index) * step);
}

/** How long before or after something: `−10 min`, `+30 s`. */
export function shownOffset(milliseconds: number): string {
  const sign = milliseconds < 0 ? '−' : '+';
  const size = Math.abs(milliseconds);
  const seconds = Math.round(size / SECOND);
  if (seconds < 60 || (seconds < 120 && seconds > 60)) return `${sign}${seconds} s`;
  const minutes = size / MINUTE;
  if (minutes < 120) return `${sign}${Number(minutes.toFixed(minutes < 10 ? 1 : 0))} min`;
  return `${sign}${Number((size / HOUR).toFixed(1))} h`;
}
