import { parseArgs } from 'node:util';
import { nearest } from '../lib/text/nearest.ts';
import { AUDIT_USAGE, type AuditWish, readAuditWish } from './audit-usage.ts';
import type { CoverageWish } from './coverage.ts';
import { COVERAGE_USAGE, readCoverageWish } from './coverage-usage.ts';
import { PLAYBOOKS_USAGE, type PlaybooksWish, readPlaybooksWish } from './playbooks/usage.ts';
import { LINT_USAGE, REPLAY_USAGE, type ReplayWish, readLintWish, readReplayWish } from './replay/usage.ts';

/** What Medic is asked to do by the words after its name. */
export type Wish =
  | { readonly kind: 'start' }
  | { readonly kind: 'check'; readonly json: boolean }
  | CoverageWish
  | AuditWish
  | PlaybooksWish
  | ReplayWish
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version'; readonly json: boolean }
  /** Nothing that it knows; in words. */
  | { readonly kind: 'wrong'; readonly why: string; readonly text: string };

const USAGE = `Usage: medic [command]

  medic, medic start   start Medic, from the environment and medic.yml
  medic check          look for what is wrong with the configuration, the playbooks and the inventory,
                       and with what the playbooks run; asks neither Redis nor Slack, and changes nothing
  medic coverage       say what Medic could make of your alert rules and of what fired lately, before you install
                       anything; asks neither Redis nor Slack, and changes nothing
  medic playbooks      look for what is wrong with playbooks, begin one, and try one without running anything: lint, new, try
  medic lint           look for what is wrong with files of faults; with --try, how they would have done in an incident of the past
  medic replay         conclude anew from what was found in an incident of the past, with today's faults, playbooks and rules
  medic audit export   write everything on record, as lines of JSON
  medic audit verify   say whether the record, or an export of it, is whole and as it was written
  medic --version      the version

Each has --help, and --json where it has something to say.
`;

const CHECK_USAGE = `Usage: medic check [--json]

Looks for what is wrong with the environment, medic.yml, the playbooks and the inventory, and with what the playbooks run. Asks neither Redis
nor Slack, and changes nothing. --json says the same as JSON.

Ends with 0 where all is well, with 1 where something is wrong, and with 2 where something could not be checked.
`;

const START_USAGE = `Usage: medic start

Starts Medic, from the environment and medic.yml. \`medic\` alone does the same.
`;

const COMMANDS = [
  'start',
  'check',
  'coverage',
  'playbooks',
  'lint',
  'replay',
  'audit',
  'help',
  '--help',
  '--version',
];

export function readWish(words: readonly string[]): Wish {
  const [command, ...rest] = words;
  const wantsHelp = rest.some((word) => word === '--help' || word === '-h');
  switch (command) {
    case undefined:
      return { kind: 'start' };
    case 'start':
      if (wantsHelp) return { kind: 'help', text: START_USAGE };
      return withOptions(rest, [], START_USAGE, () => ({ kind: 'start' }));
    case 'check':
      if (wantsHelp) return { kind: 'help', text: CHECK_USAGE };
      return withOptions(rest, ['json'], CHECK_USAGE, ({ json = false }) => ({ kind: 'check', json }));
    case 'coverage':
      return wantsHelp ? { kind: 'help', text: COVERAGE_USAGE } : readCoverageWish(rest);
    case 'lint':
      return wantsHelp ? { kind: 'help', text: LINT_USAGE } : readLintWish(rest);
    case 'replay':
      return wantsHelp ? { kind: 'help', text: REPLAY_USAGE } : readReplayWish(rest);
    case 'playbooks':
      return wantsHelp ? { kind: 'help', text: PLAYBOOKS_USAGE } : readPlaybooksWish(rest);
    case 'audit':
      return wantsHelp ? { kind: 'help', text: AUDIT_USAGE } : readAuditWish(rest);
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help', text: USAGE };
    case '--version':
    case '-v':
    case 'version':
      return withOptions(rest, ['json'], USAGE, ({ json = false }) => ({ kind: 'version', json }));
    default:
      return unknown(command, COMMANDS, USAGE);
  }
}

/** A command that takes switches and no other words. */
function withOptions(
  words: readonly string[],
  names: readonly string[],
  usage: string,
  wish: (given: Readonly<Record<string, boolean | undefined>>) => Wish,
): Wish {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'boolean' as const }]));
  const known = names.map((name) => `--${name}`);
  const other = words.find((word) => !known.includes(word));
  if (other !== undefined) return unknown(other, known, usage);
  return wish(parseArgs({ args: [...words], options }).values);
}

function unknown(word: string, known: readonly string[], text: string): Wish {
  const near = nearest(word, known);
  return {
    kind: 'wrong',
    why: `unknown word "${word}"${near === null ? '' : `: did you mean ${near}?`}`,
    text,
  };
}
