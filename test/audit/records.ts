import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Checkpoint, type Head, nextCheckpoint } from '../../src/audit/checkpoint.ts';
import { type AuditSource, exportRecords, linesOf } from '../../src/audit/export.ts';
import type { HeldHead } from '../../src/audit/known.ts';
import type { About, Span } from '../../src/audit/records.ts';
import { createVerifier, type Verdict } from '../../src/audit/verify.ts';
import { readExport } from '../../src/cli/audit-file.ts';
import { chain, type TimelineEntry, type TimelineEvent } from '../../src/incident/model/timeline.ts';
import { T0 } from '../kit/incident/fixtures.ts';

/** The record of an incident as it lies in a memory. */
export interface Kept {
  about: About;
  entries: TimelineEntry[];
}

/** A memory that records and puts what it has recorded under checkpoints, and with which anything can be done. */
export function newMemory() {
  const records = new Map<string, Kept>();
  let checkpoints: Checkpoint[] = [];
  const evidence = new Map<string, readonly object[]>();
  const changed = new Map<string, Head>();
  let now = T0;
  const memory = {
    records,
    evidence,
    get checkpoints() {
      return checkpoints;
    },
    set checkpoints(all) {
      checkpoints = all;
    },
    pass(ms: number) {
      now += ms;
    },
    write(id: string, ...happenings: readonly TimelineEvent[]) {
      const origin = { hash: createHash('sha256').update(id).digest('hex'), length: 0 };
      const before = records.get(id);
      const { entries, head } = chain(before?.about.head ?? origin, now, happenings);
      const closes = happenings.some(({ kind }) => kind === 'closed');
      const about: About = {
        subject: { kind: 'service', name: id.replace(/^inc-/, ''), environment: 'production' },
        title: `${id} is ill`,
        severity: 'critical',
        phase: closes ? 'closed' : 'escalated',
        openedAt: before?.about.openedAt ?? now,
        closedAt: closes ? now : (before?.about.closedAt ?? null),
        head,
      };
      records.set(id, { about, entries: [...(before?.entries ?? []), ...entries] });
      changed.set(id, { incident: id, ...head, closedAt: about.closedAt });
    },
    checkpoint() {
      checkpoints = [...checkpoints, nextCheckpoint(checkpoints.at(-1) ?? null, now, [...changed.values()])];
      changed.clear();
    },
    source(): AuditSource {
      return {
        now: async () => now,
        async *checkpoints() {
          yield* checkpoints;
        },
        incidents: async () => [...records.keys()].sort(),
        async record(id) {
          const one = records.get(id);
          return one === undefined
            ? null
            : { about: one.about, entries: one.entries.map((entry) => JSON.stringify(entry)) };
        },
        evidence: async (id, round) => evidence.get(`${id} ${round}`) ?? null,
      };
    },
  };
  return memory;
}

export type Memory = ReturnType<typeof newMemory>;

const EVERYTHING: Span = { since: null, until: null, service: null };

export async function exportOf(memory: Pick<Memory, 'source'>, span: Partial<Span> = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(exportRecords(memory.source(), { ...EVERYTHING, ...span })))
    lines.push(line);
  return lines;
}

/** What is found in a file of these lines. */
export async function found(lines: readonly string[], held: HeldHead | null = null): Promise<Verdict> {
  const verifier = createVerifier({ held });
  await readExport(Readable.from([lines.map((line) => `${line}\n`).join('')]), verifier);
  return verifier.verdict();
}

/** The same lines with an end that fits them, as somebody would write it who wants to hide what they did. */
export function resealed(lines: readonly string[]): string[] {
  const before = lines.filter((line) => !line.startsWith('{"kind":"end"'));
  const count = (kind: string) => before.filter((line) => line.startsWith(`{"kind":"${kind}"`)).length;
  const hash = createHash('sha256');
  for (const line of before) hash.update(`${line}\n`);
  const end = {
    kind: 'end',
    checkpoints: count('checkpoint'),
    incidents: count('incident'),
    entries: count('entry'),
    hash: hash.digest('hex'),
  };
  return [...before, JSON.stringify(end)];
}
