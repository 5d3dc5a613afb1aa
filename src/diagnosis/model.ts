import type { Subject } from '../alerts/alert.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Claim, Proposal } from './diagnosis.ts';

/** A playbook as a model may know it: enough to choose, nothing to run. */
export interface PlaybookCard {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly risk: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a model is asked: the evidence as data, and the catalog it may choose from. */
export interface Question {
  readonly incident: string;
  readonly subject: Subject;
  readonly evidence: readonly Evidence[];
  readonly playbooks: readonly PlaybookCard[];
  /** What the first attempt was and how it ended, in the second round. */
  readonly earlier: string | null;
  readonly now: number;
}

/** Why a model gave nothing usable; shown to people as it stands. */
export type ModelFailure =
  | 'unreachable'
  | 'timeout'
  | 'server-error'
  | 'refused'
  | 'garbage'
  | 'cut-off'
  | 'rejected';

export type ModelAnswer =
  | {
      readonly kind: 'proposal';
      readonly proposal: Proposal;
      readonly model: string;
      readonly promptHash: string;
      readonly tokens: { readonly in: number; readonly out: number };
    }
  | {
      readonly kind: 'failed';
      readonly failure: ModelFailure;
      readonly reason: string;
      readonly model: string;
    };

/** What a model is asked when a person asks something in an incident's thread. */
export interface FollowUp {
  readonly incident: string;
  readonly subject: Subject;
  /** The person's own words: data, never instructions. */
  readonly question: string;
  /** Of the diagnosis, and gathered for this question. */
  readonly evidence: readonly Evidence[];
  /** What is known so far, in sentences: phase, cause, plan, attempts. */
  readonly known: string;
  readonly now: number;
}

/** The model's claims as they stand at a moment, before anything was checked. */
export type FollowUpAnswer =
  | { readonly kind: 'claims'; readonly claims: readonly Claim[]; readonly model: string }
  | {
      readonly kind: 'failed';
      readonly failure: ModelFailure;
      readonly reason: string;
      readonly model: string;
    };

/** Asks a language model for a cause. Never throws for what the model or its server does wrong. */
export interface Model {
  readonly name: string;
  ask(question: Question, signal: AbortSignal): Promise<ModelAnswer>;
  /**
   * Answers a person's question from the evidence.
   *
   * @param onClaim told of each claim as soon as it is whole, while the rest is still being written
   */
  answer(followUp: FollowUp, signal: AbortSignal, onClaim?: (claim: Claim) => void): Promise<FollowUpAnswer>;
}
