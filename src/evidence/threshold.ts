/** Where an alert fires. */
export interface Threshold {
  readonly is: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly value: number;
}

const COMPARISON = /^(==|!=|>=|<=|>|<)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

/** Reads a comparison with a number, such as `> 0.9`; null where it is none, or more than one. Its arithmetic is done already. */
export function thresholdOf(comparison: string | null): Threshold | null {
  const [, is, constant = ''] = COMPARISON.exec(comparison?.trim() ?? '') ?? [];
  const value = Number(constant);
  return is === undefined || !Number.isFinite(value) ? null : { is: is as Threshold['is'], value };
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
