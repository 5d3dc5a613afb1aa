import type { LastWord, Witness } from '../../execution/last-word.ts';
import type { RunAs } from './run-as.ts';
import type { Survivor } from './survivors.ts';

/** How a command ended, and what ended it first. */
export interface GuardianEnd {
  readonly kind: 'ended';
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly cause: LastWord['cause'];
  /** Of a command that was ended: what had left its group. */
  readonly survivors: readonly Survivor[];
}

/** What a guardian tells its worker. */
export type GuardianMessage =
  | { readonly kind: 'started'; readonly group: number }
  | { readonly kind: 'failed-to-start'; readonly reason: string }
  | GuardianEnd;

/** What a worker tells its guardian: what to do in its place, to end the command, and that its end was heard. */
export type WorkerMessage =
  | { readonly kind: 'will'; readonly will: Will }
  | { readonly kind: 'stop' }
  | { readonly kind: 'heard' };

/** What a guardian does once its command has ended, when the worker is no longer there to do it. */
export interface Will {
  /** Where it leaves the word that the command ended. */
  readonly witness: Witness | null;
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
