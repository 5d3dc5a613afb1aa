import { createHash } from 'node:crypto';
import { type Checkpoint, type Head, KEPT } from './checkpoint.ts';
import { flawOf, flawsOf, missing } from './flaws.ts';
import type { About, AuditRecord, Header, StoredEntry } from './records.ts';

/** Something that is not as it was recorded. */
export interface Problem {
  /** Where in the file it was found; null where nothing is a file. */
  readonly line: number | null;
  readonly incident: string | null;
  readonly what: string;
}

/** A checkpoint that somebody outside has held. */
export interface HeldHead {
  readonly n: number;
  readonly hash: string;
}

export interface Verdict {
  readonly problems: readonly Problem[];
  /** How many there are: of very many only the first are listed. */
  readonly found: number;
  readonly incidents: number;
  readonly entries: number;
  /** Incidents that no checkpoint knows: of an older Medic, or too new. They are whole in themselves; that none is missing cannot be told. */
  readonly unknown: number;
  /** Entries of known incidents that are newer than their newest checkpoint. */
  readonly newer: number;
  readonly checkpoints: { readonly count: number; readonly newest: HeldHead | null };
  /** Whether only a part was exported, of which nobody can say that no incident is missing. */
  readonly isPart: boolean;
}

export interface Verifier {
  take(record: AuditRecord, line?: number): void;
  /** Says that something is wrong which only the reader of a file can see. */
  note(what: string, line?: number | null): void;
  verdict(): Verdict;
}

/** As many problems are listed. */
const LISTED = 200;

/** What checkpoints say of one incident: with what hash its record ended at each length, and in which checkpoint. */
interface Known {
  readonly marks: Map<number, { readonly n: number; readonly hash: string }>;
  longest: number;
  closedAt: number | null;
}

/** The incident whose entries are being read. */
interface Current {
  readonly id: string;
  readonly about: About | null;
  readonly known: Known | null;
  hash: string;
  length: number;
  sound: boolean;
}

/**
 * Reads a record line by line and says everything in which it is not what was recorded: an entry or a checkpoint that was changed, removed or moved, a
 * record that was cut short, an incident that is missing. Holds in memory what checkpoints say, and no entries.
 */
export function createVerifier({ held = null }: { readonly held?: HeldHead | null } = {}): Verifier {
  const known = new Map<string, Known>();
  const problems: Problem[] = [];
  const counts = { found: 0, incidents: 0, entries: 0, unknown: 0, newer: 0, checkpoints: 0 };
  const seen = new Set<string>();
  let header: Header | null = null;
  let checkpoint: Checkpoint | null = null;
  let first: Checkpoint | null = null;
  let isHeld: boolean | null = null;
  let current: Current | null = null;
  let lastId = '';

  const note = (what: string, line: number | null = null, incident: string | null = null) => {
    counts.found += 1;
    if (problems.length < LISTED) problems.push({ line, incident, what });
  };

  function takeCheckpoint(next: Checkpoint, line: number | null): void {
    counts.checkpoints += 1;
    for (const what of flawsOf(checkpoint, next, header?.at ?? next.at)) note(what, line);
    checkpoint = next;
    first ??= next;
    if (held?.n === next.n) isHeld = held.hash === next.hash;
    if (counts.incidents > 0) note(`checkpoint ${next.n} stands after the incidents`, line);
    for (const head of next.heads) takeHead(head, next.n, line);
  }

  function takeHead({ incident, length, hash, closedAt }: Head, n: number, line: number | null): void {
    const one = known.get(incident) ?? { marks: new Map(), longest: 0, closedAt };
    known.set(incident, one);
    one.closedAt = closedAt;
    if (length < one.longest)
      note(
        `checkpoint ${n} knows fewer entries of it (${length}) than one before (${one.longest})`,
        line,
        incident,
      );
    const other = one.marks.get(length);
    if (other !== undefined && other.hash !== hash)
      note(`checkpoint ${n} knows another entry ${length} of it than checkpoint ${other.n}`, line, incident);
    one.marks.set(length, other ?? { n, hash });
    one.longest = Math.max(one.longest, length);
  }

  function begin(id: string, about: About | null, line: number | null): void {
    finish(line);
    counts.incidents += 1;
    if (seen.has(id)) note('it is there twice', line, id);
    else if (id < lastId) note(`it is out of order: it stands after ${lastId}`, line, id);
    lastId = id;
    seen.add(id);
    const origin = createHash('sha256').update(id).digest('hex');
    current = { id, about, known: known.get(id) ?? null, hash: origin, length: 0, sound: true };
  }

  function takeEntry(incident: string, entry: StoredEntry, line: number | null): void {
    counts.entries += 1;
    if (current?.id !== incident) {
      note(`its entry ${entry.seq} stands where it does not belong`, line, incident);
      return;
    }
    const flaw = flawOf(entry, current);
    if (flaw !== null) {
      note(flaw, line, incident);
      current.sound = false;
    }
    if (entry.seq <= current.length) return;
    // It goes on from what stands there, so that one fault is told once.
    current.hash = entry.hash;
    current.length = entry.seq;
    const mark = current.known?.marks.get(entry.seq);
    if (mark !== undefined && mark.hash !== entry.hash && current.sound) {
      note(
        `entry ${entry.seq} is another one than checkpoint ${mark.n} knows: the record was written anew`,
        line,
        incident,
      );
      current.sound = false;
    }
  }

  function finish(line: number | null): void {
    if (current === null) return;
    const { id, about, known: one, hash, length, sound } = current;
    if (one === null) counts.unknown += 1;
    else counts.newer += Math.max(0, length - one.longest);
    if (one !== null && length < one.longest)
      note(`it ends with entry ${length}: ${beyond(one, length)}`, line, id);
    else if (about === null) note('its state is missing or cannot be read', line, id);
    else if (length < about.head.length)
      note(
        `it ends with entry ${length}, and its state names ${about.head.length}: ${missing(length + 1, about.head.length)}`,
        line,
        id,
      );
    else if (length > about.head.length || (sound && hash !== about.head.hash))
      note(`its last entry (${length}) is not the one that its state names (${about.head.length})`, line, id);
    current = null;
  }

  function lookForMissing(): void {
    const at = header?.at ?? 0;
    for (const [id, one] of known) {
      const isOver = one.closedAt !== null && one.closedAt + KEPT <= at;
      if (!seen.has(id) && !isOver) note(`the whole incident is missing: ${beyond(one, 0)}`, null, id);
    }
  }

  function compareHeld(): void {
    if (held === null || isHeld === true) return;
    const newest = checkpoint?.n ?? 0;
    if (isHeld === false)
      note(`checkpoint ${held.n} is another one than you hold: what was on record by then was written anew`);
    else if (held.n > newest)
      note(
        `you hold checkpoint ${held.n}, and the newest here is ${newest}: what was put on record between them is missing`,
      );
    else
      note(`checkpoint ${held.n}, which you hold, is not kept any more: the oldest is ${first?.n ?? 'none'}`);
  }

  return {
    take(record, line) {
      const at = line ?? null;
      switch (record.kind) {
        case 'medic-audit':
          header = record;
          break;
        case 'checkpoint':
          takeCheckpoint(record, at);
          break;
        case 'incident':
          begin(record.id, record.about, at);
          break;
        case 'entry':
          takeEntry(record.incident, record, at);
          break;
        case 'unreadable':
          counts.entries += 1;
          note('one of its entries cannot be read', at, record.incident);
          break;
        default:
          record satisfies never;
      }
    },
    note: (what, line) => note(what, line ?? null),
    verdict() {
      finish(null);
      const isPart = header !== null && (header.since ?? header.until ?? header.service) !== null;
      if (!isPart) lookForMissing();
      compareHeld();
      const { found, checkpoints, ...others } = counts;
      const newest =
        checkpoint === null
          ? null
          : { n: (checkpoint as Checkpoint).n, hash: (checkpoint as Checkpoint).hash };
      return { problems, found, ...others, isPart, checkpoints: { count: checkpoints, newest } };
    },
  };
}

/** What a checkpoint knows of entries beyond those that are there. */
function beyond({ marks, longest }: Known, length: number): string {
  return `${missing(length + 1, longest)}, which checkpoint ${marks.get(longest)?.n} knows`;
}
