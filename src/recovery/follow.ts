import type { AttemptResult } from '../execution/attempt.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { Outcome } from '../verification/outcome.ts';

/** What follows a verification: the incident closes, the plan's rollback runs, or a person is called. */
export type Followup =
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'undo'; readonly reason: string }
  | { readonly kind: 'escalate'; readonly reason: string };

/** Decides what follows. Only a refuted fix is rolled back: of an unproven or interrupted one nobody knows what it did. */
export function follow(outcome: Outcome, plan: Plan, result: AttemptResult | null): Followup {
  switch (outcome.kind) {
    case 'proven':
      return { kind: 'close', reason: outcome.reason };
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
