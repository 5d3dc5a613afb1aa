import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL = 20;

/** False when there is nobody left in the group. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whether nothing of the group is left, which is waited for so many milliseconds. */
export async function groupIsGone(group: number, within: number): Promise<boolean> {
  const asked = performance.now();
  while (signalGroup(group, 0) && hasLiving(group, asked)) {
    if (performance.now() > asked + within) return false;
    await delay(POLL);
  }
  return true;
}

/**
 * A zombie that nobody reaps keeps its group alive in name only. Where there is no /proc, or one that hides the processes of other users
 * (`hidepid`), the group's existence has to do.
 */
function hasLiving(group: number, since: number): boolean {
  return livingSince(since)?.has(group) ?? true;
}

let seen: { readonly at: number; readonly groups: ReadonlySet<number> | null } | null = null;

/**
 * The groups that have a living process, as looked up once for all that wait at the same time. Never from before `since`: a group of which
 * nothing lived then may not have begun yet, and one of which nothing lives later has ended. Null where it cannot be told.
 */
function livingSince(since: number): ReadonlySet<number> | null {
  const now = performance.now();
  if (seen === null || seen.at < since || now - seen.at >= POLL / 2) seen = { at: now, groups: lookUp() };
  return seen.groups;
}

function lookUp(): ReadonlySet<number> | null {
  try {
    if (!existsSync('/proc/1')) return null;
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    return new Set(pids.flatMap(groupOf));
  } catch {
    return null;
  }
}

function groupOf(pid: string): readonly number[] {
  try {
    // The name in parentheses may hold anything; state, parent and group follow it.
    const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' || state === 'X' ? [] : [Number(pgrp)];
  } catch {
    return [];
  }
}
