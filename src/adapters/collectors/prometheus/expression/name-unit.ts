/**
 * What a value counts in: a base, and the power of seconds beside it (-1 for each second). `as` tells moments from durations, parts of
 * a whole, and constants, which go along with anything. `bounds` is what a histogram's buckets are of.
 */
export interface Quantity {
  readonly base: 'bytes' | 'bits' | 'one' | 'unknown';
  readonly seconds: number;
  readonly as: 'plain' | 'time' | 'share' | 'constant';
  readonly bounds?: Quantity;
}

export const NUMBER: Quantity = { base: 'one', seconds: 0, as: 'plain' };
export const TIME: Quantity = { base: 'one', seconds: 0, as: 'time' };
const UNKNOWN: Quantity = { base: 'unknown', seconds: 0, as: 'plain' };
const SECONDS: Quantity = { base: 'one', seconds: 1, as: 'plain' };
const SHARE: Quantity = { base: 'one', seconds: 0, as: 'share' };
const BYTES: Quantity = { base: 'bytes', seconds: 0, as: 'plain' };
const BITS: Quantity = { base: 'bits', seconds: 0, as: 'plain' };

export function perSecond(of: Quantity): Quantity {
  const { bounds, ...rest } = of;
  const rate: Quantity = { ...rest, seconds: of.seconds - 1 };
  return bounds === undefined ? rate : { ...rate, bounds };
}

/** Names of moments by convention; `_time_seconds` alone is as often a duration, as of `node_disk_io_time_seconds_total`. */
const MOMENT =
  /(?:_timestamp(?:_seconds)?|_(?:start|boot|creation|completion|deletion|modification|mtime|birth)_time(?:_seconds)?|_last_(?:\w+_)?(?:time|success|failure)(?:_seconds)?|_not_(?:after|before)(?:_(?:time|timestamp))?(?:_seconds)?|_cert(?:ificate)?_expir(?:y|ation)(?:_time)?(?:_seconds)?|_expir(?:y|ation)_(?:timestamp|time)(?:_seconds)?|_mtime_seconds|_created|^push(?:_failure)?_time_seconds|^node_time_seconds)$/;

/** In the order in which they are asked; the first that fits. */
const SUFFIXES: readonly (readonly [RegExp, Quantity])[] = [
  [MOMENT, TIME],
  [/_bytes_per_second$/, perSecond(BYTES)],
  [/_bits_per_second$/, perSecond(BITS)],
  [/_per_second$/, UNKNOWN],
  [/_bytes$/, BYTES],
  [/_bits$/, BITS],
  [/_seconds$/, SECONDS],
  [/_ratio$/, SHARE],
];

/** What the values of a metric count in, by its name alone. */
export function nameUnit(name: string): Quantity {
  const [level, metric, operations] = name.split(':');
  if (level !== undefined && metric !== undefined) return ruleUnit(metric, operations ?? '');
  if (name === 'up') return NUMBER;
  const bounds = plainUnit(name.replace(/_bucket$/, ''));
  if (/_(?:bucket|count)$/.test(name)) return { ...NUMBER, bounds };
  const of = plainUnit(name.replace(/_(?:total|sum)$/, ''));
  // A counter of things, such as requests.
  return of.base === 'unknown' && /_total$/.test(name) ? { ...NUMBER, bounds } : { ...of, bounds };
}

function plainUnit(name: string): Quantity {
  return SUFFIXES.find(([suffix]) => suffix.test(name))?.[1] ?? UNKNOWN;
}

/** A recording rule: `level:metric:operations`, the last operation first. */
function ruleUnit(metric: string, operations: string): Quantity {
  if (/(?:^|_)(?:ratio|utili[sz]ation)/.test(operations) || /_ratio$/.test(metric)) return SHARE;
  const of = nameUnit(metric);
  const known = operations.split('_').filter((each) => each !== '');
  if (known.some((each) => !/^(?:sum|avg|mean|min|max|rate\w*|irate\w*)$/.test(each))) return UNKNOWN;
  return known.some((each) => /^i?rate/.test(each)) ? perSecond(of) : of;
}
