import type { Cluster, Workload } from '../cluster.ts';
import { isReady } from '../cluster.ts';
import { conditionOf, idOf, named, nameOf, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';
import { lastWrite, writtenBy } from '../written.ts';
import { createdBy } from './create.ts';
import { needsOf } from './needs.ts';
import { reachOf } from './reach.ts';
import { rolloutOf } from './rollout.ts';

/** All that is known of one workload beside its pods. */
export function workloadFacts(workload: Workload, cluster: Cluster): readonly Statement[] {
  const { id, metadata } = workload;
  const { namespace } = metadata;
  const within = [
    named('namespace', undefined, namespace),
    ...cluster
      .servicesFor(namespace, workload.template.metadata?.labels)
      .map((service) => idOf('service', service.metadata)),
  ];
  const say = sayOf(id, within);
  return [
    ...counts(workload, say, cluster),
    ...(workload.kind === 'Deployment' ? rolloutOf(workload, say, cluster) : []),
    ...createdBy(workload, say, cluster),
    ...account(workload, say, cluster),
    ...needsOf(workload, say, cluster),
    ...reachOf(workload, say, cluster),
    ...autoscaled(workload, say, cluster),
    ...writtenBy(metadata, nameOf(metadata), say, cluster.now),
  ];
}

interface Counts {
  readonly desired: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
}

/** How many pods each kind of workload should have and has; null of a job, which ends. */
function countsOf({ kind, id }: Workload, { objects }: Cluster): Counts | null {
  const find = <One extends { readonly metadata?: object | undefined }>(all: readonly One[] | undefined) =>
    all?.find(({ metadata }) => idOf(kind, metadata) === id);
  switch (kind) {
    case 'Job':
      return null;
    case 'DaemonSet': {
      const { status } = find(objects.DaemonSet) ?? {};
      const desired = status?.desiredNumberScheduled ?? 0;
      return {
        desired,
        ready: status?.numberReady ?? 0,
        available: status?.numberAvailable ?? 0,
        updated: status?.updatedNumberScheduled ?? 0,
      };
    }
    case 'ReplicaSet': {
      const { spec, status } = find(objects.ReplicaSet) ?? {};
      const desired = spec?.replicas ?? 1;
      return {
        desired,
        ready: status?.readyReplicas ?? 0,
        available: status?.availableReplicas ?? 0,
        updated: desired,
      };
    }
    case 'Deployment':
    case 'StatefulSet': {
      const { spec, status } = find(objects[kind]) ?? {};
      const ready = status?.readyReplicas ?? 0;
      return {
        desired: spec?.replicas ?? 1,
        ready,
        available: status?.availableReplicas ?? (kind === 'StatefulSet' ? ready : 0),
        updated: status?.updatedReplicas ?? 0,
      };
    }
    default:
      return kind satisfies never;
  }
}

function counts(workload: Workload, say: Say, cluster: Cluster): readonly Statement[] {
  const name = nameOf(workload.metadata);
  const has = countsOf(workload, cluster);
  if (has === null) return jobOf(workload, name, say, cluster);
  const missing = Math.max(0, has.desired - has.available);
  const weight = missing > 0 ? ('ill' as const) : ('well' as const);
  const pods = cluster.podsOf(workload.id);
  return [
    ...say(
      `${name} has ${has.available} of ${has.desired} pods available, ${has.ready} ready`,
      {
        'k8s.workload.replicas.available': has.available,
        'k8s.workload.replicas.ready': has.ready,
        'k8s.workload.replicas.missing': missing,
      },
      { weight },
    ),
    ...say(
      `${name} should have ${has.desired} pods`,
      { 'k8s.workload.replicas.desired': has.desired },
      {
        weight: has.desired === 0 ? 'ill' : 'well',
        at: lastWrite(workload.metadata, 'f:replicas')?.at ?? null,
      },
    ),
    ...(cluster.objects.Pod === undefined
      ? []
      : say(
          `${pods.length} pods of ${name} exist, ${pods.filter(isReady).length} of them ready`,
          { 'k8s.workload.pods': pods.length },
          { weight },
        )),
    ...(workload.kind === 'Deployment' || workload.kind === 'StatefulSet'
      ? say(
          `${has.updated} pods of ${name} are of its newest template`,
          { 'k8s.workload.replicas.updated': has.updated },
          { weight: has.updated < has.desired ? 'plain' : 'well' },
        )
      : []),
  ];
}

function jobOf({ id }: Workload, name: string, say: Say, { objects }: Cluster): readonly Statement[] {
  const job = objects.Job?.find(({ metadata }) => idOf('job', metadata) === id);
  const failed = conditionOf(job?.status?.conditions, 'Failed');
  const reason = failed?.status === 'True' ? (failed.reason ?? 'Failed') : 'none';
  return say(
    reason === 'none' ? `${name} has not failed` : `${name} failed: ${reason}`,
    { 'k8s.job.failed': reason },
    { weight: reason === 'none' ? 'well' : 'ill', at: timeOf(failed?.lastTransitionTime) },
  );
}

/** Whether the service account of its pods is there. */
function account({ template, metadata }: Workload, say: Say, { objects }: Cluster): readonly Statement[] {
  if (objects.ServiceAccount === undefined) return [];
  const wanted = template.spec?.serviceAccountName || template.spec?.serviceAccount || 'default';
  const there = objects.ServiceAccount.some(
    (one) => one.metadata?.namespace === metadata.namespace && one.metadata?.name === wanted,
  );
  const name = nameOf(metadata);
  return say(
    there
      ? `the service account ${wanted} of ${name} exists`
      : `the service account ${wanted} of ${name} does not exist`,
    // Of `default` a recording or a right may know nothing, and every namespace has it.
    { 'k8s.workload.service_account.missing': there || wanted === 'default' ? 'none' : wanted },
    { weight: there || wanted === 'default' ? 'well' : 'ill' },
  );
}

function autoscaled({ id, metadata }: Workload, say: Say, { objects }: Cluster): readonly Statement[] {
  if (objects.HorizontalPodAutoscaler === undefined) return [];
  const by = objects.HorizontalPodAutoscaler.find(
    (one) =>
      one.metadata?.namespace === metadata.namespace &&
      named(one.spec?.scaleTargetRef?.kind ?? '?', metadata.namespace, one.spec?.scaleTargetRef?.name) === id,
  );
  return say(
    by === undefined
      ? `no autoscaler sets how many pods ${nameOf(metadata)} has`
      : `the autoscaler ${nameOf(by.metadata)} sets how many pods ${nameOf(metadata)} has`,
    { 'k8s.workload.autoscaled': by !== undefined },
    { weight: 'well' },
  );
}
