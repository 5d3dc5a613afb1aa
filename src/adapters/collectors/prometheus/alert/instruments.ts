import type { BoundAlert } from '../../../../evidence/alert-source.ts';
import type { ServiceView } from '../../../../evidence/collector.ts';
import { instrumentsOf } from '../../../../evidence/instrument.ts';
import { labelName, literalPattern, quoted } from '../client.ts';
import { reads, selectorsOf, splitComparison } from '../expression/promql.ts';
import type { Identity } from '../place.ts';
import { seriesLabels } from './alert-series.ts';
import type { Asked } from './inquest.ts';
import type { Active } from './match.ts';

type Labels = Readonly<Record<string, string>>;

const SELECTORS = 6;
const SERIES = 50;
const SERIES_OF_ALL = 1000;

/**
 * What an active alert rests on: the metrics that its rule reads, and the instruments behind them; those of its own labels
 * where Prometheus does not tell more. Never rejects.
 */
export async function boundAs(
  server: Identity,
  { rule, labels }: Active,
  service: ServiceView | null,
  asked: Asked,
): Promise<BoundAlert> {
  const read = reads(rule.query);
  const selectors = (selectorsOf(rule.query) ?? []).slice(0, SELECTORS);
  const shared = seriesLabels(labels, rule);
  const series = await Promise.all(selectors.map((each) => seriesOf(each, shared, asked).catch(() => [])));
  const found = series.flat();
  const behind = instrumentsOf(read, (found.length > 0 ? found : [labels]).map(asSeries), service);
  return {
    server: server.name,
    labels,
    expression: rule.query,
    reads: read,
    // A rule that nobody here understands is its server's word.
    instruments: behind.length > 0 ? behind : [`prometheus/${encodeURIComponent(server.name)}`],
    comparison: splitComparison(rule.query).comparison,
    interval: rule.interval,
  };
}

const asSeries = (labels: Labels) => ({ labels });

/** The series of a selector that the alert's labels fit, as far as they have them. */
async function seriesOf(selector: string, labels: Labels, asked: Asked): Promise<readonly Labels[]> {
  const ask = async (fitting: Labels) => {
    const query = asked.many
      ? `topk(${SERIES_OF_ALL}, ${selector})`
      : `topk(${SERIES}, ${fittingTo(selector, fitting)})`;
    const found = (await asked.query(query)).map((each) => each.labels);
    return found.filter((each) =>
      Object.entries(fitting).every(([name, value]) => (each[name] ?? value) === value),
    );
  };
  const found = await ask(labels);
  if (found.length > 0) return found.slice(0, SERIES);
  // A metric that is joined in may come from another exporter.
  const { job: _job, instance: _instance, ...others } = labels;
  return (await ask(others)).slice(0, SERIES);
}

/** Narrows a selector to the series that have these labels with these values, or not at all. */
function fittingTo(selector: string, labels: Labels): string {
  const [, name = '', inside = ''] = /^([^{]*)(?:\{([\s\S]*)\})?$/.exec(selector.trim()) ?? [];
  const own = inside.trim().replace(/,$/, '');
  const added = Object.entries(labels)
    .filter(([label]) => label !== '')
    .map(([label, value]) => `${labelName(label)}=~${quoted(`(?:${literalPattern(value)})|`)}`);
  return `${name}{${[own, ...added].filter((part) => part !== '').join(',')}}`;
}
