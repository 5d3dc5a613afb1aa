import type { Account } from '../runners/process/environment.ts';
import type { Way } from './inventory.ts';

/** What a command begins with that is to have the rights of fixes. */
export function rightsOf({ ssh, becomeUser }: Way, { runAs }: Pick<Account, 'runAs'>): readonly string[] {
  const isRoot = ssh === null && runAs === null && process.getuid?.() === 0;
  if (becomeUser === null || (becomeUser === 'root' && isRoot)) return [];
  return ['sudo', '-n', ...(becomeUser === 'root' ? [] : ['-u', becomeUser]), '--'];
}

/** Sudo says so on every host whose own name has no address, and runs the command all the same. */
const REMARK = /^sudo: unable to resolve host .*\r?\n?/gm;

/** What was said, without sudo's remarks. */
export function withoutRemarks(said: string): string {
  return said.replace(REMARK, '');
}

export function isSudoRemark(line: string): boolean {
  return line !== '' && withoutRemarks(line) === '';
}

/** What sudo says when it lets nothing run, and what whoever reads it can do. */
const REFUSALS: readonly { readonly says: RegExp; readonly words: (user: string) => string }[] = [
  {
    says: /^sudo: a (?:terminal|password) is required/m,
    words: (user) =>
      `asks for a password for sudo, and Medic has none. Whoever administers it can let ${user} do without one: NOPASSWD in its sudoers`,
  },
  {
    says: /is not in the sudoers file|^Sorry, user |is not allowed to (?:execute|run sudo)|may not run sudo/m,
    words: (user) =>
      `does not let ${user} use sudo. Whoever administers it can allow that in its sudoers; where no sudo is needed, correct medic_become in the inventory`,
  },
  {
    says: /\bsudo: (?:command )?not found/,
    words: () => 'has no sudo. Install it there, or correct medic_become in the inventory',
  },
  {
    says: /^sudo: /m,
    words: (user) => `let nothing run: its sudo refused ${user}`,
  },
];

/** Why sudo let nothing run, in words, by what was said where nothing began; null where that was not sudo's doing. */
export function refusedRights(host: string, user: string | null, said: string): string | null {
  const text = withoutRemarks(said);
  const found = REFUSALS.find(({ says }) => says.test(text));
  return found === undefined ? null : `${host} ${found.words(user ?? 'the user that Medic logs in as')}`;
}
