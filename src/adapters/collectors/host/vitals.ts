import { filesystemId, hostId, processId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { formatBytes } from '../quantity.ts';
import type { Place } from './place.ts';
import { SECTIONS } from './script.ts';

/** What a host said of itself, section by section; a section that it did not give is empty. */
export type Vitals = Readonly<Record<(typeof SECTIONS)[number], string>>;

/** Takes the answer of `SCRIPT` apart. */
export function parseVitals(output: string, mark: string): Vitals {
  const sections = `\n${output}`.split(`\n${mark} `).slice(1);
  const found = Object.fromEntries(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end + 1)];
    }),
  );
  return Object.fromEntries(SECTIONS.map((name) => [name, found[name] ?? ''])) as Vitals;
}

const TOP = 5;
/** A filesystem smaller than this, bytes, holds a marker or a socket. */
const TINY = 100_000;
/** Filesystems of the kernel's own, and of images that are always full. */
const UNTOLD = /^(?:udev|devtmpfs|overlay|shm|none|\/dev\/loop\d+|squashfs)$/;

/** The vital signs in words, one a line, and as facts. */
export function describeVitals(
  vitals: Vitals,
  place: Place,
): {
  readonly lines: readonly Told[];
  readonly facts: Readonly<Record<string, number>>;
} {
  const [load, five, fifteen] = (vitals.load.split('\n')[0] ?? '').split(/\s+/);
  const cores = Number(vitals.cores.trim()) || null;
  const [total, available] = [meminfo(vitals.memory, 'MemTotal'), meminfo(vitals.memory, 'MemAvailable')];
  const [swap, swapFree] = [meminfo(vitals.memory, 'SwapTotal'), meminfo(vitals.memory, 'SwapFree')];
  const state = (values: Parameters<typeof statesOf>[2]) =>
    statesOf(hostId(place.host), place.serves, values);
  return {
    lines: [
      ...(fifteen === undefined
        ? []
        : [
            {
              line: `load ${load} ${five} ${fifteen}${cores === null ? '' : ` on ${cores} cores`}`,
              facts: state({ 'system.cpu.load_per_core': cores === null ? null : Number(load) / cores }),
            },
          ]),
      ...(total === null || available === null
        ? []
        : [
            {
              line: `memory available ${formatBytes(available)} of ${formatBytes(total)} (${Math.round((available / total) * 100)} %)`,
              facts: state({ 'system.memory.available': available / total }),
            },
          ]),
      ...(swap === null || swapFree === null
        ? []
        : [
            {
              line:
                swap === 0
                  ? 'no swap'
                  : `swap ${Math.round((1 - swapFree / swap) * 100)} % used of ${formatBytes(swap)}`,
              facts: state({ 'system.paging.utilization': swap === 0 ? 0 : 1 - swapFree / swap }),
            },
          ]),
      ...disksOf(vitals.disks, place),
      ...greediest(vitals.processes, total, place),
    ],
    facts: {
      ...(load === undefined || Number.isNaN(Number.parseFloat(load)) ? {} : { load1: Number(load) }),
      ...(cores === null ? {} : { cores }),
      ...(available === null ? {} : { memory_available_bytes: available }),
      ...(total === null ? {} : { memory_total_bytes: total }),
    },
  };
}

function meminfo(text: string, name: string): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${name}:`));
  const kilobytes = /(\d+) kB/.exec(line ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** One filesystem as `df` tells it: in bytes, or in inodes. */
export interface Filesystem {
  readonly where: string;
  readonly size: number;
  readonly free: number;
  readonly used: number;
}

/** The lines of `df -P` that are disks, the fullest first. */
export function filesystemsOf(text: string): readonly Filesystem[] {
  const disks = text.split('\n').flatMap((line) => {
    const [, device = '', size, free, where] =
      /^(\S+)\s+(\d+)\s+\d+\s+(\d+)\s+\S+\s+(\/.*)$/.exec(line) ?? [];
    if (where === undefined || Number(size) <= 0 || UNTOLD.test(device)) return [];
    if (/^\/(?:proc|sys|dev|run)\b/.test(where)) return [];
    return [{ where, size: Number(size), free: Number(free), used: 1 - Number(free) / Number(size) }];
  });
  return disks.toSorted((one, other) => other.used - one.used).slice(0, 30);
}

function disksOf(text: string, { host, serves }: Place): readonly Told[] {
  return filesystemsOf(text)
    .filter(({ size }) => size >= TINY)
    .slice(0, 10)
    .map(({ where, size, free, used }) => ({
      line: `filesystem of ${where}: ${Math.floor(used * 100)} % used, ${formatBytes(free)} free of ${formatBytes(size)}`,
      facts: statesOf(filesystemId(host, where), [hostId(host), ...serves], {
        'system.filesystem.utilization': used,
        'system.filesystem.free': free,
      }),
    }));
}

/** The units that systemd has as failed, if it runs there. */
export function failedUnits({ units }: Vitals): readonly string[] {
  return units.split('\n').flatMap((line) => /^[\w@.:\\-]+\.\w+/.exec(line.trim())?.[0] ?? []);
}

const SIZES: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

interface Process {
  readonly pid: string;
  readonly memory: number;
  /** Percent of one core since it was started; null where the host does not tell. */
  readonly cpu: number | null;
  readonly name: string;
}

function greediest(text: string, total: number | null, { host, serves }: Place): readonly Told[] {
  const processes = text.split('\n').flatMap((line): Process[] => {
    // A small ps writes `12m` for what would take too much room.
    const [, pid, rss, unit = 'k', cpu, name] =
      /^\s*(\d+)\s+(\d+(?:\.\d+)?)([mg])?\s+(?:(\d+(?:\.\d+)?)\s+)?(.+)$/.exec(line) ?? [];
    if (pid === undefined || name === undefined) return [];
    return [
      {
        pid,
        memory: Number(rss) * (SIZES[unit] ?? 1024),
        cpu: cpu === undefined ? null : Number(cpu),
        name: name.slice(0, 60),
      },
    ];
  });
  const say = ({ pid, memory, cpu, name }: Process) =>
    `  ${name} (${pid}): ${formatBytes(memory)}${cpu === null ? '' : `, ${cpu} % of a core since its start`}`;
  const plain = (line: string): Told => ({ line, facts: [] });
  const byMemory = processes.toSorted((a, b) => b.memory - a.memory).slice(0, TOP);
  const byCpu = processes
    .filter(({ cpu }) => (cpu ?? 0) > 5)
    .toSorted((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0))
    .slice(0, TOP);
  const most = byMemory.slice(0, 1).map((one) => ({
    line: say(one),
    facts: statesOf(processId(host, one.name, Number(one.pid)), [hostId(host), ...serves], {
      'process.top.memory': total === null ? null : one.memory / total,
    }),
  }));
  return [
    ...(byMemory.length > 0
      ? [
          plain('processes with the most memory:'),
          ...most,
          ...byMemory.slice(1).map((one) => plain(say(one))),
        ]
      : []),
    ...(byCpu.length > 0
      ? [plain('processes that compute the most:'), ...byCpu.map((one) => plain(say(one)))]
      : []),
  ];
}
