import type { Series } from '../../evidence/evidence.ts';
import type { Prometheus, RangeWindow } from './client.ts';

const LONG = 2 * 3_600_000;
const POINTS = 240;

/** A window of two hours up to `to`, in at most 240 steps. */
export function twoHours(to: number): RangeWindow {
  return { from: to - LONG, to, step: LONG / POINTS };
}

/**
 * Reads an expression over the last two hours. Where there is only a short history the window is narrowed to it, so that a service
 * of five minutes ago is not shown with ten points.
 */
export async function observe(
  prometheus: Prometheus,
  expression: string,
  to: number,
  signal: AbortSignal,
): Promise<{ readonly series: readonly Series[]; readonly window: RangeWindow }> {
  const window = twoHours(to);
  const series = await prometheus.queryRange(expression, window, signal);
  const first = Math.min(...series.map(({ points }) => points[0]?.[0] ?? Infinity));
  const from = first - window.step;
  if (!Number.isFinite(first) || from < window.from + LONG / 4) return { series, window };
  const step = Math.max(1000, Math.ceil((to - from) / POINTS / 1000) * 1000);
  // Prometheus steps from the start: only so is the last step the present.
  const narrow = { from: to - Math.ceil((to - from) / step) * step, to, step };
  return { series: await prometheus.queryRange(expression, narrow, signal), window: narrow };
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
  const named = new Set(series.map(({ labels }) => labels['environment'] ?? labels['env']));
  const [only] = named;
  return named.size === 1 ? only : undefined;
}
