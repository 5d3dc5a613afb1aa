import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DELETABLE, DEPLOYS } from './faults.ts';
import type { Host, HostsKit } from './kit.ts';

/** Groups of the inventory: called after what machines are, as inventories do, and not after the services. */
const GROUPS = { web: 'web', worker: 'batch' } as const;

/**
 * Writes an Ansible inventory of the hosts and gives its path. Unlike the demo's, neither a group nor a unit is called as the
 * registry calls the service: `storefront` is `shop.service` in group `web`, `jobs` is program `worker` in group `batch`. `more` are further
 * groups.
 */
export async function writeInventory(
  kit: HostsKit,
  more: Readonly<Record<string, object>> = {},
): Promise<string> {
  const { user, keyFile, knownHosts } = kit.ssh;
  const strict = `-o UserKnownHostsFile=${knownHosts} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes`;
  const vars = {
    ansible_user: user,
    ansible_ssh_private_key_file: keyFile,
    ansible_ssh_common_args: strict,
    // A connection that is kept open may outlive the test by this many seconds.
    ansible_ssh_args: '-o ControlMaster=auto -o ControlPersist=5',
    ansible_python_interpreter: '/usr/bin/python3',
    medic_become: true,
    medic_cleanable: [DELETABLE],
  };
  const members = (kind: Host['kind'], more: object) => ({
    hosts: Object.fromEntries(
      kit.hosts
        .filter((host) => host.kind === kind)
        .map(({ name, address }) => [name, { ansible_host: address }]),
    ),
    vars: more,
  });
  const supervised = {
    medic_service_manager: 'supervisor',
    medic_supervisor_conf: '/etc/supervisor/supervisord.conf',
  };
  const shop = {
    medic_releases: { storefront: { dir: '/srv/shop/releases', current: '/srv/shop/current' } },
    medic_health_urls: { storefront: 'http://127.0.0.1:8080/healthz', edge: 'http://127.0.0.1/healthz' },
  };
  const children = {
    [GROUPS.web]: members('web', shop),
    [GROUPS.worker]: members('worker', supervised),
    ...more,
  };
  const path = join(kit.dir, 'inventory.yml');
  await writeFile(path, stringify({ all: { vars, children } }));
  return path;
}

/** Services of the registry, by name, in the words of `medic.yml`. */
export type Registry = Record<'storefront' | 'edge' | 'jobs', Record<string, unknown>>;

/**
 * What `medic.yml` says under `services`: `storefront` (the shop), `edge` (nginx on the same hosts) and `jobs` (the worker). They are
 * told by the `job` of their own metrics, and by the labels that exporters tell of them with.
 *
 * Those of `unprobed` have no health check, so that only looks can tell.
 */
export function registryFor(kit: HostsKit, unprobed: readonly (keyof Registry)[] = []): Registry {
  const probes = (kind: Host['kind']) =>
    kit.hosts
      .filter((host) => host.kind === kind)
      .map(({ url }) => ({ job: 'blackbox', instance: `${url}/healthz` }));
  const checks = (service: keyof Registry, kind: Host['kind'], url: (host: Host) => string) =>
    unprobed.includes(service)
      ? {}
      : {
          health: kit.hosts
            .filter((host) => host.kind === kind)
            .map((host) => ({ name: `healthz-${host.name}`, url: `${url(host)}/healthz` })),
        };
  return {
    storefront: {
      group: GROUPS.web,
      unit: 'shop.service',
      labels: [
        { job: 'shop' },
        named.byProcess,
        named.byDisk,
        // Its own disk as well, but nothing there may be deleted.
        { job: 'node', mountpoint: '/srv/archive' },
        { job: 'node', name: 'shop.service' },
        ...probes('web'),
      ],
      memory_limit: '100MB',
      cleanable: [DELETABLE.path],
      settings: { release_link: '/srv/shop/current' },
      logs: [{ file: '/var/log/shop.log' }],
      changes: { file: DEPLOYS },
      ...checks('storefront', 'web', ({ url }) => url),
    },
    edge: {
      group: GROUPS.web,
      unit: 'nginx.service',
      labels: [{ job: 'nginx' }, { job: 'node', name: 'nginx.service' }],
      depends_on: ['storefront'],
      ...checks('edge', 'web', ({ address }) => `http://${address}`),
    },
    jobs: {
      group: GROUPS.worker,
      unit: 'worker',
      labels: [{ job: 'worker' }, { job: 'process', groupname: 'worker' }, ...probes('worker')],
      memory_limit: '100MB',
      logs: [{ file: '/var/log/worker.log' }],
      ...checks('jobs', 'worker', ({ url }) => url),
    },
  };
}

/** Labels that tell the storefront in alerts of exporters, which know nothing of its job. */
export const named = {
  byProcess: { job: 'process', groupname: 'shop' },
  byDisk: { job: 'node', mountpoint: DELETABLE.path },
} as const;
