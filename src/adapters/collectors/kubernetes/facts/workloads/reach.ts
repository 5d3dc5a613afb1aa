import { distanceOf } from '../../../../../lib/text/nearest.ts';
import type { Cluster, Workload } from '../cluster.ts';
import { nameOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';
import { addressesIn, usersOf } from './needs.ts';

/** How a workload is reached by others, and whether an address of its own that leads nowhere was meant for a service that is there. */
export function reachOf(workload: Workload, say: Say, cluster: Cluster): readonly Statement[] {
  if (cluster.objects.Service === undefined) return [];
  const name = nameOf(workload.metadata);
  const services = cluster.servicesFor(workload.metadata.namespace, workload.template.metadata?.labels);
  const callers = new Set(services.flatMap((service) => usersOf(service, cluster)));
  callers.delete(workload);
  const near = meant(workload, cluster);
  return [
    ...say(
      `${callers.size} other workloads name a service of ${name} in their environment variables`,
      { 'k8s.workload.callers': callers.size },
      { weight: 'well' },
    ),
    ...unserved(workload, services.length, name, say, cluster),
    ...say(
      near === null
        ? `${name}: no service that is there was meant by a name that leads nowhere`
        : `${name}: the service ${near} was meant by a name that leads nowhere`,
      { 'k8s.workload.reference.near': near ?? 'none' },
      { weight: near === null ? 'well' : 'ill' },
    ),
    ...headless(workload, name, say, cluster),
  ];
}

/** A service whose selector misses the pods is there, and another matter: its name is asked for as well. */
function unserved(
  { metadata, template, kind }: Workload,
  services: number,
  name: string,
  say: Say,
  { objects, workloads }: Cluster,
): readonly Statement[] {
  const ports = (template.spec?.containers ?? []).flatMap(({ ports: some = [] }) => some);
  // Containers need not declare ports: whoever asks for a service of its name says as well that it should have one.
  const asked = usersOf({ metadata }, { workloads }).some((one) => one.metadata.name !== metadata.name);
  if (kind === 'Job' || kind === 'DaemonSet') return [];
  const called = (objects.Service ?? []).some(
    (one) => one.metadata?.namespace === metadata.namespace && one.metadata?.name === metadata.name,
  );
  const without = (ports.length > 0 || asked) && services === 0 && !called;
  return say(
    without
      ? `${name} declares ports or is asked for by its name, and no service leads to it`
      : `${name} is not meant to be reached, or a service leads to it`,
    { 'k8s.workload.unserved': without },
    { weight: without ? 'plain' : 'well' },
  );
}

/** A stateful set has a service that gives its pods their names. */
function headless(
  { kind, metadata }: Workload,
  name: string,
  say: Say,
  { objects }: Cluster,
): readonly Statement[] {
  if (kind !== 'StatefulSet') return [];
  const wanted = objects.StatefulSet?.find(
    (one) => one.metadata?.name === metadata.name && one.metadata?.namespace === metadata.namespace,
  )?.spec?.serviceName;
  if (!wanted) return [];
  const exists = (objects.Service ?? []).some(
    (one) => one.metadata?.namespace === metadata.namespace && one.metadata?.name === wanted,
  );
  return say(
    exists
      ? `the service ${wanted} that gives pods of ${name} their names exists`
      : `the service ${wanted} that should give pods of ${name} their names does not exist`,
    { 'k8s.statefulset.service.exists': exists },
    { weight: exists ? 'well' : 'ill' },
  );
}

/** A slip of a letter, or of two in a long name, or a word hung on with a dash. Shorter names are too much like each other. */
const SHORTEST = 4;
const LONG = 8;

/**
 * The service that an address which leads nowhere was meant for: its name comes near, or the variable is called for it, and the workload
 * does not name it otherwise. A service that is not there and whose name is like no other is an optional one.
 */
function meant(workload: Workload, { objects }: Cluster): string | null {
  const own = workload.metadata.namespace ?? '';
  const names = (objects.Service ?? []).flatMap(({ metadata }) =>
    metadata?.namespace === own && metadata.name !== undefined ? [metadata.name] : [],
  );
  const addresses = addressesIn(workload).filter(({ namespace }) => namespace === own);
  const hosts = new Set(addresses.map(({ host }) => host));
  const missing = addresses.filter(({ host }) => !names.includes(host)).slice(0, 20);
  const free = names.filter((name) => !hosts.has(name) && name.length >= SHORTEST);
  return (
    free.find((name) => missing.some(({ host }) => isNear(host, name))) ??
    free.find((name) => missing.some(({ variable }) => isCalledFor(variable, name))) ??
    null
  );
}

const OF_AN_ADDRESS = /_?(?:ADDR|ADDRESS|URL|URI|HOST|HOSTNAME|ENDPOINT|SERVER|DSN)$/i;

/** Whether a variable is called for a service: `ORDER_ITEMS_SERVICE_HOST` is for `order-items`. */
function isCalledFor(variable: string, name: string): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/service$/, '');
  const called = bare(variable.replace(OF_AN_ADDRESS, ''));
  return called.length >= SHORTEST && called === bare(name);
}

function isNear(host: string, name: string): boolean {
  return distanceOf(host, name) <= (name.length < LONG ? 1 : 2) || host.startsWith(`${name}-`);
}
