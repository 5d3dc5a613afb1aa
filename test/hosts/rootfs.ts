import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGES = [
  'dbus',
  'iproute2',
  'nginx-light',
  'openssh-server',
  'python3',
  'sudo',
  'supervisor',
  'systemd-sysv',
];

/** Run for the new system, in `$1`: the user that logs in; nothing that every host would share. */
const HOOKS = [
  'chroot "$1" useradd --create-home --shell /bin/bash deploy',
  'rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id',
];

/** How long making it may take: it is downloaded, and machines that test are busy. */
const LONGEST = 600_000;

/** The system that every host starts from, and how long it took to make, ms; null where it was there already. */
export type Rootfs = { path: string; madeInMs: number | null };

/**
 * A small Debian of this machine's own release with what a host runs, in the user's cache folder; made when it is not there.
 * Nothing is ever written to it: hosts lay their own files over it.
 */
export async function rootfs(): Promise<Rootfs> {
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  if (suite === undefined) throw new Error('this machine does not say which release of Debian it is');
  const recipe = createHash('sha256')
    .update(JSON.stringify([suite, PACKAGES, HOOKS]))
    .digest('hex')
    .slice(0, 12);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'medic-test');
  const path = join(cache, `rootfs-${recipe}`);
  if (existsSync(path)) return { path, madeInMs: null };
  const begun = performance.now();
  await mkdir(cache, { recursive: true });
  await removeUnfinished(cache);
  // Finished or not there: another test may be making the same one, and the first to finish wins.
  const draft = join(cache, `draft-${process.pid}`);
  try {
    await run('mmdebstrap', argumentsFor(suite, draft), { timeout: LONGEST, maxBuffer: 1 << 26 });
    await rename(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(path)) throw error;
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Error(`the system for test hosts could not be made: ${said.slice(-1_000)}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { path, madeInMs: Math.round(performance.now() - begun) };
}

function argumentsFor(suite: string, target: string): string[] {
  return [
    '--mode=root',
    '--variant=essential',
    '--dpkgopt=force-unsafe-io',
    '--aptopt=Acquire::Languages "none"',
    `--include=${PACKAGES.join(',')}`,
    ...HOOKS.map((hook) => `--customize-hook=${hook}`),
    suite,
    target,
  ];
}

/** What processes left that were killed while they made one. */
async function removeUnfinished(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const maker = /^draft-(\d+)$/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`))
      await rm(join(cache, name), { recursive: true, force: true });
  }
}
