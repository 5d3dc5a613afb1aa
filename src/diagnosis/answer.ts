import type { Claim, Struck } from './diagnosis.ts';

/**
 * The answer to a question that somebody asked in an incident's thread. Every claim in it stands on citations that were checked to
 * the letter against `E…` items, of the diagnosis or gathered for this question; what did not stand was struck.
 */
export interface Answer {
  /** The model's name, or null where the answer is the evidence itself. */
  readonly model: string | null;
  readonly claims: readonly Claim[];
  readonly struck: readonly Struck[];
  /** What Medic says beside the claims, in its own fixed words: that nothing was found, or that words start nothing. */
  readonly note: string | null;
}
