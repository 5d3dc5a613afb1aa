import type { OpenHosts } from '../adapters/hosts/hosts.ts';
import type { Settings } from '../config/settings.ts';
import type { Flaw } from '../lib/mistake.ts';
import { nearest } from '../lib/nearest.ts';
import { listed } from '../lib/words.ts';

type Registry = Pick<Settings, 'services'>;

/** Whether anything of the registry is looked for in the inventory. */
export function needsInventory({ services }: Registry): boolean {
  return Object.values(services).some(({ hosts, group }) => hosts.length > 0 || group !== undefined);
}

/**
 * What the registry names that the inventory has not, by its path. Looks, logs and state are read where a service runs, so a host that nobody
 * can find is an error of the registry: read anywhere else, they would tell of another machine.
 */
export async function registryFlaws(
  hosts: Pick<OpenHosts, 'facts' | 'inventory'>,
  settings: Registry,
): Promise<readonly Flaw[]> {
  if (!needsInventory(settings)) return [];
  const inventory = (await hosts.inventory()) ?? { hosts: {}, groups: {} };
  const all = await hostFlaws(hosts, settings);
  if (!('refused' in inventory)) {
    const names = Object.keys(inventory.hosts);
    return [
      ...all.map(({ flaw, name }) => ({ ...flaw, message: meant(flaw.message, name, names) })),
      ...groupFlaws(settings, inventory.groups),
    ];
  }
  // One reason for all of them.
  const missed = all.filter(({ flaw }) => flaw.message === inventory.refused);
  const groups = Object.values(settings.services).filter(({ group }) => group !== undefined);
  const own = all.filter((one) => !missed.includes(one)).map(({ flaw }) => flaw);
  return missed.length + groups.length === 0
    ? own
    : [{ path: ['ansible', 'inventory'], message: inventory.refused }, ...own];
}

interface HostFlaw {
  readonly flaw: Flaw;
  readonly name: string;
}

async function hostFlaws(
  hosts: Pick<OpenHosts, 'facts'>,
  { services }: Registry,
): Promise<readonly HostFlaw[]> {
  const asked = Object.entries(services).flatMap(([service, { hosts: names }]) =>
    names.map(async (name, index): Promise<readonly HostFlaw[]> => {
      const facts = await hosts.facts(name);
      const path = ['services', service, 'hosts', index];
      return 'refused' in facts ? [{ flaw: { path, message: facts.refused }, name }] : [];
    }),
  );
  return (await Promise.all(asked)).flat();
}

function meant(message: string, name: string, names: readonly string[]): string {
  const near = names.includes(name) ? null : nearest(name, names);
  return near === null ? message : `${message}. Did you mean ${near}?`;
}

function groupFlaws(
  { services }: Registry,
  groups: Readonly<Record<string, readonly string[]>>,
): readonly Flaw[] {
  const names = Object.keys(groups).filter((name) => name !== 'all' && name !== 'ungrouped');
  return Object.entries(services).flatMap(([service, { group }]) => {
    if (group === undefined || (groups[group]?.length ?? 0) > 0) return [];
    const near = nearest(group, names);
    const known = names.length === 0 ? 'it has no groups' : `it has ${listed(names, 'and')}`;
    // An empty group is not listed.
    const message = `the inventory has no group ${group} with hosts in it: ${near === null ? known : `did you mean ${near}?`}`;
    return [{ path: ['services', service, 'group'], message }];
  });
}
