import { existsSync } from 'node:fs';
import type { ReportExit } from '../../../../execution/exit-report.ts';
import { removeScratch } from '../handover.ts';
import type { GuardianEnd, Will } from './guardian-messages.ts';

/** Times of a monotonic clock, milliseconds. */
export interface Ended {
  readonly how: Pick<GuardianEnd, 'cause' | 'exitCode' | 'signal'>;
  /** When nothing of its group was left. */
  readonly at: number;
  /** When its time limit would have passed. */
  readonly limit: number;
}

/** A word is tried to be left for this long at least, and for as long as the command might have run. */
const PATIENCE = 60_000;

/** Does in the place of a dead worker what it left to be done. A report target that cannot be reached in time is given up. */
export async function carryOut(
  { reportTo, remote, scratch, runAs }: Will,
  { how, at, limit }: Ended,
): Promise<void> {
  const farUntil = remote !== null && existsSync(remote.mark) ? limit + remote.after : null;
  if (scratch !== null) await removeScratch(scratch, runAs);
  if (reportTo === null) return;
  // Loaded only now: few guardians are ever orphaned.
  const { reportExit } = (await import(reportTo.module)) as { readonly reportExit: ReportExit };
  const wordAt = (now: number) => {
    const theirs = (time: number) => Math.ceil(now + time - performance.now());
    return { endedAt: theirs(at), remoteUntil: farUntil === null ? null : theirs(farUntil), ...how };
  };
  await reportExit(reportTo, wordAt, Math.max(PATIENCE, limit - performance.now()));
}
