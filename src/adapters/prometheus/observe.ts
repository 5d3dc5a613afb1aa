import type { Series } from '../../evidence/evidence.ts';
import type { Prometheus, RangeWindow } from './client.ts';

const MINUTE = 60_000;
/** What is looked at, the longest first; 240 steps each. */
const LENGTHS = [120 * MINUTE, 20 * MINUTE, 4 * MINUTE];
const STEPS = 240;
/** Fewer points than this do not show a shape. */
const ENOUGH = 20;

/**
 * Reads an expression over the two hours up to `to`. Where that gives only a few points, because the history is short, a shorter
 * window shows more: a service that was started five minutes ago is drawn second by second.
 */
export async function observe(
  prometheus: Prometheus,
  expression: string,
  to: number,
  signal: AbortSignal,
): Promise<{ readonly series: readonly Series[]; readonly window: RangeWindow }> {
  const windows = LENGTHS.map((length) => ({ from: to - length, to, step: length / STEPS }));
  let best: { series: readonly Series[]; window: RangeWindow } | null = null;
  for (const window of windows) {
    const series = await prometheus.queryRange(expression, window, signal);
    if (best === null || series.length > 0) best = { series, window };
    if (series.some(({ points }) => points.length >= ENOUGH)) break;
  }
  if (best === null) throw new Error('there is no window to look at');
  return best;
}

/** The present by Prometheus's own clock, which need not be ours: epoch milliseconds. */
export async function presentOf(prometheus: Prometheus, signal: AbortSignal): Promise<number> {
  const [answer] = await prometheus.query('time()', signal);
  if (answer === undefined) throw new Error(`Prometheus at ${prometheus.url} does not tell the time`);
  return answer.at;
}

/** Where a person sees the expression drawn. */
export function graphLink(
  url: string,
  expression: string,
  { from, to }: { from: number; to: number },
): string {
  const query = new URLSearchParams({
    'g0.expr': expression,
    'g0.tab': '0',
    'g0.range_input': `${Math.max(60, Math.round((to - from) / 1000))}s`,
    'g0.end_input': new Date(to).toISOString().slice(0, 19).replace('T', ' '),
  });
  return `${url}/graph?${query}`;
}

/** Whether a label that both sets have differs; a label that only one of them has is no contradiction. */
export function contradicts(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(a).some(([name, value]) => b[name] !== undefined && b[name] !== value);
}

/** The environment that the series say they are of; undefined where they say none or several. */
export function environmentOf(
  series: readonly { readonly labels: Readonly<Record<string, string>> }[],
): string | undefined {
  const named = new Set(series.map(({ labels }) => labels.environment ?? labels.env));
  const [only] = named;
  return named.size === 1 ? only : undefined;
}
