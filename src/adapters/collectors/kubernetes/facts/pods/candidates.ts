import type { Node, Pod } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { isControlPlane } from '../infrastructure/node.ts';
import { conditionOf, nameOf, selects } from '../read.ts';
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
    ...wishes(pod, name, say, cluster),
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

function wishes(pod: Pod, name: string, say: Say, { pods, ownerOf }: Cluster): readonly Statement[] {
  const { spec, metadata } = pod;
  const apart = spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const near = spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const avoided = pods.filter(
    (other) =>
      other.spec?.nodeName &&
      other.metadata?.namespace === metadata?.namespace &&
      apart.some(({ labelSelector }) => selects(labelSelector, other.metadata?.labels)),
  );
  const own = ownerOf(pod);
  const itself = avoided.length > 0 && avoided.every((other) => ownerOf(other) === own);
  const spread = (spec?.topologySpreadConstraints ?? []).some(
    ({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway',
  );
  return [
    ...say(
      itself
        ? `all running pods from which ${name} has to be apart are of its own workload`
        : `${name} need not be apart from pods of its own workload alone`,
      { 'k8s.pod.pod_anti_affinity.itself': itself },
    ),
    ...say(
      near.length > 0 ? `${name} requires to be near other pods` : `${name} need not be near other pods`,
      { 'k8s.pod.pod_affinity': near.length > 0 },
    ),
    ...say(spread ? `${name} requires to be spread` : `${name} need not be spread`, {
      'k8s.pod.topology_spread': spread,
    }),
  ];
}
