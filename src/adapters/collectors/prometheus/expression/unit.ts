import type { Series, ValueUnit } from '../../../../evidence/evidence.ts';
import { NUMBER, nameUnit, perSecond, type Quantity, TIME } from './name-unit.ts';
import { bare, fold } from './promql.ts';
import { type BinaryNode, type PromNode, parse } from './syntax.ts';

/** What values count in. `time` is a moment, in seconds since 1970. */
export type Unit = ValueUnit | 'time';

/**
 * What the values of an expression count in, from its syntax and the names of its metrics; a plain number where they do not say.
 * What is divided by its like is told in hundredths, but only where `series` show a part of a whole: nothing below none, nothing
 * above all.
 */
export function unitOf(expression: string, series: readonly Series[] = []): Unit {
  const root = parse(expression);
  if (root === null) return 'number';
  const { base, seconds, as } = quantityOf(root);
  if (as === 'time') return isMoments(series) ? 'time' : 'number';
  if (as === 'share') return isShare(series) ? 'ratio' : 'number';
  if (as === 'constant') return 'number';
  if (base === 'one') return seconds === 1 ? 'seconds' : 'number';
  if (base === 'unknown' || (seconds !== 0 && seconds !== -1)) return 'number';
  return seconds === 0 ? base : `${base} per second`;
}

/** The same for a picture, whose axis has no moments. */
export function chartUnitOf(expression: string, series: readonly Series[]): ValueUnit {
  const unit = unitOf(expression, series);
  return unit === 'time' ? 'number' : unit;
}

/** Something divided by something, all between nothing and the whole: a part of it. */
function isShare(series: readonly Series[]): boolean {
  const values = valuesOf(series);
  return values.length > 0 && values.every((value) => value >= 0 && value <= 1);
}

/** Values that can be moments of this age, or zero for never; a name alone does not make a date. */
function isMoments(series: readonly Series[]): boolean {
  return valuesOf(series).every((value) => value === 0 || isMoment(value));
}

/** From 2001 to 2128. */
export function isMoment(value: number): boolean {
  return value >= 1e9 && value < 5e9;
}

function valuesOf(series: readonly Series[]): readonly number[] {
  return series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
}

function quantityOf(node: PromNode): Quantity {
  switch (node.kind) {
    case 'selector':
      return node.name === null ? UNKNOWN : nameUnit(node.name);
    case 'number':
      return { ...NUMBER, as: 'constant' };
    case 'string':
      return UNKNOWN;
    case 'range':
    case 'shifted':
    case 'paren':
      return quantityOf(node.of);
    case 'negative': {
      const of = quantityOf(node.of);
      return of.as === 'time' || of.as === 'share' ? UNKNOWN : of;
    }
    case 'call':
      return ofCall(node.name, node.args);
    case 'aggregate':
      return ofAggregate(node.op, quantityOf(node.of));
    case 'binary':
      return fold(node) === null ? ofBinary(node) : { ...NUMBER, as: 'constant' };
    default:
      return node satisfies never;
  }
}

const UNKNOWN: Quantity = { base: 'unknown', seconds: 0, as: 'plain' };
const SHARE: Quantity = { base: 'one', seconds: 0, as: 'share' };

const SAME = new Set(
  (
    'abs ceil floor round clamp clamp_max clamp_min sort sort_desc sort_by_label sort_by_label_desc label_replace label_join ' +
    'avg_over_time min_over_time max_over_time last_over_time first_over_time vector scalar info'
  ).split(' '),
);
const EXTRAPOLATED = new Set(['predict_linear', 'holt_winters', 'double_exponential_smoothing']);
const RATES = new Set(['rate', 'irate', 'deriv']);
const DIFFERENCES = new Set([
  'increase',
  'delta',
  'idelta',
  'stddev_over_time',
  'mad_over_time',
  'sum_over_time',
]);
const MOMENTS = new Set(['time', 'timestamp', 'start_timestamp']);

function ofCall(name: string, args: readonly PromNode[]): Quantity {
  const [first, second] = args;
  if (MOMENTS.has(name)) return TIME;
  if (first === undefined) return NUMBER;
  if (name === 'quantile_over_time') return second === undefined ? UNKNOWN : quantityOf(second);
  if (name === 'histogram_quantile') return second === undefined ? UNKNOWN : boundsOf(quantityOf(second));
  const of = quantityOf(first);
  if (SAME.has(name) || EXTRAPOLATED.has(name)) return of;
  if (RATES.has(name)) return perSecond(difference(of));
  if (DIFFERENCES.has(name)) return difference(of);
  if (name === 'histogram_avg' || name === 'histogram_stddev') return boundsOf(of);
  return name === 'histogram_fraction' ? SHARE : NUMBER;
}

/** What a histogram's buckets are of. */
function boundsOf({ bounds }: Quantity): Quantity {
  return bounds ?? UNKNOWN;
}

/** What lies between two values: between two moments seconds, and between two parts of a whole a plain number. */
function difference(of: Quantity): Quantity {
  if (of.as === 'time') return { base: 'one', seconds: 1, as: 'plain' };
  return of.as === 'share' ? NUMBER : of;
}

function ofAggregate(op: string, of: Quantity): Quantity {
  switch (op) {
    case 'count':
    case 'count_values':
    case 'group':
    case 'stdvar':
      return NUMBER;
    case 'sum':
      return of.as === 'time' || of.as === 'share' ? { ...NUMBER, base: 'unknown' } : of;
    case 'stddev':
      return difference(of);
    default:
      return of;
  }
}

function ofBinary(node: BinaryNode): Quantity {
  const { op, bool, left, right } = node;
  const [a, b] = [quantityOf(left), quantityOf(right)];
  switch (op) {
    case 'and':
    case 'unless':
      return a;
    case 'or':
      return a.as === 'constant' ? b : b.as === 'constant' || alike(a, b) ? a : UNKNOWN;
    case '==':
    case '!=':
    case '>':
    case '>=':
    case '<':
    case '<=':
      if (bool) return NUMBER;
      return a.as === 'constant' ? b : a;
    case '+':
    case '-':
      return sumOf(op, a, b);
    case '*':
      return productOf(node, a, b);
    case '/':
      return quotientOf(node, a, b);
    case '%':
      return b.as === 'constant' && a.as === 'plain' ? a : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function alike(a: Quantity, b: Quantity): boolean {
  return a.base === b.base && a.seconds === b.seconds && a.as === b.as && a.base !== 'unknown';
}

function sumOf(op: '+' | '-', a: Quantity, b: Quantity): Quantity {
  if (a.as === 'time' && b.as === 'time') return op === '-' ? difference(a) : UNKNOWN;
  if (a.as === 'time') return isSeconds(b) || b.as === 'constant' ? a : UNKNOWN;
  if (b.as === 'time') return op === '+' && (isSeconds(a) || a.as === 'constant') ? b : UNKNOWN;
  if (a.as === 'constant') return b;
  return b.as === 'constant' || alike(a, b) ? a : UNKNOWN;
}

function isSeconds({ base, seconds, as }: Quantity): boolean {
  return base === 'one' && seconds === 1 && as === 'plain';
}

function productOf({ left, right }: BinaryNode, a: Quantity, b: Quantity): Quantity {
  if (a.as === 'constant') return scaled(b, fold(bare(left)) ?? Number.NaN);
  if (b.as === 'constant') return scaled(a, fold(bare(right)) ?? Number.NaN);
  return combined(a, b, 1);
}

function quotientOf({ left, right }: BinaryNode, a: Quantity, b: Quantity): Quantity {
  if (b.as === 'constant') return scaled(a, 1 / (fold(bare(right)) ?? Number.NaN));
  if (a.as === 'constant') return fold(bare(left)) === 1 && isHertz(b) ? { ...NUMBER, seconds: 1 } : UNKNOWN;
  const quotient = combined(a, b, -1);
  const isBare = quotient.base === 'one' && quotient.seconds === 0;
  return isBare || (a.base === 'unknown' && b.base !== 'bytes' && b.base !== 'bits') ? SHARE : quotient;
}

function isHertz({ base, seconds, as }: Quantity): boolean {
  return base === 'one' && seconds === -1 && as === 'plain';
}

/** Eight bits are a byte; any other factor makes thousands, minutes or hundredths that nobody names. */
function scaled(of: Quantity, factor: number): Quantity {
  if (factor === 1) return of;
  if (of.base === 'bytes' && factor === 8) return { base: 'bits', seconds: of.seconds, as: 'plain' };
  if (of.base === 'bits' && factor === 1 / 8) return { base: 'bytes', seconds: of.seconds, as: 'plain' };
  return UNKNOWN;
}

/** Multiplied, or divided where `sign` is -1. */
function combined(a: Quantity, b: Quantity, sign: 1 | -1): Quantity {
  if (a.as === 'time' || b.as === 'time' || a.base === 'unknown' || b.base === 'unknown') return UNKNOWN;
  const seconds = a.seconds + sign * b.seconds;
  if (b.base === 'one')
    return { base: a.base, seconds, as: a.as === 'share' && b.as === 'share' ? 'share' : 'plain' };
  if (a.base === b.base && sign === -1) return { base: 'one', seconds, as: 'plain' };
  return a.base === 'one' && sign === 1 ? { base: b.base, seconds, as: 'plain' } : UNKNOWN;
}
