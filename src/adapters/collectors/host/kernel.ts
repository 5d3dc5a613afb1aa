import { hostId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { isRead, linesOf, type Place, unreadable } from './place.ts';

/** A line of the kernel's log, and when it was written; null where that is not known. */
interface Entry {
  readonly at: number | null;
  readonly text: string;
}

/** Of `1780000000.12 web-1 kernel: text`, or of `[12.3] text` where the log says how long the host is up. */
function entriesOf(section: string, now: number): readonly Entry[] {
  const up = Number(/^up ([\d.]+)$/m.exec(section)?.[1] ?? Number.NaN);
  return linesOf(section).flatMap((line): Entry[] => {
    const [, seconds, journal] = /^(\d{9,11}\.\d+) \S+ kernel: (.*)$/.exec(line) ?? [];
    if (journal !== undefined) return [{ at: Number(seconds) * 1000, text: journal }];
    const [, age, ring] = /^\[\s*(\d+\.\d+)\] (.*)$/.exec(line) ?? [];
    if (ring === undefined) return [];
    return [{ at: Number.isFinite(up) ? now - (up - Number(age)) * 1000 : null, text: ring }];
  });
}

const HOUR = 3_600_000;
const HOST_OOM = /^Out of memory: Killed process \d+ \(([^)]{1,60})\)/;
const CGROUP_OOM = /^Memory cgroup out of memory: Killed process \d+ \(([^)]{1,60})\)/;
/** Only where the kernel itself puts it: a program may bear any name, and the kernel writes that name into its log. */
const BROKEN_DISK =
  /^(?:[\w-]+: )?(?:critical \w+ error, dev |I\/O error, dev |Buffer I\/O error on dev(?:ice)? )\w|\): [Rr]emounting filesystem read-only|^EXT4-fs error \(device |^XFS \([^)]*\): .*(?:orrupt|[Ss]hutting down|metadata I\/O error)|^BTRFS (?:error|critical) \(device /;
const CONNTRACK = /nf_conntrack: .*table full, dropping packet/;

/** What the kernel complained of within the hour before `until`; each zero is said, and so is that its log may not be read. */
export function tellKernel(
  section: string,
  now: number,
  until: number,
  { host, serves }: Place,
): readonly Told[] {
  const why = unreadable(section);
  if (why !== null)
    return [
      {
        line: `the kernel’s log is not readable (${why.slice(0, 120)}): kills, disk errors and dropped connections are not known`,
        facts: [],
      },
    ];
  if (!isRead(section)) return [];
  const entries = entriesOf(section, now).filter(
    ({ at }) => at === null || at >= Math.min(now, until) - HOUR,
  );
  const of = (pattern: RegExp) => entries.filter(({ text }) => pattern.test(text));
  const [killed, inGroup, broken, full] = [of(HOST_OOM), of(CGROUP_OOM), of(BROKEN_DISK), of(CONNTRACK)];
  const victim = HOST_OOM.exec(killed.at(-1)?.text ?? '')?.[1];
  const groupVictim = CGROUP_OOM.exec(inGroup.at(-1)?.text ?? '')?.[1];
  const state = (values: Parameters<typeof statesOf>[2], last: Entry | undefined) =>
    statesOf(hostId(host), serves, values, last?.at);
  return [
    {
      line:
        victim === undefined
          ? 'the kernel killed no process for want of memory within the hour'
          : `the kernel killed ${times(killed.length)} for want of memory within the hour, last ${victim}`,
      facts: state({ 'system.oom_kills': killed.length, 'system.oom_kill.victim': victim }, killed.at(-1)),
    },
    {
      line:
        groupVictim === undefined
          ? 'it killed none at the limit of its own control group'
          : `it killed ${times(inGroup.length)} at the limit of its own control group, last ${groupVictim}`,
      facts: state({ 'system.cgroup_oom_kills': inGroup.length }, inGroup.at(-1)),
    },
    {
      line:
        broken.length === 0
          ? 'no error of a disk in the kernel’s log of the hour'
          : `${broken.length} errors of disks in the kernel’s log of the hour, last: ${(broken.at(-1)?.text ?? '').slice(0, 160)}`,
      facts: state({ 'system.disk.errors': broken.length }, broken.at(-1)),
    },
    {
      line:
        full.length === 0
          ? 'no connection dropped for a full table of connections'
          : `the kernel’s log of the hour says ${full.length} times that the table of connections is full`,
      facts: state({ 'system.conntrack.drops': full.length }, full.at(-1)),
    },
  ];
}

const times = (count: number) => (count === 1 ? 'one process' : `${count} processes`);
