import type { Text } from '../lib/text/text.ts';

import type { Check, Look, Risk, Run } from './manifest.ts';

/** A value with where it came from, in words for people: `label instance`, `registry host`, `given by` somebody. */
export interface GroundedValue {
  readonly value: string;
  readonly origin: Text;
}

/** Whose idea a plan is. A person's own plan skips the diagnosis thresholds and nothing else. */
export type Requester = { readonly kind: 'medic' } | { readonly kind: 'person'; readonly user: string };

/** What must become true, by when, checked how often, and for how long. Milliseconds. */
export interface VerifySpec {
  readonly checks: readonly Check[];
  readonly within: number;
  readonly every: number;
  readonly stable: number;
}

/**
 * One frozen intention: exactly what would run, on what, and how its success is judged. Every template is rendered and
 * every value grounded; nothing of it changes afterwards. A different parameter is a different plan.
 */
export interface Plan {
  readonly id: string;
  readonly playbook: string;
  readonly title: string;
  readonly playbookHash: string;
  readonly risk: Risk;
  readonly category: string;
  readonly idempotent: boolean;
  readonly parameters: Readonly<Record<string, GroundedValue>>;
  /** Names of locks and cooldowns, `<environment>/<target>`. */
  readonly targets: readonly string[];
  readonly maxTargets: number;
  readonly environment: string;
  readonly run: Run;
  readonly dryRun: 'check' | { readonly command: readonly string[] } | null;
  readonly rollback: { readonly run: Run; readonly rehearsed: boolean } | { readonly none: string };
  /** Milliseconds. */
  readonly timeout: number;
  /** How Medic sees for itself that the fault is there, and on which hosts; null where its playbook declares no look. `hosts` is null for all. */
  readonly look: { readonly spec: Look; readonly hosts: readonly string[] | null } | null;
  readonly preconditions: readonly Check[];
  readonly verify: VerifySpec;
  readonly requestedBy: Requester;
  /** SHA-256 over all of the above: what an approval is bound to. */
  readonly digest: string;
}
