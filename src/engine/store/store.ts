import type { Blocker } from '../../incident/model/blocker.ts';
import type { OutboxEffect } from '../../incident/model/effect.ts';
import type { Incident } from '../../incident/model/incident.ts';
import type { OverflowAlert } from '../../incident/model/overflow.ts';
import type { TimelineEntry } from '../../incident/model/timeline.ts';
import type { Attempts, Facts } from './attempts.ts';
import type { BatchFiller, BatchFlusher } from './batch-windows.ts';
import type { Incidents, Index, Past } from './incidents.ts';
import type { Breakers, OnceNames, OrderStore } from './orders.ts';
import type { Outbox, PendingNotifications } from './outbox.ts';
import type { ChatHeart, Heart } from './snapshot.ts';

/** What the claim of a plan takes, together with the state that says so, or not at all. */
export interface Claim {
  /** What the fix acts on: they cool down afterwards, and their breaker must be closed. */
  readonly targets: readonly string[];
  /** All of these are locked, or none: the targets, and every neighbourhood the subject belongs to. */
  readonly locks: readonly string[];
  /** Subject keys that come first as long as an alert about them fires. */
  readonly upstream: readonly string[];
  /** Milliseconds for which no other fix may start on these targets. */
  readonly cooldown: number;
  readonly maxConcurrent: number;
  /** Among those that wait for a slot the lowest goes first; epoch milliseconds. */
  readonly priority: number;
  /** When the plan's premises were last read. A memory younger than this may have forgotten what happened since. */
  readonly provenAt: number;
  /** Version of the silences that were looked at: others since then are looked at first. */
  readonly silences: number;
  /** Its number, greater than that of any claim before it; without one it gets the next. */
  readonly fence?: number;
}

/** Opening an incident counts against a limit, so that a storm becomes one thread. */
export interface OpeningLimit {
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

/** A fix that did not help, or did not last. */
export interface BreakerFailure {
  readonly target: string;
  readonly attempt: string;
}

/** How many strikes within how long stop the automation of a target. Milliseconds. */
export interface BreakerRule {
  readonly strikes: number;
  readonly window: number;
}

/** One change, as it is written: all of it or nothing. */
export interface Commit {
  /** The next version. */
  readonly incident: Incident;
  /** The version it was made from; 0 opens the incident. */
  readonly expected: number;
  readonly entries: readonly TimelineEntry[];
  readonly outbox: readonly OutboxEffect[];
  /** The effect whose result this is; the change is dropped when it was answered already. */
  readonly answers: string | null;
  /** Names a delivery (webhook, click); the change is dropped when it was seen before. */
  readonly once: string | null;
  readonly claim: Claim | null;
  /** Gives back the slot at once, and the locks at this time (epoch milliseconds; a past one means now). Null keeps them. */
  readonly release: { readonly at: number } | null;
  /** Fingerprints of alerts that belong to the incident from now on. */
  readonly attached: readonly string[];
  /** Alerts beyond those that the incident holds in full, by fingerprint: those that changed. */
  readonly crowd: Readonly<Record<string, OverflowAlert>>;
  /** Null where no limit applies, as for what a person opens. */
  readonly opening: OpeningLimit | null;
  readonly strikes: readonly BreakerFailure[];
  readonly breaker: BreakerRule;
  /** The sinks besides Slack that are to be brought up to date with it; Slack always is. */
  readonly sinks: readonly string[];
}

/**
 * - `committed`: written; `next` are incidents whose turn may have come, where something was released
 * - `conflict`: someone else changed it first; load and step again
 * - `duplicate`, `answered`: this has happened already; nothing is left to do
 * - `elsewhere`: an alert of it belongs to another incident by now
 * - `storm`: too many incidents were opened lately
 * - `refused`: the claim cannot be had now
 */
export type Committed =
  | { readonly kind: 'committed'; readonly next: readonly string[] }
  | { readonly kind: 'conflict' | 'duplicate' | 'answered' | 'elsewhere' | 'storm' }
  | { readonly kind: 'refused'; readonly obstacle: Blocker };

/** Changes incidents, and takes what a fix needs. */
export interface Commits {
  commit(commit: Commit): Promise<Committed>;
  /** What would stand in the way of a claim now; null where nothing does. Where something does, the incident gets its place in the queue. */
  tryQueueClaim(incident: Incident, claim: Claim): Promise<Blocker | null>;
  /** The number of the last claim of all; 0 where there was none. */
  lastFence(): Promise<number>;
}

/**
 * The memory of Medic, in parts: whoever uses it asks for those that they use. Any method may throw when it cannot be reached; nothing is
 * then known to have happened.
 */
export interface Store
  extends Heart,
    ChatHeart,
    Incidents,
    Index,
    Past,
    Commits,
    Facts,
    Attempts,
    Outbox,
    PendingNotifications,
    OnceNames,
    OrderStore,
    Breakers,
    BatchFiller,
    BatchFlusher {}
