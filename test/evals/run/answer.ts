/** What Medic said of a scenario, and what it would have done, without a word of who was right. */
export interface Answer {
  /** Whether it stands by a cause, or says that it does not know. */
  readonly stands: boolean;
  /** The fault of its first hypothesis by its name in the library; null where it has none. */
  readonly fault: string | null;
  /** Where it lies. */
  readonly object: string | null;
  /** Of its first hypothesis, whether it stands by it or not, 0 to 1; null where it has none. */
  readonly confidence: number | null;
  /** What people are told: summary, cause and claims. */
  readonly words: Words;
  readonly plan: PlannedRun | null;
  readonly citations: { readonly made: number; readonly resolved: number };
  /** Why it stands by nothing; null where it does. */
  readonly reason: string | null;
}

export interface Words {
  readonly summary: string;
  readonly cause: string;
  readonly claims: readonly string[];
}

export interface PlannedRun {
  readonly playbook: string;
  /** Whether policy lets it run with nobody asked. */
  readonly byItself: boolean;
}

/** Of an answerer that says nothing at all. */
export const SILENCE: Answer = {
  stands: false,
  fault: null,
  object: null,
  confidence: null,
  words: { summary: '', cause: '', claims: [] },
  plan: null,
  citations: { made: 0, resolved: 0 },
  reason: 'nothing was said',
};
