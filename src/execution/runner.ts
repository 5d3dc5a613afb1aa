import type { Run } from '../playbooks/manifest.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { AttemptResult, Before, Comparison, TaskLine } from './attempt.ts';
import type { ReportTarget } from './exit-report.ts';

/** Exactly what is to run: a frozen plan's command with its values. */
export interface Order {
  /** Unique; names scratch files. */
  readonly id: string;
  readonly run: Run;
  /** How it is rehearsed. A dry run never starts `run` itself; null means that there is none, and asking fails. */
  readonly dryRun: Plan['dryRun'];
  /** The playbook's folder, absolute. */
  readonly folder: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  /**
   * A number that grows with every claim, a positive safe integer. A target that keeps it can refuse a fix that comes after a later
   * one. Null for what no claim stands behind, such as a dry run.
   */
  readonly fence: number | null;
  /** Where the word is left that it ended, should its worker not live to hear it; null where nobody would look. */
  readonly reportTo: ReportTarget | null;
}

/** What a dry run says it would change. `diff` is redacted and capped. */
export type DryRunResult =
  | {
      readonly kind: 'diff';
      readonly diff: string;
      readonly changes: number;
      /** Why its rollback would be refused, where that was rehearsed as well and failed. */
      readonly noWayBack?: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Runs one kind of command, always an argument vector that no shell has read. The contract is the same for every kind:
 *
 * - **Progress.** Each step is reported as it starts and as it ends, under the same name, in the words of the kind; redacted.
 * - **Dry run.** It starts nothing of `run` and moves no fence. What it says holds still while the world does: it is compared with what was
 *   approved. A kind that cannot rehearse says so; it never makes up a difference.
 * - **Deadline.** `timeout` is for the whole of it. What runs on another machine has a deadline there, which counts when nobody here lives.
 * - **Fence.** Whatever it acts on and that can keep a number gets `fence` before it is changed, and refuses a lower one than it has.
 * - **Stop.** Aborting the signal ends what runs, here and elsewhere. What may still act when it answers is told as `elsewhereFor`, and then
 *   only: `untouched` and its absence are said of what is known, and whoever cannot tell says less.
 * - **Its worker's death** ends it too, and the report target is left word of when nothing of it can act any more.
 * - **Before and after.** Where it can read what it changes, the result of a fix says what was there `before`. `compare` reads that again after
 *   an undoing and goes by nothing that the undoing said of itself; it changes nothing. What it cannot read again it calls unknown, with the reason.
 * - **The look** is not its part: whether it helped is seen by others, from outside, once it has ended.
 */
export interface Runner {
  /** Never throws for what the command does. */
  run(order: Order, report: (line: TaskLine) => void, signal: AbortSignal): Promise<AttemptResult>;
  dryRun(order: Order, signal: AbortSignal): Promise<DryRunResult>;
  /** @param before what the fix found, null where it left no word of it; the order is that of the undoing. Never throws. */
  compare(order: Order, before: Before | null, signal: AbortSignal): Promise<Comparison>;
}
