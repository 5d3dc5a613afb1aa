import type { MetricReader } from '../../../evidence/chart.ts';
import type { Prometheus } from './client.ts';
import { freshnessOf } from './expression/freshness.ts';
import { selectorIn } from './expression/promql.ts';
import { thinned } from './expression/thin.ts';
import { graphLink, samplesOf } from './observe.ts';

const STEPS = 240;
const LEAST_STEP = 1_000;
/** So many samples of a series are read at most. */
const POINTS = 1_000;

/** Reads a metric over time from Prometheus, each series up to its newest sample. */
export function createMetricReader(prometheus: Prometheus): MetricReader {
  return {
    async read(query, window, signal) {
      const selector = selectorIn(query);
      // Samples have their own times, so that a gap in them is one.
      const samples = selector === null ? null : await samplesOf(prometheus, selector, window, signal);
      if (samples !== null) return samples.map((one) => ({ ...one, points: thinned(one.points, POINTS) }));
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
