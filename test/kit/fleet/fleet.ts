import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, freePort, until } from '../stack/process.ts';
import { type Disk, mountDisk } from './disk.ts';
import { type Fault, type FaultId, faultsOf } from './faults.ts';
import { writeInventory } from './inventory.ts';
import { deployStorefront, type Releases } from './releases.ts';
import { type Program, type Supervisor, startSupervisor } from './supervisor.ts';

const serviceNames = ['catalog', 'orders', 'storefront', 'shoppers'] as const;
export type ServiceName = (typeof serviceNames)[number];
export type FleetService = { name: ServiceName; url: string; port: number; logFile: string };
export type ServiceHealth = { service: ServiceName; url: string; up: boolean; version?: string };

export type Fleet = {
  dir: string;
  pid: number;
  upMs: number;
  services: Record<ServiceName, FleetService>;
  /** Ansible inventory (YAML). */
  inventory: string;
  supervisorConf: string;
  releases: Releases;
  disk: Disk;
  faults(): Promise<Fault[]>;
  /** Makes a fault and says in words what was done; rejects when it is not available or already there. */
  break(id: FaultId): Promise<string>;
  health(): Promise<ServiceHealth[]>;
  supervisorctl(...args: string[]): Promise<string>;
  stop(): Promise<void>;
};

/** Starts the demo's services under a supervisor and waits until each answers. `offer` limits the faults. */
export async function startFleet({
  dir,
  offer,
}: {
  dir: string;
  offer?: readonly FaultId[];
}): Promise<Fleet> {
  const begun = performance.now();
  const services = await chooseAddresses(dir);
  const storefrontDir = join(dir, 'releases', 'storefront');
  const releases = {
    dir: storefrontDir,
    current: join(storefrontDir, 'current'),
    changes: join(dir, 'releases', 'deploys.jsonl'),
  };
  await mkdir(join(dir, 'logs'), { recursive: true });
  await deployStorefront(releases, { version: 'v1', who: 'ana', summary: 'Checkout at list prices' });

  const data = join(dir, 'data', 'orders');
  const disk: Disk =
    offer && !offer.includes('disk')
      ? { mounted: false, reason: 'not asked for' }
      : await mountDisk(data, 64);
  if (!disk.mounted) await mkdir(data, { recursive: true });
  const unmount = async () => void (disk.mounted && (await disk.unmount()));

  let supervisor: Supervisor | undefined;
  try {
    supervisor = await startSupervisor(join(dir, 'supervisor'), programs(services, releases, data, disk));
    await Promise.all(serviceNames.map((name) => untilHealthy(services[name])));
    const mountpoint = disk.mounted ? { mountpoint: disk.path } : {};
    const inventory = await writeInventory(dir, {
      supervisorConf: supervisor.conf,
      services,
      releases,
      ...mountpoint,
    });
    return assemble(
      { dir, services, releases, disk, inventory, supervisor, upMs: performance.now() - begun },
      offer,
    );
  } catch (error) {
    await supervisor?.stop();
    await unmount();
    throw error;
  }
}

async function chooseAddresses(dir: string): Promise<Record<ServiceName, FleetService>> {
  const entries = await Promise.all(
    serviceNames.map(async (name) => {
      const port = await freePort();
      const logFile = join(dir, 'logs', `${name}.log`);
      return [name, { name, port, url: `http://127.0.0.1:${port}`, logFile }] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<ServiceName, FleetService>;
}

function programs(
  services: Record<ServiceName, FleetService>,
  releases: Releases,
  data: string,
  disk: Disk,
): Program[] {
  const { catalog, orders, storefront } = services;
  const needs: Record<ServiceName, string[]> = {
    catalog: [],
    orders: ['--data', data, ...(disk.mounted ? ['--mountpoint', disk.path] : [])],
    storefront: ['--releases', releases.dir, '--catalog', catalog.url, '--orders', orders.url],
    shoppers: ['--storefront', storefront.url],
  };
  return serviceNames.map((name) => {
    const script = fileURLToPath(new URL(`services/${name}.ts`, import.meta.url));
    const { port, logFile } = services[name];
    return {
      name,
      logFile,
      argv: [process.execPath, ...SMALL_HEAP, script, '--port', `${port}`, ...needs[name]],
    };
  });
}

/** Left to itself, Node lets a heap grow far beyond what a service uses before it cleans up, which looks like a leak. */
const SMALL_HEAP = ['--max-old-space-size=48', '--max-semi-space-size=1'];

async function untilHealthy({ name, url, logFile }: FleetService): Promise<void> {
  await until(() => answers(`${url}/healthz`), {
    what: `${name} to answer (its log: ${logFile})`,
    ms: 20_000,
  });
}

type Parts = Pick<Fleet, 'dir' | 'services' | 'releases' | 'disk' | 'inventory' | 'upMs'> & {
  supervisor: Supervisor;
};

function assemble({ supervisor, upMs, ...facts }: Parts, offer?: readonly FaultId[]): Fleet {
  const { services, releases, disk } = facts;
  const catalogue = faultsOf({ services, releases, disk, supervisor, ...(offer ? { offer } : {}) });
  return {
    ...facts,
    ...catalogue,
    pid: supervisor.pid,
    upMs: Math.round(upMs),
    supervisorConf: supervisor.conf,
    supervisorctl: supervisor.ctl,
    health: () => Promise.all(serviceNames.map((name) => healthOf(services[name]))),
    async stop() {
      await supervisor.stop();
      if (disk.mounted) await disk.unmount();
    },
  };
}

async function healthOf({ name, url }: FleetService): Promise<ServiceHealth> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) });
    const { version } = (await response.json()) as { version: string };
    return { service: name, url, up: response.ok, version };
  } catch {
    return { service: name, url, up: false };
  }
}
