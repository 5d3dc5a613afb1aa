/**
 * The parent of one command: `node guardian.ts <timeout ms> <grace ms> -- <argv...>`.
 *
 * It starts the command as the leader of a new process group and ends that whole group when the time is up, when the worker says
 * `stop`, and when the channel to the worker closes, which is what a killed worker looks like. It is a program of its own, in a
 * session of its own, because a worker that gets SIGKILL cannot tidy up. Whatever the command leaves in its group when it exits is
 * ended too: an attempt that has ended must not go on acting. It exits when the worker has taken note of the end.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuardianEnd, GuardianMessage } from './guardian-messages.ts';

const [timeout = '', grace = '', , program = '', ...args] = process.argv.slice(2);
const POLL = 20;
/** Linux answers for a process in uninterruptible sleep only later; then the report goes without it. */
const AFTER_KILL = 2000;

let cause: GuardianEnd['cause'] = 'exited';
let reported = false;

const child = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

child.once('spawn', () => tell({ kind: 'started', group: child.pid as number }));
child.once('error', (error: NodeJS.ErrnoException) => {
  if (child.pid === undefined) report({ kind: 'failed-to-start', reason: whyNot(error) });
});
child.once('exit', (exitCode, signal) => {
  const how = { exitCode, signal, cause };
  void endGroup().then(() => report({ kind: 'ended', ...how, cause: how.cause }));
});

const deadline = setTimeout(() => end('timed-out'), Number(timeout));
process.on('message', () => end('stopped'));
process.on('disconnect', () => (reported ? process.exit() : end('orphaned')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end('stopped'));

/** The first cause wins. The exit of the command that follows leads to the report. */
function end(why: GuardianEnd['cause']): void {
  if (cause !== 'exited' || child.exitCode !== null || child.signalCode !== null) return;
  cause = why;
  void endGroup();
}

async function endGroup(): Promise<void> {
  clearTimeout(deadline);
  if (child.pid === undefined || !signalGroup('SIGTERM')) return;
  if (await groupIsGone(Number(grace))) return;
  signalGroup('SIGKILL');
  await groupIsGone(AFTER_KILL);
}

function report(message: GuardianMessage): void {
  reported = true;
  clearTimeout(deadline);
  if (process.connected) tell(message);
  else process.exit();
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

/** A zombie that nobody reaps keeps its group alive in name only. Without /proc the group's existence has to do. */
function hasLiving(group: number): boolean {
  try {
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
