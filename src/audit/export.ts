import { createHash } from 'node:crypto';
import type { Checkpoint } from './checkpoint.ts';
import {
  type About,
  type AuditRecord,
  type End,
  type Span,
  type StoredEntry,
  VERSION,
  WITHOUT_EVIDENCE,
} from './records.ts';

/** The record of one incident, read at one moment. */
export interface StoredRecord {
  readonly about: About | null;
  /** As text, the oldest first. */
  readonly entries: readonly string[];
}

/** Where the record of all incidents lies. */
export interface AuditSource {
  /** The clock of record. */
  now(): Promise<number>;
  /** All that are kept, the oldest first. */
  checkpoints(): AsyncIterable<Checkpoint>;
  /** Every incident of which anything is kept, by whatever index knows it or none; sorted. */
  incidents(): Promise<readonly string[]>;
  /** Null where it is gone by now. */
  record(incident: string): Promise<StoredRecord | null>;
  /** What was found in a round, whole; null where it is not kept, or cannot be read. */
  evidence(incident: string, round: number): Promise<readonly object[] | null>;
}

interface ExportOptions {
  /** Takes the secrets out of evidence, of which only the texts were freed of them when it was stored. Null: no evidence is exported. */
  readonly evidence: ((items: readonly object[]) => readonly object[]) | null;
}

/**
 * Everything on record, one incident in memory at a time. Checkpoints are read first: records only grow, so that each is at least as long
 * as any checkpoint in the export says, whatever is written meanwhile.
 */
export async function* exportRecords(
  source: AuditSource,
  span: Span,
  { evidence }: ExportOptions = { evidence: null },
): AsyncGenerator<AuditRecord> {
  const version = evidence === null ? WITHOUT_EVIDENCE : VERSION;
  yield { kind: 'medic-audit', version, at: await source.now(), ...span };
  for await (const checkpoint of source.checkpoints()) yield { kind: 'checkpoint', ...checkpoint };
  for (const id of await source.incidents()) {
    const record = await source.record(id);
    if (record === null) continue;
    const entries = record.entries.map((text) => readEntry(id, text));
    if (!isWithin(span, record.about, entries)) continue;
    yield { kind: 'incident', id, about: record.about };
    yield* entries;
    for (const round of evidence === null ? [] : roundsIn(entries)) {
      const items = await source.evidence(id, round);
      if (items !== null) yield { kind: 'evidence', incident: id, round, items: evidence?.(items) ?? [] };
    }
  }
}

/** The rounds of which evidence came in. */
function roundsIn(entries: readonly AuditRecord[]): readonly number[] {
  const rounds = entries.flatMap((entry) => {
    const { kind, round } = (entry.kind === 'entry' ? entry.happening : {}) as Readonly<
      Record<string, unknown>
    >;
    return kind === 'evidence' && typeof round === 'number' ? [round] : [];
  });
  return [...new Set(rounds)];
}

function readEntry(incident: string, text: string): Extract<AuditRecord, { readonly incident: string }> {
  try {
    // Parsed and written again it is letter for letter the same: that is how it was written in the first place.
    return { kind: 'entry', incident, ...(JSON.parse(text) as StoredEntry) };
  } catch {
    return { kind: 'unreadable', incident, text };
  }
}

/** What nobody can tell of is always in it. */
function isWithin(
  { since, until, service }: Span,
  about: About | null,
  entries: readonly AuditRecord[],
): boolean {
  if (about === null) return true;
  const last = entries.at(-1);
  const lastAt = last?.kind === 'entry' ? last.at : about.openedAt;
  return (
    (since === null || lastAt >= since) &&
    (until === null || about.openedAt < until) &&
    (service === null || about.subject.name === service)
  );
}

/** An export as lines of JSON, without their ends; the last says how many there were, and what they were. */
export async function* linesOf(records: AsyncIterable<AuditRecord>): AsyncGenerator<string, End> {
  const hash = createHash('sha256');
  const counts = { checkpoint: 0, incident: 0, entry: 0, evidence: 0, unreadable: 0, 'medic-audit': 0 };
  for await (const record of records) {
    counts[record.kind] += 1;
    const line = JSON.stringify(record);
    hash.update(`${line}\n`);
    yield line;
  }
  const end: End = {
    kind: 'end',
    checkpoints: counts.checkpoint,
    incidents: counts.incident,
    entries: counts.entry + counts.unreadable,
    hash: hash.digest('hex'),
  };
  yield JSON.stringify(end);
  return end;
}
