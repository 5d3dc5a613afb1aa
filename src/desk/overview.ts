import type { ModeOrder } from '../engine/store/snapshot.ts';
import type { Incident } from '../incident/model/incident.ts';
import type { TrackRecord } from '../knowledge/track-record.ts';
import type { Said } from '../lib/text/text.ts';
import type { Mode } from '../policy/verdict.ts';

/** How Medic itself is, in sentences. */
export interface Condition {
  /** What is wrong with it, or weaker than people may think; empty where all is well. */
  readonly troubles: readonly string[];
  /** What holds in this installation and need not hold in every one. */
  readonly holds: readonly string[];
}

/** What a person finds when they come to Medic. */
export interface Overview extends Condition {
  /** Epoch milliseconds of record. */
  readonly now: number;
  /** Newest first. */
  readonly open: readonly Incident[];
  /** Those of them in which a plan waits for this very person: to approve, or held by them. */
  readonly mine: readonly { readonly incident: Incident; readonly why: Said }[];
  readonly pausedBy: string | null;
  readonly mode: {
    readonly everywhere: Mode;
    readonly exceptions: readonly Said[];
    readonly orders: readonly ModeOrder[];
  };
  /** Silences in force, and targets whose breaker is open, in words. */
  readonly silences: readonly Said[];
  readonly tripped: readonly Said[];
  /** Closed lately, newest first. */
  readonly closed: readonly Incident[];
  readonly track: readonly TrackRecord[];
  /** Whether this person may pause and resume. */
  readonly operator: boolean;
}
