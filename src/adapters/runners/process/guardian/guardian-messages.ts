import type { ExitReport, ReportTarget } from '../../../../execution/exit-report.ts';
import type { RunAs } from '../run-as.ts';
import type { Survivor } from './survivors.ts';

/** A command as a guardian is to hold it. */
export interface HeldCommand {
  /** What it is called between worker and guardian, and the mark in the environment of all its processes. */
  readonly id: string;
  /** Program and arguments, those that make it another user's included. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Its whole environment. The guardian's own is empty, and no command gets anything of another's. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds from its start until its group is ended, and from SIGTERM to SIGKILL. */
  readonly timeout: number;
  readonly grace: number;
  /** Whose rights it has; null for Medic's own. */
  readonly runAs: RunAs | null;
  /** What to do in the worker's place. */
  readonly will: Will | null;
}

/** Where a guardian brings the outputs of its commands to, and the word by which it is known there. */
export interface DoorAddress {
  readonly folder: string;
  readonly path: string;
  readonly token: string;
}

/** How a command ended, and what ended it first. */
export interface GuardianEnd {
  readonly kind: 'ended';
  readonly id: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly cause: ExitReport['cause'];
  /** Of a command that was ended: what had left its group. */
  readonly survivors: readonly Survivor[];
}

export interface GuardianFailure {
  readonly kind: 'failed-to-start';
  readonly id: string;
  readonly reason: string;
}

/** What a guardian tells its worker: of its commands, and that it is well. */
export type GuardianMessage =
  | { readonly kind: 'started'; readonly id: string; readonly group: number }
  | GuardianFailure
  | GuardianEnd
  | { readonly kind: 'pong' };

/**
 * What a worker tells its guardian: where outputs go, a command to get ready for, to start it, to end it, that its end was heard, and
 * whether it is well. A command whose start was never asked for has never started: nothing else proves that when a guardian dies.
 */
export type WorkerMessage =
  | { readonly kind: 'door'; readonly door: DoorAddress }
  | { readonly kind: 'hold'; readonly command: HeldCommand }
  | { readonly kind: 'go'; readonly id: string }
  | { readonly kind: 'stop'; readonly id: string }
  | { readonly kind: 'heard'; readonly id: string }
  | { readonly kind: 'ping' };

/** What a guardian does once its command has ended, when the worker is no longer there to do it. */
export interface Will {
  /** Where it leaves the word that the command ended. */
  readonly reportTo: ReportTarget | null;
  /**
   * How it knows of parts that run on other machines: a file that is there before the first of them begins. They may go on for
   * `after` milliseconds past the time limit. Null for a command that has none.
   */
  readonly remote: { readonly mark: string; readonly after: number } | null;
  /** A folder that was made for this command alone, and goes. */
  readonly scratch: string | null;
  /** Whose rights the command had, where those were not Medic's own: parts of the folder may be that user's. */
  readonly runAs: RunAs | null;
}
