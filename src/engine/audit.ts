import { type Checkpoint, type Head, KEPT, nextCheckpoint } from '../audit/checkpoint.ts';

/** The chain of checkpoints, and which records have changed since the newest. */
export interface AuditLog {
  newest(): Promise<Checkpoint | null>;
  /** How far records have come that changed since the last checkpoint: so many at most. */
  changed(most: number): Promise<readonly Head[]>;
  /**
   * Adds a checkpoint after the one it names as the one before. What has changed again meanwhile goes on counting as changed. False where another
   * process was first.
   */
  append(checkpoint: Checkpoint): Promise<boolean>;
  /** The oldest checkpoints, so many at most. */
  oldest(most: number): Promise<readonly Checkpoint[]>;
  /** Has those of these incidents that are still kept count as changed. */
  renew(incidents: readonly string[]): Promise<void>;
  /** Forgets the oldest checkpoints, up to and with this one. False where another process was first. */
  forget(oldest: readonly Checkpoint[]): Promise<boolean>;
}

/** As many records go into one checkpoint, and as many checkpoints are forgotten at a time. */
const MOST = 500;
/** A storm is not worked off in one go: what is left is for the next time. */
const ROUNDS = 20;
/** A checkpoint is kept for longer than any incident that closed by then. */
const DAY = 24 * 3_600_000;

/** Puts every record that has changed under a checkpoint. Answers with the newest, and with those that this process added. */
export async function addCheckpoints(
  log: AuditLog,
  now: number,
): Promise<{ readonly newest: Checkpoint | null; readonly added: readonly Checkpoint[] }> {
  let newest = await log.newest();
  const added: Checkpoint[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const heads = await log.changed(MOST);
    if (heads.length === 0) break;
    const checkpoint = nextCheckpoint(newest, now, heads);
    // Another process was first: it does the rest.
    if (!(await log.append(checkpoint))) return { newest: await log.newest(), added };
    newest = checkpoint;
    added.push(checkpoint);
  }
  return { newest, added };
}

/**
 * Forgets checkpoints that are older than anything that is kept of a closed incident. What they say of incidents that are still kept is said
 * anew first, so that each of these stays under a checkpoint.
 */
export async function forgetCheckpoints(log: AuditLog, now: number): Promise<void> {
  const oldest = (await log.oldest(MOST + 1)).slice(0, -1);
  const over = oldest.filter(({ at }) => at < now - KEPT - DAY);
  if (over.length === 0) return;
  await log.renew([...new Set(over.flatMap(({ heads }) => heads.map(({ incident }) => incident)))]);
  await addCheckpoints(log, now);
  await log.forget(over);
}
