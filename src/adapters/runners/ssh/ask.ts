import type { HostFacts } from '../../../evidence/hosts.ts';
import { listed } from '../../../lib/text/words.ts';
import type { SshRun } from '../../../playbooks/manifest.ts';

type Groups = Readonly<Record<string, readonly string[]>>;
type Refused = { readonly refused: string };

/** What the inventory always has, and what never is the place of one service. */
const EVERYTHING = ['all', 'ungrouped'];

/**
 * The hosts that are meant: those named, each of which the inventory has in the group, or all of the group where none is named. Nothing is
 * a pattern.
 */
export function hostsMeant(
  { hosts, group }: Pick<SshRun, 'hosts' | 'group'>,
  groups: Groups,
): readonly string[] | Refused {
  const named = [...new Set(hosts.split(',').filter((name) => name !== ''))];
  if (group === null) return named.length > 0 ? named : { refused: 'no host is named' };
  if (EVERYTHING.includes(group))
    return { refused: `the group ${group} is whatever the inventory holds, and not where one service runs` };
  const members = Object.hasOwn(groups, group) ? (groups[group] ?? []) : [];
  if (members.length === 0) return { refused: `the inventory has no group ${group} with hosts in it` };
  const strangers = named.filter((name) => !members.includes(name));
  if (strangers.length > 0)
    return {
      refused: `${listed(strangers, 'and')} ${strangers.length === 1 ? 'is' : 'are'} not in the group ${group} of the inventory`,
    };
  return named.length > 0 ? named : members;
}

/** The vector for whatever manages services on a host, or why there is none. Supervisor has its configuration where the inventory says. */
export function vectorFor(
  argv: NonNullable<SshRun['argv']>,
  { name, manager, supervisorConf }: HostFacts,
): readonly string[] | Refused {
  const own: readonly string[] | undefined = Array.isArray(argv) ? argv : argv[manager];
  if (own === undefined)
    return { refused: `the playbook has no command for ${manager}, which manages services on ${name}` };
  const odd = own.find((word) => word.includes('\0'));
  if (odd !== undefined) return { refused: 'a value holds a NUL character, which no command can be given' };
  const [program = '', ...rest] = own;
  if (program !== 'supervisorctl') return own;
  const wide = rest.find((word) => word === 'all' || word.endsWith(':*'));
  if (wide !== undefined)
    return {
      refused: `${wide} is no one program to supervisor, but many: name the unit of the service in medic.yml`,
    };
  return supervisorConf === null ? own : [program, '-c', supervisorConf, ...rest];
}
