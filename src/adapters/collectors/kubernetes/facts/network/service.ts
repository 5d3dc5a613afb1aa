import type { Of, Pod } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { isReady } from '../cluster.ts';
import { idOf, named, nameOf, selects, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';
import { usersOf } from '../workloads/needs.ts';
import { lastWrite, writtenBy } from '../written.ts';

/** All that is known of one service. */
export function serviceFacts(service: Of<'Service'>, cluster: Cluster): readonly Statement[] {
  const { metadata, spec } = service;
  const name = nameOf(metadata);
  const id = idOf('service', metadata);
  const selector = spec?.selector ?? {};
  const selecting = Object.keys(selector).length > 0;
  const pods = selecting
    ? cluster.pods.filter(
        (pod) =>
          pod.metadata?.namespace === metadata?.namespace &&
          pod.status?.phase !== 'Succeeded' &&
          selects({ matchLabels: selector }, pod.metadata?.labels),
      )
    : [];
  const say = sayOf(id, [named('namespace', undefined, metadata?.namespace)]);
  return [
    ...say(
      spec?.type === 'ExternalName'
        ? `${name} is an alias of ${spec.externalName ?? '?'}`
        : `${name} is no alias`,
      { 'k8s.service.external': spec?.type === 'ExternalName' },
      { weight: 'well' },
    ),
    ...endpoints(service, name, say, cluster),
    ...selected(name, selector, pods, say, cluster),
    ...(selecting && cluster.objects.Pod !== undefined && pods.length === 0
      ? near(service, name, say, cluster)
      : []),
    ...ports(service, name, pods, say),
    ...say(
      `${usersOf(service, cluster).length} workloads name ${name} in their environment variables`,
      { 'k8s.service.users': usersOf(service, cluster).length },
      { weight: 'well' },
    ),
    ...writtenBy(metadata, name, say, cluster.now),
  ];
}

function endpoints(
  service: Of<'Service'>,
  name: string,
  say: Say,
  { objects }: Cluster,
): readonly Statement[] {
  const counted = endpointsOf(service, objects);
  if (counted === null || service.spec?.type === 'ExternalName') return [];
  return say(
    `${name} has ${counted.ready} ready endpoints and ${counted.notReady} that are not ready`,
    { 'k8s.service.endpoints.ready': counted.ready, 'k8s.service.endpoints.not_ready': counted.notReady },
    { weight: counted.ready === 0 ? 'ill' : 'well' },
  );
}

/** How many addresses stand behind a service; null where nobody read them. */
export function endpointsOf(
  { metadata }: Of<'Service'>,
  { EndpointSlice, Endpoints }: Cluster['objects'],
): { readonly ready: number; readonly notReady: number } | null {
  const ofIt = (one: { readonly metadata?: Of<'Service'>['metadata'] }) =>
    one.metadata?.namespace === metadata?.namespace;
  if (EndpointSlice !== undefined && EndpointSlice.length > 0) {
    const all = EndpointSlice.filter(
      (slice) => ofIt(slice) && slice.metadata?.labels?.['kubernetes.io/service-name'] === metadata?.name,
    ).flatMap(({ endpoints = [] }) => endpoints);
    const ready = all.filter(({ conditions }) => conditions?.ready !== false);
    return { ready: distinct(ready), notReady: distinct(all) - distinct(ready) };
  }
  if (Endpoints === undefined) return null;
  const subsets = Endpoints.filter((one) => ofIt(one) && one.metadata?.name === metadata?.name).flatMap(
    ({ subsets: some = [] }) => some,
  );
  const ready = new Set(subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)));
  const notReady = new Set(
    subsets.flatMap(({ notReadyAddresses = [] }) => notReadyAddresses.map(({ ip }) => ip)),
  );
  return { ready: ready.size, notReady: notReady.size };
}

/** A pod has an endpoint in the slice of each family of addresses. */
function distinct(
  endpoints: readonly {
    readonly addresses?: readonly string[] | undefined;
    readonly targetRef?: { readonly name?: string | undefined } | undefined;
  }[],
): number {
  return new Set(endpoints.map(({ targetRef, addresses }) => targetRef?.name ?? addresses?.[0])).size;
}

function selected(
  name: string,
  selector: Readonly<Record<string, string | undefined>>,
  pods: readonly Pod[],
  say: Say,
  { objects }: Cluster,
): readonly Statement[] {
  const shown = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const ready = pods.filter(isReady).length;
  const none = shown.length > 0 && pods.length === 0;
  return [
    ...say(
      shown.length === 0 ? `${name} selects no pods` : `${name} selects pods by ${shown.join(', ')}`,
      { 'k8s.service.selector': shown.length > 0 },
      { weight: none ? 'ill' : 'well' },
    ),
    ...(objects.Pod === undefined || shown.length === 0
      ? []
      : say(
          `the selector of ${name} matches ${pods.length} pods, ${ready} of them ready`,
          { 'k8s.service.selector.pods': pods.length, 'k8s.service.selector.pods.ready': ready },
          { weight: none ? 'ill' : 'well' },
        )),
  ];
}

/** Ready pods that no service selects, and that this one would by all labels but one, or by a word of its own name. */
function near(service: Of<'Service'>, name: string, say: Say, cluster: Cluster): readonly Statement[] {
  const { metadata, spec } = service;
  const selector = Object.entries(spec?.selector ?? {});
  const close = cluster.pods.filter((pod) => {
    if (pod.metadata?.namespace !== metadata?.namespace || !isReady(pod)) return false;
    const labels = pod.metadata?.labels ?? {};
    const met = selector.filter(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value).length;
    const almost = selector.length > 1 && met >= selector.length - 1;
    return almost || Object.values(labels).includes(name) || cluster.ownerOf(pod).endsWith(`/${name}`);
  });
  const [first] = close;
  return say(
    first === undefined
      ? `no ready pod is nearly selected by ${name}`
      : `${close.length} ready pods of ${cluster.ownerOf(first)} are nearly selected by ${name}`,
    {
      'k8s.service.near.pods': close.length,
      'k8s.service.near.workload': first === undefined ? 'none' : cluster.ownerOf(first),
    },
    {
      weight: first === undefined ? 'plain' : 'ill',
      at: first === undefined ? null : sinceOf(service, first, cluster),
    },
  );
}

/** Since when a selector misses pods at the earliest: since either of them was written. */
function sinceOf({ metadata }: Of<'Service'>, pod: Pod, { workloads, ownerOf }: Cluster): number | null {
  const owner = ownerOf(pod);
  const workload = workloads.find(({ id }) => id === owner);
  const times = [metadata, workload?.metadata].map(
    (one) => lastWrite(one)?.at ?? timeOf(one?.creationTimestamp),
  );
  return times.some((one) => one === null) ? null : Math.max(...times.map((one) => one ?? 0));
}

function ports(service: Of<'Service'>, name: string, pods: readonly Pod[], say: Say): readonly Statement[] {
  const containers = pods.flatMap(({ spec }) => spec?.containers ?? []);
  const declared = containers.flatMap(({ ports: some = [] }) => some);
  // Containers need not declare ports: where they declare none, nothing can be said. A headless service sends nothing by itself.
  if (declared.length === 0 || service.spec?.clusterIP === 'None') return [];
  const sent = (service.spec?.ports ?? []).map(({ port, targetPort = port, protocol = 'TCP' }) => ({
    target: targetPort,
    called: typeof targetPort === 'string' && !/^\d+$/.test(targetPort),
    protocol,
  }));
  const at = ({ target, called }: (typeof sent)[number]) =>
    declared.filter(({ containerPort, name: own }) =>
      called ? own === target : containerPort === Number(target),
    );
  const served = (one: (typeof sent)[number]) =>
    at(one).some(({ protocol = 'TCP' }) => protocol === one.protocol);
  // A number may be a port that a container has and does not declare, unless every container declares some, and the service sends to none.
  const certain =
    containers.every(({ ports: some = [] }) => some.length > 0) && sent.every((one) => at(one).length === 0);
  const unserved = sent.find((one) => at(one).length === 0 && (one.called || certain));
  // One of two protocols at the same port may well be left out.
  const otherwise = sent.find(
    (one) =>
      at(one).length > 0 &&
      !served(one) &&
      !sent.some((other) => other.target === one.target && served(other)),
  );
  return [
    ...say(
      unserved === undefined
        ? `${name} sends to ports that its containers declare`
        : `${name} sends to port ${unserved.target}, which none of its containers declares`,
      {
        'k8s.service.port.served': unserved === undefined,
        'k8s.service.port.unserved': unserved === undefined ? 'none' : String(unserved.target),
      },
      { weight: unserved === undefined ? 'well' : 'ill' },
    ),
    ...say(
      otherwise === undefined
        ? `${name} has the protocols that its containers declare`
        : `${name} sends ${otherwise.protocol} to port ${otherwise.target}, which its containers declare with another protocol`,
      { 'k8s.service.protocol.served': otherwise === undefined },
      { weight: otherwise === undefined ? 'well' : 'ill' },
    ),
  ];
}
