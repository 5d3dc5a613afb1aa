import type { Series } from '../../../../evidence/evidence.ts';
import { labelName, type Prometheus } from '../client.ts';
import { selectorsOf } from './promql.ts';

/** How many of an expression's metrics are asked when they were measured last. */
const ASKED = 6;
/** Over this it is counted how often a metric is measured; milliseconds. */
const COUNTED = 600_000;
/** Samples later than this many of their usual distances are missing. */
const LATE = 2.5;
/** How late the newest sample may always be; milliseconds. */
const GRACE = 10_000;

type Labels = Readonly<Record<string, string>>;

export interface Freshness {
  /** The time of the newest sample behind a value; that of the stalest metric, where there are several. */
  readonly newest: number;
  /** Whether another should have come since. */
  readonly late: boolean;
}

/**
 * When what stands behind each series of an answer was measured last. Prometheus repeats a sample for five minutes, as if it were of
 * now. Where the expression does not tell, the time that was asked about.
 */
export async function freshnessOf(
  expression: string,
  series: readonly Pick<Series, 'labels'>[],
  to: number,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<(labels: Labels) => Freshness> {
  const selectors = series.length === 0 ? [] : (selectorsOf(expression) ?? []).slice(0, ASKED);
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  const by = [...names]
    .filter((name) => name !== '__name__')
    .map(labelName)
    .join(', ');
  const asked = selectors.map(async (selector) => {
    const [times, counts] = await Promise.all([
      prometheus.query(`max by (${by}) (timestamp(${selector}))`, signal, to),
      prometheus.query(`max by (${by}) (count_over_time(${selector}[${COUNTED}ms]))`, signal, to),
    ]);
    return { times, counts };
  });
  const answers = await Promise.all(asked);
  return (labels) => {
    const each = answers.flatMap(({ times, counts }) => {
      const mine = (rows: typeof times) =>
        rows.filter((row) => agrees(row.labels, labels)).map(({ value }) => value);
      const newest = Math.round(Math.max(...mine(times)) * 1000);
      if (!Number.isFinite(newest)) return [];
      const age = to - newest;
      const usual = (COUNTED - age) / Math.max(1, ...mine(counts));
      return [{ newest: Math.min(newest, to), late: age > LATE * usual + GRACE }];
    });
    return each.reduce((stalest, one) => (isStaler(one, stalest) ? one : stalest), LIVING(to));
  };
}

function isStaler(a: Freshness, b: Freshness): boolean {
  return a.late === b.late ? a.newest < b.newest : a.late;
}

const LIVING = (to: number): Freshness => ({ newest: to, late: false });

function agrees(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(([name, value]) => b[name] === undefined || b[name] === value);
}

/** A set of labels as one text; no two sets have the same. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
