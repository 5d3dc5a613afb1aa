import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { timeFor } from '../vitest/in-time.ts';
import { tellGuardian } from './guardian.ts';
import { PATIENCE } from './patience.ts';

export type ProcessSpec = {
  /** How messages call it. */
  name: string;
  /** Program and arguments; never a shell string. */
  argv: readonly [string, ...string[]];
  /** The whole environment of the process; by default this process's own. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Whether it answers; asked again until true. A rejection counts as "not yet". Without it, running is ready. */
  ready?: () => Promise<boolean>;
  /** How long `ready` may take, in ms. */
  readyWithinMs?: number;
  /** Where stdout and stderr are appended; its end is quoted when the start fails. */
  logFile: string;
  /** How long `stop` waits after SIGTERM before SIGKILL, in ms. */
  graceMs?: number;
};

export type Running = {
  name: string;
  pid: number;
  /** Milliseconds from spawn until it answered. */
  upMs: number;
  /** Resolves when the process has ended, with how it ended in words. */
  ended: Promise<string>;
  /** Ends the process group: SIGTERM, then SIGKILL; resolves when the process is gone. Harmless when repeated. */
  stop(): Promise<void>;
  /** Ends the process group with SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
};

/**
 * Starts a process as the leader of its own group and waits until it answers. Should this process die, the group is
 * ended too. Rejects when the program is missing, ends early, or does not answer in time; nothing is left running.
 */
export async function startProcess(spec: ProcessSpec): Promise<Running> {
  const begun = performance.now();
  const { pid, ended } = await spawnGroup(spec);
  let end: string | undefined;
  const gone = ended.then((how) => {
    end = how;
    signalGroup(pid, 'SIGKILL'); // what the leader left behind
    tellGuardian(`release ${pid}`);
    return how;
  });
  const kill = async () => {
    if (end === undefined) signalGroup(pid, 'SIGKILL');
    await gone;
  };
  const stop = async () => {
    if (end === undefined) signalGroup(pid, 'SIGTERM');
    const inTime = await within(gone, spec.graceMs ?? 5_000);
    if (!inTime) await kill();
  };
  try {
    await until(
      async () => {
        if (end !== undefined) throw new EndedEarly(`it ended (${end})`);
        return spec.ready ? await spec.ready() : true;
      },
      { what: `${spec.name} to answer`, ms: spec.readyWithinMs ?? 15_000, giveUpOn: EndedEarly },
    );
  } catch (cause) {
    await kill();
    const log = (await readFile(spec.logFile, 'utf8').catch(() => '')).slice(-1_500);
    throw new Error(`${spec.name} did not start: ${messageOf(cause)}\n${log}`, { cause });
  }
  return { name: spec.name, pid, upMs: Math.round(performance.now() - begun), ended: gone, stop, kill };
}

class EndedEarly extends Error {}

/** The program of a process is not on this machine. */
export class MissingProgram extends Error {
  constructor(name: string, program: string, options: ErrorOptions) {
    super(`${name} did not start: ${program} is not installed or not in PATH`, options);
  }
}

async function spawnGroup(spec: ProcessSpec): Promise<{ pid: number; ended: Promise<string> }> {
  const [program, ...args] = spec.argv;
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a');
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    ...(spec.env === undefined ? {} : { env: spec.env }),
  });
  closeSync(log);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new MissingProgram(spec.name, program, { cause });
    throw new Error(`${spec.name} did not start: ${messageOf(cause)}`, { cause });
  }
  const pid = child.pid as number;
  tellGuardian(`hold ${pid}`);
  const ended = once(child, 'exit').then(([code, signal]) => (signal ? `by ${signal}` : `with code ${code}`));
  return { pid, ended };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}

export type UntilOptions = {
  /** What is waited for, as it should read after "waited 5000 ms for". */
  what: string;
  ms: number;
  /** An error of this class ends the wait at once; any other counts as "not yet". */
  giveUpOn?: new (
    ...args: never[]
  ) => Error;
};

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Asks `condition` every 25 ms until it gives something truthy and returns that. Rejects after `ms` with patience, or shortly before the
 * end of its test, naming what was waited for and the last error that the condition threw.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, ms, giveUpOn }: UntilOptions,
): Promise<Truthy<Awaited<T>>> {
  const longest = timeFor(ms * PATIENCE);
  const deadline = performance.now() + longest;
  let last: unknown;
  while (true) {
    try {
      const value = await condition();
      if (value) return value as Truthy<Awaited<T>>;
      last = undefined;
    } catch (error) {
      if (giveUpOn && error instanceof giveUpOn) throw error;
      last = error;
    }
    if (performance.now() > deadline) {
      const because = last === undefined ? '' : `; last error: ${messageOf(last)}`;
      throw new Error(`waited ${Math.round(longest)} ms for ${what}${because}`, { cause: last });
    }
    await delay(25);
  }
}

/** Below the ports that the system gives to connections: one of those could take it before it is listened on. */
const PORTS = { from: 15_000, to: 32_000 };

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ports ${PORTS.from} to ${PORTS.to}, a hundred in a row are taken`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Starts something on a free loopback port, once more with another port when the first was taken meanwhile. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(await freePort());
  } catch (error) {
    if (!/in use/i.test(messageOf(error))) throw error;
    return start(await freePort());
  }
}

/** Whether an HTTP address answers 2xx within a second. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.arrayBuffer();
  return response.ok;
}

/** Whether a process with this id runs; one that ended and was not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.message === 'fetch failed'
    ? `${error.message} (${error.cause.message})`
    : error.message;
}
