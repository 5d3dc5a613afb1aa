import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultId } from '../fleet/faults.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { startAlertmanager, startNodeExporter, startPrometheus, type Targets } from './monitoring.ts';
import type { Running } from './process.ts';
import { startRedis } from './redis.ts';

/** A process that serves an address. */
export type Part = Running & { url: string };

export type StackOptions = {
  /** Where everything keeps its data and logs. */
  dir: string;
  /** Where Alertmanager delivers, and the Bearer token it shows. */
  medic: { alertUrl: string; alertToken: string };
  /** The faults to offer; all of them by default. Without `disk` nothing is mounted. */
  faults?: readonly FaultId[];
};

export type Stack = {
  redis: Part;
  prometheus: Part;
  alertmanager: Part;
  nodeExporter: Part;
  fleet: Fleet;
  parts: { name: string; url: string; upMs: number }[];
  /** Stops everything, the monitoring first, so that a stop looks like no outage. */
  stop(): Promise<void>;
};

/** Starts the demo's world: a fleet of services and the monitoring that watches it. A failed start leaves nothing. */
export async function startStack({ dir, medic, faults }: StackOptions): Promise<Stack> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const part = await starting;
    started.push(part);
    return part;
  }
  try {
    const webhook = { url: medic.alertUrl, token: medic.alertToken };
    const first = await Promise.allSettled([
      keep(startRedis({ dir: join(dir, 'redis') })),
      keep(startNodeExporter({ dir: join(dir, 'node-exporter') })),
      keep(startFleet({ dir: join(dir, 'fleet'), ...(faults ? { offer: faults } : {}) })),
    ]);
    const [redis, nodeExporter, fleet] = allFulfilled(first);
    const alertmanager = await keep(startAlertmanager({ dir: join(dir, 'alertmanager'), webhook }));
    const prometheus = await keep(
      startPrometheus({
        dir: join(dir, 'prometheus'),
        scrape: targetsOf(fleet, nodeExporter),
        rules: [fileURLToPath(new URL('../fleet/rules.yml', import.meta.url))],
        alertmanagerUrl: alertmanager.url,
      }),
    );
    const parts = [redis, nodeExporter, alertmanager, prometheus].map(({ name, url, upMs }) => ({
      name,
      url,
      upMs,
    }));
    for (const { name, url } of Object.values(fleet.services)) parts.push({ name, url, upMs: fleet.upMs });
    return { redis, prometheus, alertmanager, nodeExporter, fleet, parts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All results, or the first rejection once every start has settled. */
function allFulfilled<T extends readonly unknown[]>(
  results: { [K in keyof T]: PromiseSettledResult<T[K]> },
): T {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

function targetsOf(fleet: Fleet, nodeExporter: Part): Targets[] {
  const common = { environment: 'demo', host: 'localhost' };
  const services = Object.values(fleet.services).map(({ name, url }) => ({
    job: 'fleet',
    targets: [new URL(url).host],
    labels: { ...common, service: name },
  }));
  return [...services, { job: 'node', targets: [new URL(nodeExporter.url).host], labels: common }];
}
