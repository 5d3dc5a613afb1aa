import type { ObjectId } from '../evidence/facts/fact.ts';

/** A quote, to the letter, from one evidence item. */
export interface Citation {
  readonly evidence: string;
  readonly quote: string;
}

/** A sentence that must stand on citations. */
export interface Claim {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** A cause proposed by a pattern or a model, before anything was checked. */
export interface ProposedHypothesis {
  readonly cause: string;
  readonly claims: readonly Claim[];
  /** Evidence that speaks against it, by the proposer's own word. */
  readonly against: readonly Citation[];
  readonly playbook: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the proposer says of itself, 0 to 1; it can only lower the computed confidence. */
  readonly selfConfidence: number | null;
  /** The known pattern or fault that matched, and those whose findings it explains; absent where a model or a person proposed it. */
  readonly pattern?: string;
  readonly explains?: readonly string[];
  /** The fault of the library that was recognised, and the object in which it lies; absent where none was. */
  readonly fault?: string;
  readonly object?: ObjectId;
  /** What the subject depends on and the fault lies in, in words; absent where it lies in the subject itself. */
  readonly dependency?: string;
  /** Other faults that were recognised and have nothing to do with it, as `fault in object`: both may be there, and neither is a rival. */
  readonly apart?: readonly string[];
  /** What else is ill because of it, in words. */
  readonly consequences?: readonly string[];
  /** What a person can do about it, where no playbook mends it. */
  readonly steps?: readonly string[];
}

/** What belongs to one hypothesis of a proposal alone: who knows it, what it says is broken, and what would keep it from coming back. */
export interface Telling {
  readonly by: Proposer;
  readonly summary: string;
  readonly prevention: string | null;
}

/** What a proposer answers: what is broken, why it may be, and what would keep it from coming back. */
export interface Proposal {
  readonly summary: string;
  readonly hypotheses: readonly ProposedHypothesis[];
  readonly prevention: string | null;
  /** The same of each hypothesis, in their order, where each has its own: what is told is the leader's. Absent where one speaks for all. */
  readonly each?: readonly Telling[];
  /** The best lead, when nobody knows. */
  readonly lead: string | null;
}

/** Who proposed: a fault of the library as it was then, a known pattern of a playbook, or a model with the prompt it was given. */
export type Proposer =
  | { readonly kind: 'fault'; readonly fault: string; readonly digest: string }
  | { readonly kind: 'pattern'; readonly playbook: string; readonly pattern: string; readonly hash: string }
  | { readonly kind: 'model'; readonly model: string; readonly promptHash: string }
  | { readonly kind: 'person'; readonly user: string };

/** A hypothesis whose citations were checked; `confidence` is computed by code. */
export interface Hypothesis extends ProposedHypothesis {
  readonly confidence: number;
  /** The instruments its surviving citations come from. */
  readonly witnesses: readonly string[];
}

/** Something a proposer said that the evidence does not bear out, and why it was struck. */
export interface Struck {
  readonly text: string;
  readonly reason: string;
}

/**
 * What Medic believes, with everything that does not stand on evidence removed.
 *
 * `conclusion` is `cause` only when the best hypothesis reaches the threshold on at least two instruments, and Medic's own look shows the
 * fault wherever its playbook declares one; otherwise the diagnosis abstains and says what is missing.
 */
export interface Diagnosis {
  readonly by: Proposer;
  readonly round: number;
  readonly at: number;
  readonly summary: string;
  /** Best first. */
  readonly hypotheses: readonly Hypothesis[];
  readonly struck: readonly Struck[];
  readonly prevention: string | null;
  readonly lead: string | null;
  /** What could not be read and might have mattered, by title: it lowers every confidence. Absent in what an older Medic concluded. */
  readonly unread?: readonly string[];
  readonly conclusion: { readonly kind: 'cause' } | { readonly kind: 'abstained'; readonly reason: string };
}
