import { createHash } from 'node:crypto';
import type { Head } from '../audit/checkpoint.ts';
import { type AuditRecord, type End, type Header, VERSION } from '../audit/records.ts';
import type { Verifier } from '../audit/verify.ts';

/** What was given is no export at all, or of a newer Medic: it cannot be verified. */
export class NoExport extends Error {
  override readonly name = 'NoExport';
}

const KINDS: readonly string[] = [
  'checkpoint',
  'incident',
  'entry',
  'evidence',
  'unreadable',
] satisfies readonly AuditRecord['kind'][];

/** Hands an export line by line to a verifier, with what only its lines can tell: that one was changed, and that it ends before its end. */
export async function readExport(stream: NodeJS.ReadableStream, verifier: Verifier): Promise<void> {
  const hash = createHash('sha256');
  let number = 0;
  let end: End | null = null;
  for await (const line of linesIn(stream)) {
    number += 1;
    const record = read(line);
    if (number === 1) verifier.take(headerIn(record), number);
    else if (end !== null) verifier.note('something stands after its end', number);
    else if (record === null || record.kind === 'medic-audit')
      verifier.note('this line is no part of a record', number);
    else if (isEnd(record)) {
      end = record;
      if (record.hash !== hash.digest('hex'))
        verifier.note(
          'the lines before are not those that were exported: one of them was changed, removed or added',
          number,
        );
    } else verifier.take(record, number);
    if (end === null) hash.update(`${line}\n`);
  }
  if (number === 0) throw new NoExport('it is empty');
  if (end === null)
    verifier.note(`the file ends with line ${number}, before its end: it was cut short`, number);
}

/** By line feeds alone: whatever else counts as the end of a line somewhere may stand in a text. */
async function* linesIn(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const part of stream) {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

type Line = AuditRecord | End | null;

/** Null for what is no record. What a record holds is judged by the verifier. */
function read(line: string): Line {
  try {
    const record = JSON.parse(line) as AuditRecord | End | null;
    if (typeof record !== 'object' || record === null) return null;
    return record.kind === 'medic-audit' || isEnd(record) || (KINDS.includes(record.kind) && isSound(record))
      ? record
      : null;
  } catch {
    return null;
  }
}

function isEnd(record: AuditRecord | End): record is End {
  return record.kind === 'end';
}

/** Whether it has what is reckoned with: somebody else may have written it. */
function isSound(record: Exclude<AuditRecord, Header>): boolean {
  switch (record.kind) {
    case 'checkpoint':
      return Number.isInteger(record.n) && Array.isArray(record.heads) && record.heads.every(isHead);
    case 'incident':
      return (
        typeof record.id === 'string' &&
        (record.about === null || Number.isInteger(record.about?.head?.length))
      );
    case 'entry':
      return (
        typeof record.incident === 'string' && Number.isInteger(record.seq) && typeof record.hash === 'string'
      );
    case 'evidence':
      return (
        typeof record.incident === 'string' &&
        Number.isInteger(record.round) &&
        Array.isArray(record.items) &&
        record.items.every((one) => typeof one === 'object' && one !== null)
      );
    case 'unreadable':
      return typeof record.incident === 'string';
    default:
      return record satisfies never;
  }
}

function isHead(head: Partial<Head> | null): boolean {
  return (
    typeof head?.incident === 'string' &&
    Number.isInteger(head.length) &&
    (head.closedAt === null || Number.isInteger(head.closedAt))
  );
}

function headerIn(record: Line): Header {
  if (record?.kind !== 'medic-audit')
    throw new NoExport('its first line is not that of `medic audit export`');
  if (record.version > VERSION)
    throw new NoExport(`a newer Medic wrote it (version ${record.version}; this one reads ${VERSION})`);
  return record;
}
