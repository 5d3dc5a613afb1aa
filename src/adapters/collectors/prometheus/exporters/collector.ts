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
import { graphLink, observe, presentOf } from '../observe.ts';
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

/**
 * Shows what exporters tell of a service's things of one kind, one item for each. What reads it is the exporter that measured most of it;
 * a sign that none tells is left out.
 */
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
  const [witness = '', ...also] = new Set(seen.flatMap(({ instruments }) => instruments));
  const window = {
    from: Math.min(...seen.map((one) => one.window.from)),
    to: Math.max(...seen.map((one) => one.window.to)),
  };
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
    ...tell(seen.flatMap(linesOf), window.to),
    data: {
      type: 'series',
      series: seen.map(({ sign, track }) => ({
        labels: { ...labels, sign: sign.name },
        points: thinned(track.points, KEPT_POINTS),
      })),
    },
    link: graphLink(publicUrl, first.query, window),
    witness,
    ...(also.length === 0 ? {} : { also }),
  };
}

/** What is no longer measured is not so now. */
function isMeasured({ ended }: Track): boolean {
  return ended === null;
}

/** The first of its metrics that Prometheus has, and who measured it; null where it has none. */
async function wayOf(
  { ways }: Sign,
  labels: Labels,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<{ readonly query: string; readonly instruments: readonly string[] } | null> {
  const open = ways.flatMap(({ metric, labels: ownOf = (all: Labels) => all, query }) => {
    const own = ownOf(labels);
    return own === null ? [] : [{ metric, query, series: selector(own, metric) }];
  });
  const counts = open.map(({ series }) => `count by (__name__, job, instance) (${series})`);
  const there = counts.length === 0 ? [] : await prometheus.query(counts.join(' or '), signal);
  const seriesOf = (metric: string) => there.filter((one) => one.labels.__name__ === metric);
  const way = open.find(({ metric }) => seriesOf(metric).length > 0);
  if (way === undefined) return null;
  const instruments = seriesOf(way.metric).map((one) => exporterOf(one.labels));
  return { query: way.query(way.series), instruments: [...new Set(instruments)].sort() };
}
