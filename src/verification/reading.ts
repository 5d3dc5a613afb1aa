import type { HttpProbe } from '../evidence/collector.ts';
import type { Alert } from '../intake/alert.ts';
import type { Check } from '../playbooks/manifest.ts';

/**
 * What a source said when asked for one check. `at` is when the source itself observed it (evaluation or sample time, epoch
 * milliseconds), not when the answer arrived. `missing` is no answer: it is never health.
 */
export type Reading =
  | { readonly check: Check; readonly kind: 'value'; readonly value: number; readonly at: number }
  | { readonly check: Check; readonly kind: 'alert'; readonly firing: boolean; readonly at: number }
  | {
      readonly check: Check;
      readonly kind: 'probe';
      readonly healthy: boolean;
      readonly detail: string;
      readonly at: number;
    }
  | { readonly check: Check; readonly kind: 'missing'; readonly reason: string };

/** What a reader needs to know to answer checks for one incident. */
export interface SignalScope {
  readonly alerts: readonly Alert[];
  readonly probes: readonly HttpProbe[];
}

/** Reads fresh signals from their sources, all checks side by side. Never throws: no answer is `missing`, with the reason. */
export interface Signals {
  read(checks: readonly Check[], scope: SignalScope, signal: AbortSignal): Promise<readonly Reading[]>;
}
