import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { runBrief } from './brief/run-brief.ts';
import type { BriefResult } from './brief/run-here.ts';
import type { Account } from './environment.ts';
import { handOver } from './handover.ts';
import type { RunAs } from './run-as.ts';

const WITHIN = 5_000;
/** The bit of the capability to signal processes of other users, see capabilities(7). */
const CAP_KILL = 5n;

/** A user of this machine, or why there is none by that name. */
export async function findUser(name: string): Promise<RunAs | { readonly refused: string }> {
  const result = await brief(['getent', 'passwd', name], { env: PATHS, runAs: null });
  if (result.failedToStart !== null) return { refused: result.failedToStart };
  const [found = '', , uid, gid, , home = '/'] = result.stdout.trim().split(':');
  if (result.exitCode !== 0 || found === '')
    return {
      refused: `there is no user ${name} on this machine: create it, e.g. with useradd --system ${name}`,
    };
  return { name: found, uid: Number(uid), gid: Number(gid), home, ownsHome: false };
}

/**
 * Why Medic cannot have commands run as that user and still end them and hand them files in a folder; null where it can. It is tried.
 */
export async function whyNotAs(runAs: RunAs, folder: string = tmpdir()): Promise<string | null> {
  const own = process.getuid?.();
  if (runAs.uid === own) return `${runAs.name} is the user that Medic itself runs as: name another`;
  if (runAs.uid === 0) return `${runAs.name} is root, who may read everything: name another`;
  const result = await brief(['id', '-u'], { env: PATHS, runAs });
  if (result.failedToStart !== null) return result.failedToStart;
  if (result.stdout.trim() !== String(runAs.uid))
    return `Medic may not run commands as ${runAs.name} (${result.stderr.trim().split('\n')[0] ?? ''}): ${GRANT}`;
  if (!maySignalOthers()) return `Medic may not end the commands of ${runAs.name}: ${GRANT}`;
  return whyNotShared(runAs, folder);
}

const GRANT =
  'give its unit AmbientCapabilities=CAP_SETUID CAP_SETGID CAP_KILL, as deploy/medic.service does, or start it as root';

/** Whether a user may write to their home, as is tried by them. */
export async function ownsHome(runAs: RunAs): Promise<boolean> {
  return (await brief(['test', '-w', runAs.home], { env: PATHS, runAs })).exitCode === 0;
}

/** Those of the files that a command can read. Each is tried, because modes do not tell all. */
export async function readableFrom(
  files: readonly string[],
  runAs: RunAs | null,
): Promise<readonly string[]> {
  const script = 'for f do head -c 1 -- "$f" >/dev/null 2>&1 && printf "%s\\n" "$f"; done; true';
  const result = await brief(['sh', '-c', script, 'sh', ...files], { env: PATHS, runAs });
  // Who cannot try does not know that it would fail.
  if (result.exitCode !== 0) return files;
  const readable = new Set(result.stdout.split('\n'));
  return files.filter((file) => readable.has(file));
}

/** What holds the environment that this process was started with, whatever it has forgotten since. */
export const OWN_ENVIRONMENT = `/proc/${process.pid}/environ`;

/** What the system calls the user that this process runs as. */
export function ownUser(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers often run as a number that has no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

const PATHS = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

function brief(argv: readonly string[], account: Account): Promise<BriefResult> {
  const { signal } = new AbortController();
  return runBrief({ argv, ...account, timeout: WITHIN, outputCap: 65_536, signal });
}

async function whyNotShared(runAs: RunAs, parent: string): Promise<string | null> {
  const folder = await mkdtemp(join(parent, 'medic-'));
  try {
    await handOver(folder, 0o770, runAs);
    const made = await brief(['mkdir', '--', join(folder, 'made')], { env: PATHS, runAs });
    return made.exitCode === 0 ? null : `${runAs.name} cannot reach ${parent}: ${made.stderr.trim()}`;
  } catch {
    return `Medic cannot hand files to ${runAs.name}: let Medic's user belong to the group of ${runAs.name} (SupplementaryGroups= in its unit)`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the system does not say, ending commands has to show it. */
function maySignalOthers(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return effective === undefined || ((BigInt(`0x${effective}`) >> CAP_KILL) & 1n) === 1n;
  } catch {
    return true;
  }
}
