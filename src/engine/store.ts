import type { Evidence } from '../evidence/evidence.ts';
import type { AttemptResult } from '../execution/attempt.ts';
import type { OwedEffect } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import type { TimelineEntry } from '../incident/timeline.ts';

/** What the claim of a plan takes, together with the state that says so, or not at all. */
export interface Claim {
  readonly targets: readonly string[];
  /** Milliseconds for which no other fix may start on these targets. */
  readonly cooldown: number;
  readonly maxConcurrent: number;
}

/** One change, as it is written: all of it or nothing. */
export interface Commit {
  /** The next version. */
  readonly incident: Incident;
  /** The version it was made from; 0 opens the incident. */
  readonly expected: number;
  readonly entries: readonly TimelineEntry[];
  readonly owe: readonly OwedEffect[];
  /** The effect whose result this is; the change is dropped when it was answered already. */
  readonly answers: string | null;
  /** Names a delivery (webhook, click); the change is dropped when it was seen before. */
  readonly once: string | null;
  readonly claim: Claim | null;
  /** Gives back the slot at once, and the locks at this time (epoch milliseconds; a past one means now). Null keeps them. */
  readonly release: { readonly at: number } | null;
}

/**
 * - `committed`: written
 * - `conflict`: someone else changed it first; load and step again
 * - `duplicate`, `answered`: this has happened already; nothing is left to do
 * - `refused`: the claim cannot be had now
 */
export type Committed =
  | { readonly kind: 'committed' | 'conflict' | 'duplicate' | 'answered' }
  | { readonly kind: 'refused'; readonly obstacle: Obstacle };

/** What stands in the way of a claim, and when to try again (epoch milliseconds). */
export type Obstacle =
  | { readonly kind: 'paused'; readonly by: string; readonly retryAt: number }
  | { readonly kind: 'locked'; readonly target: string; readonly holder: string; readonly retryAt: number }
  | { readonly kind: 'cooling-down'; readonly target: string; readonly retryAt: number }
  | { readonly kind: 'busy'; readonly running: number; readonly retryAt: number };

/** The memory of Medic. Every method may throw when it cannot be reached; nothing is then known to have happened. */
export interface Store {
  /**
   * The clock of record; since when Medic has been alive without a gap; and since when people could reach it as well. Also says
   * that Medic is alive now.
   */
  clock(): Promise<{ readonly now: number; readonly aliveSince: number; readonly reachableSince: number }>;
  /** Says that people can reach Medic now: its chat is connected. */
  chatAlive(): Promise<void>;
  load(id: string): Promise<Incident | null>;
  /** The open incident about a subject, by `subjectKey`, or the one an alert is attached to, by fingerprint. */
  findOpen(subject: string, fingerprints: readonly string[]): Promise<string | null>;
  /** Ids of all open incidents. */
  open(): Promise<readonly string[]>;
  commit(commit: Commit): Promise<Committed>;
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  saveEvidence(incident: string, round: number, evidence: readonly Evidence[]): Promise<void>;
  loadEvidence(incident: string, round: number): Promise<readonly Evidence[]>;
  owed(): Promise<readonly OwedEffect[]>;
  isOwed(effect: string): Promise<boolean>;
  /** Strikes an effect whose result came too late to matter. */
  settle(effect: string): Promise<void>;
  /** Incidents whose projection is behind, with the version that is to be shown. */
  unshown(): Promise<Readonly<Record<string, number>>>;
  markShown(incident: string, version: number): Promise<void>;
  /** Marks an attempt as begun by this worker. False when it was begun before, by whomever: then it must not run. */
  beginAttempt(attempt: string, worker: string): Promise<boolean>;
  /** Keeps how an attempt ended until its incident has learned it. */
  saveResult(attempt: string, result: AttemptResult): Promise<void>;
  loadResult(attempt: string): Promise<AttemptResult | null>;
  /** Says that the attempt's worker lives, for `ttl` milliseconds more. */
  renewLease(attempt: string, ttl: number): Promise<void>;
  attemptState(attempt: string): Promise<'not-begun' | 'running' | 'lost'>;
  pause(by: string): Promise<void>;
  resume(): Promise<void>;
  paused(): Promise<string | null>;
}
