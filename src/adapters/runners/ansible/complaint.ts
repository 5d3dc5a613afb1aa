import type { Mistake } from '../../../lib/schema/mistake.ts';

/** So much of what Ansible says is repeated, where it cannot be said better. */
const LONGEST = 300;

/** What Ansible says is wrong with a playbook, with the file and line that it names; the playbook's own where it names none. */
export function complaintOf(playbook: string, output: string): Mistake {
  const said = (output.split(/^ERROR! /m)[1] ?? output).trim();
  const [, file = playbook, line, column] =
    /The error appears to (?:be in|have been in) '(.*?)': line (\d+), column (\d+)/.exec(said) ?? [];
  return {
    kind: 'wrong',
    file,
    line: line === undefined ? null : Number(line),
    column: column === undefined ? null : Number(column),
    path: '',
    message: plainly(said),
  };
}

const MISSING = 'includes a file that is not there,';

/** Whether it is a file that an include names which Ansible could not find. */
export function isMissing(message: string): boolean {
  return message.startsWith(MISSING);
}

function plainly(said: string): string {
  const yaml = /Syntax Error while loading YAML\.\s+(.*)/.exec(said)?.[1];
  if (yaml !== undefined) return `the YAML is broken: ${yaml.trim()}`;
  const file = /Could not find or access '(.*?)'/.exec(said)?.[1];
  if (file !== undefined) return `${MISSING} ${file}`;
  const [, role, places = ''] = /the role '(.*?)' was not found in (.*)/.exec(said) ?? [];
  if (role !== undefined)
    return `the role ${role} is not there: Ansible looked for it in ${places.split(':').join(', ')}`;
  const module = /couldn't resolve module\/action '(.*?)'/.exec(said)?.[1];
  if (module !== undefined)
    return `Ansible knows no module ${module}: correct its name, or install the collection that has it`;
  const variable = /The error was: '(\w+)' is undefined/.exec(said)?.[1];
  if (variable !== undefined)
    return `uses ${variable} where Ansible needs its value at once, and it is neither a parameter of the playbook nor in the inventory`;
  const first = said.split('\n\n')[0]?.replace(/\s+/g, ' ').trim() ?? '';
  return clipped(first) || 'Ansible does not take it, and gives no reason';
}

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text;
}
