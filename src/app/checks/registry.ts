import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OpenHosts } from '../../adapters/hosts/hosts.ts';
import type { Config } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { type Flaw, type Mistake, mistake, whyUnreadable } from '../../lib/schema/mistake.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { listed } from '../../lib/text/words.ts';
import type { Playbook } from '../../playbooks/manifest.ts';

type Registry = Pick<Settings, 'services'>;

/** Whether anything of the registry is looked for in the inventory. */
function needsInventory({ services }: Registry): boolean {
  return Object.values(services).some(({ hosts, group }) => hosts.length > 0 || group !== undefined);
}

/** The folder of a runner's own that cannot be written to: it would forget there what it began. */
export function stateMistakes({ env, role }: Pick<Config, 'env' | 'role'>): readonly Mistake[] {
  const [variable, folder] =
    env.MEDIC_STATE === undefined
      ? ['STATE_DIRECTORY', env.STATE_DIRECTORY?.split(':')[0]]
      : ['MEDIC_STATE', env.MEDIC_STATE];
  if (role !== 'runner' || folder === undefined) return [];
  try {
    // A file has no way into it, and says so.
    accessSync(`${standing(folder)}/.`, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/, \w+ '.*/, '') : String(error);
    const message = `${folder} cannot be written to (${why}): name a folder that belongs to the user that Medic runs as`;
    return [mistake('environment', variable, message)];
  }
}

/** The folder, or the nearest above it that is there, in which it would be made. */
function standing(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : standing(above);
}

/** The inventory that playbooks would run with, where nothing else of the configuration needs it and it cannot be read. */
export function inventoryDoubts(
  { hands, settings }: Pick<Config, 'hands' | 'settings'>,
  playbooks: Iterable<Playbook>,
): readonly Flaw[] {
  const names = [...playbooks]
    .filter(({ manifest: { run, rollback } }) =>
      [run, ...('run' in rollback ? [rollback.run] : [])].some((one) => !('command' in one)),
    )
    .map(({ manifest }) => manifest.name);
  if (hands === null || names.length === 0 || needsInventory(settings)) return [];
  try {
    accessSync(hands.inventory, constants.R_OK);
    return [];
  } catch (error) {
    const message = `the inventory ${hands.inventory} ${whyUnreadable(error)}: without it, ${listed(names, 'and')} cannot be run`;
    return [{ path: ['ansible', 'inventory'], message }];
  }
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
