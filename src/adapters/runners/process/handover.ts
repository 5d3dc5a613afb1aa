import { chmod, chown, rm } from 'node:fs/promises';
import { runBrief } from './brief/run-brief.ts';
import type { RunAs } from './run-as.ts';

/** Lets a command's user read and write what Medic has made for it, and nobody else. */
export async function handOver(path: string, mode: number, runAs: RunAs | null | undefined): Promise<void> {
  if (!runAs) return;
  await chown(path, process.getuid?.() ?? -1, runAs.gid);
  await chmod(path, mode);
}

/**
 * Removes a folder of Medic's own with all that a command left in it, of which some may be the command's user's alone. Never rejects: how
 * a command ended is known by then, and a folder that nobody can remove must not make it another end, or keep its last word back.
 */
export async function removeScratch(folder: string, runAs: RunAs | null | undefined): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    if (!runAs) return;
    const argv = ['find', folder, '-mindepth', '1', '-delete'];
    const env = { PATH: '/usr/bin:/bin' };
    const { signal } = new AbortController();
    await runBrief({ argv, env, runAs, timeout: 10_000, outputCap: 1000, signal });
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
