import type { ObjectId } from '../../../../../evidence/facts/fact.ts';
import type { Node, Objects, Pod, PodSpec } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { isControlPlane } from '../infrastructure/node.ts';
import { conditionOf, idOf, nameOf, selects } from '../read.ts';
import type { Say, Statement } from '../statement.ts';
import { isAffine, taintsOfPeople, tolerates } from './scheduling.ts';

/**
 * Which nodes a pod without one may go to, and what keeps it from them. The scheduler counts each node under the first thing that is against
 * it, so its counts alone do not tell whether a tainted node is one that the pod was meant for.
 */
export function candidatesOf(pod: Pod, say: Say, cluster: Cluster): readonly Statement[] {
  const { nodes, objects } = cluster;
  if (pod.spec?.nodeName || objects.Node === undefined) return [];
  const spec = pod.spec ?? {};
  const name = nameOf(pod.metadata);
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const selected = ordinary(nodes).filter(
    (node) => selects({ matchLabels: spec.nodeSelector }, labelsOf(node)) && isAffine(required, node),
  );
  const cordoned = selected.filter((node) => node.spec?.unschedulable === true);
  const tainted = selected.filter((node) => !cordoned.includes(node) && !tolerates(spec, node));
  const unready = selected.filter(
    ({ status }) => conditionOf(status?.conditions, 'Ready')?.status !== 'True',
  );
  const open = selected.filter((node) => ![...cordoned, ...tainted, ...unready].includes(node));
  const about = { weight: open.length === 0 ? ('ill' as const) : ('plain' as const) };
  return [
    ...say(
      `${name} may go to ${selected.length} nodes, the closed ones of the control plane aside; ${cordoned.length} of them are cordoned, and ${tainted.length} others have a taint that it does not tolerate`,
      {
        'k8s.pod.nodes.selected': selected.length,
        'k8s.pod.nodes.selected.cordoned': cordoned.length,
        'k8s.pod.nodes.selected.tainted': tainted.length,
      },
      about,
    ),
    ...say(
      `${unready.length} of the nodes to which ${name} may go are not ready`,
      { 'k8s.pod.nodes.selected.unready': unready.length },
      about,
    ),
    ...say(
      `${open.length} of the nodes to which ${name} may go take pods like it`,
      { 'k8s.pod.nodes.open': open.length },
      about,
    ),
    ...wishes(pod, name, say, cluster, selected),
  ];
}

/** Nodes of the control plane that take no ordinary pods are closed on purpose, always. */
function ordinary(nodes: readonly Node[]): readonly Node[] {
  const some = nodes.filter(
    (node) =>
      !isControlPlane(node) || (node.spec?.unschedulable !== true && taintsOfPeople(node.spec).length === 0),
  );
  return some.length === 0 ? nodes : some;
}

const HOSTNAME = 'kubernetes.io/hostname';

/** Every kubelet gives its node this label; where it was not read, it is the node's name. */
function labelsOf({ metadata }: Node): Readonly<Record<string, string | undefined>> {
  return { [HOSTNAME]: metadata?.name, ...metadata?.labels };
}

function wishes(
  pod: Pod,
  name: string,
  say: Say,
  cluster: Cluster,
  selected: readonly Node[],
): readonly Statement[] {
  const { spec } = pod;
  const near = spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const spread = (spec?.topologySpreadConstraints ?? []).some(
    ({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway',
  );
  return [
    ...keptApart(pod, name, say, cluster, selected),
    ...say(
      near.length > 0 ? `${name} requires to be near other pods` : `${name} need not be near other pods`,
      { 'k8s.pod.pod_affinity': near.length > 0 },
    ),
    ...say(spread ? `${name} requires to be spread` : `${name} need not be spread`, {
      'k8s.pod.topology_spread': spread,
    }),
  ];
}

type Term = NonNullable<
  NonNullable<
    NonNullable<PodSpec['affinity']>['podAntiAffinity']
  >['requiredDuringSchedulingIgnoredDuringExecution']
>[number];

/**
 * From which pods it is kept apart. A workload whose pods only avoid each other fits as long as it wants no more of them than there are
 * places, closed ones included: what it wants beyond those finds no place however well the nodes are.
 */
function keptApart(
  pod: Pod,
  name: string,
  say: Say,
  { pods, ownerOf, objects }: Cluster,
  selected: readonly Node[],
): readonly Statement[] {
  const terms = avoidingOf(pod);
  const running = pods.filter((other) => other.spec?.nodeName);
  const avoided = running.filter((other) => terms.some((term) => isMeant(term, pod, other)));
  const own = ownerOf(pod);
  const repelling = running.some(
    (other) => ownerOf(other) !== own && avoidingOf(other).some((term) => isMeant(term, other, pod)),
  );
  const itself = !repelling && avoided.length > 0 && avoided.every((other) => ownerOf(other) === own);
  const wanted = wantedOf(own, objects);
  const places = Math.min(
    ...terms.filter((term) => isMeant(term, pod, pod)).map((term) => placesIn(selected, term)),
  );
  const surplus = itself && wanted !== null && Number.isFinite(places) ? Math.max(0, wanted - places) : null;
  return [
    ...say(
      itself
        ? `all running pods from which ${name} has to be apart are of its own workload`
        : `${name} need not be apart from pods of its own workload alone`,
      { 'k8s.pod.pod_anti_affinity.itself': itself },
    ),
    ...say(
      repelling
        ? `running pods of other workloads require to be apart from ${name}`
        : `no running pod of another workload requires to be apart from ${name}`,
      { 'k8s.pod.pod_anti_affinity.others': repelling },
    ),
    ...say(`${wanted} pods like ${name} are wanted, each apart from the others, where ${places} places are`, {
      'k8s.pod.pod_anti_affinity.surplus': surplus,
    }),
  ];
}

function avoidingOf({ spec }: Pod): readonly Term[] {
  return spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** Whether a pod's rule means another pod. Which namespaces have certain labels is not read: there, nobody is meant. */
function isMeant({ labelSelector, namespaces = [], namespaceSelector }: Term, of: Pod, other: Pod): boolean {
  const there = other.metadata?.namespace;
  const everywhere =
    namespaceSelector !== undefined &&
    Object.keys(namespaceSelector.matchLabels ?? {}).length === 0 &&
    (namespaceSelector.matchExpressions ?? []).length === 0;
  const named =
    namespaces.length > 0
      ? there !== undefined && namespaces.includes(there)
      : namespaceSelector === undefined && there === of.metadata?.namespace;
  // A rule without a selector means no pod at all.
  return (
    (everywhere || named) && labelSelector !== undefined && selects(labelSelector, other.metadata?.labels)
  );
}

/** How many pods can be apart on these nodes; a node without the label is apart from none. */
function placesIn(nodes: readonly Node[], { topologyKey = HOSTNAME }: Term): number {
  const values = nodes.map((node) => labelsOf(node)[topologyKey]);
  return values.includes(undefined) ? Number.POSITIVE_INFINITY : new Set(values).size;
}

/** How many pods a workload should have; null of one that is given no number. */
function wantedOf(
  id: ObjectId,
  { Deployment = [], StatefulSet = [], ReplicaSet = [] }: Objects,
): number | null {
  const of = (kind: string, all: typeof Deployment | typeof StatefulSet | typeof ReplicaSet) => {
    const found = all.find(({ metadata }) => idOf(kind, metadata) === id);
    return found === undefined ? null : (found.spec?.replicas ?? 1);
  };
  return of('deployment', Deployment) ?? of('statefulset', StatefulSet) ?? of('replicaset', ReplicaSet);
}
