import type { Checkpoint } from './checkpoint.ts';
import { createLedger, type HeldHead } from './known.ts';
import { createReading, type Reading } from './reading.ts';
import type { About, AuditRecord, Header, StoredEntry } from './records.ts';

/** Something that is not as it was recorded. */
export interface Problem {
  /** Where in the file it was found; null where nothing is a file. */
  readonly line: number | null;
  readonly incident: string | null;
  readonly what: string;
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
  note(what: string, line: number): void;
  verdict(): Verdict;
}

/** As many problems are listed. */
const LISTED = 200;

/**
 * Reads a record line by line and says everything in which it is not what was recorded: an entry or a checkpoint that was changed, removed or moved, a
 * record that was cut short, an incident that is missing. Holds in memory what checkpoints say, and no entries.
 *
 * @param options.held a checkpoint that somebody outside holds, which must be among those that are read
 */
export function createVerifier({ held = null }: { readonly held?: HeldHead | null } = {}): Verifier {
  const ledger = createLedger();
  const problems: Problem[] = [];
  const counts = { found: 0, incidents: 0, entries: 0, unknown: 0, newer: 0, checkpoints: 0 };
  const seen = new Set<string>();
  let header: Header | null = null;
  let current: { readonly id: string; readonly reading: Reading } | null = null;
  let lastId = '';

  const note = (what: string, line: number | null, incident: string | null = null) => {
    counts.found += 1;
    if (problems.length < LISTED) problems.push({ line, incident, what });
  };
  const noteAt = (line: number | null) => (what: string, incident?: string) => note(what, line, incident);

  const takeCheckpoint = (checkpoint: Checkpoint, line: number | null) => {
    counts.checkpoints += 1;
    if (counts.incidents > 0) note(`checkpoint ${checkpoint.n} stands after the incidents`, line);
    ledger.take(checkpoint, header?.at ?? checkpoint.at, noteAt(line));
  };
  const finish = (line: number | null) => {
    if (current === null) return;
    const { id, reading } = current;
    const flaw = reading.end();
    if (flaw !== null) note(flaw, line, id);
    counts.newer += reading.newer();
    current = null;
  };
  const begin = (id: string, about: About | null, line: number | null) => {
    finish(line);
    counts.incidents += 1;
    if (seen.has(id)) note('it is there twice', line, id);
    else if (id < lastId) note(`it is out of order: it stands after ${lastId}`, line, id);
    lastId = id;
    seen.add(id);
    const known = ledger.of(id);
    if (known === null) counts.unknown += 1;
    current = { id, reading: createReading(id, about, known) };
  };
  const takeEntry = (incident: string, entry: StoredEntry, line: number | null) => {
    counts.entries += 1;
    const flaw =
      current?.id === incident
        ? current.reading.take(entry)
        : `its entry ${entry.seq} stands where it does not belong`;
    if (flaw !== null) note(flaw, line, incident);
  };

  return {
    take(record, line = undefined) {
      const at = line ?? null;
      switch (record.kind) {
        case 'medic-audit':
          header = record;
          return;
        case 'checkpoint':
          takeCheckpoint(record, at);
          return;
        case 'incident':
          begin(record.id, record.about, at);
          return;
        case 'entry':
          takeEntry(record.incident, record, at);
          return;
        case 'evidence':
          if (current?.id !== record.incident)
            note('evidence of it stands where it does not belong', at, record.incident);
          return;
        case 'unreadable':
          counts.entries += 1;
          note('one of its entries cannot be read', at, record.incident);
          return;
        default:
          record satisfies never;
      }
    },
    note,
    verdict() {
      finish(null);
      const isPart = isNarrowed(header);
      if (!isPart) ledger.lookForMissing(seen, header?.at ?? 0, noteAt(null));
      if (held !== null) ledger.compare(held, noteAt(null));
      const { checkpoints: count, ...others } = counts;
      return { problems, ...others, isPart, checkpoints: { count, newest: ledger.newest() } };
    },
  };
}

function isNarrowed(header: Header | null): boolean {
  return header !== null && (header.since ?? header.until ?? header.service) !== null;
}
