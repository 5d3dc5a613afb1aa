import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess } from '../stack/process.ts';

const run = promisify(execFile);

const PACKAGES = [
  'dbus',
  'iproute2',
  'libstdc++6',
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
    await make(suite, draft, `${draft}.log`);
    await rename(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(path)) throw error;
    });
  } finally {
    await remove(draft);
    await remove(`${draft}.log`);
  }
  return { path, madeInMs: Math.round(performance.now() - begun) };
}

/** In namespaces of its own, so that its mounts go with it, however it ends. */
async function make(suite: string, draft: string, logFile: string): Promise<void> {
  const making = await startProcess({
    name: 'mmdebstrap',
    argv: [
      ...(['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] as const),
      'mmdebstrap',
      ...argumentsFor(suite, draft),
    ],
    logFile,
  });
  const limit = setTimeout(() => void making.kill(), LONGEST);
  const how = await making.ended;
  clearTimeout(limit);
  if (how === 'with code 0') return;
  const said = (await readFile(logFile, 'utf8')).trim().slice(-1_000);
  throw new Error(`the system for test hosts could not be made: mmdebstrap ended ${how}\n${said}`);
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
    const maker = /^draft-(\d+)/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) await remove(join(cache, name));
  }
}

const remove = (path: string) => run('rm', ['-rf', '--one-file-system', path]);
