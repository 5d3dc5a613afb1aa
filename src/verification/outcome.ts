import type { Check } from '../playbooks/manifest.ts';

/** One check as judged at one moment, with the words shown to people: "memory 84 MB < 200 MB". */
export interface CheckAnswer {
  readonly check: Check;
  readonly answer: 'good' | 'bad' | 'unknown';
  readonly words: string;
}

/**
 * One look at all checks. `at` is the time of record when it was judged; `observedAt` is when the sources themselves last observed
 * all of it, null where nothing was observed. Both are epoch milliseconds.
 */
export interface Sample {
  readonly at: number;
  readonly observedAt: number | null;
  readonly answers: readonly CheckAnswer[];
}

/** What a verification concluded. Only `refuted` may roll back; `unproven` is a person's decision. */
export interface Outcome {
  readonly kind: 'proven' | 'refuted' | 'unproven';
  readonly reason: string;
  readonly sample: Sample | null;
  readonly at: number;
}
