import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outputs } from './guardian/door.ts';
import { signalGroup } from './guardian/groups.ts';
import { createGuard, type Guard, type Hold } from './guardian/guard.ts';
import type { GuardianEnd, GuardianFailure, HeldCommand, Will } from './guardian/guardian-messages.ts';
import { endSurvivors, MARK, type Survivor } from './guardian/survivors.ts';
import { createTail } from './lines.ts';
import { follow } from './output.ts';
import { asUser, type RunAs, whyNotThere } from './run-as.ts';

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
  /** The guardian was killed, or did not answer any more: nobody knows how the command ended, and what was left of it has been killed. */
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

const GRACE = 3000;
/** A process that left the group may hold the output open for ever; nothing it says belongs to the command any more. */
const DRAIN = 1000;

/** The one that all commands of this process share. */
const shared = createGuard();

/**
 * Runs a command in a process group of its own, under a guardian that ends the whole group when the time is up, when the signal is
 * aborted, and when this process dies, be it by SIGKILL. Answers when nothing of the group is left. Never rejects.
 *
 * A process that makes itself a session of its own, as daemons do, leaves the group. Where the command is ended, such a one is looked for
 * by a mark in its environment, ended too, and named in the result.
 */
export async function runGuarded(command: GuardedCommand, guard: Guard = shared): Promise<GuardedResult> {
  const tail = createTail(command.outputCap);
  const why = command.signal.aborted ? null : notThere(command);
  const end = command.signal.aborted
    ? STOPPED_BEFORE
    : why === null
      ? await supervise(guard, command, tail.add)
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

async function supervise(guard: Guard, command: GuardedCommand, keep: (line: string) => void): Promise<End> {
  const order = orderOf(command);
  const stopped = Promise.withResolvers<'stopped'>();
  const stop = () => stopped.resolve('stopped');
  command.signal.addEventListener('abort', stop);
  try {
    const hold = await inTime(order.timeout, (late) => prepare(guard, order, stopped.promise, late));
    if ('end' in hold) return hold.end;
    return await see(hold.hold, order, command, follow(hold.outputs, command, keep));
  } finally {
    command.signal.removeEventListener('abort', stop);
  }
}

type Prepared = { readonly hold: Hold; readonly outputs: Outputs } | { readonly end: End };

async function prepare(
  guard: Guard,
  order: HeldCommand,
  stopped: Promise<'stopped'>,
  late: Promise<'late'>,
): Promise<Prepared> {
  // A guardian that died before it was told to start the command has not started it, so that another may.
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const hold = await guard.hold(order).catch(reasonOf);
    if (typeof hold === 'string') return { end: { failedToStart: hold } };
    const ready = await Promise.race([hold.ready, stopped, late]);
    if (ready === 'stopped' || ready === 'late') {
      hold.stop();
      return { end: ready === 'stopped' ? STOPPED_BEFORE : NOT_READY };
    }
    if (ready.kind === 'ready') return { hold, outputs: ready.outputs };
    if (ready.kind === 'failed-to-start') return { end: endOf(ready) };
  }
  return { end: { failedToStart: 'its guardian ended before it could start it, again and again' } };
}

const TRIES = 3;
/** A guardian may answer and yet never be ready, e.g. where its files were replaced under a Medic that runs. */
const READY_WITHIN = 60_000;
const NOT_READY: End = { failedToStart: 'its guardian was not ready for it in time: start Medic anew' };

async function inTime<Result>(
  timeout: number,
  work: (late: Promise<'late'>) => Promise<Result>,
): Promise<Result> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), Math.min(timeout, READY_WITHIN));
  try {
    return await work(late.promise);
  } finally {
    clearTimeout(timer);
  }
}

function orderOf({
  argv,
  cwd,
  env,
  runAs = null,
  timeout,
  grace = GRACE,
  will = null,
}: GuardedCommand): HeldCommand {
  const id = randomUUID();
  return { id, argv: asUser(runAs, argv), cwd, env: { ...env, [MARK]: id }, timeout, grace, runAs, will };
}

const reasonOf = (error: Error) => `there is no guardian for it: ${error.message}`;

async function see(
  hold: Hold,
  { id, runAs }: HeldCommand,
  { signal, redact }: GuardedCommand,
  output: { readonly closed: Promise<unknown>; cut(): void },
): Promise<End> {
  hold.go();
  signal.addEventListener('abort', hold.stop);
  if (signal.aborted) hold.stop();
  const said = await hold.ended;
  signal.removeEventListener('abort', hold.stop);
  if (said.kind === 'lost' && said.group !== null) signalGroup(said.group, 'SIGKILL');
  const survivors =
    said.kind === 'lost'
      ? await endSurvivors(id, runAs, said.group)
      : said.kind === 'ended'
        ? said.survivors
        : [];
  await Promise.race([output.closed, delay(DRAIN, undefined, { ref: false })]);
  output.cut();
  const end = said.kind === 'lost' ? { lost: true } : endOf(said);
  if (survivors.length === 0) return end;
  return { ...end, survivors: survivors.map((one) => ({ ...one, command: redact(one.command) })) };
}

function endOf(said: GuardianEnd | GuardianFailure): End {
  if (said.kind === 'failed-to-start') return { failedToStart: said.reason };
  const { exitCode, signal, cause } = said;
  return { exitCode, signal, timedOut: cause === 'timed-out', stopped: cause === 'stopped' };
}
