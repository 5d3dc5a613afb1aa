import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { FleetService, ServiceName } from './fleet.ts';
import type { Releases } from './releases.ts';

export type InventoryFacts = {
  supervisorConf: string;
  services: Record<ServiceName, FleetService>;
  releases: Releases;
  /** The data disk of orders, if it has one of its own. */
  mountpoint?: string;
};

/**
 * Writes an Ansible inventory as YAML and gives its path: the host `localhost`, in one group per service that runs
 * there, with what the playbooks need to know about this fleet.
 */
export async function writeInventory(dir: string, facts: InventoryFacts): Promise<string> {
  const { supervisorConf, services, releases, mountpoint } = facts;
  const names = Object.keys(services) as ServiceName[];
  const vars = {
    ansible_connection: 'local',
    ansible_python_interpreter: '/usr/bin/python3',
    medic_service_manager: 'supervisor',
    medic_supervisor_conf: supervisorConf,
    medic_fence_dir: join(dir, 'fences'),
    medic_health_urls: Object.fromEntries(names.map((name) => [name, `${services[name].url}/healthz`])),
    medic_releases: {
      storefront: { dir: releases.dir, current: releases.current, changes: releases.changes },
    },
    medic_cleanable: mountpoint
      ? [{ path: mountpoint, patterns: ['*.debug.log.[0-9]*'], older_than: '0s' }]
      : [],
  };
  const children = Object.fromEntries(names.map((name) => [name, { hosts: { localhost: null } }]));
  await mkdir(dir, { recursive: true });
  const path = join(dir, 'inventory.yml');
  await writeFile(path, stringify({ all: { hosts: { localhost: vars }, children } }));
  return path;
}
