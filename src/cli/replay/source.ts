import { createReadStream, existsSync, statSync } from 'node:fs';
import { openAuditSource } from '../../app/checks/audit-source.ts';
import { readFolder } from '../../app/replay/folder.ts';
import { NoReplay, type Past } from '../../app/replay/past.ts';
import { type OnRecord, pastOf } from '../../app/replay/record.ts';
import type { AuditSource } from '../../audit/export.ts';
import type { AuditRecord, StoredEntry } from '../../audit/records.ts';
import { createVerifier } from '../../audit/verify.ts';
import { loadMemory } from '../../config/memory.ts';
import { whyUnreadable } from '../../lib/schema/mistake.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { NoExport, readExport } from '../audit-file.ts';
import type { Which } from './usage.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** An incident of the past, and the services that were kept with it. */
export interface Found {
  readonly past: Past;
  readonly services: Readonly<Record<string, unknown>>;
}

/** Reads an incident from Redis, from an export, or from a folder that was kept. @throws NoReplay */
export async function findPast(
  { incident, from, round }: Which,
  environment: Variables,
  input: NodeJS.ReadableStream,
): Promise<Found> {
  if (from !== null) {
    if (isFolder(from)) return readFolder(from);
    return { past: await pastOf(await inExport(from, incident, input), round), services: {} };
  }
  if (incident !== null && isFolder(incident)) return readFolder(incident);
  if (incident === null) throw new NoReplay('no incident is named');
  return { past: await inRedis(incident, round, environment), services: {} };
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

async function inRedis(id: string, round: number | null, environment: Variables): Promise<Past> {
  const { source, close } = await openAuditSource(loadMemory(environment));
  try {
    return await pastOf(await recordOf(source, id), round);
  } finally {
    await close();
  }
}

async function recordOf(source: AuditSource, id: string): Promise<OnRecord> {
  const record = await source.record(id);
  if (record === null) throw new NoReplay(unknown(id, await source.incidents(), 'Redis'));
  return {
    id,
    about: record.about,
    entries: record.entries.map((text) => JSON.parse(text) as StoredEntry),
    evidence: (round) => source.evidence(id, round),
    remedy: 'evidence is kept for 90 days',
  };
}

function unknown(id: string, ids: readonly string[], where: string): string {
  const near = nearest(id, ids);
  return `${where} knows no incident ${id}${near === null ? '' : `: did you mean ${near}?`}`;
}

type Of<Kind extends AuditRecord['kind']> = Extract<AuditRecord, { readonly kind: Kind }>;

async function inExport(
  file: string,
  wanted: string | null,
  input: NodeJS.ReadableStream,
): Promise<OnRecord> {
  const abouts = new Map<string, Of<'incident'>['about']>();
  const records: (Of<'entry'> | Of<'evidence'>)[] = [];
  const verifier = createVerifier();
  const taking = {
    ...verifier,
    take(record: AuditRecord) {
      if (record.kind === 'incident') abouts.set(record.id, record.about);
      const mine = record.kind === 'entry' || record.kind === 'evidence';
      // Without a name there is to be one incident: no more than two are held in memory.
      if (mine && (wanted === null ? abouts.size < 2 : record.incident === wanted)) records.push(record);
    },
  };
  try {
    await readExport(file === '-' ? input : createReadStream(file), taking);
  } catch (error) {
    const why =
      error instanceof NoExport ? `is no export that can be read: ${error.message}` : whyUnreadable(error);
    throw new NoReplay(`${file} ${why}`);
  }
  const id = wanted ?? [...abouts.keys()][0] ?? null;
  if (id === null || !abouts.has(id)) throw new NoReplay(unknown(wanted ?? '', [...abouts.keys()], file));
  if (wanted === null && abouts.size > 1)
    throw new NoReplay(`${file} holds ${abouts.size} incidents: say which, such as ${id}`);
  const rounds = new Map(records.flatMap((one) => (one.kind === 'evidence' ? [[one.round, one.items]] : [])));
  return {
    id,
    about: abouts.get(id) ?? null,
    entries: records.flatMap((one) => (one.kind === 'entry' ? [one] : [])),
    evidence: async (round) => rounds.get(round) ?? null,
    remedy: 'export it with medic audit export --evidence',
  };
}
