import { filesystemId, hostId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { formatBytes } from '../quantity.ts';
import { linesOf, type Place } from './place.ts';
import { type Filesystem, filesystemsOf, type Vitals } from './vitals.ts';

/** Kinds of filesystems that are read-only by their nature. */
const ALWAYS_READ_ONLY = /^(?:squashfs|iso9660|udf|cramfs|erofs|romfs)$/;
const NOT_DISKS =
  /^(?:proc|sysfs|tmpfs|devtmpfs|devpts|cgroup2?|nsfs|autofs|ramfs|bpf|tracefs|debugfs|overlay|mqueue|hugetlbfs|pstore|securityfs|configfs|fusectl|binfmt_misc|efivarfs|rpc_pipefs|fuse\..*|fuse)$/;
const FEW = 10;

/** What of its disks the space does not tell: inodes, and whether they may be written. */
export function tellDisks({ inodes: files, mounts, fstab }: Vitals, place: Place): readonly Told[] {
  return [...inodes(files, place), ...readOnly(mounts, fstab, place)];
}

/** What fills them: deleted files that are held open, and what grew. */
export function tellFilling(vitals: Vitals, place: Place): readonly Told[] {
  const disks = filesystemsOf(vitals.disks);
  return [...deleted(vitals.deleted, disks, place), ...grown(vitals.grown, disks, place)];
}

function inodes(text: string, { host, serves }: Place): readonly Told[] {
  return filesystemsOf(text)
    .slice(0, FEW)
    .map(({ where, used, free }) => ({
      line: `inodes of ${where}: ${Math.floor(used * 100 + 1e-6)} % used, ${free} free`,
      facts: statesOf(filesystemId(host, where), [hostId(host), ...serves], {
        'system.filesystem.inodes.utilization': used,
      }),
    }));
}

/** The kernel writes white space and backslashes of a path as octal numbers. */
const unescaped = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function readOnly(mounts: string, fstab: string, { host, serves }: Place): readonly Told[] {
  const intended = new Set(
    linesOf(fstab).flatMap((line) => {
      const [, where = '', , options = ''] = line.split(/\s+/);
      return !line.startsWith('#') && options.split(',').includes('ro') ? [unescaped(where)] : [];
    }),
  );
  const found = linesOf(mounts).flatMap((line) => {
    const [, where = '', kind = '', options = ''] = line.split(' ');
    if (NOT_DISKS.test(kind) || /^\/(?:proc|sys|dev|run|snap)\b/.test(where)) return [];
    const path = unescaped(where).replace(/\s+/g, ' ');
    const isOff = options.split(',').includes('ro');
    return [{ path, isOff, meant: intended.has(path) || ALWAYS_READ_ONLY.test(kind) }];
  });
  // The last mount of a path covers the others.
  const disks = [...new Map(found.map((one) => [one.path, one])).values()].slice(0, 20);
  const off = disks.filter(({ isOff }) => isOff);
  const facts = (one: (typeof disks)[number]) =>
    statesOf(filesystemId(host, one.path), [hostId(host), ...serves], {
      'system.filesystem.read_only': one.isOff,
      'system.filesystem.read_only.intended': one.isOff && one.meant,
    });
  const writable = disks.filter(({ isOff }) => !isOff);
  return [
    ...off.map((one) => ({
      line: `${one.path} is read-only${one.meant ? ', as it is meant to be' : ''}`,
      facts: facts(one),
    })),
    ...(writable.length === 0
      ? []
      : [
          {
            line: `may be written: ${writable.map(({ path }) => path).join(', ')}`,
            facts: writable.flatMap(facts),
          },
        ]),
  ];
}

/** The filesystem that a path lies on, by the longest mount point that leads to it. */
function diskOf(path: string, disks: readonly Filesystem[]): Filesystem | undefined {
  return disks
    .filter(({ where }) => where === '/' || path === where || path.startsWith(`${where}/`))
    .toSorted((one, other) => other.where.length - one.where.length)[0];
}

function deleted(text: string, disks: readonly Filesystem[], { host, serves }: Place): readonly Told[] {
  const hidden = Number(/^hidden (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isFinite(hidden)) return [];
  const sizes = new Map(
    [...text.matchAll(/^size (\d+) (\d+) (\/proc\/\d+\/fd\/\d+)$/gm)].map(([, blocks, unit, at]) => [
      at,
      Number(blocks) * Number(unit),
    ]),
  );
  const files = [...text.matchAll(/^link (\/proc\/(\d+)\/fd\/\d+) (.+) \(deleted\)$/gm)].flatMap(
    ([, at, pid, path = '']) => {
      const disk = diskOf(path, disks);
      return disk === undefined
        ? []
        : [{ pid: pid ?? '', path: path.slice(0, 200), disk, bytes: sizes.get(at) ?? 0 }];
    },
  );
  const unread =
    hidden === 0
      ? []
      : [
          {
            line: `the open files of ${hidden} processes may not be read without root: what they hold is not counted`,
            facts: [],
          },
        ];
  const told = disks.slice(0, FEW).map((disk): Told => {
    // Several processes may hold one file, and one process may hold it several times.
    const own = [
      ...new Map(files.filter((one) => one.disk === disk).map((one) => [`${one.path}`, one])).values(),
    ].toSorted((a, b) => b.bytes - a.bytes);
    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    const [most] = own;
    const facts = (values: Parameters<typeof statesOf>[2]) =>
      statesOf(filesystemId(host, disk.where), [hostId(host), ...serves], values);
    if (most === undefined || bytes === 0)
      return {
        line: `no deleted file of ${disk.where} is held open${hidden === 0 ? '' : ' by those that can be read'}`,
        facts: hidden === 0 ? facts({ 'system.filesystem.deleted_open': 0 }) : [],
      };
    return {
      line: `deleted files of ${disk.where} that are still open hold ${formatBytes(bytes)}, most of it ${most.path} by process ${most.pid}`,
      facts: facts({
        'system.filesystem.deleted_open': bytes / disk.size,
        'system.filesystem.deleted_open.holder': `process ${most.pid}`,
      }),
    };
  });
  return [...told, ...unread];
}

const BLOCK = 512;

/** The largest files that were written within the hour. */
function grown(text: string, disks: readonly Filesystem[], { host, serves }: Place): readonly Told[] {
  const seen = new Set<Filesystem>();
  return linesOf(text).flatMap((line): Told[] => {
    const [, blocks, path] = /^(\d+) (\/.*)$/.exec(line) ?? [];
    const disk = path === undefined ? undefined : diskOf(path, disks);
    if (path === undefined || disk === undefined) return [];
    const bytes = Number(blocks) * BLOCK;
    const isFirst = !seen.has(disk);
    seen.add(disk);
    const facts = statesOf(filesystemId(host, disk.where), [hostId(host), ...serves], {
      'system.filesystem.recent_growth': bytes / disk.size,
      'system.filesystem.recent_growth.path': path.slice(0, 200),
    });
    return [
      {
        line: `written within the hour: ${path.slice(0, 200)}, ${formatBytes(bytes)}`,
        facts: isFirst ? facts : [],
      },
    ];
  });
}
