import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import type { Metadata } from '../objects.ts';

/** Epoch milliseconds of a time of the API; null where there is none. */
export function timeOf(time: Date | string | null | undefined): number | null {
  if (time === undefined || time === null) return null;
  const at = typeof time === 'string' ? Date.parse(time) : time.getTime();
  return Number.isNaN(at) ? null : at;
}

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity such as `250m`, `1Gi` or `1e3` in base units; null where it is none. */
export function quantityOf(text: string | number | undefined): number | null {
  if (typeof text === 'number') return text;
  const [, amount, unit = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(text ?? '') ?? [];
  const factor = Object.hasOwn(FACTORS, unit) ? FACTORS[unit] : undefined;
  return amount === undefined || factor === undefined ? null : Number(amount) * factor;
}

/** An object's id; names of the API hold no slash, and hostile ones are cut. */
export function idOf(kind: string, metadata: Metadata | undefined): ObjectId {
  return named(kind, metadata?.namespace, metadata?.name);
}

export function named(kind: string, namespace: string | undefined, name: string | undefined): ObjectId {
  const place = namespace === undefined || namespace === '' ? '' : `${namespace}/`;
  return `${kind.toLowerCase()}/${place}${(name ?? '?').slice(0, 253)}`;
}

/** An object's name within its namespace. */
export function nameOf(metadata: Metadata | undefined): string {
  return (metadata?.name ?? '?').slice(0, 253);
}

/** Whether labels have all that a selector's `matchLabels` and `matchExpressions` ask for. An empty selector matches everything. */
export function selects(
  selector: Selector | undefined,
  labels: Readonly<Record<string, string | undefined>> | undefined,
): boolean {
  const has = (key: string) => (labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined);
  const plain = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => has(key) === value);
  return plain && (selector?.matchExpressions ?? []).every((one) => meets(one, has(one.key ?? '')));
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string | undefined>> | undefined;
  readonly matchExpressions?: readonly Expression[] | undefined;
}

export interface Expression {
  readonly key?: string | undefined;
  readonly operator?: string | undefined;
  readonly values?: readonly string[] | undefined;
}

/** Whether a value, undefined where there is none, is as an expression of a label selector or of a node selector wants it. */
export function meets({ operator, values = [] }: Expression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** A condition of a status, by its type. */
export function conditionOf<Condition extends { readonly type?: string | undefined }>(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((one) => one.type === type);
}
