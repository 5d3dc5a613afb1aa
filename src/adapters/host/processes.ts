import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

export interface Process {
  readonly pid: number;
  readonly name: string;
  /** Resident memory, bytes. */
  readonly memory: number;
  /** Processor time so far, seconds. */
  readonly seconds: number;
}

/** Linux counts processor time in hundredths of a second on every platform that Node runs on, and memory in pages of 4 kB. */
const TICKS = 100;
const PAGE = 4096;

/** Every process of this machine; those that end meanwhile are left out. */
export async function readProcesses(): Promise<readonly Process[]> {
  const entries = await readdir('/proc');
  const processes = await Promise.all(entries.filter((entry) => /^\d+$/.test(entry)).map(readProcess));
  return processes.filter((process) => process !== null);
}

async function readProcess(pid: string): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name stands in parentheses and may hold anything; what is counted follows the last of them.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, pages = 0] = [fields[11], fields[12], fields[21]];
  return { pid: Number(pid), name, memory: pages * PAGE, seconds: (user + system) / TICKS };
}

/**
 * How people know a process: its program and the first argument that is no option, `node catalog.ts`. Further arguments may hold
 * secrets. Kernel threads and processes that have ended answer null.
 */
export async function commandOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...args] = text.split('\0');
  const script = args.find((arg) => arg !== '' && !arg.startsWith('-'));
  if (program === '') return null;
  // Some programs, such as browsers, overwrite their arguments with one long text.
  const words = [program, script ?? ''].map((part) => basename(part.split(' ')[0] ?? ''));
  return words.join(' ').trim().slice(0, 60);
}
