import { type Checkpoint, type Head, KEPT } from './checkpoint.ts';
import { flawsOf, missing } from './flaws.ts';

/** A checkpoint that somebody outside has held. */
export interface HeldHead {
  readonly n: number;
  readonly hash: string;
}

/** What checkpoints say of one incident: with what hash its record ended at each length, and in which checkpoint. */
export interface Known {
  readonly marks: ReadonlyMap<number, { readonly n: number; readonly hash: string }>;
  readonly longest: number;
  readonly closedAt: number | null;
}

/** What was found, and of which incident; null where of none. */
export type Note = (what: string, incident?: string) => void;

export interface Ledger {
  /** Takes the next checkpoint, and says what is wrong with it; `at` is when all was read. */
  take(checkpoint: Checkpoint, at: number, note: Note): void;
  of(incident: string): Known | null;
  /** Says which incidents are missing whose time is not up. */
  lookForMissing(seen: ReadonlySet<string>, at: number, note: Note): void;
  /** Says whether a checkpoint that is held elsewhere is among them. */
  compare(held: HeldHead, note: Note): void;
  newest(): HeldHead | null;
}

/** Keeps what checkpoints say: how far each record must at least have come, and with what in it. */
export function createLedger(): Ledger {
  const known = new Map<string, Growing>();
  /** By its number, the hash of each checkpoint. */
  const hashes = new Map<number, string>();
  let first: Checkpoint | null = null;
  let last: Checkpoint | null = null;
  return {
    take(checkpoint, at, note) {
      for (const what of flawsOf(last, checkpoint, at)) note(what);
      first ??= checkpoint;
      last = checkpoint;
      hashes.set(checkpoint.n, checkpoint.hash);
      for (const head of checkpoint.heads) {
        const one = known.get(head.incident) ?? { marks: new Map(), longest: 0, closedAt: null };
        known.set(head.incident, one);
        learn(one, head, checkpoint.n, note);
      }
    },
    of: (incident) => known.get(incident) ?? null,
    lookForMissing(seen, at, note) {
      for (const [id, one] of known) {
        const isOver = one.closedAt !== null && one.closedAt + KEPT <= at;
        if (!seen.has(id) && !isOver) note(`the whole incident is missing: ${beyond(one, 0)}`, id);
      }
    },
    compare({ n, hash }, note) {
      const here = hashes.get(n);
      if (here === hash) return;
      if (here !== undefined)
        note(`checkpoint ${n} is another one than you hold: what was on record by then was written anew`);
      else if (n > (last?.n ?? 0))
        note(
          `you hold checkpoint ${n}, and the newest here is ${last?.n ?? 'none'}: what was put on record between them is missing`,
        );
      else note(`checkpoint ${n}, which you hold, is not here: the oldest is ${first?.n ?? 'none'}`);
    },
    newest: () => (last === null ? null : { n: last.n, hash: last.hash }),
  };
}

/** The same while it grows. */
interface Growing {
  readonly marks: Map<number, { readonly n: number; readonly hash: string }>;
  longest: number;
  closedAt: number | null;
}

function learn(one: Growing, { incident, length, hash, closedAt }: Head, n: number, note: Note): void {
  const { marks, longest } = one;
  if (length < longest)
    note(`checkpoint ${n} knows fewer entries of it (${length}) than one before (${longest})`, incident);
  const other = marks.get(length);
  if (other === undefined) marks.set(length, { n, hash });
  else if (other.hash !== hash)
    note(`checkpoint ${n} knows another entry ${length} of it than checkpoint ${other.n}`, incident);
  one.longest = Math.max(longest, length);
  one.closedAt = closedAt;
}

/** What a checkpoint knows of entries beyond those that are there. */
export function beyond({ marks, longest }: Known, length: number): string {
  return `${missing(length + 1, longest)}, which checkpoint ${marks.get(longest)?.n} knows`;
}
