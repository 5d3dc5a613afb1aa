import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import { type HostVitalsArguments, hostVitals } from '../../../evidence/collectors/host-vitals.ts';
import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { filesystemId, hostId, servedBy } from '../../../evidence/facts/objects.ts';
import { type Stated, statesOf, type Told, tell } from '../../../evidence/facts/tell.ts';
import { lineThrough } from '../../../evidence/facts/trend.ts';
import { exporterOf } from '../../../evidence/instrument.ts';
import { keepWhatAnswered } from '../partial.ts';
import type { PrometheusCollectorOptions } from './alert/alert-metric.ts';
import { type InstantValue, literalPattern, type Prometheus, quoted, selector } from './client.ts';
import { describeSeries, type Track } from './expression/format.ts';
import { thinned } from './expression/thin.ts';
import type { Unit } from './expression/unit.ts';
import { limitsQuery, tellLimits, usualQuery } from './host-limits.ts';
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
      const questions = exporters.slice(0, EXPORTERS).flatMap((at) => {
        const around = { at, ...whereIs(at, hosts, service), now };
        return SIGNS.map((sign) => look(sign, around, since, prometheus, publicUrl, signal));
      });
      const limits = exporters.slice(0, EXPORTERS).map((at) => {
        const around = { at, ...whereIs(at, hosts, service), now };
        return limitsOf(around, since, prometheus, publicUrl, signal);
      });
      const [signs, more] = await Promise.all([keepWhatAnswered(questions), Promise.all(limits)]);
      return [...signs, ...more.flat()];
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
  { at, host, serves, now }: Around,
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
    ...tell(
      shown.flatMap((each): readonly Told[] => {
        const [extremes, ...rest] = describeSeries(each, sign.unit, began);
        const where = each.labels.mountpoint === undefined ? '' : ` of ${each.labels.mountpoint}`;
        return [
          { line: `${sign.name}${where}: ${extremes}`, facts: signStates(sign.name, each, host, serves) },
          ...rest.map((line) => ({ line: `  ${line}`, facts: [] })),
        ];
      }),
      window.to,
    ),
    data: {
      type: 'series',
      series: shown.map(({ labels, points }) => ({ labels, points: thinned(points, KEPT_POINTS) })),
    },
    link: graphLink(url, query, window),
    witness: exporterOf(at),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** An exporter, and the host that it tells of. */
interface Around {
  readonly at: { readonly job: string; readonly instance: string };
  readonly host: string;
  readonly serves: readonly ObjectId[];
  readonly now: number;
}

/** The host as registry or alert name it, where the exporter goes by its address or its own name. */
function hostOf({ instance }: { readonly instance: string }, hosts: readonly string[]): string {
  const name = instance.replace(/:\d+$/, '');
  if (hosts.includes(name) && !LOCAL.includes(name)) return name;
  const named = hosts.filter((host) => !LOCAL.includes(host));
  // An exporter with a label for its host is found by that; where there is one host, it is that.
  if (named.length === 1 && !LOCAL.includes(name)) return named[0] ?? name;
  return hosts[0] !== undefined && LOCAL.includes(name) ? hosts[0] : name;
}

/** What a sign of a host states now; nothing where it is no longer measured. */
function signStates(
  name: string,
  { labels, points, ended }: Track,
  host: string,
  serves: readonly ObjectId[],
): readonly Stated[] {
  const now = points.at(-1)?.[1];
  if (now === undefined || ended !== null) return [];
  switch (name) {
    case 'load per core':
      return statesOf(hostId(host), serves, { 'node_exporter.cpu.load_per_core': now });
    case 'memory available':
      return statesOf(hostId(host), serves, { 'node_exporter.memory.available': now });
    case 'filesystem used':
      return labels.mountpoint === undefined
        ? []
        : statesOf(filesystemId(host, labels.mountpoint), [hostId(host), ...serves], {
            'node_exporter.filesystem.utilization': now,
            'node_exporter.filesystem.slope': lineThrough(points)?.slope,
          });
    default:
      return [];
  }
}

/** What else the exporter knows of limits and errors; nothing where it knows nothing, as exporters leave out what they are told to. */
async function limitsOf(
  { at, host, serves, now }: Around,
  began: number | null,
  prometheus: Prometheus,
  url: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const query = limitsQuery(at);
  const item = {
    kind: 'metric',
    title: `Host ${at.instance}: limits and errors`,
    source: 'prometheus',
    query,
    window: null,
    observedAt: now,
    data: null,
    link: graphLink(url, selector(at, 'node_load1'), { from: now - 7_200_000, to: now }),
    witness: exporterOf(at),
  } as const;
  try {
    const [answer, before] = await Promise.all([
      prometheus.query(query, signal, now),
      statesBefore(at, began, prometheus, signal),
    ]);
    const lines = tellLimits(answer, host, serves, before.known);
    if (lines.length === 0) return [];
    const gap = before.lacks === null ? [] : [{ line: before.lacks, facts: [] }];
    return [{ ...item, ...tell([...lines, ...gap], now) }];
  } catch (error) {
    return [{ ...item, text: error instanceof Error ? error.message : String(error), failed: true }];
  }
}

/** The states of the host before the trouble. Without them all that is so counts as new, and the item says why. */
async function statesBefore(
  at: Around['at'],
  began: number | null,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<{ readonly known: readonly InstantValue[]; readonly lacks: string | null }> {
  if (began === null) return { known: [], lacks: null };
  try {
    return { known: await prometheus.query(usualQuery(at), signal, began - LEAD), lacks: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { known: [], lacks: `How it was in the week before could not be read: ${why}` };
  }
}
/** Before an alert, its rule has waited. */
const LEAD = 3_600_000;

function highest(series: readonly Track[], count: number): readonly Track[] {
  const now = ({ points }: Track) => points.at(-1)?.[1] ?? 0;
  return [...series].sort((a, b) => now(b) - now(a)).slice(0, count);
}

/** What a host that only an alert names does for the service nobody knows: it serves those that the registry says. */
function whereIs(at: Parameters<typeof hostOf>[0], hosts: readonly string[], service: ServiceView | null) {
  const host = hostOf(at, hosts);
  return { host, serves: service?.hosts.includes(host) ? servedBy(service) : [] };
}
