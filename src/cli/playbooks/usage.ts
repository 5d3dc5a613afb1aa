import { nearest } from '../../lib/text/nearest.ts';

/** What is asked of `medic playbooks`. */
export type PlaybooksWish =
  | { readonly kind: 'playbooks-lint'; readonly json: boolean }
  | { readonly kind: 'playbooks-new'; readonly name: string }
  | {
      readonly kind: 'playbooks-try';
      readonly name: string;
      /** Values by the names of parameters. */
      readonly values: Readonly<Record<string, string>>;
    };

export const PLAYBOOKS_USAGE = `Usage: medic playbooks lint [--json]
       medic playbooks new <name>
       medic playbooks try <name> service=<service> [<parameter>=<value>...]

  lint   looks for what is wrong with the playbooks, and with what Ansible reads of them
  new    makes a playbook to begin with, in the folder of playbooks (MEDIC_PLAYBOOKS)
  try    makes the plan that Medic would make for a service of medic.yml, takes its look, and rehearses it; runs nothing

None asks Redis or Slack. Ends with 0 where all is well, with 1 where something is wrong, and lint with 2 where something could not be checked.
`;

type Wrong = { readonly kind: 'wrong'; readonly why: string; readonly text: string };
const VERBS = ['lint', 'new', 'try'];

export function readPlaybooksWish(words: readonly string[]): PlaybooksWish | Wrong {
  const wrong = (why: string): Wrong => ({ kind: 'wrong', why, text: PLAYBOOKS_USAGE });
  const [verb, ...rest] = words;
  const [name, ...more] = rest;
  switch (verb) {
    case undefined:
      return wrong('say lint, new or try');
    case 'lint': {
      const strange = rest.find((word) => word !== '--json');
      return strange === undefined
        ? { kind: 'playbooks-lint', json: rest.length > 0 }
        : wrong(`unknown word "${strange}"`);
    }
    case 'new':
      if (name === undefined || more.length > 0) return wrong('new takes the name of a playbook');
      return { kind: 'playbooks-new', name };
    case 'try': {
      if (name === undefined || name.includes('=')) return wrong('try takes the name of a playbook first');
      const strange = more.find((word) => !/^[a-z][a-z0-9_]*=/.test(word));
      if (strange !== undefined) return wrong(`"${strange}" is no <parameter>=<value>`);
      const pairs = more.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
      return { kind: 'playbooks-try', name, values: Object.fromEntries(pairs) };
    }
    default: {
      const near = nearest(verb, VERBS);
      return wrong(`unknown word "${verb}"${near === null ? '' : `: did you mean ${near}?`}`);
    }
  }
}
