import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { tellGuardian } from '../stack/guardian.ts';

const run = promisify(execFile);

/** A small disk of its own for one directory, or why there is none. */
export type Disk =
  | { mounted: true; path: string; unmount(): Promise<void> }
  | { mounted: false; reason: string };

/** Mounts a tmpfs of `megabytes` at `path`; needs root and the right to mount. Never rejects for lack of these. */
export async function mountDisk(path: string, megabytes: number): Promise<Disk> {
  await mkdir(path, { recursive: true });
  if (process.getuid?.() !== 0) return { mounted: false, reason: 'only root may mount a disk to fill' };
  tellGuardian(`mount ${path}`);
  try {
    await run('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${megabytes}m,mode=0700,nosuid,nodev`,
      'medic-demo',
      path,
    ]);
  } catch (error) {
    tellGuardian(`unmount ${path}`);
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    return { mounted: false, reason: `this machine does not let us mount a disk to fill: ${said}` };
  }
  return {
    mounted: true,
    path,
    async unmount() {
      await run('umount', [path]).catch(() => run('umount', ['-l', path]));
      tellGuardian(`unmount ${path}`);
    },
  };
}
