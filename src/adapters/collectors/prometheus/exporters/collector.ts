import type { Collector, Finding, ServiceView } from '../../../../evidence/collector.ts';
import type { Plain } from '../../../../evidence/collectors/arguments.ts';
import type { ExportedSource } from '../../../../evidence/collectors/exporters.ts';
import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import { servedBy } from '../../../../evidence/facts/objects.ts';
import { statesOf, type Told, tell } from '../../../../evidence/facts/tell.ts';
import { exporterOf } from '../../../../evidence/instrument.ts';
import { keepWhatAnswered } from '../../partial.ts';
import type { PrometheusCollectorOptions } from '../alert/alert-metric.ts';
import { type Prometheus, selector } from '../client.ts';
import { describeSeries, type Track } from '../expression/format.ts';
import { thinned } from '../expression/thin.ts';
import { environmentOf, graphLink, observe, presentOf } from '../observe.ts';
import type { Labels, Sign } from './sign.ts';

const KEPT_POINTS = 241;

/** Things of one kind that exporters tell of. */
interface Kind {
  readonly declared: Collector<Plain>['declared'];
  readonly sourcesOf: (service: ServiceView) => readonly ExportedSource[];
  readonly objectOf: (name: string) => ObjectId;
  readonly titleOf: (name: string) => string;
  readonly signs: readonly Sign[];
}

/** Shows what exporters tell of a service's things of one kind, one item for each. */
export function createExporterCollector(options: PrometheusCollectorOptions, kind: Kind): Collector<Plain> {
  const { prometheus } = options;
  return {
    declared: kind.declared,
    async collect({ since }, { service }, signal) {
      if (service === null) return [];
      const now = await presentOf(prometheus, signal);
      const asked = { service, began: since, now };
      return keepWhatAnswered(
        kind.sourcesOf(service).map((source) => findingOf(source, kind, asked, options, signal)),
      );
    },
  };
}

async function findingOf(
  { name, labels }: ExportedSource,
  { objectOf, titleOf, signs }: Kind,
  {
    service,
    began,
    now,
  }: { readonly service: ServiceView; readonly began: number | null; readonly now: number },
  { prometheus, publicUrl = prometheus.url }: PrometheusCollectorOptions,
  signal: AbortSignal,
): Promise<Finding> {
  const found = await Promise.all(
    signs.map(async (sign) => {
      const way = await wayOf(sign, labels, prometheus, signal);
      if (way === null) return [];
      const { tracks, window } = await observe(prometheus, way.query, now, signal);
      return tracks.slice(0, 1).map((track) => ({ ...way, sign, track, window }));
    }),
  );
  const seen = found.flat();
  const [first] = seen;
  if (first === undefined)
    throw new Error(`Prometheus has nothing of ${name} with the labels ${selector(labels)}`);
  const window = {
    from: Math.min(...seen.map((one) => one.window.from)),
    to: Math.max(...seen.map((one) => one.window.to)),
  };
  const missing: readonly Told[] = signs
    .filter((sign) => !seen.some((one) => one.sign === sign))
    .map((sign) => ({ line: `${sign.name}: Prometheus has nothing of it`, facts: [] }));
  const linesOf = ({ sign, track }: (typeof seen)[number]): readonly Told[] => {
    const [extremes, ...rest] = describeSeries(track, sign.unit, began);
    const values = isMeasured(track) ? sign.states(track.points, began) : {};
    return [
      { line: `${sign.name}: ${extremes}`, facts: statesOf(objectOf(name), servedBy(service), values) },
      ...rest.map((line) => ({ line: `  ${line}`, facts: [] })),
    ];
  };
  return {
    kind: 'metric',
    title: titleOf(name),
    source: 'prometheus',
    query: seen.map(({ query }) => query).join('\n'),
    window,
    observedAt: window.to,
    ...tell([...seen.flatMap(linesOf), ...missing], window.to),
    data: {
      type: 'series',
      series: seen.map(({ sign, track }) => ({
        labels: { ...labels, sign: sign.name },
        points: thinned(track.points, KEPT_POINTS),
      })),
    },
    link: graphLink(publicUrl, first.query, window),
    // All exporters of it repeat what one broker or server says.
    witness: first.instrument,
    ...(first.environment === undefined ? {} : { environment: first.environment }),
  };
}

/** What is no longer measured is not so now. */
function isMeasured({ ended }: Track): boolean {
  return ended === null;
}

/** A way to read a sign, and whose word it is. */
interface Read {
  readonly query: string;
  readonly instrument: string;
  readonly environment?: string;
}

/** What differs between things that only share a name: their figures must not be added up. */
const APART = ['environment', 'env', 'cluster', 'vhost'] as const;

/** The first of its metrics that Prometheus has; null where it has none. Throws where the labels are those of several things. */
async function wayOf(
  { ways }: Sign,
  labels: Labels,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<Read | null> {
  const open = ways.flatMap(({ metric, labels: ownOf = (all: Labels) => all, query }) => {
    const own = ownOf(labels);
    return own === null ? [] : [{ metric, query, series: selector(own, metric) }];
  });
  const by = ['__name__', 'job', 'instance', ...APART].join(', ');
  const counts = open.map(({ series }) => `count by (${by}) (${series})`);
  const there = counts.length === 0 ? [] : await prometheus.query(counts.join(' or '), signal);
  const seriesOf = (metric: string) =>
    there.filter((one) => one.labels.__name__ === metric).map((one) => one.labels);
  const way = open.find(({ metric }) => seriesOf(metric).length > 0);
  if (way === undefined) return null;
  const series = seriesOf(way.metric);
  for (const name of APART) {
    const values = [...new Set(series.map((one) => one[name] ?? ''))].sort();
    if (values.length > 1)
      throw new Error(
        `${way.series} is of several: ${name} is ${values.join(' and ')}; name the one that is meant`,
      );
  }
  const [instrument = ''] = series.map(exporterOf).sort();
  const environment = environmentOf(series.map((one) => ({ labels: one })));
  return { query: way.query(way.series), instrument, ...(environment === undefined ? {} : { environment }) };
}
