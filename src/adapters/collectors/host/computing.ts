import { hostId, processId } from '../../../evidence/facts/objects.ts';
import { type Stated, statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { formatBytes, threeDigits } from '../quantity.ts';
import { linesOf, type Place } from './place.ts';

interface Task {
  readonly name: string;
  readonly ticks: number;
  /** Of those it began that have ended and were waited for. */
  readonly children: number;
}

/** What is counted at one moment: ticks of processors and processes, work of disks. */
interface Sample {
  /** Seconds since the host came up. */
  readonly at: number;
  /** user nice system idle iowait irq softirq steal, in ticks of all processors. */
  readonly cpu: readonly number[];
  readonly tasks: ReadonlyMap<number, Task>;
  readonly disks: ReadonlyMap<
    string,
    { readonly busy: number; readonly weighted: number; readonly written: number }
  >;
  readonly periods: number | null;
  readonly throttled: number | null;
}

const SECTOR = 512;
/** A whole disk and no part of one, nor what is made of memory or of other disks. */
const WHOLE = /^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

function sampleOf(section: string): Sample | null {
  const lines = linesOf(section);
  const at = Number(/^([\d.]+) [\d.]+$/.exec(lines[0] ?? '')?.[1] ?? Number.NaN);
  const cpu = lines
    .find((line) => line.startsWith('cpu '))
    ?.split(/\s+/)
    .slice(1)
    .map(Number);
  if (!Number.isFinite(at) || cpu === undefined) return null;
  const counter = (name: string) => {
    const line = lines.find((one) => one.startsWith(`group ${name} `));
    return line === undefined ? null : Number(line.split(' ')[2]);
  };
  const tasks = new Map<number, Task>();
  const disks = new Map<string, { busy: number; weighted: number; written: number }>();
  for (const line of lines) {
    // A name may hold spaces and brackets, so its end is the last bracket of the line.
    const [, pid, name, rest] = /^task (\d+) \((.*)\) \S (.*)$/.exec(line) ?? [];
    if (pid !== undefined && name !== undefined) {
      const after = (rest ?? '').split(' ').map(Number);
      const [user = 0, system = 0, ofChildren = 0, systemOfChildren = 0] = after.slice(10);
      tasks.set(Number(pid), {
        name: name.slice(0, 60),
        ticks: user + system,
        children: ofChildren + systemOfChildren,
      });
    }
    const disk = /^disk\s+\d+\s+\d+\s+(\S+)\s+(.*)$/.exec(line);
    if (disk?.[1] === undefined || !WHOLE.test(disk[1])) continue;
    const counts = (disk[2] ?? '').split(/\s+/).map(Number);
    disks.set(disk[1], {
      busy: counts[9] ?? 0,
      weighted: counts[10] ?? 0,
      written: (counts[6] ?? 0) * SECTOR,
    });
  }
  return { at, cpu, tasks, disks, periods: counter('nr_periods'), throttled: counter('nr_throttled') };
}

/** With those it began; ticks. */
function spentBy(before: Task | undefined, after: Task | undefined): number {
  if (before === undefined || after === undefined) return 0;
  return Math.max(0, after.ticks + after.children - before.ticks - before.children);
}

const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;

/** What the two moments are compared with. */
export interface Computers {
  /** The processes of the service. */
  readonly members: readonly number[];
  /** The one that reads: what it and its children compute is no part of what the host does. */
  readonly self: number | null;
  readonly cores: number;
}

/** What the host did between two moments: processors, the process that computes the most, the service, disks. */
export function tellComputing(
  firstText: string,
  secondText: string,
  { members, self, cores }: Computers,
  { host, serves }: Place,
): readonly Told[] {
  const [first, second] = [sampleOf(firstText), sampleOf(secondText)];
  if (first === null || second === null || !(second.at > first.at)) return [];
  const seconds = second.at - first.at;
  const ticks = second.cpu.slice(0, 8).map((value, index) => Math.max(0, value - (first.cpu[index] ?? 0)));
  const all = ticks.reduce((sum, value) => sum + value, 0);
  if (all === 0) return [];
  const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks;
  const own = self === null ? 0 : spentBy(first.tasks.get(self), second.tasks.get(self));
  const busy = Math.max(0, all - idle - iowait - own) / all;
  const [waits, stolen] = [iowait / all, steal / all];
  const spent = [...second.tasks]
    .flatMap(([pid, { name, ticks: now }]) => {
      const before = first.tasks.get(pid);
      if (before === undefined || pid === self) return [];
      return [{ pid, name, share: Math.max(0, now - before.ticks) / all }];
    })
    .toSorted((one, other) => other.share - one.share);
  const [top] = spent;
  return [
    {
      line: `processors ${percent(busy)} busy, ${percent(waits)} waiting for disks, ${percent(stolen)} given to others by the hypervisor`,
      facts: statesOf(hostId(host), serves, {
        'system.cpu.utilization': busy,
        'system.cpu.iowait': waits,
        'system.cpu.steal': stolen,
      }),
    },
    ...(top === undefined
      ? []
      : [
          {
            line: `${top.name} (${top.pid}) computes the most: ${percent(top.share)} of all cores`,
            facts: statesOf(processId(host, top.name, top.pid), [hostId(host), ...serves], {
              'process.top.cpu': top.share,
            }),
          },
        ]),
    ...ofService(first, second, spent, members, cores, { host, serves }),
    ...ofDisks(first, second, seconds, { host, serves }),
  ];
}

function ofService(
  first: Sample,
  second: Sample,
  spent: readonly { readonly pid: number; readonly share: number }[],
  members: readonly number[],
  cores: number,
  { host, serves }: Place,
): readonly Told[] {
  if (members.length === 0) return [];
  const share = spent.filter(({ pid }) => members.includes(pid)).reduce((sum, one) => sum + one.share, 0);
  const taken = share * cores;
  const periods = (second.periods ?? 0) - (first.periods ?? 0);
  const throttled = periods > 0 ? ((second.throttled ?? 0) - (first.throttled ?? 0)) / periods : null;
  const own = (values: Parameters<typeof statesOf>[2]): readonly Stated[] =>
    serves.flatMap((service) => statesOf(service, [hostId(host)], values));
  return [
    {
      line: `the service takes ${threeDigits(taken)} cores${throttled === null ? '' : `, throttled in ${percent(throttled)} of its periods`}`,
      facts: own({ 'process.cpu.cores': taken, 'process.cpu.throttled': throttled }),
    },
  ];
}

function ofDisks(first: Sample, second: Sample, seconds: number, { host, serves }: Place): readonly Told[] {
  const disks = [...second.disks].flatMap(([name, now]) => {
    const before = first.disks.get(name);
    if (before === undefined) return [];
    const rate = (of: 'busy' | 'weighted' | 'written') => Math.max(0, now[of] - before[of]) / seconds;
    return [
      {
        name,
        busy: Math.min(1, rate('busy') / 1000),
        queue: rate('weighted') / 1000,
        written: rate('written'),
      },
    ];
  });
  const [worst] = disks.toSorted((one, other) => other.queue - one.queue);
  if (worst === undefined) return [];
  const written = disks.reduce((sum, one) => sum + one.written, 0);
  return [
    {
      line: `disk ${worst.name} ${percent(worst.busy)} busy with ${threeDigits(worst.queue)} requests waiting; ${formatBytes(written)}/s written to all disks`,
      facts: statesOf(hostId(host), serves, {
        'system.disk.busy': worst.busy,
        'system.disk.queue': worst.queue,
        'system.disk.write_rate': written,
      }),
    },
  ];
}
