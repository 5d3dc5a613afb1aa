import { basename } from 'node:path';
import type { Disk } from './disk.ts';
import type { FleetService, ServiceName } from './fleet.ts';
import { currentRelease, deployStorefront, type Releases } from './releases.ts';
import type { Supervisor } from './supervisor.ts';

export type FaultId = 'crash' | 'disk' | 'leak' | 'release';
export type Fault = { id: FaultId; label: string; detail: string; available: boolean; reason?: string };

type Situation = {
  services: Record<ServiceName, FleetService>;
  releases: Releases;
  disk: Disk;
  supervisor: Supervisor;
  offer?: readonly FaultId[];
};

const texts: Record<FaultId, { label: string; detail: string }> = {
  crash: { label: 'Crash a service', detail: 'Kills the catalog process with SIGKILL.' },
  disk: { label: 'Fill a disk', detail: 'Leaves the debug log of orders on until its 64 MB disk is full.' },
  leak: { label: 'Leak memory', detail: 'Makes the catalog keep 20 MB more every second, up to 1.4 GB.' },
  release: { label: 'Ship a bad release', detail: 'Deploys storefront v2, whose checkout fails for guests.' },
};

const ids = Object.keys(texts) as FaultId[];

/** The faults that the fleet offers, and the way to make one. */
export function faultsOf(situation: Situation) {
  const hindrance = (id: FaultId): string | undefined => {
    if (situation.offer && !situation.offer.includes(id)) return 'not offered here';
    return id === 'disk' && !situation.disk.mounted ? situation.disk.reason : undefined;
  };
  return {
    async faults(): Promise<Fault[]> {
      return ids.map((id) => {
        const reason = hindrance(id);
        return {
          id,
          ...texts[id],
          available: reason === undefined,
          ...(reason === undefined ? {} : { reason }),
        };
      });
    },
    async break(id: FaultId): Promise<string> {
      if (!ids.includes(id)) throw new Error(`there is no fault "${id}": choose one of ${ids.join(', ')}`);
      const reason = hindrance(id);
      if (reason !== undefined) throw new Error(`"${texts[id].label}" is not available: ${reason}`);
      return makers[id](situation);
    },
  };
}

const makers: Record<FaultId, (situation: Situation) => Promise<string>> = {
  async crash({ supervisor }) {
    const pid = await pidOf(supervisor, 'catalog');
    process.kill(pid, 'SIGKILL');
    return `Killed catalog (process ${pid}) with SIGKILL.`;
  },

  async leak({ services, supervisor }) {
    const pid = await pidOf(supervisor, 'catalog');
    await post(`${services.catalog.url}/admin/warm-cache`);
    return `Catalog (process ${pid}) now keeps 20 MB more every second.`;
  },

  async disk({ services, supervisor }) {
    const pid = await pidOf(supervisor, 'orders');
    await post(`${services.orders.url}/admin/debug`);
    return `Orders (process ${pid}) now writes a debug log of 20 MB per second to its 64 MB disk.`;
  },

  async release({ releases, supervisor }) {
    if ((await currentRelease(releases)) === 'v2') throw new Error('storefront v2 is already deployed');
    const { previous } = await deployStorefront(releases, {
      version: 'v2',
      who: 'ben',
      summary: 'Loyalty discount at checkout',
    });
    await supervisor.ctl('restart', 'storefront');
    return `Deployed storefront v2 in place of ${previous} (${basename(releases.changes)}) and restarted it.`;
  },
};

async function pidOf(supervisor: Supervisor, service: ServiceName): Promise<number> {
  const pid = Number(await supervisor.ctl('pid', service));
  if (!(pid > 0)) throw new Error(`${service} does not run, so it cannot be broken`);
  return pid;
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(2_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
