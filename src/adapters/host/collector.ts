import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, hostname, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Collector, Inquiry } from '../../evidence/collector.ts';
import { formatBytes } from '../quantity.ts';
import { commandOf, type Process, readProcesses } from './processes.ts';

export interface HostOptions {
  /** Folders whose filesystems matter besides `/` and those of the service's logs. */
  readonly folders?: readonly string[];
  /** Milliseconds over which the processor time of processes is measured; 200 by default. */
  readonly sample?: number;
}

const TOP = 5;

/**
 * Vital signs of the host that Medic runs on, without any monitoring: load, memory, filesystems and the greediest processes. It
 * has something to say only about services of this host. Needs Linux.
 */
export function createHostCollector({ folders = [], sample = 200 }: HostOptions = {}): Collector {
  return {
    name: 'host',
    kind: 'state',
    async collect(inquiry, signal) {
      const here = hostname();
      if (!runsHere(inquiry, here)) return [];
      const places = ['/', ...folders, ...(inquiry.service?.logs ?? []).map(({ file }) => dirname(file))];
      const [memory, disks, processes] = await Promise.all([
        readMemory(),
        readDisks(places),
        greediest(sample, signal),
      ]);
      const [load = 0, five = 0, fifteen = 0] = loadavg();
      const cores = availableParallelism();
      const free = memory.available / memory.total;
      return [
        {
          kind: 'state',
          title: `Host ${here}`,
          source: 'host',
          query: `load, memory, filesystems and processes of ${here}`,
          window: null,
          observedAt: inquiry.now,
          text: [
            `load ${load.toFixed(2)} ${five.toFixed(2)} ${fifteen.toFixed(2)} on ${cores} cores`,
            `memory available ${formatBytes(memory.available)} of ${formatBytes(memory.total)} (${Math.round(free * 100)} %)`,
            ...disks.map((disk) => disk.words),
            ...processes,
          ].join('\n'),
          data: {
            type: 'facts',
            facts: {
              load1: load,
              cores,
              memory_available_bytes: memory.available,
              memory_total_bytes: memory.total,
            },
          },
          link: null,
          witness: `host/${here}`,
        },
      ];
    },
  };
}

function runsHere({ service, subject }: Inquiry, here: string): boolean {
  const names = [here, 'localhost', '127.0.0.1', '::1'];
  const hosts = service?.hosts ?? (subject.kind === 'target' ? [subject.name.replace(/:\d+$/, '')] : []);
  return hosts.some((host) => names.includes(host));
}

async function readMemory(): Promise<{ total: number; available: number }> {
  const text = await readFile('/proc/meminfo', 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
  return { total: bytes('MemTotal'), available: bytes('MemAvailable') };
}

/** One line per filesystem, whatever the number of folders on it. */
async function readDisks(folders: readonly string[]): Promise<readonly { words: string }[]> {
  const seen = new Set<string>();
  const found = await Promise.all(
    [...new Set(folders)].map(async (folder) => {
      const { blocks, bavail, bsize, files, ffree } = await statfs(folder).catch(() => ({
        blocks: 0,
        bavail: 0,
        bsize: 0,
        files: 0,
        ffree: 0,
      }));
      if (blocks === 0) return { key: folder, words: `filesystem of ${folder}: unreadable` };
      const used = Math.round((1 - bavail / blocks) * 100);
      const inodes =
        files > 0 && ffree / files < 0.1 ? `, inodes ${Math.round((1 - ffree / files) * 100)} % used` : '';
      const words = `filesystem of ${folder}: ${used} % used, ${formatBytes(bavail * bsize)} free of ${formatBytes(blocks * bsize)}${inodes}`;
      return { key: `${blocks}/${bavail}/${files}/${ffree}`, words };
    }),
  );
  return found.filter(({ key }) => !seen.has(key) && seen.add(key));
}

async function greediest(sample: number, signal: AbortSignal): Promise<readonly string[]> {
  const before = new Map((await readProcesses()).map((process) => [process.pid, process]));
  await delay(sample, undefined, { signal });
  const after = await readProcesses();
  const cores = (process: Process) =>
    (process.seconds - (before.get(process.pid)?.seconds ?? process.seconds)) / (sample / 1000);
  const show = async (process: Process) =>
    `  ${(await commandOf(process.pid)) ?? process.name} (${process.pid}): ${formatBytes(process.memory)}, ${cores(process).toFixed(2)} cores`;
  const byMemory = after.toSorted((a, b) => b.memory - a.memory).slice(0, TOP);
  const byCpu = after
    .toSorted((a, b) => cores(b) - cores(a))
    .filter((process) => cores(process) > 0.05)
    .slice(0, TOP);
  const busy = await Promise.all(byCpu.map(show));
  return [
    'processes with the most memory:',
    ...(await Promise.all(byMemory.map(show))),
    ...(busy.length > 0 ? ['processes that compute the most:', ...busy] : []),
  ];
}
