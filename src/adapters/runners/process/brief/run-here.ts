import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { asUser, type RunAs, whyNotThere } from '../run-as.ts';

export interface BriefCommand {
  /** Program and arguments. There is no shell. */
  readonly argv: readonly string[];
  /** The whole environment of the command; see `allowedEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whose rights it has; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
  /** Milliseconds from its start until its process group is killed. */
  readonly timeout: number;
  /** Bytes of standard output that are kept, counted from the end. */
  readonly outputCap: number;
  /** Kills the process group when aborted. */
  readonly signal: AbortSignal;
  /** Whether it leaves a process behind on purpose: where it succeeded, no more is read of what that one may still say. */
  readonly leavesProcess?: boolean;
}

export interface BriefResult {
  /** Null when a signal ended it, or when it never started. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The end of it, a few thousand characters at most. */
  readonly stderr: string;
  /** Whether the start of stdout is left out. */
  readonly truncated: boolean;
  /** What ended it from here; null when it ended by itself. */
  readonly ended: 'timed-out' | 'stopped' | null;
  /** Why it never started, or null. */
  readonly failedToStart: string | null;
}

const STDERR = 4096;
/** How long output may still come when the command has ended: a daemon that it left behind may hold the pipe open for ever. */
const DRAIN = 200;

/** Runs a command as a child of this very process: see `runBrief`. Never rejects. */
export async function runHere(command: BriefCommand): Promise<BriefResult> {
  const { argv, env, timeout, signal } = command;
  if (signal.aborted) return { ...NOTHING, ended: 'stopped' };
  const why = command.runAs ? whyNotThere(argv[0] ?? '', { cwd: process.cwd(), path: env.PATH ?? '' }) : null;
  if (why !== null) return { ...NOTHING, failedToStart: why };
  const [program = '', ...args] = asUser(command.runAs, argv);
  try {
    const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = [keepEnd(child.stdout, command.outputCap), keepEnd(child.stderr, STDERR)];
    let ended: BriefResult['ended'] = null;
    const end = (why: 'timed-out' | 'stopped') => {
      ended ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => end('timed-out'), timeout);
    const stop = () => end('stopped');
    signal.addEventListener('abort', stop);
    const how = await new Promise<{ exitCode: number | null; failedToStart: string | null }>((resolve) => {
      child.once('exit', (exitCode) => resolve({ exitCode, failedToStart: null }));
      child.once('error', (error: NodeJS.ErrnoException) =>
        resolve({ exitCode: null, failedToStart: whyNot(program, error) }),
      );
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await Promise.race([
      Promise.all([stdout.closed, stderr.closed]),
      delay(DRAIN, undefined, { ref: false }),
    ]);
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    const [out, err] = [stdout.read(), stderr.read()];
    return { ...how, ended, stdout: out.text, stderr: err.text, truncated: out.truncated };
  } catch (error) {
    return { ...NOTHING, failedToStart: whyNot(program, error as NodeJS.ErrnoException) };
  }
}

export const NOTHING: BriefResult = {
  exitCode: null,
  stdout: '',
  stderr: '',
  truncated: false,
  ended: null,
  failedToStart: null,
};

/** Keeps the last `limit` bytes of a stream while it is read. */
function keepEnd(stream: Readable, limit: number) {
  let chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    // Cutting now and then costs less than at every chunk.
    if (size > 2 * limit + 65_536) cut();
  });
  const cut = () => {
    if (size <= limit) return;
    chunks = [Buffer.concat(chunks).subarray(size - limit)];
    size = limit;
    truncated = true;
  };
  return {
    closed: new Promise<void>((resolve) => stream.once('close', resolve)),
    read() {
      cut();
      return { text: Buffer.concat(chunks).toString('utf8'), truncated };
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function whyNot(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${program} is not installed, or not in the PATH that commands get`;
  if (error.code === 'EACCES') return `${program} may not be executed by this user`;
  return `${program}: ${error.message}`;
}
