import type { Alert, Severity, Subject } from '../../alerts/alert.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Risk } from '../../playbooks/manifest.ts';
import type { Verdict } from '../../policy/verdict.ts';

/** An incident of the past: what was known of it when its cause was looked for, and what was concluded. Times are epoch milliseconds. */
export interface Past {
  readonly id: string;
  readonly subject: Subject;
  readonly title: string;
  readonly severity: Severity;
  readonly openedAt: number;
  /** When the evidence was in. */
  readonly at: number;
  readonly round: number;
  /** What had been heard by then; none where a person asked. */
  readonly alerts: readonly Alert[];
  readonly evidence: readonly Evidence[];
  readonly was: Conclusion;
  /** What a person said of the diagnosis; null where nobody did. */
  readonly judged: { readonly verdict: 'right' | 'wrong'; readonly really: string | null } | null;
  /** What of it is not as it was, in sentences. */
  readonly doubts: readonly string[];
}

/** What was concluded, and what would be done about it. */
export interface Conclusion {
  /** Whether Medic stood by a cause. */
  readonly stands: boolean;
  /** Who found it; null where nobody named anything. */
  readonly by: 'fault' | 'pattern' | 'model' | 'person' | null;
  /** The fault of the library, or the pattern of a playbook. */
  readonly fault: string | null;
  readonly object: string | null;
  readonly cause: string | null;
  /** 0 to 1. */
  readonly confidence: number | null;
  readonly playbook: string | null;
  readonly tier: Risk | null;
  /** What policy said of the plan; null where there was none. */
  readonly decision: Verdict['kind'] | null;
  /** Why nothing was concluded, or nothing planned; null where nobody said. */
  readonly reason: string | null;
}

/** It cannot be replayed; says why, and what to do. */
export class NoReplay extends Error {
  override readonly name = 'NoReplay';
}
