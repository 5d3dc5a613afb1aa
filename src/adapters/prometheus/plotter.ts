import type { Plotter } from '../../evidence/chart.ts';
import type { Prometheus } from './client.ts';
import { graphLink } from './observe.ts';
import { selectorsOf } from './promql.ts';

const STEPS = 240;
const LEAST_STEP = 1_000;
/** How many of an expression's metrics are asked when they were measured last. */
const ASKED = 6;

/** Reads a metric over time from Prometheus. */
export function createPlotter(prometheus: Prometheus): Plotter {
  return {
    async read(query, window, signal) {
      const step = Math.max(LEAST_STEP, (window.to - window.from) / STEPS);
      const [series, newest] = await Promise.all([
        prometheus.queryRange(query, { ...window, step }, signal),
        newestSample(query, window.to, prometheus, signal),
      ]);
      return series.map(({ labels, points }) => ({
        labels,
        points: points.filter(([at]) => at <= newest + step),
      }));
    },
    link: (query, window) => graphLink(prometheus.url, query, window),
  };
}

/**
 * When the metrics behind an expression were measured last, the latest of them; Prometheus repeats what it knows for minutes, as if it
 * were of now. Where the expression does not tell, the time that was asked about.
 */
async function newestSample(
  query: string,
  to: number,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<number> {
  const selectors = (selectorsOf(query) ?? []).slice(0, ASKED);
  const answers = await Promise.all(
    selectors.map((each) => prometheus.query(`max(timestamp(${each}))`, signal, to)),
  );
  const times = answers.flat().map(({ value }) => Math.round(value * 1000));
  return times.length === 0 ? to : Math.max(...times);
}
