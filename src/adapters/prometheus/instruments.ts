import type { BoundAlert } from '../../evidence/alert-source.ts';
import type { ServiceView } from '../../evidence/collector.ts';
import { instrumentsOf } from '../../evidence/instrument.ts';
import { seriesLabels } from './alert-series.ts';
import { literalPattern, type Prometheus, quoted } from './client.ts';
import type { Active } from './match.ts';
import { reads, selectorsOf, splitComparison } from './promql.ts';

type Labels = Readonly<Record<string, string>>;

const SELECTORS = 6;
const SERIES = 50;

/**
 * What an active alert rests on: the metrics that its rule reads, and the instruments behind them; those of its own labels
 * where Prometheus does not tell more. Never rejects.
 */
export async function boundAs(
  server: string,
  { rule, labels }: Active,
  service: ServiceView | null,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<BoundAlert> {
  const read = reads(rule.query);
  const selectors = (selectorsOf(rule.query) ?? []).slice(0, SELECTORS);
  const shared = seriesLabels(labels, rule);
  const series = await Promise.all(
    selectors.map((each) => seriesOf(each, shared, prometheus, signal).catch(() => [])),
  );
  return {
    server,
    labels,
    expression: rule.query,
    reads: read,
    instruments: instrumentsOf(
      read,
      series.flat().length > 0 ? series.flat().map((one) => ({ labels: one })) : [{ labels }],
      service,
    ),
    comparison: splitComparison(rule.query).comparison,
    interval: rule.interval,
  };
}

/** The series of a selector that the alert's labels fit, as far as they have them. */
async function seriesOf(
  selector: string,
  labels: Labels,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly Labels[]> {
  const ask = async (fitting: Labels) =>
    (await prometheus.query(`topk(${SERIES}, ${fittingTo(selector, fitting)})`, signal)).map(
      (each) => each.labels,
    );
  const found = await ask(labels);
  if (found.length > 0) return found;
  // A metric that is joined in may come from another exporter.
  const { job: _job, instance: _instance, ...others } = labels;
  return ask(others);
}

/** Narrows a selector to the series that have these labels with these values, or not at all. */
function fittingTo(selector: string, labels: Labels): string {
  const [, name = '', inside = ''] = /^([^{]*)(?:\{([\s\S]*)\})?$/.exec(selector.trim()) ?? [];
  const own = inside.trim().replace(/,$/, '');
  const added = Object.entries(labels)
    .filter(([label]) => /^[a-zA-Z_]\w*$/.test(label))
    .map(([label, value]) => `${label}=~${quoted(`(?:${literalPattern(value)})|`)}`);
  return `${name}{${[own, ...added].filter((part) => part !== '').join(',')}}`;
}
