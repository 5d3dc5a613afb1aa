import { z } from 'zod';

/** Where a last word is left, should it come to that. */
export interface ReportTarget {
  /** The module, a file URL, whose `leaveWord` does it. It is loaded only then. */
  readonly module: string;
  /** Where words are kept; may hold a password. */
  readonly url: string;
  /** The name under which this one is found there. */
  readonly key: string;
}

/**
 * What a guardian leaves behind when a command ended and its worker did not live to hear it: the proof that the attempt is over
 * where it was started. Times are epoch milliseconds by the clock of where the word is kept.
 */
export const ExitReport = z.object({
  /** By then nothing of its process group was left. */
  endedAt: z.number(),
  /** Until when parts of it may still act on other machines, which end them at their own deadline. Null when it had none. */
  remoteUntil: z.number().nullable(),
  /** What ended it; `exited` stands for an end of its own, by `exitCode` or by `signal`, or for a command that never started. */
  cause: z.enum(['orphaned', 'exited', 'timed-out', 'stopped']),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
});
export type ExitReport = Readonly<z.infer<typeof ExitReport>>;

/** Leaves the word that belongs to `now`, and tries for `within` milliseconds. */
export type ReportExit = (
  reportTo: ReportTarget,
  wordAt: (now: number) => ExitReport,
  within: number,
) => Promise<'left' | 'in-vain'>;

/** Null where there is no word, or none that can be understood: then nothing is proven. */
export function readExitReport(text: string | null): ExitReport | null {
  if (text === null) return null;
  try {
    return ExitReport.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** From when on nothing of the attempt can act any more. */
export function overSince({ endedAt, remoteUntil }: ExitReport): number {
  return Math.max(endedAt, remoteUntil ?? endedAt);
}
