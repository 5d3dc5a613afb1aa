import type { Mode } from '../../policy/verdict.ts';
import type { Silence } from '../../silence/silence.ts';

/** What one look at the memory tells of the present. */
export interface Snapshot {
  /** The clock of record, epoch milliseconds. */
  readonly now: number;
  /** Since when Medic has been alive without a gap. */
  readonly aliveSince: number;
  /** Since when people could reach it as well. */
  readonly reachableSince: number;
  readonly silences: { readonly version: number; readonly list: readonly Silence[] };
  /** Modes that people have set over those of the settings, newest first. A change of them counts as a new version of the silences. */
  readonly modes: readonly ModeOrder[];
}

/** A mode that somebody has set, until somebody lifts it; without a service or environment it is for everything. */
export interface ModeOrder {
  readonly service: string | null;
  readonly environment: string | null;
  readonly mode: Mode;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The clock of record. */
export interface Heart {
  /** Says that Medic is alive now, and tells the present. */
  heartbeat(): Promise<Snapshot>;
}

/** The same for the chat. */
export interface ChatHeart {
  /** Says that people can reach Medic now: its chat is connected. */
  chatAlive(): Promise<void>;
}
