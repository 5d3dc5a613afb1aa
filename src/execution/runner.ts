import type { Run } from '../playbooks/manifest.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { AttemptResult, TaskLine } from './attempt.ts';
import type { Witness } from './last-word.ts';

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
  readonly witness: Witness | null;
}

/** What a dry run says it would change. `diff` is redacted and capped. */
export type DryRunResult =
  | { readonly kind: 'diff'; readonly diff: string; readonly changes: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs one kind of command as an argument vector, in its own process group that dies with its worker. */
export interface Runner {
  /** Reports tasks as they start and end (the same name again with its end). Never throws for what the command does. */
  run(order: Order, report: (line: TaskLine) => void, signal: AbortSignal): Promise<AttemptResult>;
  dryRun(order: Order, signal: AbortSignal): Promise<DryRunResult>;
}
