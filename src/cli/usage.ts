import { nearest } from '../lib/nearest.ts';

/** What Medic is asked to do by the words after its name. */
export type Wish =
  | { readonly kind: 'start' }
  | { readonly kind: 'check'; readonly json: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** Nothing that it knows; in words. */
  | { readonly kind: 'wrong'; readonly why: string };

export const USAGE = `Usage: medic [command]

  medic                start Medic, from the environment and medic.yml
  medic check          look for what is wrong with the configuration, the playbooks and the inventory,
                       and with what the playbooks run; asks neither Redis nor Slack, and changes nothing
  medic check --json   the same, as JSON
  medic --help         this
  medic --version      the version

check ends with 0 where all is well, with 1 where something is wrong, and with 2 where something could not be checked.
`;

const COMMANDS = ['start', 'check', '--help', '--version'];

export function readWish(words: readonly string[]): Wish {
  const [command, ...rest] = words;
  if (words.some((word) => word === '--help' || word === '-h') || command === 'help') return { kind: 'help' };
  switch (command) {
    case undefined:
      return { kind: 'start' };
    case 'start':
      return rest.length === 0 ? { kind: 'start' } : unknown(rest[0] ?? '', []);
    case 'check': {
      const other = rest.find((word) => word !== '--json');
      return other === undefined ? { kind: 'check', json: rest.length > 0 } : unknown(other, ['--json']);
    }
    case '--version':
    case '-v':
    case 'version':
      return { kind: 'version' };
    default:
      return unknown(command, COMMANDS);
  }
}

function unknown(word: string, known: readonly string[]): Wish {
  const near = nearest(word, known);
  return { kind: 'wrong', why: `unknown word "${word}"${near === null ? '' : `: did you mean ${near}?`}` };
}
