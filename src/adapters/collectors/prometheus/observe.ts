import type { Series } from '../../../evidence/evidence.ts';
import type { Prometheus, RangeWindow } from './client.ts';
import { evaluated } from './evaluate.ts';
import type { Track } from './expression/format.ts';
import { keyOf } from './expression/freshness.ts';
import { selectorIn } from './expression/promql.ts';

const MINUTE = 60_000;
const LENGTH = 120 * MINUTE;
/** As many samples are read as they are; where there are more, evaluations in steps stand for them. */
const MOST_SAMPLES = 60_000;
/** Samples later than this many of their usual distances are missing. */
const LATE = 2.5;
/** How late the newest sample of a short distance may still be: for the scrape itself, and for a rule over it; milliseconds. */
const GRACE = 5_000;

/** What was seen of an expression: each of its series, and the window that was asked about. */
export interface Observed {
  readonly tracks: readonly Track[];
  readonly window: RangeWindow;
}

/**
 * Reads an expression over the two hours up to `to`. A plain selector is read sample by sample, each at its own time. Anything else is
 * evaluated in steps; where that gives only a few points, because the history is short, a shorter window shows more, and its turns
 * are looked at once more in finer steps.
 */
export async function observe(
  prometheus: Prometheus,
  expression: string,
  to: number,
  signal: AbortSignal,
): Promise<Observed> {
  return (await sampled(prometheus, expression, to, signal)) ?? evaluated(prometheus, expression, to, signal);
}

/** Null where it is no plain selector, or one with too many samples. */
async function sampled(
  prometheus: Prometheus,
  expression: string,
  to: number,
  signal: AbortSignal,
): Promise<Observed | null> {
  const selector = selectorIn(expression);
  if (selector === null) return null;
  const window = { from: to - LENGTH, to };
  const [series, living] = await Promise.all([
    samplesOf(prometheus, selector, window, signal),
    prometheus.query(selector, signal, to),
  ]);
  if (series === null || series.length === 0) return null;
  const alive = new Set(living.map(({ labels }) => keyOf(labels)));
  const tracks = series.flatMap(({ labels, points }): Track[] => {
    const last = points.at(-1);
    if (last === undefined) return [];
    const step = usualStep(points);
    const isOld = to - last[0] > LATE * step + GRACE;
    const ended = isOld || !alive.has(keyOf(labels)) ? last[0] : null;
    return [{ labels, points, to, step, sampled: true, ended, closer: new Map() }];
  });
  return { tracks, window: { ...window, step: Math.min(...tracks.map(({ step }) => step)) } };
}

/** Every sample of a selector; null where there are too many. */
export async function samplesOf(
  prometheus: Prometheus,
  selector: string,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<readonly Series[] | null> {
  const counting = `sum(count_over_time(${selector}[${Math.max(1, Math.round(to - from))}ms]))`;
  const [count] = await prometheus.query(counting, signal, to);
  if (count === undefined) return [];
  return count.value > MOST_SAMPLES ? null : prometheus.samples(selector, { from, to }, signal);
}

function usualStep(points: Series['points']): number {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? MINUTE;
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
