import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openAuditSource, withoutSecretsIn } from '../app/checks/audit-source.ts';
import { exportRecords, linesOf } from '../audit/export.ts';
import type { End } from '../audit/records.ts';
import { createVerifier, type Verdict } from '../audit/verify.ts';
import { loadMemory } from '../config/memory.ts';
import { NoExport, readExport } from './audit-file.ts';
import { asText, counted } from './audit-text.ts';
import type { AuditWish } from './audit-usage.ts';
import { writeWhole } from './write-whole.ts';

/** Exit codes: all is whole, something is not, it could not be looked at. */
const [WHOLE, BROKEN, UNSEEN] = [0, 1, 2];

interface Streams {
  readonly in: NodeJS.ReadableStream;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}
type Variables = Readonly<Record<string, string | undefined>>;

/** Runs `medic audit …` and answers with its exit code. */
export async function audit(wish: AuditWish, environment: Variables, streams: Streams): Promise<number> {
  try {
    return wish.kind === 'audit-export'
      ? await exported(wish, environment, streams)
      : await verified(wish, environment, streams);
  } catch (error) {
    // Whoever reads the lines may have had enough of them, as `head` has.
    if (isClosedPipe(error)) return UNSEEN;
    streams.err.write(`medic audit: ${error instanceof Error ? error.message : String(error)}\n`);
    return UNSEEN;
  }
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

async function exported(
  { span, out, evidence, json }: Extract<AuditWish, { kind: 'audit-export' }>,
  environment: Variables,
  streams: Streams,
): Promise<number> {
  const { source, close } = await openAuditSource(loadMemory(environment));
  try {
    let end: End | null = null;
    async function* text() {
      const lines = linesOf(exportRecords(source, span, { evidence: evidence ? withoutSecretsIn() : null }));
      for (let next = await lines.next(); ; next = await lines.next()) {
        if (next.done) {
          end = next.value;
          return;
        }
        yield `${next.value}\n`;
      }
    }
    if (out === null) await pipeline(Readable.from(text()), streams.out, { end: false });
    else await writeWhole(out, text());
    const say = out === null ? streams.err : streams.out;
    say.write(json ? `${JSON.stringify({ ...(end ?? {}), file: out })}\n` : sumOf(end, out));
    return WHOLE;
  } finally {
    await close();
  }
}

function sumOf(end: End | null, out: string | null): string {
  const { incidents = 0, entries = 0, checkpoints = 0 } = end ?? {};
  const what = `${counted(incidents, 'incident')} with ${counted(entries, 'entry', 'entries')} and ${counted(checkpoints, 'checkpoint')}`;
  return `exported ${what}${out === null ? '' : ` to ${out}`}\n`;
}

async function verified(
  { file, held, json }: Extract<AuditWish, { kind: 'audit-verify' }>,
  environment: Variables,
  streams: Streams,
): Promise<number> {
  const verdict =
    file === null
      ? await ofRedis(environment, held)
      : await ofFile(file === '-' ? streams.in : createReadStream(file), file, held);
  const code = verdict.found === 0 ? WHOLE : BROKEN;
  streams.out.write(json ? `${JSON.stringify({ ...verdict, exitCode: code }, null, 2)}\n` : asText(verdict));
  return code;
}

type Held = Extract<AuditWish, { kind: 'audit-verify' }>['held'];

async function ofRedis(environment: Variables, held: Held): Promise<Verdict> {
  const { source, close } = await openAuditSource(loadMemory(environment));
  try {
    const verifier = createVerifier({ held });
    const everything = { since: null, until: null, service: null };
    for await (const record of exportRecords(source, everything)) verifier.take(record);
    return verifier.verdict();
  } finally {
    await close();
  }
}

async function ofFile(stream: NodeJS.ReadableStream, file: string, held: Held): Promise<Verdict> {
  const verifier = createVerifier({ held });
  try {
    await readExport(stream, verifier);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const name = file === '-' ? 'the standard input' : file;
    throw new Error(
      error instanceof NoExport ? `${name} is no export: ${why}` : `${name} cannot be read: ${why}`,
      { cause: error },
    );
  }
  return verifier.verdict();
}
