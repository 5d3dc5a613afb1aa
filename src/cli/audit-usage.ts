import { parseArgs } from 'node:util';
import type { HeldHead } from '../audit/known.ts';
import type { Span } from '../audit/records.ts';
import { nearest } from '../lib/text/nearest.ts';

export type AuditWish =
  | {
      readonly kind: 'audit-export';
      readonly span: Span;
      /** Null for the standard output. */
      readonly out: string | null;
      /** Whether what was found is exported as well, fact by fact. */
      readonly evidence: boolean;
      readonly json: boolean;
    }
  | {
      readonly kind: 'audit-verify';
      /** Null for what is in Redis, `-` for the standard input. */
      readonly file: string | null;
      readonly held: HeldHead | null;
      readonly json: boolean;
    };

export const AUDIT_USAGE = `Usage: medic audit export [--since TIME] [--until TIME] [--service NAME] [--evidence] [--out FILE] [--json]
       medic audit verify [FILE] [--head NUMBER:HASH] [--json]

Both need REDIS_URL (and MEDIC_NAMESPACE, where it is set for Medic), and change nothing; a FILE is verified without Redis, also elsewhere.

  export     writes everything on record, of every incident of the last 90 days and of all that are open, as lines of JSON
    --since    only incidents to which something happened at this time or later: 2026-11-29, 2026-11-29T08:00:00Z
    --until    only incidents that opened before this time
    --service  only incidents about this service
    --evidence with all that was found, as \`medic replay\` needs it: many times as much
    --out      into this file, which is there only once it is whole; without it, to the standard output
    --json     says what was written as JSON; on the standard error, where the lines go to the standard output

  verify     finds what was changed, removed, moved or cut short, and incidents that are missing; FILE - is the standard input
    --head     a checkpoint that you hold from elsewhere: the metric medic_audit_head_info, or the log. Only this finds that the
               newest of everything was removed, or that everything was written anew
    --json     says what was found as JSON

verify ends with 0 where all is whole, with 1 where something is not, and with 2 where it could not be looked at.
`;

const OPTIONS = {
  export: {
    since: { type: 'string' },
    until: { type: 'string' },
    service: { type: 'string' },
    evidence: { type: 'boolean' },
    out: { type: 'string' },
    json: { type: 'boolean' },
  },
  verify: { head: { type: 'string' }, json: { type: 'boolean' } },
} as const;

type Wrong = { readonly kind: 'wrong'; readonly why: string; readonly text: string };

export function readAuditWish([command = '', ...words]: readonly string[]): AuditWish | Wrong {
  try {
    if (command === 'export') return readExport(words);
    if (command === 'verify') return readVerify(words);
  } catch (error) {
    if (!(error instanceof WrongWord)) throw error;
    return wrong(error.message);
  }
  const near = nearest(command, Object.keys(OPTIONS));
  if (command === '') return wrong('say what: medic audit export, or medic audit verify');
  return wrong(`unknown word "${command}"${near === null ? '' : `: did you mean ${near}?`}`);
}

/** A word that cannot be read, and why. */
class WrongWord extends Error {
  override readonly name = 'WrongWord';
}

function wrong(why: string): Wrong {
  return { kind: 'wrong', why, text: AUDIT_USAGE };
}

function readExport(words: readonly string[]): AuditWish {
  const { values, positionals } = parsed(words, OPTIONS.export);
  const [other] = positionals;
  if (other !== undefined) throw new WrongWord(`unknown word "${other}": a file is named with --out`);
  const { since, until, service, evidence = false, out, json } = values;
  const span = { since: timeOf('--since', since), until: timeOf('--until', until), service: service ?? null };
  if (span.since !== null && span.until !== null && span.since >= span.until)
    throw new WrongWord('--since must be before --until');
  return { kind: 'audit-export', span, out: out ?? null, evidence, json: json === true };
}

function readVerify(words: readonly string[]): AuditWish {
  const { values, positionals } = parsed(words, OPTIONS.verify);
  const [file, other] = positionals;
  if (other !== undefined) throw new WrongWord(`unknown word "${other}": one file is verified at a time`);
  const { head, json } = values;
  return { kind: 'audit-verify', file: file ?? null, held: headOf(head), json: json === true };
}

type Options = (typeof OPTIONS)[keyof typeof OPTIONS];

function parsed<Of extends Options>(words: readonly string[], options: Of) {
  const known = Object.keys(options).map((name) => `--${name}`);
  const other = words.find((word) => /^-./.test(word) && !known.includes(word.replace(/=.*$/s, '')));
  if (other !== undefined) {
    const near = nearest(other, known);
    throw new WrongWord(`unknown word "${other}"${near === null ? '' : `: did you mean ${near}?`}`);
  }
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new WrongWord(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day begins at midnight UTC; a time says its zone, for nobody knows in which one it is read. */
function timeOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new WrongWord(
      `${name} ${JSON.stringify(text)} is no time: write 2026-11-29 or 2026-11-29T08:00:00Z`,
    );
  return at;
}

function headOf(text: string | undefined): HeldHead | null {
  if (text === undefined) return null;
  const [, n, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (n === undefined || hash === undefined)
    throw new WrongWord(
      `--head ${JSON.stringify(text)} is no checkpoint: write its number, a colon and its hash`,
    );
  return { n: Number(n), hash };
}
