import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { knock, type Outputs } from './door.ts';
import { groupIsGone, signalGroup } from './groups.ts';
import type {
  DoorAddress,
  GuardianEnd,
  GuardianFailure,
  GuardianMessage,
  HeldCommand,
} from './guardian-messages.ts';
import { carryOut, type Ended } from './on-worker-death.ts';
import { endSurvivors } from './survivors.ts';

/** What a guardian does with one command. */
export interface Held {
  /** Starts it. */
  go(): void;
  /** Ends it, group and all; one that was not started never is. */
  stop(): void;
  /** The worker is dead: ends the command, then carries out its will. Resolves when all is done. */
  orphan(): Promise<void>;
}

const NEVER_STARTED = { kind: 'ended', exitCode: null, signal: null, survivors: [] } as const;
/** Linux answers for a process in uninterruptible sleep only later; then the report goes without it. */
const AFTER_KILL = 2000;

/**
 * Gets ready for a command, and holds it once it was started: as the leader of a new process group, which is ended as a whole when the time
 * is up, when it is stopped, and when the worker is dead. Whatever the command leaves in its group when it exits is ended too: an attempt
 * that has ended must not go on acting.
 */
export function holdCommand(
  command: HeldCommand,
  door: DoorAddress,
  tell: (message: GuardianMessage) => void,
): Held {
  const { id, timeout, grace, runAs } = command;
  const outputs = knock(door, id);
  const settled = Promise.withResolvers<Ended>();
  let cause: GuardianEnd['cause'] = 'exited';
  let will = command.will;
  let child: ChildProcess | null = null;
  let deadline: NodeJS.Timeout | undefined;
  let limit = performance.now();

  outputs.catch((error: Error) => fail(`its output could not be taken: ${error.message}`));

  /** The first cause wins. The exit of the command that follows leads to the report. */
  const end = (why: GuardianEnd['cause']) => {
    if (cause !== 'exited' || (child !== null && hasExited(child))) return;
    cause = why;
    if (child === null) void outputs.then(leave, () => undefined);
    else void endGroup(child, grace);
  };
  const report = (message: GuardianEnd | GuardianFailure, how: Ended['how']) => {
    clearTimeout(deadline);
    settled.resolve({ how, at: performance.now(), limit });
    tell(message);
  };
  const fail = (reason: string) =>
    report({ kind: 'failed-to-start', id, reason }, { ...NEVER_STARTED, cause });
  const ended = async (started: ChildProcess, how: Ended['how']) => {
    clearTimeout(deadline);
    const gone = await endGroup(started, grace);
    const survivors = how.cause === 'exited' ? [] : await endSurvivors(id, runAs);
    // A process that no signal ends may still act: then there is nothing to vouch for.
    if (!gone || survivors.some((one) => !one.ended)) will = will && { ...will, reportTo: null };
    report({ kind: 'ended', id, ...how, survivors }, how);
  };

  const start = (own: Outputs) => {
    if (cause !== 'exited') return report({ ...NEVER_STARTED, id, cause }, { ...NEVER_STARTED, cause });
    limit = performance.now() + timeout;
    deadline = setTimeout(() => end('timed-out'), timeout);
    const begun = begin(command, own);
    if (typeof begun === 'string') return fail(begun);
    child = begun;
    child.once('spawn', () => tell({ kind: 'started', id, group: begun.pid as number }));
    child.once('error', (error) => begun.pid === undefined && fail(whyNot(command, error)));
    child.once(
      'exit',
      (exitCode, signal) => begun.pid !== undefined && void ended(begun, { cause, exitCode, signal }),
    );
  };

  return {
    go: () => void outputs.then(start, () => undefined),
    stop: () => end('stopped'),
    async orphan() {
      end('orphaned');
      if (child === null) settled.resolve({ how: { ...NEVER_STARTED, cause }, at: performance.now(), limit });
      const how = await settled.promise;
      // Nobody is left to hear of a will that could not be carried out; without the word, the time limit decides.
      if (will !== null) await carryOut(will, how).catch(() => undefined);
    },
  };
}

/** The command's process, or why there is none. The guardian keeps nothing of its outputs: who holds them open is the command alone. */
function begin(command: HeldCommand, outputs: Outputs): ChildProcess | string {
  const [program = '', ...args] = command.argv;
  try {
    const { stdout, stderr } = outputs;
    const { cwd, env } = command;
    return spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', stdout, stderr] });
  } catch (error) {
    return whyNot(command, error as NodeJS.ErrnoException);
  } finally {
    leave(outputs);
  }
}

function leave({ stdout, stderr }: Outputs): void {
  stdout.destroy();
  stderr.destroy();
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Whether nothing of the group is left. */
async function endGroup({ pid }: ChildProcess, grace: number): Promise<boolean> {
  if (pid === undefined || !signalGroup(pid, 'SIGTERM')) return true;
  if (await groupIsGone(pid, grace)) return true;
  signalGroup(pid, 'SIGKILL');
  return groupIsGone(pid, AFTER_KILL);
}

function whyNot({ argv: [program = ''], cwd }: HeldCommand, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' && !existsSync(cwd)) return `${program}: there is no folder ${cwd}`;
  if (error.code === 'ENOENT') return `${program} is not installed, or not in the PATH that commands get`;
  if (error.code === 'EACCES') return `${program} may not be executed by this user`;
  return `${program}: ${error.message}`;
}
