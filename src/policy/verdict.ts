import type { Text } from '../lib/text/text.ts';
import type { Risk } from '../playbooks/manifest.ts';

export type Mode = 'observe' | 'supervised' | 'tiered';

/** The effective tier with every step that raised it, in words. */
export interface Tier {
  readonly declared: Risk;
  readonly effective: Risk;
  readonly raisedBy: readonly string[];
}

/**
 * What policy says of a plan. `kind` is the decision:
 * - `allow`: run now, tell after
 * - `wait`: run when the cancel window closes, unless a person objects
 * - `ask`: run only after `approvals` authorised people approved
 * - `observe`: would have been one of the above, but this environment only watches
 * - `deny`: not automatically, and not by approval either; a person takes over
 */
export interface Verdict {
  readonly kind: 'allow' | 'wait' | 'ask' | 'observe' | 'deny';
  readonly tier: Tier;
  /** Why, in sentences for people; never empty. */
  readonly reasons: readonly Text[];
  /** Why people are asked although the rules alone would have it go on by itself, or what an approver must know; absent where nothing. */
  readonly doubt?: Text;
  /** How many approvals an `ask` needs. */
  readonly approvals: number;
  /** The cancel window of a `wait`, or how long an `ask` stays open; milliseconds. */
  readonly window: number;
  readonly planDigest: string;
  readonly policyDigest: string;
  readonly at: number;
}
