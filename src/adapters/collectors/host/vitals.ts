import { formatBytes } from '../quantity.ts';

/** What a host said of itself, section by section; a section that it did not give is empty. */
export interface Vitals {
  readonly load: string;
  readonly cores: string;
  readonly memory: string;
  readonly processes: string;
  readonly disks: string;
  readonly units: string;
}

/** The names of the sections, in the order in which `SCRIPT` prints them. */
const SECTIONS = ['load', 'cores', 'memory', 'processes', 'units', 'disks'] as const;

/** $1 begins the line before each section. A filesystem that hangs must not take the rest with it, so it comes last and in time. */
export const SCRIPT = `
echo "$1 load"; cat /proc/loadavg
echo "$1 cores"; grep -c '^processor' /proc/cpuinfo
echo "$1 memory"; cat /proc/meminfo
echo "$1 processes"; ps -eo pid=,rss=,pcpu=,comm= --sort=-rss 2>/dev/null || ps -o pid,rss,comm
echo "$1 units"; systemctl list-units --state=failed --no-legend --plain 2>/dev/null
echo "$1 disks"; timeout -k 1 2 df -PB1 2>/dev/null
exit 0`;

/** Takes the answer of `SCRIPT` apart. */
export function parseVitals(output: string, mark: string): Vitals {
  const sections = `\n${output}`.split(`\n${mark} `).slice(1);
  const found = Object.fromEntries(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end + 1)];
    }),
  );
  return Object.fromEntries(SECTIONS.map((name) => [name, found[name] ?? ''])) as unknown as Vitals;
}

const TOP = 5;
/** A filesystem smaller than this, bytes, holds a marker or a socket. */
const TINY = 100_000;
/** Filesystems of the kernel's own, and of images that are always full. */
const UNTOLD = /^(?:udev|devtmpfs|overlay|shm|none|\/dev\/loop\d+|squashfs)$/;

/** The vital signs in words, one a line, and as facts. */
export function describeVitals(vitals: Vitals): {
  readonly lines: readonly string[];
  readonly facts: Readonly<Record<string, number>>;
} {
  const [load, five, fifteen] = vitals.load.split(' ');
  const cores = Number(vitals.cores.trim()) || null;
  const [total, available] = [meminfo(vitals.memory, 'MemTotal'), meminfo(vitals.memory, 'MemAvailable')];
  return {
    lines: [
      ...(fifteen === undefined
        ? []
        : [`load ${load} ${five} ${fifteen}${cores === null ? '' : ` on ${cores} cores`}`]),
      ...(total === null || available === null
        ? []
        : [
            `memory available ${formatBytes(available)} of ${formatBytes(total)} (${Math.round((available / total) * 100)} %)`,
          ]),
      ...disksOf(vitals.disks),
      ...greediest(vitals.processes),
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

function disksOf(text: string): readonly string[] {
  const disks = text.split('\n').flatMap((line) => {
    const [, device = '', size, free, where] =
      /^(\S+)\s+(\d+)\s+\d+\s+(\d+)\s+\S+\s+(\/.*)$/.exec(line) ?? [];
    if (
      where === undefined ||
      Number(size) < TINY ||
      UNTOLD.test(device) ||
      /^\/(?:proc|sys|dev|run)\b/.test(where)
    )
      return [];
    return [{ where, size: Number(size), free: Number(free), used: 1 - Number(free) / Number(size) }];
  });
  return disks
    .toSorted((one, other) => other.used - one.used)
    .slice(0, 10)
    .map(
      ({ where, size, free, used }) =>
        `filesystem of ${where}: ${Math.floor(used * 100)} % used, ${formatBytes(free)} free of ${formatBytes(size)}`,
    );
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

function greediest(text: string): readonly string[] {
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
  const byMemory = processes.toSorted((a, b) => b.memory - a.memory).slice(0, TOP);
  const byCpu = processes
    .filter(({ cpu }) => (cpu ?? 0) > 5)
    .toSorted((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0))
    .slice(0, TOP);
  return [
    ...(byMemory.length > 0 ? ['processes with the most memory:', ...byMemory.map(say)] : []),
    ...(byCpu.length > 0 ? ['processes that compute the most:', ...byCpu.map(say)] : []),
  ];
}
