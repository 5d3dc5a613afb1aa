import type { Verdict } from './verdict.ts';

/** One case and what became of it. */
export interface Row {
  readonly case: string;
  readonly verdict: Verdict;
  readonly fault: string | null;
  readonly object: string | null;
  readonly confidence: number | null;
  readonly seconds: number;
  /** What a person wants to know who wonders why. */
  readonly expected: string;
  readonly healthy: boolean;
  readonly note: string | null;
  readonly citations: { readonly made: number; readonly resolved: number };
}

export interface Summary {
  readonly suite: string;
  readonly cases: number;
  readonly right: number;
  readonly wrong: number;
  readonly abstained: number;
  readonly wrong_action: number;
  readonly errors: number;
  readonly healthy: { readonly cases: number; readonly right: number };
  readonly citations: { readonly made: number; readonly resolved: number };
  readonly seconds: { readonly p50: number; readonly p99: number };
  readonly tokens: { readonly p50: number };
  readonly money: number;
  /** How often the first hypothesis was right, by how sure Medic was of it. */
  readonly bands: readonly Band[];
  readonly rows: readonly Pick<Row, 'case' | 'verdict' | 'fault' | 'object' | 'confidence' | 'seconds'>[];
}

export interface Band {
  readonly from: number;
  readonly to: number;
  readonly cases: number;
  readonly right: number;
}

const EDGES = [0, 0.5, 0.7, 0.8, 0.9, 1];

/** What all rows together say. No model is asked here, so there are neither tokens nor costs. */
export function summarise(suite: string, rows: readonly Row[]): Summary {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const healthy = rows.filter((row) => row.healthy);
  const seconds = rows.filter(({ verdict }) => verdict !== 'error').map((row) => row.seconds);
  return {
    suite,
    cases: rows.length,
    right: count('right'),
    wrong: count('wrong'),
    abstained: count('abstained'),
    wrong_action: count('wrong_action'),
    errors: count('error'),
    healthy: { cases: healthy.length, right: healthy.filter(({ verdict }) => verdict === 'right').length },
    citations: {
      made: sum(rows.map(({ citations }) => citations.made)),
      resolved: sum(rows.map(({ citations }) => citations.resolved)),
    },
    seconds: { p50: quantile(seconds, 0.5), p99: quantile(seconds, 0.99) },
    tokens: { p50: 0 },
    money: 0,
    bands: bandsOf(rows),
    rows: rows.map(({ case: name, verdict, fault, object, confidence, seconds: took }) => ({
      case: name,
      verdict,
      fault,
      object,
      confidence,
      seconds: took,
    })),
  };
}

/** Only what stands behind a hypothesis is in a band; the last one holds its upper edge as well. */
function bandsOf(rows: readonly Row[]): readonly Band[] {
  return EDGES.slice(1).flatMap((to, index) => {
    const from = EDGES[index] ?? 0;
    const inside = rows.filter(
      ({ confidence, healthy }) =>
        !healthy && confidence !== null && confidence >= from && (confidence < to || to === 1),
    );
    const right = inside.filter(({ verdict }) => verdict === 'right').length;
    return inside.length === 0 ? [] : [{ from, to, cases: inside.length, right }];
  });
}

/** By nearest rank; 0 where there is nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
