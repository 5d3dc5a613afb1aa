import type { Silence } from '../../silence/silence.ts';
import type { ModeOrder } from './snapshot.ts';

/** Names of deliveries. */
export interface OnceNames {
  /** Takes the name of a delivery whose order is not named anywhere else: false where it was taken before. */
  takeOnce(once: string): Promise<boolean>;
}

/** What people have ordered, and their silences elsewhere. */
export interface OrderStore {
  pause(by: string): Promise<void>;
  resume(): Promise<void>;
  paused(): Promise<string | null>;
  silence(silence: Silence): Promise<void>;
  /** False where there is none of that id. */
  unsilence(id: string): Promise<boolean>;
  /**
   * Puts other modes in place of those that people have set, unless these or the silences have changed since the version that was
   * read (`conflict`), or this delivery was taken before (`repeated`).
   */
  orderModes(
    modes: readonly ModeOrder[],
    how: { readonly since: number; readonly once: string },
  ): Promise<'ordered' | 'conflict' | 'repeated'>;
  /** Replaces all silences of one source. */
  syncSilences(source: Silence['source'], silences: readonly Silence[]): Promise<void>;
}

/** Targets that automation leaves alone. */
export interface Breakers {
  /** Lets automation act on these targets again; those it had been stopped for. */
  resetBreaker(targets: readonly string[]): Promise<readonly string[]>;
  /** Targets whose automation is stopped until a person resets it. */
  tripped(): Promise<readonly string[]>;
}
