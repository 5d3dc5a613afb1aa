/** Where an alert fires. */
export interface Threshold {
  readonly is: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly value: number;
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const COMPARISON = new RegExp(
  String.raw`^(==|!=|>=|<=|>|<)\s*(?:bool\s+)?\(?\s*(${NUMBER}(?:\s*[*/]\s*${NUMBER})*)\s*\)?$`,
  'i',
);

/** Reads a comparison such as `> 0.9` or `< 4 * 1024`; null where it is none, or more than one. */
export function thresholdOf(comparison: string | null): Threshold | null {
  const [, is, constant = ''] = COMPARISON.exec(comparison?.trim() ?? '') ?? [];
  if (is === undefined) return null;
  const [first = '', ...rest] = constant.split(/\s*([*/])\s*/);
  const value = rest.reduce((product, part, index) => {
    if (index % 2 === 0) return product;
    return rest[index - 1] === '*' ? product * Number(part) : product / Number(part);
  }, Number(first));
  return Number.isFinite(value) ? { is: is as Threshold['is'], value } : null;
}

/** The larger, the further a value is on the side on which the alert fires. */
export function badness(value: number, { is, value: limit }: Threshold): number {
  switch (is) {
    case '>':
    case '>=':
      return value;
    case '<':
    case '<=':
      return -value;
    case '==':
      return -Math.abs(value - limit);
    case '!=':
      return Math.abs(value - limit);
    default:
      return is satisfies never;
  }
}

/** Whether the alert fires at this value. */
export function isBeyond(value: number, { is, value: limit }: Threshold): boolean {
  switch (is) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return is satisfies never;
  }
}
