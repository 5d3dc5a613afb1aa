import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { filesystemId, hostId } from '../../../evidence/facts/objects.ts';
import { type Stated, statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { markUsual } from '../../../evidence/facts/usual.ts';
import type { FactName } from '../../../evidence/facts/vocabulary.ts';
import { type InstantValue, quoted, selector } from './client.ts';
import { formatValue } from './expression/format.ts';
import type { Unit } from './expression/unit.ts';

/** A further sign of a host: read at one instant, in one request with all the others. */
interface Limit {
  readonly fact: FactName;
  readonly words: string;
  readonly unit: Unit | 'flag';
  readonly of: 'host' | 'filesystem';
  readonly query: (at: Labels, real: (metric: string) => string) => string;
}
type Labels = Readonly<Record<string, string>>;

const PSEUDO =
  'proc|sysfs|devtmpfs|devpts|cgroup.*|nsfs|autofs|squashfs|ramfs|bpf|tracefs|debugfs|overlay|iso9660|udf';
const busy = (at: Labels, offset = '') =>
  `1 - avg by (job, instance) (rate(${selector({ ...at, mode: 'idle' }, 'node_cpu_seconds_total')}[2m]${offset}))`;
const mode = (at: Labels, name: string) =>
  `avg by (job, instance) (rate(${selector({ ...at, mode: name }, 'node_cpu_seconds_total')}[2m]))`;
const total = (at: Labels, metric: string, offset = '') =>
  `sum by (job, instance) (rate(${selector(at, metric)}[2m]${offset}))`;
const received = (at: Labels, offset = '') =>
  `sum by (job, instance) (rate(${selector(at, 'node_network_receive_bytes_total').replace(/\}$/, ',device!="lo"}')}[2m]${offset}))`;
/** Before an alert, its rule has waited. */
const EARLIER = ' offset 1h';

const LIMITS: readonly Limit[] = [
  {
    fact: 'node_exporter.filesystem.inodes.utilization',
    words: 'inodes used',
    unit: 'ratio',
    of: 'filesystem',
    query: (_, real) => `1 - ${real('node_filesystem_files_free')} / (${real('node_filesystem_files')} > 0)`,
  },
  {
    fact: 'node_exporter.filesystem.read_only',
    words: 'read-only',
    unit: 'flag',
    of: 'filesystem',
    query: (_, real) => real('node_filesystem_readonly'),
  },
  {
    fact: 'node_exporter.filesystem.device_error',
    words: 'device error',
    unit: 'flag',
    of: 'filesystem',
    query: (_, real) => real('node_filesystem_device_error'),
  },
  {
    fact: 'node_exporter.oom_kills',
    words: 'kills for want of memory within the hour',
    unit: 'number',
    of: 'host',
    query: (at) => `increase(${selector(at, 'node_vmstat_oom_kill')}[1h])`,
  },
  {
    fact: 'node_exporter.memory.available.slope',
    words: 'memory that becomes available, a second',
    unit: 'ratio',
    of: 'host',
    query: (at) =>
      `deriv(${selector(at, 'node_memory_MemAvailable_bytes')}[30m]) / ${selector(at, 'node_memory_MemTotal_bytes')}`,
  },
  {
    fact: 'node_exporter.cpu.utilization',
    words: 'processors busy',
    unit: 'ratio',
    of: 'host',
    query: (at) => busy(at),
  },
  {
    fact: 'node_exporter.cpu.utilization.before',
    words: 'processors busy an hour ago',
    unit: 'ratio',
    of: 'host',
    query: (at) => busy(at, EARLIER),
  },
  {
    fact: 'node_exporter.cpu.iowait',
    words: 'processors that wait for disks',
    unit: 'ratio',
    of: 'host',
    query: (at) => mode(at, 'iowait'),
  },
  {
    fact: 'node_exporter.cpu.steal',
    words: 'processors that the hypervisor gives to others',
    unit: 'ratio',
    of: 'host',
    query: (at) => mode(at, 'steal'),
  },
  {
    fact: 'node_exporter.disk.queue',
    words: 'requests that wait for the busiest disk',
    unit: 'number',
    of: 'host',
    query: (at) =>
      `max by (job, instance) (rate(${selector(at, 'node_disk_io_time_weighted_seconds_total')}[2m]))`,
  },
  {
    fact: 'node_exporter.disk.write_rate',
    words: 'written to disks',
    unit: 'bytes per second',
    of: 'host',
    query: (at) => total(at, 'node_disk_written_bytes_total'),
  },
  {
    fact: 'node_exporter.disk.write_rate.before',
    words: 'written to disks an hour ago',
    unit: 'bytes per second',
    of: 'host',
    query: (at) => total(at, 'node_disk_written_bytes_total', EARLIER),
  },
  {
    fact: 'node_exporter.conntrack.utilization',
    words: 'tracked connections of their limit',
    unit: 'ratio',
    of: 'host',
    query: (at) =>
      `${selector(at, 'node_nf_conntrack_entries')} / ${selector(at, 'node_nf_conntrack_entries_limit')}`,
  },
  {
    fact: 'node_exporter.file_descriptors.utilization',
    words: 'open files of the limit of the host',
    unit: 'ratio',
    of: 'host',
    query: (at) => `${selector(at, 'node_filefd_allocated')} / ${selector(at, 'node_filefd_maximum')}`,
  },
  {
    fact: 'node_exporter.clock.synchronized',
    words: 'clock synchronized',
    unit: 'flag',
    of: 'host',
    query: (at) => selector(at, 'node_timex_sync_status'),
  },
  {
    fact: 'node_exporter.clock.offset',
    words: 'clock off by',
    unit: 'seconds',
    of: 'host',
    query: (at) => selector(at, 'node_timex_offset_seconds'),
  },
  {
    fact: 'node_exporter.network.receive',
    words: 'received from the network',
    unit: 'bytes per second',
    of: 'host',
    query: (at) => received(at),
  },
  {
    fact: 'node_exporter.network.receive.before',
    words: 'received from the network an hour ago',
    unit: 'bytes per second',
    of: 'host',
    query: (at) => received(at, EARLIER),
  },
];

const SIGN = 'medic_sign';
/** Filesystems of one host that are told. */
const MOST = 8;

/** All of them in one expression, each series with the number of its sign. */
export function limitsQuery(at: Labels): string {
  const real = (metric: string) => realOf(at, metric);
  return LIMITS.map(({ query }, index) => numbered(query(at, real), index)).join('\nor ');
}

/**
 * How the states of a host were before: of each its mean over the week, read every hour, where a day of it is known. Only one that was the
 * same all the time has a mean of 0 or 1, so no incident within the week makes a state usual. Levels are compared by what they were before.
 */
export function usualQuery(at: Labels): string {
  const week = (state: string, over: string) => `${over}((${state})[7d:1h])`;
  return LIMITS.flatMap(({ query, unit }, index) => {
    const state = query(at, (metric) => realOf(at, metric));
    return unit === 'flag'
      ? [
          numbered(
            `(${week(state, 'avg_over_time')} and ${week(state, 'count_over_time')} >= ${A_DAY})`,
            index,
          ),
        ]
      : [];
  }).join('\nor ');
}
/** So many readings, one an hour. */
const A_DAY = 24;

function realOf(at: Labels, metric: string): string {
  return selector(at, metric).replace(/\}$/, `,fstype!~${quoted(PSEUDO)}}`);
}

function numbered(expression: string, index: number): string {
  return `label_replace(${expression}, "${SIGN}", "${index}", "", "")`;
}

/**
 * What that answers, a line for each sign that the exporter has.
 *
 * @param before what `usualQuery` was answered; empty where nobody knows, and nothing is usual
 */
export function tellLimits(
  answer: readonly InstantValue[],
  host: string,
  serves: readonly ObjectId[],
  before: readonly InstantValue[] = [],
): readonly Told[] {
  const baseline = tellEach(
    before.filter(({ value }) => value === 0 || value === 1),
    host,
    serves,
    Number.POSITIVE_INFINITY,
  ).flatMap(({ facts }) => facts);
  return tellEach(answer, host, serves, MOST).map(({ line, facts: stated }) => {
    const facts = markUsual<Stated>(stated, baseline);
    return { line: facts.some(({ usual }) => usual) ? `${line}, as before` : line, facts };
  });
}

function tellEach(
  answer: readonly InstantValue[],
  host: string,
  serves: readonly ObjectId[],
  most: number,
): readonly Told[] {
  return LIMITS.flatMap((limit, index) =>
    answer
      .filter(({ labels, value }) => labels[SIGN] === String(index) && Number.isFinite(value))
      .slice(0, most)
      .map(({ labels, value }) => told(limit, value, labels.mountpoint, host, serves)),
  );
}

function told(
  limit: Limit,
  value: number,
  mountpoint: string | undefined,
  host: string,
  serves: readonly ObjectId[],
): Told {
  const onDisk = limit.of === 'filesystem' && mountpoint !== undefined;
  const of = onDisk ? filesystemId(host, mountpoint) : hostId(host);
  const within = onDisk ? [hostId(host), ...serves] : serves;
  const where = onDisk ? `${mountpoint.replace(/\s+/g, ' ')}: ` : '';
  const isFlag = limit.unit === 'flag';
  const shown = limit.unit === 'flag' ? (value === 1 ? 'yes' : 'no') : formatValue(value, limit.unit);
  return {
    line: `${where}${limit.words}: ${shown}`,
    facts: statesOf(of, within, { [limit.fact]: isFlag ? value === 1 : value }),
  };
}
