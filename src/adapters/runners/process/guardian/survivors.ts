import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { asUser, type RunAs } from '../run-as.ts';

/** The variable by which every process of a command can be told again, wherever it has gone. */
export const MARK = 'MEDIC_ATTEMPT';

/** A process of a command that had left its group. */
export interface Survivor {
  readonly pid: number;
  /** Its arguments, as it has them; not redacted. */
  readonly command: string;
  /** Whether it is gone now. */
  readonly ended: boolean;
}

const ROUNDS = 25;
const POLL = 20;
/** A process that hangs in the kernel may hold up whoever reads of it, ms: nobody else, and no longer. */
const WITHIN = 2_000;
/** A shared connection of OpenSSH waits for others to use it and does nothing by itself. */
const SHARED = /\[mux\]\s*$/;

/**
 * Ends what a command has left outside its process group, as a daemon leaves it, and names it. Only for a command that was ended: what
 * one leaves that came to its own end may be what it was for. A process that wrote over its environment, or that became another
 * user's than the command's, is not found.
 *
 * @param runAs whose rights the command had; null for Medic's own
 * @param group its process group, which is being ended anyhow; null where nothing is left of it
 */
export async function endSurvivors(
  mark: string,
  runAs: RunAs | null = null,
  group: number | null = null,
): Promise<readonly Survivor[]> {
  const found = new Map<number, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const living = await marked(mark, runAs, group);
    if (living.size === 0) break;
    for (const [pid, command] of living) {
      found.set(pid, command);
      kill(pid);
    }
    await delay(POLL);
  }
  const left = found.size === 0 ? found : await marked(mark, runAs, group);
  return [...found].map(([pid, command]) => ({ pid, command, ended: !left.has(pid) }));
}

async function marked(
  mark: string,
  runAs: RunAs | null,
  group: number | null,
): Promise<ReadonlyMap<number, string>> {
  const pids = list().filter((pid) => pid !== process.pid);
  const theirs = await (runAs === null ? markedAsOwn(mark, pids) : markedAs(runAs, mark, pids));
  return new Map(
    theirs
      .filter((pid) => isLivingOutside(group, pid))
      .map((pid) => [pid, commandOf(pid)] as const)
      .filter(([, words]) => !SHARED.test(words)),
  );
}

/** Where there is no /proc, nothing can be told. */
function list(): readonly number[] {
  try {
    return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? [Number(entry)] : []));
  } catch {
    return [];
  }
}

async function markedAsOwn(mark: string, pids: readonly number[]): Promise<readonly number[]> {
  const found: number[] = [];
  const looks = pids.map(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(`${MARK}=${mark}`)) found.push(pid);
  });
  await Promise.race([Promise.all(looks), delay(WITHIN, undefined, { ref: false })]);
  return [...found];
}

/** What only a process of the same user may look at. */
async function markedAs(runAs: RunAs, mark: string, pids: readonly number[]): Promise<readonly number[]> {
  const files = pids.map((pid) => `/proc/${pid}/environ`);
  const [program = '', ...args] = asUser(runAs, ['grep', '-lzxsF', '-e', `${MARK}=${mark}`, '--', ...files]);
  // It ends with 2 where one of the files could not be read, which is so for every process of others.
  const said = new Promise<string>((resolve) => {
    const env = { PATH: '/usr/bin:/bin' };
    execFile(program, args, { env, timeout: WITHIN }, (_, stdout) => resolve(stdout));
  });
  return pidsIn(await Promise.race([said, delay(WITHIN, '', { ref: false })]));
}

function pidsIn(paths: string): readonly number[] {
  return [...paths.matchAll(/^\/proc\/(\d+)\/environ$/gm)].map(([, pid]) => Number(pid));
}

function isLivingOutside(group: number | null, pid: number): boolean {
  // The name in parentheses may hold anything; state, parent and group follow it.
  const [state, , pgrp] = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return pgrp !== undefined && Number(pgrp) !== group && state !== 'Z' && state !== 'X';
}

const commandOf = (pid: number) => read(pid, 'cmdline').replaceAll('\0', ' ').trim();

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone, or another's.
  }
}
