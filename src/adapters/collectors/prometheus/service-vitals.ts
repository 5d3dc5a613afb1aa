import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { serviceVitals } from '../../../evidence/collectors/service-vitals.ts';
import { tell } from '../../../evidence/facts/tell.ts';
import { instrumentOf } from '../../../evidence/instrument.ts';
import type { PrometheusCollectorOptions } from './alert/alert-metric.ts';
import { identityOf } from './alert/witness.ts';
import { type RangeWindow, selector } from './client.ts';
import { describeSeries, formatValue, type Track } from './expression/format.ts';
import { reads } from './expression/promql.ts';
import { thinned } from './expression/thin.ts';
import type { Unit } from './expression/unit.ts';
import { environmentOf, graphLink, observe, presentOf } from './observe.ts';
import { vitalStates } from './service-facts.ts';

interface Sign {
  readonly name: string;
  readonly unit: Unit;
  /** The expression for a service's label matchers, `{…}` with its closing brace. */
  readonly query: (labels: Readonly<Record<string, string>>) => string;
}

const RATE = '1m';
const INSTANCES = 5;
const KEPT_POINTS = 241;

const rate =
  (metric: string, more = '') =>
  (labels: Readonly<Record<string, string>>) =>
    `sum by (job, instance) (rate(${selector(labels, metric).replace(/\}$/, more === '' ? '}' : `,${more}}`)}[${RATE}]))`;

/** What Prometheus itself says of a process: whether it reached it. */
const UP: Sign = { name: 'up', unit: 'number', query: (labels) => selector(labels, 'up') };
/** What most client libraries expose. A sign that a service does not have is left out. */
const SIGNS: readonly Sign[] = [
  UP,
  { name: 'memory', unit: 'bytes', query: (labels) => selector(labels, 'process_resident_memory_bytes') },
  { name: 'cpu cores', unit: 'number', query: rate('process_cpu_seconds_total') },
  { name: 'started', unit: 'time', query: (labels) => selector(labels, 'process_start_time_seconds') },
  { name: 'open files', unit: 'number', query: (labels) => selector(labels, 'process_open_fds') },
  {
    name: 'open files of their limit',
    unit: 'ratio',
    query: (labels) => `${selector(labels, 'process_open_fds')} / ${selector(labels, 'process_max_fds')}`,
  },
  { name: 'goroutines', unit: 'number', query: (labels) => selector(labels, 'go_goroutines') },
  { name: 'requests per second', unit: 'number', query: rate('http_requests_total') },
  {
    name: 'server errors per second',
    unit: 'number',
    query: (labels) =>
      `${rate('http_requests_total', 'code=~"5.."')(labels)} or ${rate('http_requests_total', 'status=~"5.."')(labels)}`,
  },
  {
    name: 'latency, 95th percentile',
    unit: 'seconds',
    query: (labels) =>
      `histogram_quantile(0.95, sum by (job, instance, le) (rate(${selector(labels, 'http_request_duration_seconds_bucket')}[${RATE}])))`,
  },
];

type Seen = { readonly sign: Sign; readonly track: Track; readonly window: RangeWindow };

/**
 * Shows the vital signs of the service's processes as Prometheus has them. Each process makes two items, since it has two witnesses:
 * Prometheus, which reaches it or does not, and the process, which tells of itself.
 */
export function createServiceVitalsCollector({
  prometheus,
  publicUrl = prometheus.url,
}: PrometheusCollectorOptions): Collector<Plain> {
  return {
    declared: serviceVitals,
    async collect({ since }, { service }, signal) {
      const labels = service?.labels ?? {};
      if (service === null || Object.keys(labels).length === 0) return [];
      const now = await presentOf(prometheus, signal);
      const asked = SIGNS.map(async (sign): Promise<readonly Seen[]> => {
        const { tracks, window } = await observe(prometheus, sign.query(labels), now, signal);
        return tracks.map((track) => ({ sign, track, window }));
      });
      const seen = (await Promise.all(asked))
        .flat()
        .filter(({ track }) => track.labels.instance !== undefined);
      if (seen.length === 0) {
        throw new Error(
          `Prometheus has no series with ${selector(labels)}; check the service's labels in the registry`,
        );
      }
      const processes = Map.groupBy(seen, ({ track: { labels: of } }) =>
        JSON.stringify([of.job, of.instance]),
      );
      return [...processes.values()]
        .slice(0, INSTANCES)
        .flatMap((signs) =>
          [signs.filter(({ sign }) => sign === UP), signs.filter(({ sign }) => sign !== UP)]
            .filter((part) => part.length > 0)
            .map((part) => finding(part, service, since, publicUrl)),
        );
    },
  };
}

function finding(signs: readonly Seen[], service: ServiceView, began: number | null, url: string): Finding {
  const { labels } = service;
  const [first] = signs;
  const isScrape = first?.sign === UP;
  const instance = first?.track.labels.instance ?? '';
  const from = Math.min(...signs.map(({ window }) => window.from));
  const to = Math.max(...signs.map(({ window }) => window.to));
  const environment = environmentOf(
    signs.map(({ track }) => track).filter((track) => track.labels.environment ?? track.labels.env),
  );
  const named = signs.map(({ sign, track }) => ({ name: sign.name, track }));
  const described = signs.map((seen, index) => ({
    lines: describe(seen, began),
    facts: named.slice(index, index + 1).flatMap((one) => vitalStates(one, named, service, began)),
  }));
  return {
    kind: 'metric',
    title: `${isScrape ? 'Scrape' : 'Vital signs'} of ${service.name} at ${instance}`,
    source: 'prometheus',
    query: signs.map(({ sign }) => sign.query(labels)).join('\n'),
    window: { from, to },
    observedAt: to,
    text: described.map(({ lines }) => lines.join('\n')).join('\n'),
    facts: tell(
      described.map(({ lines, facts }) => ({ line: lines[0] ?? '', facts })),
      to,
    ).facts,
    data: {
      type: 'series',
      series: signs.map(({ sign, track }) => ({
        labels: { ...track.labels, sign: sign.name },
        points: thinned(track.points, KEPT_POINTS),
      })),
    },
    link: graphLink(url, selector({ ...labels, instance }, 'up'), { from, to }),
    witness: witnessOf(signs, service),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** The series were asked for by the labels that identify the service, which an aggregation leaves out of its answer. */
function witnessOf(signs: readonly Seen[], service: ServiceView): string {
  const { labels } = service;
  const [first] = signs;
  const [metric = ''] = first === undefined ? [] : reads(first.sign.query(labels));
  return instrumentOf(metric, { ...first?.track.labels, ...labels }, identityOf(service));
}

function describe({ sign, track }: Seen, began: number | null): string[] {
  if (sign.unit === 'time') return [starts(track)];
  const [extremes, ...rest] = describeSeries(track, sign.unit, began);
  return [`${sign.name}: ${extremes}`, ...rest.map((line) => `  ${line}`)];
}

/** A process that starts again has another start time. */
function starts({ points }: Track): string {
  const times = points.map(([, value]) => value).filter((value, index, all) => value !== all[index - 1]);
  const last = times.at(-1);
  const since = last === undefined ? 'unknown' : formatValue(last, 'time');
  return `restarts in this window: ${Math.max(0, times.length - 1)}, last start ${since}`;
}
