import type { ObjectId } from '../../../../../evidence/facts/fact.ts';
import type { Node, Pod } from '../../objects.ts';
import { type Cluster, isReady, LATELY } from '../cluster.ts';
import { sandboxCause } from '../pods/messages.ts';
import { taintsOfPeople } from '../pods/scheduling.ts';
import { conditionOf, idOf, nameOf, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';
import { lastWrite } from '../written.ts';

const CLUSTER: ObjectId = 'cluster/kubernetes';

/** All that is known of the nodes, and of all of them together. */
export function nodeFacts(cluster: Cluster): readonly Statement[] {
  const { nodes } = cluster;
  if (nodes.length === 0) return [];
  const ready = nodes.filter((node) => readyOf(node)?.status === 'True');
  const open = ready.filter(({ spec }) => spec?.unschedulable !== true);
  const say = sayOf(CLUSTER, [], CLUSTER);
  return [
    ...say(
      `${ready.length} of ${nodes.length} nodes are ready`,
      { 'k8s.cluster.nodes.ready': ready.length, 'k8s.cluster.nodes': nodes.length },
      { weight: ready.length < nodes.length ? 'ill' : 'well' },
    ),
    ...say(
      `${open.length} of ${nodes.length} nodes are ready and not cordoned`,
      { 'k8s.cluster.nodes.schedulable': open.length },
      { weight: open.length === 0 ? 'ill' : 'well' },
    ),
    ...nodes.flatMap((node) => oneNode(node, cluster)),
  ];
}

function readyOf({ status }: Node) {
  return conditionOf(status?.conditions, 'Ready');
}

function oneNode(node: Node, cluster: Cluster): readonly Statement[] {
  const name = nameOf(node.metadata);
  const say = sayOf(idOf('node', node.metadata), [CLUSTER], CLUSTER);
  const control = isControlPlane(node);
  return [
    ...condition(node, name, say, cluster),
    ...pressures(node, name, say),
    ...heartbeat(name, say, cluster),
    ...closed(node, name, control, say, cluster),
    ...say(
      control ? `${name} is one of the control plane` : `${name} is not one of the control plane`,
      { 'k8s.node.control_plane': control },
      { weight: 'well' },
    ),
    ...podsOn(name, say, cluster),
    ...events(name, say, cluster),
  ];
}

function condition(node: Node, name: string, say: Say, { now }: Cluster): readonly Statement[] {
  const ready = readyOf(node);
  const status = ready?.status ?? 'Unknown';
  const at = timeOf(ready?.lastTransitionTime);
  const about = { weight: status === 'True' ? ('well' as const) : ('ill' as const), at };
  return [
    ...say(
      `${name}: Ready is ${status}, ${ready?.reason ?? '?'}`,
      { 'k8s.node.ready': status, 'k8s.node.ready.reason': ready?.reason ?? 'none' },
      about,
    ),
    ...(at === null
      ? []
      : say(
          `${name} has been so for ${Math.round((now - at) / 1000)} s`,
          { 'k8s.node.ready.age': Math.max(0, now - at) / 1000 },
          about,
        )),
  ];
}

const PRESSURES = [
  ['MemoryPressure', 'k8s.node.pressure.memory', 'memory'],
  ['DiskPressure', 'k8s.node.pressure.disk', 'disk space'],
  ['PIDPressure', 'k8s.node.pressure.pid', 'process ids'],
  ['NetworkUnavailable', 'k8s.node.network_unavailable', 'network'],
] as const;

function pressures({ status }: Node, name: string, say: Say): readonly Statement[] {
  return PRESSURES.flatMap(([type, fact, word]) => {
    const found = conditionOf(status?.conditions, type);
    // What its kubelet no longer says is neither so nor not so.
    if (found === undefined || found.status === 'Unknown') return [];
    const short = found.status === 'True';
    return say(
      short ? `${name} is short of ${word}` : `${name} is not short of ${word}`,
      { [fact]: short },
      { weight: short ? 'ill' : 'well', at: timeOf(found.lastTransitionTime) },
    );
  });
}

/** A kubelet renews its lease every 10 seconds, and is given up after 40. */
const SILENT = 40;

function heartbeat(name: string, say: Say, { objects, now }: Cluster): readonly Statement[] {
  const lease = objects.Lease?.find(
    ({ metadata }) => metadata?.namespace === 'kube-node-lease' && metadata.name === name,
  );
  const renewed = timeOf(lease?.spec?.renewTime);
  if (renewed === null) return [];
  const age = Math.max(0, (now - renewed) / 1000);
  return say(
    `${name}: its kubelet was last heard of ${Math.round(age)} s ago`,
    { 'k8s.node.heartbeat.age': age },
    { weight: age > SILENT ? 'ill' : 'well', at: renewed },
  );
}

/** Nodes of the control plane are mostly closed to others: that is as it should be. */
function closed(
  node: Node,
  name: string,
  control: boolean,
  say: Say,
  { now }: Cluster,
): readonly Statement[] {
  const { spec, metadata } = node;
  const cordoned = spec?.unschedulable === true;
  const since =
    timeOf(spec?.taints?.find(({ key }) => key === 'node.kubernetes.io/unschedulable')?.timeAdded) ??
    (cordoned ? (lastWrite(metadata, 'f:unschedulable')?.at ?? null) : null);
  const taints = taintsOfPeople(spec);
  const shown = taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
  const about = (so: boolean) => ({
    weight: so && !control ? ('ill' as const) : ('well' as const),
    at: since,
    usual: so && control,
  });
  return [
    ...say(
      cordoned ? `${name} is cordoned` : `${name} is not cordoned`,
      { 'k8s.node.unschedulable': cordoned },
      about(cordoned),
    ),
    ...(since === null || !cordoned
      ? []
      : say(
          `${name} was cordoned ${Math.round((now - since) / 1000)} s ago`,
          { 'k8s.node.unschedulable.age': Math.max(0, now - since) / 1000 },
          about(true),
        )),
    ...(shown.length === 0
      ? say(`${name} has no taint that people set`, { 'k8s.node.taint': 'none' }, { weight: 'well' })
      : shown
          .slice(0, 5)
          .flatMap((taint) =>
            say(`${name} has the taint ${taint}`, { 'k8s.node.taint': taint }, about(true)),
          )),
  ];
}

export function isControlPlane({ metadata }: Node): boolean {
  const labels = metadata?.labels ?? {};
  return (
    Object.hasOwn(labels, 'node-role.kubernetes.io/control-plane') ||
    Object.hasOwn(labels, 'node-role.kubernetes.io/master') ||
    labels['kubernetes.io/role'] === 'master'
  );
}

function podsOn(name: string, say: Say, cluster: Cluster): readonly Statement[] {
  const { pods, objects } = cluster;
  if (objects.Pod === undefined) return [];
  const here = pods.filter(
    ({ spec, status }) =>
      spec?.nodeName === name && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  const unready = here.filter((pod) => !isReady(pod)).length;
  const evicted = pods.filter((pod) => pod.spec?.nodeName === name && wasEvictedLately(pod, cluster)).length;
  return [
    ...say(
      `${name} has ${here.length} of the pods that were read, ${unready} of them not ready`,
      { 'k8s.node.pods': here.length, 'k8s.node.pods.unready': unready },
      { weight: unready > 0 ? 'plain' : 'well' },
    ),
    ...say(
      `${evicted} of the pods that were read were evicted from ${name} lately`,
      { 'k8s.node.pods.evicted': evicted },
      { weight: evicted > 0 ? 'plain' : 'well' },
    ),
  ];
}

/** Evicted pods stay on record for long after they were replaced. */
function wasEvictedLately({ metadata, status }: Pod, { symptom, eventsOf }: Cluster): boolean {
  if (status?.reason !== 'Evicted') return false;
  const at = timeOf(conditionOf(status.conditions, 'DisruptionTarget')?.lastTransitionTime);
  if (at !== null) return at >= symptom - LATELY;
  return eventsOf('Pod', metadata?.namespace, nameOf(metadata)).some(({ reason }) => reason === 'Evicted');
}

function events(name: string, say: Say, cluster: Cluster): readonly Statement[] {
  if (cluster.objects.Event === undefined) return [];
  const about = cluster.eventsOf('Node', undefined, name);
  const sandboxes = cluster.pods.filter(
    (pod) =>
      pod.spec?.nodeName === name &&
      !isReady(pod) &&
      cluster
        .eventsOf('Pod', pod.metadata?.namespace, nameOf(pod.metadata))
        .some(
          ({ reason, message }) =>
            reason === 'FailedCreatePodSandBox' && sandboxCause(message ?? '') === 'runtime unreachable',
        ),
  ).length;
  const runtime = about.find(
    ({ reason, message }) =>
      /^(?:ContainerGCFailed|ImageGCFailed|ContainerRuntimeNotReady)$/.test(reason ?? '') &&
      sandboxCause(message ?? '') === 'runtime unreachable',
  );
  const rebooted = about.find(({ reason }) => reason === 'Rebooted');
  const at = rebooted && (timeOf(rebooted.lastTimestamp) ?? timeOf(rebooted.eventTime));
  return [
    ...say(
      runtime === undefined
        ? `${name}: its kubelet does not report that it cannot reach its container runtime`
        : `${name}: its kubelet cannot reach its container runtime`,
      { 'k8s.node.runtime.failed': runtime !== undefined },
      { weight: runtime === undefined ? 'well' : 'ill' },
    ),
    ...say(
      `${name}: ${sandboxes} pods get no sandbox because its container runtime cannot be reached`,
      { 'k8s.node.sandboxes.failed': sandboxes },
      { weight: sandboxes > 0 ? 'ill' : 'well' },
    ),
    ...(at === undefined || at === null
      ? []
      : say(
          `${name} was reported as rebooted ${Math.round((cluster.now - at) / 1000)} s ago`,
          { 'k8s.node.rebooted.age': Math.max(0, cluster.now - at) / 1000 },
          { at },
        )),
  ];
}
