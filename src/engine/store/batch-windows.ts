import type { Alert, Subject } from '../../alerts/alert.ts';

/** Where alerts are kept back until the end of their window. */
export interface DueBatch {
  readonly subject: Subject;
  readonly due: number;
}

/** A bag with alerts that are in it: all, or as many as were asked for. */
export interface BatchWindow extends DueBatch {
  readonly alerts: readonly Alert[];
}

/** Keeps alerts back. */
export interface BatchFiller {
  /** Keeps alerts back: a new bag is due after `window` milliseconds, one that is open keeps its time. */
  defer(
    subject: Subject,
    alerts: readonly Alert[],
    how: {
      readonly window: number;
      /** Whether an alert takes the place of one that lies in the bag. */
      readonly supersedes: (alert: Alert, known: Alert) => boolean;
    },
  ): Promise<void>;
}

/** Hands on what was kept back. */
export interface BatchFlusher {
  /** Bags that are due, without what is in them. */
  dueBatches(): Promise<readonly DueBatch[]>;
  /** Looks into a bag, for so many alerts at most; none where it is empty. */
  openBatch(bag: DueBatch, most: number): Promise<BatchWindow>;
  /** Takes out of a bag what was handed on, and says how many that were; what changed meanwhile stays. */
  removeBatch(bag: BatchWindow): Promise<number>;
}
