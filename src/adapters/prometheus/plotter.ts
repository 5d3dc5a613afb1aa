import type { Plotter } from '../../evidence/chart.ts';
import type { Prometheus } from './client.ts';
import { freshnessOf } from './freshness.ts';
import { graphLink } from './observe.ts';

const STEPS = 240;
const LEAST_STEP = 1_000;

/** Reads a metric over time from Prometheus, each series up to its newest sample. */
export function createPlotter(prometheus: Prometheus): Plotter {
  return {
    async read(query, window, signal) {
      const step = Math.max(LEAST_STEP, (window.to - window.from) / STEPS);
      const series = await prometheus.queryRange(query, { ...window, step }, signal);
      const measured = await freshnessOf(query, series, window.to, prometheus, signal);
      return series.map(({ labels, points }) => ({
        labels,
        points: points.filter(([at]) => at < measured(labels).newest + step),
      }));
    },
    link: (query, window) => graphLink(prometheus.url, query, window),
  };
}
