import { parseArgs } from 'node:util';
import { nearest } from '../../lib/text/nearest.ts';

/** Which incident, and where it is on record. */
export interface Which {
  /** Its id, or a folder that was kept; null for the only one of a file. */
  readonly incident: string | null;
  /** An export with evidence; null for what is in Redis. */
  readonly from: string | null;
  /** Null for the round in which its last cause was concluded. */
  readonly round: number | null;
}

export type ReplayWish =
  | ({ readonly kind: 'replay'; readonly keep: string | null; readonly json: boolean } & Which)
  | {
      readonly kind: 'lint';
      /** A file or folder of faults, or a catalog; null for the one that Medic runs with. */
      readonly path: string | null;
      readonly on: Which | null;
      readonly json: boolean;
    };

const WHERE = `An INCIDENT is the id that its card shows, read from Redis (REDIS_URL, and MEDIC_NAMESPACE where it is set for Medic); or a folder that --keep wrote.
With --from it is read from a file that \`medic audit export --evidence\` wrote, without Redis.`;

export const REPLAY_USAGE = `Usage: medic replay INCIDENT [--from FILE] [--round N] [--keep DIR] [--json]

Takes an incident of the past and concludes anew from what was found then, with today's faults, playbooks and medic.yml: what was concluded, what
would be concluded now, and what differs. Asks nobody but the record, and changes nothing.

${WHERE}

  --from FILE  the export; the INCIDENT may be left out where it holds one alone
  --round N    another round of evidence than the one of its last cause
  --keep DIR   writes it as a scenario, which medic replay, medic lint --try and npm run eval read
  --json       the same as JSON

Ends with 0 where the same is concluded today, with 1 where something differs, and with 2 where it cannot be replayed.
`;

export const LINT_USAGE = `Usage: medic lint [PATH] [--try INCIDENT [--from FILE] [--round N]] [--json]

Says what is wrong with files of faults, each mistake by file, line and column, with what to write instead. PATH is a file, a folder of faults, or a
catalog with faults/ in it, whose playbooks are read too; without it, the catalog that Medic runs with. Your faults may name those of that catalog.

  --try        runs them against what was found in an incident: which signs were there, with the lines that say so, which were not and what was
               read in their place, what excluded a fault and what spoke against it
  --json       the same as JSON

${WHERE}

Ends with 0 where nothing is wrong, with 1 where something is, and with 2 where the incident cannot be read.
`;

type Wrong = { readonly kind: 'wrong'; readonly why: string; readonly text: string };

const OF_INCIDENT = {
  from: { type: 'string' },
  round: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const OPTIONS = {
  replay: { ...OF_INCIDENT, keep: { type: 'string' } },
  lint: { ...OF_INCIDENT, try: { type: 'string' } },
} as const;

/** A word that cannot be read, and why. */
class WrongWord extends Error {
  override readonly name = 'WrongWord';
}

export function readReplayWish(words: readonly string[]): ReplayWish | Wrong {
  return reading(REPLAY_USAGE, () => {
    const { values, positionals } = parsed(words, OPTIONS.replay);
    const { from = null, keep = null, json = false } = values;
    const incident = only(positionals);
    if (incident === null && from === null)
      throw new WrongWord('say which incident: medic replay inc-260504-0a1b2c');
    return { kind: 'replay', incident, from, round: roundOf(values.round), keep, json };
  });
}

export function readLintWish(words: readonly string[]): ReplayWish | Wrong {
  return reading(LINT_USAGE, () => {
    const { values, positionals } = parsed(words, OPTIONS.lint);
    const { from = null, json = false, try: incident = null } = values;
    const round = roundOf(values.round);
    if (incident === null && (from ?? round) !== null)
      throw new WrongWord('--from and --round belong to --try');
    const on = incident === null ? null : { incident, from, round };
    return { kind: 'lint', path: only(positionals), on, json };
  });
}

function reading(text: string, read: () => ReplayWish): ReplayWish | Wrong {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WrongWord)) throw error;
    return { kind: 'wrong', why: error.message, text };
  }
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

function only([first, other]: readonly string[]): string | null {
  if (other !== undefined) throw new WrongWord(`unknown word "${other}": one at a time`);
  return first ?? null;
}

function roundOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new WrongWord(`--round ${text}: write a number, such as 1`);
  return Number(text);
}
