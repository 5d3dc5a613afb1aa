import type { AttemptResult } from '../execution/attempt.ts';
import { plainly } from '../lib/text/text-read.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { Outcome } from '../verification/outcome.ts';

/** What follows a verification: the incident closes, the plan's rollback runs, or a person is called. */
export type Followup =
  /** `healed` where the fix is what helped; `recovered` where the service is well and the fix is not why. */
  | { readonly kind: 'close'; readonly how: 'healed' | 'recovered'; readonly reason: string }
  | { readonly kind: 'undo'; readonly reason: string }
  | { readonly kind: 'escalate'; readonly reason: string };

/**
 * Decides what follows. Only a refuted fix is rolled back: of an unproven or interrupted one nobody knows what it did. An attempt that
 * failed, was broken off or changed nothing is never what healed.
 */
export function follow(outcome: Outcome, plan: Plan, result: AttemptResult | null): Followup {
  switch (outcome.kind) {
    case 'proven': {
      const doubt = whyNotTheFix(result);
      if (doubt === null) return { kind: 'close', how: 'healed', reason: outcome.reason };
      return {
        kind: 'close',
        how: 'recovered',
        reason: `${doubt}; the service is healthy anyway: ${outcome.reason}`,
      };
    }
    case 'unproven':
      return { kind: 'escalate', reason: `recovery could not be proven: ${outcome.reason}` };
    case 'refuted':
      if (result?.kind === 'interrupted') {
        return {
          kind: 'escalate',
          reason: `${result.reason}, and the service has not recovered: ${outcome.reason}`,
        };
      }
      if ('run' in plan.rollback) return { kind: 'undo', reason: outcome.reason };
      return { kind: 'escalate', reason: `${plan.playbook} did not help: ${outcome.reason}` };
    default:
      return outcome.kind satisfies never;
  }
}

/** Why an attempt cannot be what helped, in words; null where it can. */
export function whyNotTheFix(result: AttemptResult | null): string | null {
  switch (result?.kind) {
    case 'succeeded':
      return result.changed === 0 ? 'it ran and changed nothing' : null;
    case 'failed':
      return `it failed: ${result.reason}`;
    case 'timed-out':
    case 'stopped':
    case 'interrupted':
      return `it did not finish: ${plainly(result.reason)}`;
    case undefined:
      return 'nobody knows how it ended';
    default:
      return result satisfies never;
  }
}
