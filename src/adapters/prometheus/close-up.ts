import { windowAround } from '../../evidence/chart.ts';
import type { Series } from '../../evidence/evidence.ts';
import type { Alert } from '../../intake/alert.ts';
import type { Prometheus, RangeWindow } from './client.ts';
import { contradicts } from './observe.ts';

const STEPS = 240;
/** Prometheus is seldom told to look more often than this; milliseconds. */
const LEAST_STEP = 1_000;
const SERIES = 5;
/** Finer by less than this is not worth another question. */
const WORTH = 1.5;
/** How long the evidence waits for a finer picture, milliseconds: what is known without it must not be late for its sake. */
const PATIENCE = 1_000;

/**
 * The metric once more for the time around its alert, in finer steps than two hours allow: an outage of a minute is two points
 * there. Null where that would show no more, or nothing answers.
 */
export async function closeUp(
  { query, alert, observed }: { query: string; alert: Alert; observed: RangeWindow },
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly Series[] | null> {
  if (!Number.isFinite(alert.startsAt) || alert.startsAt >= observed.to) return null;
  const { from, to } = windowAround(alert.startsAt, observed.to);
  const step = Math.max(LEAST_STEP, (to - from) / STEPS);
  if (step * WORTH > observed.step) return null;
  const soon = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  const series = await prometheus.queryRange(query, { from, to, step }, soon).catch(() => []);
  const mine = series.filter(({ labels }) => !contradicts(labels, alert.labels)).slice(0, SERIES);
  return mine.length === 0 ? null : mine;
}
