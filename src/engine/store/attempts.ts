import type { Evidence } from '../../evidence/evidence.ts';
import type { AttemptResult } from '../../execution/attempt.ts';

/** The facts of incidents. */
export interface Facts {
  /**
   * Keeps the facts of a round, or of a question by its id. Those that were kept first stay, and are given back: what was judged
   * must be what is shown.
   */
  saveEvidence(
    incident: string,
    round: number | string,
    evidence: readonly Evidence[],
  ): Promise<readonly Evidence[]>;
  loadEvidence(incident: string, round: number | string): Promise<readonly Evidence[]>;
}

/** What becomes of attempts, while they run and until their incidents have learned it. */
export interface Attempts {
  /** Marks an attempt as begun by this worker. False when it was begun before, by whomever: then it must not run. */
  beginAttempt(attempt: string, worker: string): Promise<boolean>;
  /** Keeps how an attempt ended until its incident has learned it. */
  saveResult(attempt: string, result: AttemptResult): Promise<void>;
  loadResult(attempt: string): Promise<AttemptResult | null>;
  /** Says that the attempt's worker lives, for `ttl` milliseconds more. */
  renewLease(attempt: string, ttl: number): Promise<void>;
  /** What its guardian left behind, as JSON, for an attempt whose worker died; null where there is no word. */
  exitReport(attempt: string): Promise<string | null>;
  /** `alive-unbegun`: a worker lives for it, and nothing is known of its beginning. */
  attemptState(attempt: string): Promise<'not-begun' | 'alive-unbegun' | 'running' | 'lost'>;
  /** The number of the incident's claim, which grows with every claim; null where it holds none. */
  fence(incident: string): Promise<number | null>;
}
