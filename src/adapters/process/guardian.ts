/**
 * The parent of one command: `node guardian.ts <timeout ms> <grace ms> <mark> <user as JSON> -- <argv...>`.
 *
 * It starts the command as the leader of a new process group and ends that whole group when the time is up, when the worker says
 * `stop`, and when the channel to the worker closes, which is what a killed worker looks like. It is a program of its own, in a
 * session of its own, because a worker that gets SIGKILL cannot tidy up. Whatever the command leaves in its group when it exits is
 * ended too: an attempt that has ended must not go on acting. It exits when the worker has taken note of the end; when the worker
 * is dead, it first carries out its will.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuardianEnd, GuardianMessage, Will, WorkerMessage } from './guardian-messages.ts';
import { carryOut, type Ended } from './last-will.ts';
import type { RunAs } from './run-as.ts';
import { endSurvivors } from './survivors.ts';

const [timeout = '', grace = '', mark = '', user = '', , program = '', ...args] = process.argv.slice(2);
const POLL = 20;
/** Linux answers for a process in uninterruptible sleep only later; then the report goes without it. */
const AFTER_KILL = 2000;

const limit = performance.now() + Number(timeout);
let cause: GuardianEnd['cause'] = 'exited';
let will: Will | null = null;
let ended: Ended | null = null;

const child = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

child.once('spawn', () => tell({ kind: 'started', group: child.pid as number }));
child.once('error', (error: NodeJS.ErrnoException) => {
  if (child.pid !== undefined) return;
  const how = { cause, exitCode: null, signal: null };
  report({ kind: 'failed-to-start', reason: whyNot(error) }, { how, at: performance.now(), limit });
});
child.once('exit', (exitCode, signal) => {
  const how = { cause, exitCode, signal };
  void endGroup().then(async (gone) => {
    const survivors =
      how.cause === 'exited' ? [] : await endSurvivors(mark, JSON.parse(user) as RunAs | null);
    // A process that no signal ends may still act: then there is nothing to vouch for.
    if (!gone || survivors.some((one) => !one.ended)) will = null;
    report({ kind: 'ended', ...how, survivors }, { how, at: performance.now(), limit });
  });
});

const deadline = setTimeout(() => end('timed-out'), Number(timeout));
process.on('message', (message: WorkerMessage) => {
  if (message.kind === 'will') will = message.will;
  else if (message.kind === 'stop') end('stopped');
  else process.exit();
});
process.on('disconnect', () => (ended === null ? end('orphaned') : void settle(ended)));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end('stopped'));

/** The first cause wins. The exit of the command that follows leads to the report. */
function end(why: GuardianEnd['cause']): void {
  if (cause !== 'exited' || child.exitCode !== null || child.signalCode !== null) return;
  cause = why;
  void endGroup();
}

/** Whether nothing of the group is left. */
async function endGroup(): Promise<boolean> {
  clearTimeout(deadline);
  if (child.pid === undefined || !signalGroup('SIGTERM')) return true;
  if (await groupIsGone(Number(grace))) return true;
  signalGroup('SIGKILL');
  return groupIsGone(AFTER_KILL);
}

function report(message: GuardianMessage, end: Ended): void {
  ended = end;
  clearTimeout(deadline);
  if (process.connected) tell(message);
  else void settle(end);
}

async function settle(end: Ended): Promise<void> {
  // Nobody is left to hear of a will that could not be carried out; without the word, the time limit decides.
  if (will !== null) await carryOut(will, end).catch(() => undefined);
  process.exit();
}

function tell(message: GuardianMessage): void {
  // The worker may be gone by now; its disconnect is what is acted on.
  process.send?.(message, () => {});
}

/** False when there is nobody left in the group. */
function signalGroup(signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-(child.pid as number), signal);
    return true;
  } catch {
    return false;
  }
}

async function groupIsGone(within: number): Promise<boolean> {
  const until = performance.now() + within;
  while (signalGroup(0) && hasLiving(child.pid as number)) {
    if (performance.now() > until) return false;
    await delay(POLL);
  }
  return true;
}

/**
 * A zombie that nobody reaps keeps its group alive in name only. Where there is no /proc, or one that hides the processes of other users
 * (`hidepid`), the group's existence has to do.
 */
function hasLiving(group: number): boolean {
  try {
    if (!existsSync('/proc/1')) return true;
    return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isLivingMember(entry, group));
  } catch {
    return true;
  }
}

function isLivingMember(pid: string, group: number): boolean {
  try {
    // The name in parentheses may hold anything; state, parent and group follow it.
    const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(pgrp) === group && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

function whyNot(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${program} is not installed, or not in the PATH that commands get`;
  if (error.code === 'EACCES') return `${program} may not be executed by this user`;
  return `${program}: ${error.message}`;
}
