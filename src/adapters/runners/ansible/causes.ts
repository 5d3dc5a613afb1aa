/** Why a host did not run what it was given, and what to do about it, in words. */
export interface Cause {
  readonly words: string;
  /** It may have begun nevertheless; all other causes keep the very first step from starting. */
  readonly mayHaveBegun: boolean;
}

interface Sign {
  readonly says: RegExp;
  /** What follows the host's name; `found` is what the sign matched, in its groups. */
  readonly words: (found: readonly (string | undefined)[]) => string;
  readonly mayHaveBegun?: true;
}

/**
 * What ssh says when it could not log in, all of it before any command is sent. What it also says of logins that succeed, such as a
 * changed host key that nobody insists on, proves nothing by itself.
 */
const LOGIN: readonly Sign[] = [
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED[\s\S]*Host key verification failed/,
    words: () =>
      'has another host key than the known one. If it was set up anew, replace its line in known_hosts; if not, somebody may stand in between',
  },
  {
    says: /Host key verification failed/,
    words: () =>
      'has an unknown host key. Compare it on the host, then add it to known_hosts with ssh-keyscan',
  },
  {
    says: /Load key "?([^"\n:]+)"?: bad permissions[\s\S]*Permission denied \(/,
    words: ([, file]) => `was not asked, since others may read the key ${file}. Give it mode 0600`,
  },
  {
    says: /[Nn]o such identity: ([^:\n]+)[\s\S]*Permission denied \(/,
    words: ([, file]) =>
      `refused the login, since the key ${file} is not there. Correct ansible_ssh_private_key_file in the inventory`,
  },
  {
    says: /(?:(\S+)@\S+: )?Permission denied \(|Too many authentication failures/,
    words: ([, user]) =>
      `refused Medic's key${user ? ` for the user ${user}` : ''}. Add its public key to that user's authorized_keys, or correct ansible_user and ansible_ssh_private_key_file in the inventory`,
  },
  {
    says: /Could not resolve hostname ([^\s:]+)/,
    words: ([, name]) =>
      `has a name that does not resolve: ${name}. Correct ansible_host in the inventory, or the DNS`,
  },
  {
    says: /connect to host (\S+) port (\d+): Connection refused/,
    words: ([, address, port]) =>
      `refused the connection: nothing listens on port ${port} of ${address}. Start its sshd, or correct ansible_port in the inventory`,
  },
  {
    says: /connect to host (\S+) port (\d+): (?:(?:Connection|Operation) timed out|No route to host|(?:Network|Host) is (?:unreachable|down))/,
    words: ([, address, port]) =>
      `does not answer on port ${port} of ${address}. See whether the host is up and a firewall lets Medic through`,
  },
  {
    says: /during banner exchange|kex_exchange_identification/,
    words: () => 'took the connection but did not let it begin. See what its sshd logs',
  },
  {
    says: /Unable to negotiate with (\S+)/,
    words: () => 'and Medic share no way to encrypt. Compare the algorithms of both sides',
  },
  {
    says: /Failed to create temporary directory/,
    words: () =>
      'has no place for Ansible’s temporary files. See whether its disk is full, or set ansible_remote_tmp',
  },
];

const password = (program: string) =>
  `asks for a password for ${program}, and Medic has none. Let its user do without one (NOPASSWD), or give ansible_become_password`;

/** What Ansible itself says when a host lets it in and does not give it the rights that it asks for. */
const REFUSALS: readonly Sign[] = [
  { says: /^Missing (\S+) password$/, words: ([, program]) => password(program ?? 'sudo') },
  {
    says: /^Incorrect (\S+) password$/,
    words: ([, program]) => `refused the password for ${program}. Correct ansible_become_password`,
  },
  {
    says: /^Timeout \(\d+s\) waiting for privilege escalation prompt/,
    words: () => 'did not answer the request for more rights in time. See whether sudo hangs there',
    mayHaveBegun: true,
  },
  {
    says: /you must install the sshpass program/,
    words: () => 'wants a password for the login, and sshpass is not installed. Use a key instead',
  },
];

/** What a host writes when the module that it was sent never ran. */
const RIGHTS: readonly Sign[] = [
  {
    says: /^sudo: a (?:terminal|password) is required/m,
    words: () => password('sudo'),
  },
  {
    says: /is not in the sudoers file|is not allowed to (?:execute|run sudo)|may not run sudo/,
    words: () =>
      'does not let Medic’s user use sudo. Allow it in sudoers, or correct medic_become in the inventory',
  },
  {
    says: /sudo: (?:command )?not found/,
    words: () =>
      'has no sudo. Install it, choose another ansible_become_method, or correct medic_become in the inventory',
  },
  {
    says: /python\S*: (?:not found|No such file)/,
    words: () => 'has no Python where Ansible looks for it. Set ansible_python_interpreter in the inventory',
  },
  {
    says: /there is no timeout\(1\) on this one/,
    words: () => 'has no timeout(1), and Medic starts nothing there without a deadline. Install coreutils',
  },
];

/** What Ansible could not do on a host, as the callback tells it. */
export interface Trouble {
  readonly event: 'failed' | 'unreachable';
  readonly host: string;
  readonly msg: string;
  readonly stderr?: string | undefined;
}

/** Why nothing was begun on a host, by what was said of it; null where that is not known for sure. */
export function causeOf({ event, host, msg, stderr = '' }: Trouble): Cause | null {
  // Of a module that answered, such words are about something that it did.
  const unanswered = /^(?:MODULE FAILURE|The module failed to execute)/.test(msg);
  const [signs, text] =
    event === 'unreachable' ? [LOGIN, msg] : unanswered ? [RIGHTS, stderr] : [REFUSALS, msg];
  for (const sign of signs) {
    const found = sign.says.exec(text);
    if (found) return { words: `${host} ${sign.words(found)}.`, mayHaveBegun: sign.mayHaveBegun ?? false };
  }
  return null;
}

const ADVICE: readonly (readonly [says: RegExp, words: string])[] = [
  [
    /no vault secrets found|[Vv]ault password/,
    'something is encrypted and Medic has no vault password: name its file in ANSIBLE_VAULT_PASSWORD_FILE',
  ],
  [
    /without any hosts to target|Could not match supplied host pattern/,
    'the inventory has no such host: compare the names in medic.yml with those in the inventory',
  ],
  [
    /Unable to parse \S+ as an inventory source|No inventory was parsed/,
    'the inventory cannot be read: see what ansible-inventory --list says',
  ],
  [
    /Syntax Error while loading YAML|unable to read either as JSON nor YAML|conflicting action statements|couldn't resolve module/,
    'the playbook cannot be read: see what ansible-playbook --syntax-check says',
  ],
];

/** What to do where Ansible gave up before its first task, by what it wrote; null where that is not known. */
export function adviceOn(output: string): string | null {
  return ADVICE.find(([says]) => says.test(output))?.[1] ?? null;
}
