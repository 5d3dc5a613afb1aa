import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultId } from '../fleet/faults.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { startAlertmanager, startNodeExporter, startPrometheus, type Targets } from './monitoring.ts';
import { MissingProgram, type Running } from './process.ts';
import { startRedis } from './redis.ts';

/** A process that serves an address. */
export type Part = Running & { url: string };

export type Address = Pick<Part, 'name' | 'url' | 'upMs'>;

export type StackOptions = {
  /** Where everything keeps its data and logs. */
  dir: string;
  /** Where Alertmanager delivers, and the Bearer token it shows. */
  medic: { alertUrl: string; alertToken: string };
  /** The faults to offer; all of them by default. Without `disk` nothing is mounted. */
  faults?: readonly FaultId[];
  /** A Redis that runs already, to be used instead of one of our own; it is not stopped. */
  redisUrl?: string;
};

export type Stack = {
  redis: Address;
  prometheus: Part;
  alertmanager: Part;
  /** Vital signs of the host; undefined where the program is not installed. */
  nodeExporter: Part | undefined;
  fleet: Fleet;
  parts: Address[];
  /** Stops everything, the monitoring first, so that a stop looks like no outage. */
  stop(): Promise<void>;
};

/** Starts the demo's world: a fleet of services and the monitoring that watches it. A failed start leaves nothing. */
export async function startStack({ dir, medic, faults, redisUrl }: StackOptions): Promise<Stack> {
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
      redisUrl ? { name: 'redis', url: redisUrl, upMs: 0 } : keep(startRedis({ dir: join(dir, 'redis') })),
      keep(startNodeExporter({ dir: join(dir, 'node-exporter') })).catch(undefinedWhenMissing),
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
    const parts = [redis, nodeExporter, alertmanager, prometheus].flatMap((part) =>
      part ? [addressOf(part)] : [],
    );
    for (const { name, url } of Object.values(fleet.services)) parts.push({ name, url, upMs: fleet.upMs });
    return { redis, prometheus, alertmanager, nodeExporter, fleet, parts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An address to show to people: without the password that a Redis address may hold. */
const addressOf = ({ name, url, upMs }: Address): Address => ({
  name,
  url: url.replace(/\/\/[^@/]*@/, '//'),
  upMs,
});

function undefinedWhenMissing(error: unknown): undefined {
  if (!(error instanceof MissingProgram)) throw error;
}

/** All results, or the first rejection once every start has settled. */
function allFulfilled<T extends readonly unknown[]>(
  results: { [K in keyof T]: PromiseSettledResult<T[K]> },
): T {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

function targetsOf(fleet: Fleet, nodeExporter: Part | undefined): Targets[] {
  const common = { environment: 'demo', host: 'localhost' };
  const services = Object.values(fleet.services).map(({ name, url }) => ({
    job: 'fleet',
    targets: [new URL(url).host],
    labels: { ...common, service: name },
  }));
  if (!nodeExporter) return services;
  return [...services, { job: 'node', targets: [new URL(nodeExporter.url).host], labels: common }];
}
