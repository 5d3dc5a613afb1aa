import { witnessOf } from '../../evidence/alert-evidence.ts';
import type { Collector, Finding, Inquiry } from '../../evidence/collector.ts';
import type { Series } from '../../evidence/evidence.ts';
import type { PrometheusCollectorOptions } from './alert-metric.ts';
import { type RangeWindow, selector } from './client.ts';
import { describeSeries, type Unit } from './format.ts';
import { environmentOf, graphLink, observe, presentOf } from './observe.ts';

interface Sign {
  readonly name: string;
  readonly unit: Unit;
  /** The expression for a service's label matchers, `{…}` with its closing brace. */
  readonly query: (labels: Readonly<Record<string, string>>) => string;
}

const RATE = '1m';
const INSTANCES = 5;

const rate =
  (metric: string, more = '') =>
  (labels: Readonly<Record<string, string>>) =>
    `sum by (job, instance) (rate(${selector(labels, metric).replace(/\}$/, more === '' ? '}' : `,${more}}`)}[${RATE}]))`;

/** What most client libraries expose. A sign that a service does not have is left out. */
const SIGNS: readonly Sign[] = [
  { name: 'up', unit: 'number', query: (labels) => selector(labels, 'up') },
  { name: 'memory', unit: 'bytes', query: (labels) => selector(labels, 'process_resident_memory_bytes') },
  { name: 'cpu cores', unit: 'number', query: rate('process_cpu_seconds_total') },
  { name: 'started', unit: 'time', query: (labels) => selector(labels, 'process_start_time_seconds') },
  { name: 'open files', unit: 'number', query: (labels) => selector(labels, 'process_open_fds') },
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

type Seen = { readonly sign: Sign; readonly series: Series; readonly window: RangeWindow };

/** Shows the vital signs of the service's processes as Prometheus has them, one item for each process: one exporter, one witness. */
export function createServiceVitalsCollector({
  prometheus,
  publicUrl = prometheus.url,
}: PrometheusCollectorOptions): Collector {
  return {
    name: 'service vital signs',
    kind: 'metric',
    async collect(inquiry, signal) {
      const labels = inquiry.service?.labels ?? {};
      if (Object.keys(labels).length === 0) return [];
      const now = await presentOf(prometheus, signal);
      const asked = SIGNS.map(async (sign): Promise<readonly Seen[]> => {
        const { series, window } = await observe(prometheus, sign.query(labels), now, signal);
        return series.map((each) => ({ sign, series: each, window }));
      });
      const seen = (await Promise.all(asked))
        .flat()
        .filter(({ series }) => series.labels.instance !== undefined);
      if (seen.length === 0) {
        throw new Error(
          `Prometheus has no series with ${selector(labels)}; check the service's labels in the registry`,
        );
      }
      const processes = Map.groupBy(seen, ({ series }) => witnessOf(series.labels));
      return [...processes]
        .slice(0, INSTANCES)
        .map(([witness, signs]) => finding(witness, signs, inquiry, labels, publicUrl));
    },
  };
}

function finding(
  witness: string,
  signs: readonly Seen[],
  inquiry: Inquiry,
  labels: Readonly<Record<string, string>>,
  url: string,
): Finding {
  const began =
    inquiry.alerts.length === 0 ? null : Math.min(...inquiry.alerts.map(({ startsAt }) => startsAt));
  const instance = signs[0]?.series.labels.instance ?? '';
  const from = Math.min(...signs.map(({ window }) => window.from));
  const to = Math.max(...signs.map(({ window }) => window.to));
  const environment = environmentOf(
    signs.map(({ series }) => series).filter((series) => series.labels.environment ?? series.labels.env),
  );
  return {
    kind: 'metric',
    title: `Vital signs of ${inquiry.subject.name} at ${instance}`,
    source: 'prometheus',
    query: signs.map(({ sign }) => sign.query(labels)).join('\n'),
    window: { from, to },
    observedAt: to,
    text: signs.flatMap((seen) => describe(seen, began)).join('\n'),
    data: {
      type: 'series',
      series: signs.map(({ sign, series }) => ({
        labels: { ...series.labels, sign: sign.name },
        points: series.points,
      })),
    },
    link: graphLink(url, selector({ ...labels, instance }, 'up'), { from, to }),
    witness,
    ...(environment === undefined ? {} : { environment }),
  };
}

function describe({ sign, series, window }: Seen, began: number | null): string[] {
  if (sign.unit === 'time') return [starts(series)];
  const [extremes, ...rest] = describeSeries(series, sign.unit, window, began);
  return [`${sign.name}: ${extremes}`, ...rest.map((line) => `  ${line}`)];
}

/** A process that starts again has another start time. */
function starts(series: Series): string {
  const times = [...new Set(series.points.map(([, value]) => value))];
  const last = times.at(-1);
  const since = last === undefined ? 'unknown' : new Date(last * 1000).toISOString();
  return `restarts in this window: ${Math.max(0, times.length - 1)}, last start ${since}`;
}
