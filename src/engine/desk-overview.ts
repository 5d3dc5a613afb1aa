import type { Incident } from '../incident/incident.ts';
import type { TrackRecord } from '../knowledge/track-record.ts';
import type { Mode } from '../policy/verdict.ts';
import type { ModeOrder } from './store.ts';

/** What a person finds when they come to Medic. */
export interface Overview {
  /** Epoch milliseconds of record. */
  readonly now: number;
  /** Newest first. */
  readonly open: readonly Incident[];
  /** Those of them in which a plan waits for this very person: to approve, or held by them. */
  readonly mine: readonly { readonly incident: Incident; readonly why: string }[];
  readonly pausedBy: string | null;
  readonly mode: {
    readonly everywhere: Mode;
    readonly exceptions: readonly string[];
    readonly orders: readonly ModeOrder[];
  };
  /** Silences in force, and targets whose breaker is open, in words. */
  readonly silences: readonly string[];
  readonly tripped: readonly string[];
  /** What is wrong with Medic itself, in sentences; empty where all is well. */
  readonly troubles: readonly string[];
  /** Closed lately, newest first. */
  readonly closed: readonly Incident[];
  readonly track: readonly TrackRecord[];
  /** Whether this person may pause and resume. */
  readonly operator: boolean;
}
