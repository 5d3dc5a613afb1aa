import { entryHash, type TimelineEvent } from '../incident/model/timeline.ts';
import { type Checkpoint, checkpointHash, KEPT, ORIGIN } from './checkpoint.ts';
import type { StoredEntry } from './records.ts';

export function missing(from: number, to: number): string {
  return from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`;
}

/** What is wrong with an entry after those before it; null where nothing is. */
export function flawOf(
  { seq, at, happening, hash }: StoredEntry,
  before: { readonly hash: string; readonly length: number },
): string | null {
  if (seq > before.length + 1) return missing(before.length + 1, seq - 1);
  if (seq <= before.length) return `entry ${seq} stands after entry ${before.length}`;
  return entryHash(before.hash, seq, at, happening as TimelineEvent) === hash
    ? null
    : `entry ${seq} was changed: its hash does not fit it and the one before`;
}

/** What is wrong with a checkpoint after the one before it, where there is one; `at` is when all was read. */
export function flawsOf(last: Checkpoint | null, next: Checkpoint, at: number): readonly string[] {
  const changed =
    checkpointHash(next) === next.hash ? [] : [`checkpoint ${next.n} was changed: its hash does not fit it`];
  return [...changed, ...(last === null ? beginning(next, at) : gap(last, next))];
}

function gap(last: Checkpoint, next: Checkpoint): readonly string[] {
  if (next.n === last.n + 2) return [`checkpoint ${last.n + 1} is missing`];
  if (next.n > last.n + 1) return [`checkpoints ${last.n + 1} to ${next.n - 1} are missing`];
  if (next.n <= last.n) return [`checkpoint ${next.n} stands after checkpoint ${last.n}`];
  return next.before === last.hash && next.beforeAt === last.at
    ? []
    : [`checkpoint ${next.n} does not hang on checkpoint ${last.n} as it stands here`];
}

/** Earlier ones may be gone only because their time was up. */
function beginning({ n, before, beforeAt }: Checkpoint, at: number): readonly string[] {
  if (n === 1) return before === ORIGIN ? [] : ['checkpoint 1 hangs on something before it'];
  return beforeAt <= at - KEPT
    ? []
    : [`what is before checkpoint ${n} is missing, though it is not older than what is kept`];
}
