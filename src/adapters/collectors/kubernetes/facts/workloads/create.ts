import type { Cluster, Workload } from '../cluster.ts';
import { createCause } from '../pods/messages.ts';
import { conditionOf, idOf, nameOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';

/** Whether its pods can be created, as its controller says. Warnings of its beginning do not count once it has all of its pods. */
export function createdBy(workload: Workload, say: Say, cluster: Cluster): readonly Statement[] {
  const { objects, podsOf } = cluster;
  const { id, kind, metadata } = workload;
  const name = nameOf(metadata);
  const deployment =
    kind === 'Deployment' ? objects.Deployment?.find((one) => idOf(kind, one.metadata) === id) : undefined;
  const sets =
    kind === 'Deployment'
      ? (objects.ReplicaSet ?? []).filter(
          ({ metadata: set, spec }) =>
            (spec?.replicas ?? 0) > 0 &&
            (set?.ownerReferences ?? []).some((owner) => owner.kind === kind && owner.name === metadata.name),
        )
      : [];
  const wanted =
    kind === 'Deployment'
      ? sets.reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0)
      : wantedOf(workload, cluster);
  const lacking = podsOf(id).length < wanted;
  const failure = conditionOf(deployment?.status?.conditions, 'ReplicaFailure');
  const inSet = sets.flatMap(({ status }) => conditionOf(status?.conditions, 'ReplicaFailure') ?? [])[0];
  const failing = [failure, inSet].find((one) => one?.status === 'True');
  const events = [kind, ...sets.map(() => 'ReplicaSet')].flatMap((of, place) =>
    cluster.eventsOf(of, metadata.namespace, place === 0 ? name : nameOf(sets[place - 1]?.metadata)),
  );
  const message =
    failing?.message ||
    (lacking ? events.find(({ reason }) => reason === 'FailedCreate')?.message : undefined);
  return [
    ...say(
      failing === undefined
        ? `${name}: its controller states no failure to create pods`
        : `${name}: its controller states ${failing.reason ?? 'a failure'}`,
      { 'k8s.workload.replica_failure': failing === undefined ? 'none' : (failing.reason ?? 'FailedCreate') },
      { weight: failing === undefined ? 'well' : 'ill' },
    ),
    ...(objects.Event === undefined && message === undefined ? [] : why(name, message, say)),
  ];
}

function wantedOf({ kind, id }: Workload, { objects }: Cluster): number {
  if (kind === 'StatefulSet')
    return objects.StatefulSet?.find(({ metadata }) => idOf(kind, metadata) === id)?.spec?.replicas ?? 1;
  if (kind === 'ReplicaSet')
    return objects.ReplicaSet?.find(({ metadata }) => idOf(kind, metadata) === id)?.spec?.replicas ?? 1;
  if (kind === 'DaemonSet')
    return (
      objects.DaemonSet?.find(({ metadata }) => idOf(kind, metadata) === id)?.status
        ?.desiredNumberScheduled ?? 0
    );
  return 0;
}

function why(name: string, message: string | undefined, say: Say): readonly Statement[] {
  if (message === undefined)
    return say(
      `pods of ${name} can be created`,
      { 'k8s.workload.create.failed': 'none' },
      { weight: 'well' },
    );
  const cause = createCause(message);
  const at =
    /service ?account "?([^"\s:]+)"? not found/i.exec(message)?.[1] ??
    /exceeded quota: ([^,\s]+)/i.exec(message)?.[1] ??
    /webhook "([^"]+)"/i.exec(message)?.[1];
  const resource = cause === 'quota' ? resourceOf(message) : null;
  return [
    ...say(
      `pods of ${name} cannot be created: ${cause}`,
      { 'k8s.workload.create.failed': cause },
      { weight: 'ill' },
    ),
    ...say(`pods of ${name} fail at ${at}`, { 'k8s.workload.create.failed.name': at }, { weight: 'ill' }),
    ...say(
      `pods of ${name} would exceed the quota of ${resource}`,
      { 'k8s.workload.create.failed.resource': resource },
      { weight: 'ill' },
    ),
  ];
}

/** `exceeded quota: q, requested: requests.cpu=1, used: ...`: the message lists only what would be exceeded. */
function resourceOf(message: string): string {
  const requested = /requested: ([^=]+)=/.exec(message)?.[1] ?? message;
  return quotaResource(requested);
}

/** What a resource of a quota is about: `requests.cpu` is about CPU. */
export function quotaResource(
  resource: string,
): 'cpu' | 'memory' | 'pods' | 'services' | 'storage' | 'other' {
  if (/^(?:requests\.|limits\.)?cpu$/.test(resource)) return 'cpu';
  if (/^(?:requests\.|limits\.)?memory$/.test(resource)) return 'memory';
  if (/^(?:count\/)?pods$/.test(resource)) return 'pods';
  if (/^(?:count\/)?services(?:\.|$)/.test(resource)) return 'services';
  if (/storage$|persistentvolumeclaims$/.test(resource)) return 'storage';
  return 'other';
}
