import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import { type HostVitalsArguments, hostVitals } from '../../../evidence/collectors/host-vitals.ts';
import { exporterOf } from '../../../evidence/instrument.ts';
import { keepWhatAnswered } from '../partial.ts';
import type { PrometheusCollectorOptions } from './alert/alert-metric.ts';
import { literalPattern, type Prometheus, quoted, selector } from './client.ts';
import { describeSeries, type Track } from './expression/format.ts';
import { thinned } from './expression/thin.ts';
import type { Unit } from './expression/unit.ts';
import { environmentOf, graphLink, observe, presentOf } from './observe.ts';

interface Sign {
  readonly name: string;
  readonly unit: Unit;
  readonly query: (exporter: Readonly<Record<string, string>>) => string;
  /** Whether only the highest series are shown, for signs with many of them. */
  readonly highest?: number;
}

const SIGNS: readonly Sign[] = [
  {
    name: 'load per core',
    unit: 'number',
    query: (at) =>
      `${selector(at, 'node_load1')} / on (job, instance) count by (job, instance) (${selector({ ...at, mode: 'idle' }, 'node_cpu_seconds_total')})`,
  },
  {
    name: 'memory available',
    unit: 'ratio',
    query: (at) =>
      `${selector(at, 'node_memory_MemAvailable_bytes')} / ${selector(at, 'node_memory_MemTotal_bytes')}`,
  },
  {
    name: 'filesystem used',
    unit: 'ratio',
    query: (at) => {
      const real = (metric: string) => selector(at, metric).replace(/\}$/, `,fstype!~${quoted(PSEUDO)}}`);
      return `1 - ${real('node_filesystem_avail_bytes')} / (${real('node_filesystem_size_bytes')} > 0)`;
    },
    highest: 5,
  },
];
const PSEUDO = 'proc|sysfs|devtmpfs|devpts|cgroup.*|nsfs|autofs|squashfs|ramfs|bpf|tracefs|debugfs|overlay';

const EXPORTERS = 3;
const KEPT_POINTS = 241;

/**
 * Shows load, memory and filesystems of the hosts that the service runs on, as the node exporter has them: one item for each sign,
 * all of one witness, the exporter.
 */
export function createHostVitalsCollector({
  prometheus,
  publicUrl = prometheus.url,
}: PrometheusCollectorOptions): Collector<HostVitalsArguments> {
  return {
    declared: hostVitals,
    async collect({ since, guessed }, { service }, signal) {
      const hosts = hostsOf(service, guessed);
      if (hosts.length === 0) return [];
      const exporters = await exportersOf(hosts, prometheus, signal);
      if (exporters.length === 0) {
        // A guess from an alert need not be a host: then nothing is missing.
        if ((service?.hosts ?? []).length === 0) return [];
        throw new Error(
          `Prometheus has no node exporter for ${hosts.join(', ')}; its instance or host label must name the host`,
        );
      }
      const now = await presentOf(prometheus, signal);
      const questions = exporters
        .slice(0, EXPORTERS)
        .flatMap((at) => SIGNS.map((sign) => look(sign, at, now, since, prometheus, publicUrl, signal)));
      return keepWhatAnswered(questions);
    },
  };
}

/** The hosts of the registry; without them, those that were guessed. */
function hostsOf(service: ServiceView | null, guessed: readonly string[]): readonly string[] {
  const named = service?.hosts ?? [];
  const hosts = named.length > 0 ? [...named] : [...guessed];
  if (hosts.some((host) => LOCAL.includes(host))) hosts.push(...LOCAL);
  return [...new Set(hosts)];
}
const LOCAL = ['localhost', '127.0.0.1'];

async function exportersOf(hosts: readonly string[], prometheus: Prometheus, signal: AbortSignal) {
  const pattern = hosts.map(literalPattern).join('|');
  const expression = `node_load1{instance=~${quoted(`(?:${pattern})(?::[0-9]+)?`)}} or node_load1{host=~${quoted(pattern)}}`;
  const found = await prometheus.query(expression, signal);
  return found.flatMap(({ labels: { job, instance } }) => (job && instance ? [{ job, instance }] : []));
}

async function look(
  sign: Sign,
  at: { readonly job: string; readonly instance: string },
  now: number,
  began: number | null,
  prometheus: Prometheus,
  url: string,
  signal: AbortSignal,
): Promise<Finding> {
  const query = sign.query(at);
  const { tracks: series, window } = await observe(prometheus, query, now, signal);
  if (series.length === 0) throw new Error(`${at.instance} has no ${sign.name}`);
  const shown = sign.highest === undefined ? series : highest(series, sign.highest);
  const environment = environmentOf(series);
  return {
    kind: 'metric',
    title: `Host ${at.instance}: ${sign.name}`,
    source: 'prometheus',
    query,
    window: { from: window.from, to: window.to },
    observedAt: window.to,
    text: shown
      .flatMap((each) => {
        const [extremes, ...rest] = describeSeries(each, sign.unit, began);
        const where = each.labels.mountpoint === undefined ? '' : ` of ${each.labels.mountpoint}`;
        return [`${sign.name}${where}: ${extremes}`, ...rest.map((line) => `  ${line}`)];
      })
      .join('\n'),
    data: {
      type: 'series',
      series: shown.map(({ labels, points }) => ({ labels, points: thinned(points, KEPT_POINTS) })),
    },
    link: graphLink(url, query, window),
    witness: exporterOf(at),
    ...(environment === undefined ? {} : { environment }),
  };
}

function highest(series: readonly Track[], count: number): readonly Track[] {
  const now = ({ points }: Track) => points.at(-1)?.[1] ?? 0;
  return [...series].sort((a, b) => now(b) - now(a)).slice(0, count);
}
