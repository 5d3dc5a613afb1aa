import { createHash } from 'node:crypto';
import { flawOf, missing } from './flaws.ts';
import { beyond, type Known } from './known.ts';
import type { About, StoredEntry } from './records.ts';

/** An incident whose entries are being read. */
export interface Reading {
  /** Takes the next entry, and says what is wrong with it; null where nothing is. */
  take(entry: StoredEntry): string | null;
  /** Says what is wrong with its end; null where nothing is. */
  end(): string | null;
  /** How many entries are newer than any that a checkpoint knows. */
  newer(): number;
}

/** Reads the record of one incident, which hangs on the incident's id. */
export function createReading(id: string, about: About | null, known: Known | null): Reading {
  const last = { hash: createHash('sha256').update(id).digest('hex'), length: 0 };
  let sound = true;
  return {
    take(entry) {
      const flaw = flawOf(entry, last) ?? (sound ? rewritten(entry, known) : null);
      if (flaw !== null) sound = false;
      // It goes on from what stands there, so that one fault is told once.
      if (entry.seq > last.length) Object.assign(last, { hash: entry.hash, length: entry.seq });
      return flaw;
    },
    end() {
      const { hash, length } = last;
      if (known !== null && length < known.longest)
        return `it ends with entry ${length}: ${beyond(known, length)}`;
      if (about === null) return 'its state is missing or cannot be read';
      const named = about.head;
      if (length < named.length)
        return `it ends with entry ${length}, and its state names ${named.length}: ${missing(length + 1, named.length)}`;
      return length > named.length || (sound && hash !== named.hash)
        ? `its last entry (${length}) is not the one that its state names (${named.length})`
        : null;
    },
    newer: () => (known === null ? 0 : Math.max(0, last.length - known.longest)),
  };
}

/** An entry that fits those before it, and is another one than was there once. */
function rewritten({ seq, hash }: StoredEntry, known: Known | null): string | null {
  const mark = known?.marks.get(seq);
  return mark === undefined || mark.hash === hash
    ? null
    : `entry ${seq} is another one than checkpoint ${mark.n} knows: the record was written anew`;
}
