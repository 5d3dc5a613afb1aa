import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import type { Container, Event, Metadata, Node, Objects, Of, Pod, PodSpec } from '../objects.ts';
import { conditionOf, idOf, named, nameOf, selects, timeOf } from './read.ts';

/** The objects that were read, and how they belong together. */
export interface Cluster {
  readonly objects: Objects;
  /** Epoch milliseconds. */
  readonly now: number;
  /** When something began to seem wrong. */
  readonly symptom: number;
  readonly workloads: readonly Workload[];
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  /** The workload of a pod; the pod itself where it has none. */
  readonly ownerOf: (pod: Pod) => ObjectId;
  readonly podsOf: (workload: ObjectId) => readonly Pod[];
  /** What a pod is part of, runs on, mounts and serves. */
  readonly aroundPod: (pod: Pod) => readonly ObjectId[];
  readonly servicesFor: (namespace: string | undefined, labels: Labels) => readonly Of<'Service'>[];
  /** Events about an object that are later than the symptom minus ten minutes, newest first. */
  readonly eventsOf: (kind: string, namespace: string | undefined, name: string) => readonly Event[];
}

export type Labels = Readonly<Record<string, string | undefined>> | undefined;

export interface Workload {
  readonly id: ObjectId;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job';
  readonly metadata: Metadata;
  readonly template: Pod;
  readonly selector: Parameters<typeof selects>[0];
}

/** An event tells of now where it was seen no longer than this before the symptom. */
export const LATELY = 10 * 60_000;

export function clusterOf(objects: Objects, now: number, symptom: number): Cluster {
  const pods = objects.Pod ?? [];
  const owner = ownersIn(objects);
  const byOwner = Map.groupBy(pods, owner);
  const events = Map.groupBy(
    (objects.Event ?? []).filter((event) => (seenAt(event) ?? now) >= symptom - LATELY),
    ({ involvedObject: about }) => `${about?.kind}/${about?.namespace ?? ''}/${about?.name}`,
  );
  const servicesIn = Map.groupBy(objects.Service ?? [], ({ metadata }) => metadata?.namespace);
  const servicesFor = (namespace: string | undefined, labels: Labels) =>
    (servicesIn.get(namespace) ?? []).filter(
      ({ spec }) =>
        Object.keys(spec?.selector ?? {}).length > 0 && selects({ matchLabels: spec?.selector }, labels),
    );
  return {
    objects,
    now,
    symptom,
    workloads: workloadsIn(objects),
    pods,
    nodes: objects.Node ?? [],
    ownerOf: owner,
    podsOf: (workload) => byOwner.get(workload) ?? [],
    aroundPod: (pod) => aroundPod(pod, owner(pod), servicesFor),
    servicesFor,
    eventsOf: (kind, namespace, name) =>
      (events.get(`${kind}/${namespace ?? ''}/${name}`) ?? []).toSorted(
        (a, b) => (seenAt(b) ?? 0) - (seenAt(a) ?? 0),
      ),
  };
}

/** When an event was last seen. */
export function seenAt(event: Event): number | null {
  return (
    timeOf(event.series?.lastObservedTime) ??
    timeOf(event.lastTimestamp) ??
    timeOf(event.eventTime) ??
    timeOf(event.metadata?.creationTimestamp)
  );
}

function ownersIn({ ReplicaSet = [] }: Objects): (pod: Pod) => ObjectId {
  const above = new Map(
    ReplicaSet.map(({ metadata }) => [idOf('replicaset', metadata), controllerOf('replicaset', metadata)]),
  );
  return ({ metadata }) => {
    const direct = controllerOf('pod', metadata);
    return above.get(direct) ?? direct;
  };
}

/** Who controls an object of a kind: what owns it, or itself. */
function controllerOf(kind: string, metadata: Metadata | undefined): ObjectId {
  const owners = metadata?.ownerReferences ?? [];
  const owner = owners.find(({ controller }) => controller) ?? owners[0];
  // Pods of the control plane that a kubelet started by itself are owned by their node.
  return owner === undefined || owner.kind === 'Node'
    ? idOf(kind, metadata)
    : named(owner.kind ?? '?', metadata?.namespace, owner.name);
}

function workloadsIn(objects: Objects): readonly Workload[] {
  const { Deployment = [], StatefulSet = [], DaemonSet = [], ReplicaSet = [], Job = [] } = objects;
  const of = (
    kind: Workload['kind'],
    { metadata, spec }: { metadata?: Metadata | undefined; spec?: Templated | undefined },
  ): Workload => ({
    id: idOf(kind, metadata),
    kind,
    metadata: metadata ?? {},
    template: { metadata: spec?.template?.metadata, spec: spec?.template?.spec },
    selector: spec?.selector,
  });
  return [
    ...Deployment.map((one) => of('Deployment', one)),
    ...StatefulSet.map((one) => of('StatefulSet', one)),
    ...DaemonSet.map((one) => of('DaemonSet', one)),
    ...ReplicaSet.filter(({ metadata }) => !metadata?.ownerReferences?.length).map((one) =>
      of('ReplicaSet', one),
    ),
    ...Job.map((one) => of('Job', one)),
  ];
}

interface Templated {
  readonly selector?: Parameters<typeof selects>[0];
  readonly template?:
    | { readonly metadata?: Metadata | undefined; readonly spec?: PodSpec | undefined }
    | undefined;
}

function aroundPod(
  { metadata, spec }: Pod,
  owner: ObjectId,
  servicesFor: Cluster['servicesFor'],
): readonly ObjectId[] {
  const { namespace } = metadata ?? {};
  return [
    owner,
    ...(spec?.nodeName ? [named('node', undefined, spec.nodeName)] : []),
    named('namespace', undefined, namespace),
    ...servicesFor(namespace, metadata?.labels).map((service) => idOf('service', service.metadata)),
    ...claimsOf(spec, metadata).map((claim) => named('persistentvolumeclaim', namespace, claim)),
  ];
}

/** The names of the claims that a pod mounts. */
export function claimsOf(spec: PodSpec | undefined, metadata: Metadata | undefined): readonly string[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
    persistentVolumeClaim?.claimName !== undefined
      ? [persistentVolumeClaim.claimName]
      : ephemeral === undefined
        ? []
        : [`${nameOf(metadata)}-${name}`],
  );
}

export function containersOf(spec: PodSpec | undefined): readonly Container[] {
  return spec?.containers ?? [];
}

export function isReady({ status }: Pod): boolean {
  return conditionOf(status?.conditions, 'Ready')?.status === 'True';
}

/** Whether it has done its work, or been deleted or replaced: then nothing is wrong with it any more. */
export function isOver({ status, metadata }: Pod): boolean {
  return (
    status?.phase === 'Succeeded' || (status?.phase === 'Failed' && metadata?.ownerReferences === undefined)
  );
}

/** Whether something is wrong with it: it is not ready, or a container of it ended lately. */
export function isIll(pod: Pod, { symptom }: Pick<Cluster, 'symptom'>): boolean {
  if (pod.status?.phase === 'Succeeded') return false;
  return !isReady(pod) || (lastEnd(pod) ?? 0) >= symptom - LATELY || startsAnew(pod);
}

/** It was started again, and nobody says when. */
function startsAnew({ status }: Pod): boolean {
  return (status?.containerStatuses ?? []).some(
    ({ restartCount = 0, lastState }) =>
      restartCount > 0 &&
      lastState?.terminated !== undefined &&
      timeOf(lastState.terminated.finishedAt) === null,
  );
}

function lastEnd({ status }: Pod): number | null {
  const ends = (status?.containerStatuses ?? []).flatMap(
    ({ lastState }) => timeOf(lastState?.terminated?.finishedAt) ?? [],
  );
  return ends.length === 0 ? null : Math.max(...ends);
}
