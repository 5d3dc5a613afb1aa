import type { Alert } from '../alerts/alert.ts';
import type { BoundAlert } from '../evidence/alert-source.ts';
import type { HttpProbe, ServiceView } from '../evidence/collector.ts';
import type { LookReading, LookSpec } from '../evidence/looks/look.ts';
import type { Check } from '../playbooks/manifest.ts';

/**
 * What a source said when asked for one check. `at` is when the source itself observed it (evaluation or sample time, epoch
 * milliseconds), not when the answer arrived. `missing` is no answer: it is never health.
 */
export type Reading =
  | { readonly check: Check; readonly kind: 'value'; readonly value: number; readonly at: number }
  | {
      readonly check: Check;
      readonly kind: 'alert';
      readonly firing: boolean;
      readonly at: number;
      /** How often the source evaluates it, milliseconds: a state up to two of these old is the present one. Absent where nobody knows. */
      readonly interval?: number;
      /** What an end rests on, where that is less than the rule and the series behind it. */
      readonly note?: string;
      /**
       * For how long before `at` all may have been well, as its rule reads what was before or goes on firing, milliseconds. Absent where it
       * tells of the present alone, or nobody knows.
       */
      readonly looksBack?: number;
      /** When what an end rests on was measured last, epoch milliseconds. Absent where nobody knows. */
      readonly measuredAt?: number;
      /** Those that were seen active at their source on the way, by fingerprint. */
      readonly seen?: Readonly<Record<string, BoundAlert>>;
      /** No source could tell: it is the sender's word. */
      readonly byNotice?: true;
    }
  | {
      readonly check: Check;
      readonly kind: 'probe';
      readonly healthy: boolean;
      readonly detail: string;
      readonly at: number;
    }
  | {
      readonly check: Check;
      readonly kind: 'look';
      readonly readings: readonly LookReading[];
      readonly at: number;
    }
  | {
      readonly check: Check;
      readonly kind: 'missing';
      readonly reason: string;
      /** Its source was asked, and what the alert measures is not there any more: that is all that its end says. */
      readonly vanished?: true;
      /** Its source gave no answer, or none that can be gone by: it may when it is asked again. */
      readonly unanswered?: true;
    };

/** What a reader needs to know to answer checks for one incident. */
export interface SignalScope {
  readonly alerts: readonly Alert[];
  /** The alerts that were seen active at their source, by fingerprint: the absence of any other says nothing. */
  readonly bound: Readonly<Record<string, BoundAlert>>;
  readonly probes: readonly HttpProbe[];
  /** Null where the registry does not know the subject. */
  readonly service: ServiceView | null;
  /** The plan's own look, and the hosts it acts on; null where there is none. */
  readonly look: { readonly spec: LookSpec; readonly hosts: readonly string[] | null } | null;
  /** When what is wrong began to show, epoch milliseconds; null where nobody knows. */
  readonly symptomAt: number | null;
}

/** Reads fresh signals from their sources, all checks side by side. Never throws: no answer is `missing`, with the reason. */
export interface Signals {
  read(checks: readonly Check[], scope: SignalScope, signal: AbortSignal): Promise<readonly Reading[]>;
}
