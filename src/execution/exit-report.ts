import { z } from 'zod';

/** Where a last word is left, should it come to that. */
export interface Witness {
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
export const LastWord = z.object({
  /** By then nothing of its process group was left. */
  endedAt: z.number(),
  /** Until when parts of it may still act on other machines, which end them at their own deadline. Null when it had none. */
  remoteUntil: z.number().nullable(),
  /** What ended it; `exited` stands for an end of its own, by `exitCode` or by `signal`, or for a command that never started. */
  cause: z.enum(['orphaned', 'exited', 'timed-out', 'stopped']),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
});
export type LastWord = Readonly<z.infer<typeof LastWord>>;

/** Leaves the word that belongs to `now`, and tries for `within` milliseconds. */
export type LeaveWord = (
  witness: Witness,
  wordAt: (now: number) => LastWord,
  within: number,
) => Promise<'left' | 'in-vain'>;

/** Null where there is no word, or none that can be understood: then nothing is proven. */
export function readLastWord(text: string | null): LastWord | null {
  if (text === null) return null;
  try {
    return LastWord.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** From when on nothing of the attempt can act any more. */
export function overSince({ endedAt, remoteUntil }: LastWord): number {
  return Math.max(endedAt, remoteUntil ?? endedAt);
}
