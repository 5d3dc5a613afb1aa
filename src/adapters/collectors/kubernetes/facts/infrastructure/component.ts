import type { ObjectId } from '../../../../../evidence/facts/fact.ts';
import type { Pod } from '../../objects.ts';
import { type Cluster, isReady, seenAt } from '../cluster.ts';
import { conditionOf, idOf, named, nameOf, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';
import { isControlPlane } from './node.ts';

const COMPONENTS = ['kube-scheduler', 'kube-controller-manager', 'kube-proxy'] as const;
/** The scheduler judges a pod within seconds. */
const PATIENCE = 30_000;

/** The parts of Kubernetes itself, as far as the API shows them: as pods, and by the lease of the one that leads. */
export function componentFacts(cluster: Cluster): readonly Statement[] {
  return [...COMPONENTS.flatMap((name) => component(name, cluster)), ...unjudged(cluster)];
}

function sayFor(name: string, cluster: Cluster) {
  const id: ObjectId = `component/${name}`;
  const on =
    name === 'kube-proxy'
      ? proxyless(cluster)
      : cluster.nodes.filter(isControlPlane).map(({ metadata }) => idOf('node', metadata));
  return sayOf(id, ['cluster/kubernetes', ...on], 'cluster/kubernetes');
}

const PROXY = 'kube-proxy';

function isProxy({ metadata }: Pod): boolean {
  return metadata?.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === PROXY;
}

/** The nodes on which kube-proxy is there and does not run. */
function proxyless({ pods }: Cluster): readonly ObjectId[] {
  return pods.flatMap((pod) =>
    isProxy(pod) && !isReady(pod) && pod.spec?.nodeName ? [named('node', undefined, pod.spec.nodeName)] : [],
  );
}

function downOn({ spec }: Pod): readonly Statement[] {
  if (!spec?.nodeName) return [];
  const node = named('node', undefined, spec.nodeName);
  return sayOf(`component/${PROXY}`, ['cluster/kubernetes', node], 'cluster/kubernetes')(
    `${PROXY} does not run on ${spec.nodeName}`,
    { 'k8s.component.running': false },
    { weight: 'ill' },
  );
}

function component(name: (typeof COMPONENTS)[number], cluster: Cluster): readonly Statement[] {
  const { objects, now } = cluster;
  const say = sayFor(name, cluster);
  const pods = cluster.pods.filter(
    ({ metadata }) =>
      metadata?.namespace === 'kube-system' &&
      (metadata.labels?.component === name || metadata.labels?.['k8s-app'] === name),
  );
  const running = pods.filter(isReady);
  const daemons = objects.DaemonSet?.find(
    ({ metadata }) => metadata?.namespace === 'kube-system' && metadata.name === name,
  )?.status;
  const missing = daemons && Math.max(0, (daemons.desiredNumberScheduled ?? 0) - (daemons.numberReady ?? 0));
  const lease = objects.Lease?.find(
    ({ metadata }) => metadata?.namespace === 'kube-system' && metadata.name === name,
  );
  const renewed = timeOf(lease?.spec?.renewTime);
  const age = renewed === null ? null : Math.max(0, (now - renewed) / 1000);
  const lost = age !== null && age > 2 * (lease?.spec?.leaseDurationSeconds ?? 15);
  return [
    // It may run as a program of its host: then the API shows no pod of it, and nothing is said.
    ...(pods.length === 0
      ? []
      : say(
          `${running.length} of ${pods.length} pods of ${name} run`,
          { 'k8s.component.running': running.length > 0 },
          { weight: running.length < pods.length ? 'ill' : 'well' },
        )),
    ...(missing === undefined
      ? []
      : say(
          `${name} is missing on ${missing} nodes`,
          { 'k8s.component.missing': missing },
          { weight: missing > 0 ? 'ill' : 'well' },
        )),
    ...(name === 'kube-proxy' ? pods.filter((pod) => !isReady(pod)).flatMap(downOn) : []),
    ...(age === null
      ? []
      : say(
          `${name} renewed the lease by which it leads ${Math.round(age)} s ago`,
          { 'k8s.component.lease.age': age },
          { weight: lost ? 'ill' : 'well', at: renewed },
        )),
  ];
}

/** Pods without a node of which the scheduler has said nothing, although it had the time. */
function unjudged(cluster: Cluster): readonly Statement[] {
  if (cluster.objects.Event === undefined || cluster.objects.Pod === undefined) return [];
  const waiting = cluster.pods.filter((pod) => {
    const { metadata, spec, status } = pod;
    const made = timeOf(metadata?.creationTimestamp);
    const young = made !== null && cluster.now - made < PATIENCE;
    const own = spec?.schedulerName === undefined || spec.schedulerName === 'default-scheduler';
    if (spec?.nodeName || metadata?.deletionTimestamp || status?.phase !== 'Pending' || young || !own)
      return false;
    if ((spec?.schedulingGates ?? []).length > 0 || conditionOf(status?.conditions, 'PodScheduled')?.message)
      return false;
    return !cluster
      .eventsOf('Pod', metadata?.namespace, nameOf(metadata))
      .some(({ reason }) => reason === 'FailedScheduling');
  });
  const say = sayFor('kube-scheduler', cluster);
  return [
    ...say(
      `${waiting.length} pods wait for a node without a word of the scheduler`,
      { 'k8s.component.pods.waiting': waiting.length },
      { weight: waiting.length > 0 ? 'ill' : 'well' },
    ),
    ...(waiting.length === 0 ? [] : lastWord(waiting, say, cluster)),
  ];
}

/** Whether the scheduler said anything of any pod since the first of those was made. */
function lastWord(waiting: readonly Pod[], say: Say, { objects }: Cluster): readonly Statement[] {
  const since = Math.min(...waiting.map(({ metadata }) => timeOf(metadata?.creationTimestamp) ?? Infinity));
  const later = (objects.Event ?? []).some(
    (event) =>
      (event.reason === 'Scheduled' || event.reason === 'FailedScheduling') && (seenAt(event) ?? 0) > since,
  );
  return say(
    later
      ? 'the scheduler has given or refused other pods a node since the first of them was made'
      : 'the scheduler has given or refused no pod a node since the first of them was made',
    { 'k8s.component.idle': !later },
    { weight: later ? 'plain' : 'ill' },
  );
}
