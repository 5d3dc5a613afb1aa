import { createHash } from 'node:crypto';

/** How far an incident's record had come: how many entries, the hash of the last, and when the incident closed, if it had. */
export interface Head {
  readonly incident: string;
  readonly length: number;
  readonly hash: string;
  /** Epoch milliseconds; null while it is open. */
  readonly closedAt: number | null;
}

/**
 * How far the records of all incidents that had changed had come at one moment. Checkpoints are a chain: whoever holds the hash of the
 * newest holds all that was on record by then. An incident that is missing, or whose record ends before its checkpoint, is found by it.
 */
export interface Checkpoint {
  /** 1 for the first of all. */
  readonly n: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Hash and time of the one before. Once that is forgotten because its time was up, they stand for it. */
  readonly before: string;
  readonly beforeAt: number;
  readonly heads: readonly Head[];
  readonly hash: string;
}

/** What the first checkpoint of all hangs on. */
export const ORIGIN = '0'.repeat(64);

/** How long what belongs to a closed incident is kept, and how long a checkpoint is; milliseconds. */
export const KEPT = 90 * 24 * 3_600_000;

export function nextCheckpoint(last: Checkpoint | null, at: number, heads: readonly Head[]): Checkpoint {
  const unhashed = {
    n: (last?.n ?? 0) + 1,
    at,
    before: last?.hash ?? ORIGIN,
    beforeAt: last?.at ?? 0,
    heads,
  };
  return { ...unhashed, hash: checkpointHash(unhashed) };
}

export function checkpointHash({ n, at, before, beforeAt, heads }: Omit<Checkpoint, 'hash'>): string {
  const told = heads.map(({ incident, length, hash, closedAt }) => [incident, length, hash, closedAt]);
  return createHash('sha256')
    .update(JSON.stringify([before, beforeAt, n, at, told]))
    .digest('hex');
}
