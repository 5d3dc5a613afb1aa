import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { GuardianMessage, Will, WorkerMessage } from './guardian-messages.ts';
import { createLineSplitter, createTail } from './lines.ts';
import { asUser, type RunAs, whyNotThere } from './run-as.ts';
import { endSurvivors, MARK, type Survivor } from './survivors.ts';

export interface GuardedCommand {
  /** Program and arguments. There is no shell. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment of the command; see `allowedEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whose rights it has; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
  /** Milliseconds from its start until its process group is ended. */
  readonly timeout: number;
  /** Characters of output kept, counted from the end; also the longest line. */
  readonly outputCap: number;
  readonly redact: (text: string) => string;
  /** Called with every line as it comes, redacted. */
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
  /**
   * Offered every line of stdout before it is redacted. True means that it was understood as part of a protocol: it goes no
   * further, and whoever took it redacts what becomes of it.
   */
  readonly claim?: (line: string) => boolean;
  /** Ends the process group when aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL; by default 3 s. */
  readonly grace?: number;
  /** What the guardian does once the command has ended, should this process not live to hear it. */
  readonly will?: Will | null;
}

export interface GuardedResult {
  readonly exitCode: number | null;
  /** The signal that ended it, whoever sent it. */
  readonly signal: string | null;
  /** What ended it first: its time limit, or the abort signal. At most one is true. */
  readonly timedOut: boolean;
  readonly stopped: boolean;
  /** The guardian was killed: nobody knows how the command ended, and what was left of it has been killed. */
  readonly lost: boolean;
  /** The end of stdout and stderr as they came, redacted. */
  readonly output: string;
  /** Whether output is only the end. */
  readonly truncated: boolean;
  /** Why the command never started, or null. */
  readonly failedToStart: string | null;
  /** What had left the group of a command that was ended, redacted. Absent where nothing had. */
  readonly survivors?: readonly Survivor[];
}

const GUARDIAN = fileURLToPath(new URL('guardian.ts', import.meta.url));
const GRACE = 3000;
/** A process that left the group may hold the output open for ever; nothing it says belongs to the command any more. */
const DRAIN = 1000;

/**
 * Runs a command in a process group of its own, under a guardian that ends the whole group when the time is up, when the signal is
 * aborted, and when this process dies, be it by SIGKILL. Answers when nothing of the group is left. Never rejects.
 *
 * A process that makes itself a session of its own, as daemons do, leaves the group. Where the command is ended, such a one is looked for
 * by a mark in its environment, ended too, and named in the result.
 */
export async function runGuarded(command: GuardedCommand): Promise<GuardedResult> {
  const tail = createTail(command.outputCap);
  const why = command.signal.aborted ? null : notThere(command);
  const end = command.signal.aborted
    ? STOPPED_BEFORE
    : why === null
      ? await supervise(command, tail.add)
      : { failedToStart: why };
  const { text: output, truncated } = tail.read();
  return { ...NOTHING, ...end, output, truncated };
}

type End = Partial<Omit<GuardedResult, 'output' | 'truncated'>>;
const NOTHING = {
  exitCode: null,
  signal: null,
  timedOut: false,
  stopped: false,
  lost: false,
  failedToStart: null,
};
const STOPPED_BEFORE: End = { stopped: true };

function notThere({ argv: [program = ''], cwd, env, runAs }: GuardedCommand): string | null {
  return runAs ? whyNotThere(program, { cwd, path: env.PATH ?? '' }) : null;
}

async function supervise(command: GuardedCommand, keep: (line: string) => void): Promise<End> {
  const { argv, timeout, grace = GRACE, signal, runAs = null } = command;
  const mark = randomUUID();
  const guardian = execa(
    process.execPath,
    [
      ...[GUARDIAN, String(timeout), String(grace), mark, JSON.stringify(runAs), '--'],
      ...asUser(runAs, argv),
    ],
    {
      cwd: command.cwd,
      env: { ...command.env, [MARK]: mark },
      extendEnv: false,
      stdin: 'ignore',
      ipc: true,
      serialization: 'json',
      buffer: false,
      detached: true,
      cleanup: false,
      reject: false,
    },
  );
  const channel = guardian.nodeChildProcess;
  const drained = Promise.all([
    follow(guardian.stdout, 'stdout', command, keep),
    follow(guardian.stderr, 'stderr', command, keep),
  ]);
  const say = (message: WorkerMessage, then: () => void = () => {}) => {
    if (channel.connected) channel.send(message, then);
  };
  const stop = () => say({ kind: 'stop' });
  // By the channel: arguments are for all to see, and the command would inherit an environment.
  if (command.will) say({ kind: 'will', will: command.will });
  signal.addEventListener('abort', stop);

  let group: number | null = null;
  const ended = new Promise<End>((resolve) => {
    channel.on('message', (message: unknown) => {
      const said = message as GuardianMessage;
      if (said.kind === 'started') group = said.group;
      else resolve(endOf(said));
      // Only now may the guardian go: it waits until its last word was heard.
      if (said.kind !== 'started') say({ kind: 'heard' }, () => channel.connected && channel.disconnect());
    });
    // The output may stay open after a killed guardian, so its end cannot be waited for.
    channel.once('disconnect', () => channel.pid !== undefined && resolve({ lost: true }));
    void guardian.then(({ originalMessage = 'no reason was given' }) => {
      if (channel.pid === undefined)
        resolve({ failedToStart: `${argv[0]}: ${originalMessage.split('\n')[0]}` });
    });
  });

  const end = await ended;
  signal.removeEventListener('abort', stop);
  if (end.lost === true && group !== null) killGroup(group);
  const survivors = end.lost === true ? await endSurvivors(mark, runAs, group) : (end.survivors ?? []);
  await Promise.race([drained, delay(DRAIN, undefined, { ref: false })]);
  for (const stream of [guardian.stdout, guardian.stderr]) stream.destroy();
  if (survivors.length === 0) return end;
  return { ...end, survivors: survivors.map((one) => ({ ...one, command: command.redact(one.command) })) };
}

function endOf(said: Exclude<GuardianMessage, { kind: 'started' }>): End {
  if (said.kind === 'failed-to-start') return { failedToStart: said.reason };
  const { exitCode, signal, cause, survivors } = said;
  return {
    exitCode,
    signal,
    timedOut: cause === 'timed-out',
    stopped: cause === 'stopped',
    ...(survivors.length === 0 ? {} : { survivors }),
  };
}

function follow(
  stream: Readable,
  name: 'stdout' | 'stderr',
  { outputCap, redact, onLine, claim }: GuardedCommand,
  keep: (line: string) => void,
): Promise<void> {
  const emit = (line: string) => {
    keep(line);
    onLine?.(name, line);
  };
  const splitter = createLineSplitter(outputCap, redact, emit, name === 'stdout' ? claim : undefined);
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => splitter.write(chunk));
    stream.on('error', () => {});
    stream.on('close', () => {
      splitter.end();
      resolve();
    });
  });
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
