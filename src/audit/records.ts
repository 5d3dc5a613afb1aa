import type { Checkpoint } from './checkpoint.ts';

/** What a record is of, as the state of its incident says; for people who read an export. Times are epoch milliseconds. */
export interface About {
  readonly subject: { readonly kind: string; readonly name: string; readonly environment: string };
  readonly title: string;
  readonly severity: string;
  readonly phase: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
  /** How many entries there are, and the hash of the last. */
  readonly head: { readonly hash: string; readonly length: number };
}

/** Which incidents an export is of; null where nothing narrows it. */
export interface Span {
  /** Epoch milliseconds: something was put on record at `since` or later, and it opened before `until`. */
  readonly since: number | null;
  readonly until: number | null;
  readonly service: string | null;
}

/** What the first line of an export says. */
export interface Header extends Span {
  readonly kind: 'medic-audit';
  readonly version: number;
  /** When the export began: all that was acknowledged by then is in it. */
  readonly at: number;
}

/** What this Medic reads, and writes where evidence was asked for; without that an older one can read it too. */
export const VERSION = 2;
export const WITHOUT_EVIDENCE = 1;

/** An entry as it is stored; whoever reads it may expect nothing of it. */
export interface StoredEntry {
  readonly seq: number;
  readonly at: number;
  readonly happening: object;
  readonly hash: string;
}

/** A line of an export, in this order: the header, all checkpoints, each incident by its id followed by its entries and its evidence, the end. */
export type AuditRecord =
  | Header
  | ({ readonly kind: 'checkpoint' } & Checkpoint)
  | { readonly kind: 'incident'; readonly id: string; readonly about: About | null }
  | ({ readonly kind: 'entry'; readonly incident: string } & StoredEntry)
  /** What was found in one round, from which it was concluded; only where it was asked for. Whoever reads it may expect nothing of it. */
  | {
      readonly kind: 'evidence';
      readonly incident: string;
      readonly round: number;
      readonly items: readonly object[];
    }
  /** What lies in a record and is no entry. */
  | { readonly kind: 'unreadable'; readonly incident: string; readonly text: string };

/** The last line: how many there are of each, and the SHA-256 of all lines before it. */
export interface End {
  readonly kind: 'end';
  readonly checkpoints: number;
  readonly incidents: number;
  readonly entries: number;
  readonly hash: string;
}
