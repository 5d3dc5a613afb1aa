import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

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
/** A shared connection of OpenSSH waits for others to use it and does nothing by itself. */
const SHARED = /\[mux\]\s*$/;

/**
 * Ends what a command has left outside its process group, as a daemon leaves it, and names it. Only for a command that was ended: what
 * one leaves that came to its own end may be what it was for. A process that wrote over its environment, or that another user's is and
 * Medic may not look into, is not found.
 */
export async function endSurvivors(mark: string): Promise<readonly Survivor[]> {
  const found = new Map<number, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const living = marked(mark);
    if (living.size === 0) break;
    for (const [pid, command] of living) {
      found.set(pid, command);
      kill(pid);
    }
    await delay(POLL);
  }
  const left = found.size === 0 ? found : marked(mark);
  return [...found].map(([pid, command]) => ({ pid, command, ended: !left.has(pid) }));
}

function marked(mark: string): ReadonlyMap<number, string> {
  const pids = list().filter((pid) => pid !== process.pid && hasMark(pid, mark) && isLiving(pid));
  return new Map(
    pids.map((pid) => [pid, commandOf(pid)] as const).filter(([, words]) => !SHARED.test(words)),
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

function hasMark(pid: number, mark: string): boolean {
  return read(pid, 'environ').split('\0').includes(`${MARK}=${mark}`);
}

function isLiving(pid: number): boolean {
  // The name in parentheses may hold anything; the state follows it.
  const state = read(pid, 'stat').split(') ').at(-1)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
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
