import { filesystemId, hostId, servedBy } from '../../../evidence/facts/objects.ts';
import { statesOf } from '../../../evidence/facts/tell.ts';
import { type Filesystem, judgeDisk, mountOf, usage } from '../../../evidence/looks/disk.ts';
import { NotRead, reasonOf, type Seen, type Sight } from './sight.ts';

const SCRIPT = `stat -f -c '%S %b %a %c %d' -- "$1" && cat /proc/self/mounts`;

/** The filesystem that is mounted at a path, by the kernel. */
export async function seeDisk({ host, service, ask }: Sight, path: string, limit: number): Promise<Seen> {
  if (!path.startsWith('/') || path.includes('{{'))
    throw new NotRead(`${JSON.stringify(path)} is no absolute path`);
  const answer = await ask(['sh', '-c', SCRIPT, 'look', path], true);
  if (answer.exitCode !== 0) throw new NotRead(reasonOf(answer));
  const [numbers = '', ...mounts] = answer.stdout.split('\n');
  const mount = mountOf(path, mounts.join('\n'));
  if (mount === null) throw new NotRead(`${path} is no mount point; name the disk by where it is mounted`);
  const read = numbers.split(' ').map(Number);
  if (read.length !== 5 || read.some((number) => !Number.isFinite(number)))
    throw new NotRead(`stat said ${JSON.stringify(numbers.slice(0, 100))}`);
  const [blockSize = 0, blocks = 0, available = 0, inodes = 0, inodesFree = 0] = read;
  const fs: Filesystem = { path, blockSize, blocks, available, inodes, inodesFree, ...mount };
  const { used, inodesUsed } = usage(fs);
  const of = filesystemId(host.name, path);
  const state = (values: Parameters<typeof statesOf>[2]) =>
    statesOf(of, [hostId(host.name), ...servedBy(service)], values);
  return {
    ...judgeDisk(fs, limit),
    instrument: `kernel/${host.name}`,
    facts: {
      mountpoint: path,
      used_ratio: used,
      free_bytes: available * blockSize,
      inodes_used_ratio: inodesUsed,
      read_only: mount.readOnly,
    },
    states: [
      ...state({ 'system.filesystem.utilization': used, 'system.filesystem.free': available * blockSize }),
      ...state({ 'system.filesystem.inodes.utilization': inodesUsed }).map((one) => ({
        ...one,
        said: 'inodes_used_ratio',
      })),
      ...state({ 'system.filesystem.read_only': mount.readOnly }).map((one) => ({
        ...one,
        said: 'read_only',
      })),
    ],
  };
}
