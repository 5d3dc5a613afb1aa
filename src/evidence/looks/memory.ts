import { bytes, type Judged, percent } from './words.ts';

/** One process, by the kernel (`/proc/<pid>/status`); bytes. */
export interface MemoryOfProcess {
  readonly pid: number;
  readonly parent: number;
  readonly rss: number;
  /** Null where the kernel does not tell what of it are files (page cache). */
  readonly anonymous: number | null;
  readonly shared: number | null;
}

export interface HostMemory {
  readonly total: number;
  /** What could be had without swapping, page cache included; null where an old kernel does not tell. */
  readonly available: number | null;
}

/** Whether a host has little memory left; false where that is not known. */
export function isShort({ available, total }: HostMemory): boolean {
  return available !== null && available / total < SHORT;
}

/** Below this part of what there is, a host is short of memory. */
const SHORT = 0.1;
/** A service that holds more than this part of what processes hold is the one to blame. */
const MOST = 0.5;

/**
 * What processes hold, page cache not counted: memory of their own, and what they share once, as each of them counts it whole.
 */
export function held(processes: readonly MemoryOfProcess[]): number {
  const own = processes.reduce((sum, { anonymous, rss }) => sum + (anonymous ?? rss), 0);
  return own + Math.max(0, ...processes.map(({ shared }) => shared ?? 0));
}

/** The processes with these ids, and all that descend from them. */
export function withDescendants(
  pids: readonly number[],
  processes: readonly MemoryOfProcess[],
): readonly MemoryOfProcess[] {
  const members = new Set(pids);
  for (let size = -1; size !== members.size; ) {
    size = members.size;
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
  }
  return processes.filter(({ pid }) => members.has(pid));
}

/**
 * Whether a service holds too much memory: more than its limit, or, where nobody set one, most of what is used on a host that is short
 * of it. A host that is short because of something else is no fault of the service.
 */
export function judgeMemory(
  service: number,
  everybody: number,
  host: HostMemory,
  limit: number | null,
): Judged {
  const free = host.available === null ? null : host.available / host.total;
  const short = isShort(host);
  const share = everybody > 0 ? service / everybody : 0;
  const room =
    host.available === null || free === null
      ? ''
      : `; the host has ${bytes(host.available)} of ${bytes(host.total)} available (${percent(free)})`;
  const words = `it uses ${bytes(service)} of memory${limit === null ? '' : ` (limit ${bytes(limit)})`}${room}`;
  if (limit !== null && service > limit) return { verdict: 'fault', words };
  if (limit === null && free === null)
    return { verdict: 'unknown', words: `${words}; say its memory_limit in medic.yml`, undecided: true };
  if (limit === null && short && share > MOST)
    return { verdict: 'fault', words: `${words}, which is ${percent(share)} of what processes use` };
  if (short)
    return {
      verdict: 'other',
      words: `${words}: the host is short of memory, and the service holds ${percent(share)} of what processes use`,
    };
  return { verdict: 'well', words };
}
