import { z } from 'zod';
import type { HostFacts } from '../../evidence/hosts.ts';
import { splitLikeShell } from './words.ts';

/** How a host is reached, and as whom. */
export interface Way {
  readonly facts: HostFacts;
  /** Null where commands run on this machine. */
  readonly ssh: SshWay | null;
  /** Who commands with `become` run as; null where that is whoever logs in. */
  readonly becomeUser: string | null;
  /** Where it keeps the numbers of fixes (`medic_fence_dir`); null for the usual place. */
  readonly fenceFolder: string | null;
}

export interface SshWay {
  readonly address: string;
  readonly port: number | null;
  readonly user: string | null;
  readonly key: string | null;
  /** Further arguments of ssh, from the inventory. */
  readonly args: readonly string[];
}

export type Refused = { readonly refused: string };

export interface Inventory {
  readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The hosts of each group, those of its child groups included. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

const Group = z.object({
  hosts: z.array(z.string()).default([]),
  children: z.array(z.string()).default([]),
});
const Listed = z
  .object({
    _meta: z.object({ hostvars: z.record(z.string(), z.record(z.string(), z.unknown())).default({}) }),
  })
  .catchall(z.unknown());

/** Reads the answer of `ansible-inventory --list`; throws where it is none. */
export function parseInventory(text: string): Inventory {
  const { _meta, ...rest } = Listed.parse(JSON.parse(text));
  const listed = new Map(
    Object.entries(rest).flatMap(([name, value]) => {
      const group = Group.safeParse(value);
      return group.success ? [[name, group.data] as const] : [];
    }),
  );
  const hostsOf = (name: string, above: readonly string[]): readonly string[] => {
    const group = listed.get(name);
    if (group === undefined || above.includes(name)) return [];
    return [...group.hosts, ...group.children.flatMap((child) => hostsOf(child, [...above, name]))];
  };
  const groups = Object.fromEntries(
    [...listed.keys()].map((name) => [name, [...new Set(hostsOf(name, []))]]),
  );
  const all = new Set([...Object.values(groups).flat(), ...Object.keys(_meta.hostvars)]);
  return {
    hosts: Object.fromEntries([...all].map((name) => [name, _meta.hostvars[name] ?? {}])),
    groups,
  };
}

/** What the inventory's variables of a host say of the way there, or why Medic cannot go it, in words. */
export function wayOf(name: string, vars: Readonly<Record<string, unknown>>): Way | Refused {
  try {
    const read = reader(name, vars);
    const connection = read('ansible_connection') ?? 'ssh';
    const local = connection === 'local';
    if (!local && !['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh'].includes(connection))
      throw new Refusal(
        `ansible_connection of ${name} is ${connection}; Medic looks over ssh, or here where it is local`,
      );
    const user = read('ansible_user', 'ansible_ssh_user');
    return {
      facts: { name, local, manager: managerOf(name, read), supervisorConf: read('medic_supervisor_conf') },
      ssh: local ? null : sshOf(name, read, user),
      becomeUser: becomeOf(name, read, user),
      fenceFolder: read('medic_fence_dir'),
    };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

class Refusal extends Error {}
type Read = (...names: readonly string[]) => string | null;

/** Reads the first of some variables that is there, as text; a template that Ansible alone resolves is refused. */
function reader(name: string, vars: Readonly<Record<string, unknown>>): Read {
  return (...names) => {
    const found = names.find((one) => vars[one] !== undefined && vars[one] !== null && vars[one] !== '');
    if (found === undefined) return null;
    const value = vars[found];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw new Refusal(`${found} of ${name} is no plain value in the inventory; write it out there`);
    const text = String(value);
    if (/\{\{|\{%/.test(text))
      throw new Refusal(
        `${found} of ${name} is a template, which Medic does not resolve; write its value out in the inventory`,
      );
    return text;
  };
}

function managerOf(name: string, read: Read): HostFacts['manager'] {
  const manager = read('medic_service_manager') ?? 'systemd';
  if (manager === 'systemd' || manager === 'supervisor') return manager;
  throw new Refusal(`medic_service_manager of ${name} is ${manager}; it can be systemd or supervisor`);
}

function becomeOf(name: string, read: Read, user: string | null): string | null {
  if (!/^(?:true|yes|on|1)$/i.test(read('ansible_become', 'medic_become') ?? 'no')) return null;
  const method = read('ansible_become_method') ?? 'sudo';
  if (method !== 'sudo' && method !== 'ansible.builtin.sudo')
    throw new Refusal(`ansible_become_method of ${name} is ${method}; Medic looks by sudo`);
  const wanted = read('ansible_become_user') ?? 'root';
  return wanted === user ? null : plain(name, 'ansible_become_user', wanted);
}

function sshOf(name: string, read: Read, user: string | null): SshWay {
  const port = read('ansible_port', 'ansible_ssh_port');
  if (port !== null && !(/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65_536))
    throw new Refusal(`ansible_port of ${name} is ${port}, which is no port`);
  return {
    address: plain(name, 'ansible_host', read('ansible_host', 'ansible_ssh_host') ?? name),
    port: port === null ? null : Number(port),
    user: user === null ? null : plain(name, 'ansible_user', user),
    key: read('ansible_ssh_private_key_file', 'ansible_private_key_file'),
    args: ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'].flatMap((variable) => {
      const words = splitLikeShell(read(variable) ?? '');
      if (words === null) throw new Refusal(`${variable} of ${name} has a quote that is never closed`);
      return words;
    }),
  };
}

/** What stands in an argument vector must not be taken for an option, nor for anything but a name. */
function plain(name: string, variable: string, value: string): string {
  if (/^[A-Za-z0-9_:.][A-Za-z0-9_:.%@\\-]*$/.test(value)) return value;
  throw new Refusal(
    `${variable} of ${name} is ${JSON.stringify(value)}, which is no name that ssh should get`,
  );
}
