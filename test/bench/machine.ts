import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly redis: string;
}

export function machineWith(redisVersion: string): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    redis: redisVersion,
  };
}

/** Clock ticks a second in which Linux counts the time of processes. */
const TICKS = 100;

/** User, system, and the same of children that have ended, in ticks. */
function timesOf(pid: number | 'self'): readonly number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).map(Number);
}

/** Seconds of processor time that a process has used so far. */
export function processorSeconds(pid: number): number {
  const [user = 0, system = 0] = timesOf(pid);
  return (user + system) / TICKS;
}

/** Seconds of processor time so far. */
export interface FamilyTime {
  /** Of a process and of all that it started, at any depth, ended or not. */
  readonly all: number;
  /** Of those that are there now, by themselves. */
  readonly living: number;
}

export function familyTime(pid: number): FamilyTime {
  const parents = new Map(livingPids().map((one) => [one, parentOf(one)]));
  const isOfFamily = (one: number | undefined): boolean =>
    one === pid || (one !== undefined && isOfFamily(parents.get(one)));
  const times = [...parents.keys()].filter(isOfFamily).map(timesIfThere);
  const sum = (ticks: readonly number[]) => ticks.reduce((all, each) => all + each, 0) / TICKS;
  return { all: sum(times.flat()), living: sum(times.flatMap((own) => own.slice(0, 2))) };
}

function livingPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function timesIfThere(pid: number): readonly number[] {
  try {
    return timesOf(pid);
  } catch {
    return [];
  }
}

/** Measures how many cores other programs keep busy; what this process started counts as its own once it has ended. */
export function watchOthers(): () => number {
  const begun = performance.now();
  const before = othersSeconds();
  return () => Math.max(0, (othersSeconds() - before) / ((performance.now() - begun) / 1000));
}

function othersSeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  const own = timesOf('self').reduce((sum, ticks) => sum + ticks, 0);
  return (user + nice + system + irq + softirq + steal - own) / TICKS;
}

/** Resident memory of a process, bytes: now, and at its highest. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}
