import type { Condition, Pod, Workload } from './objects.ts';
import type { Place } from './place.ts';

/** How far a workload is on the way to what was asked of it. */
export type Progress =
  | { readonly kind: 'done'; readonly words: string }
  | { readonly kind: 'going'; readonly words: string }
  /** Its controller has given up. */
  | { readonly kind: 'stuck'; readonly words: string };

/**
 * What `kubectl rollout status` goes by: the controller has seen the change, every pod is of the new template, none is left, all are available.
 *
 * @param before the workload as it was: what its controller had given up by then is another matter
 */
export function progressOf({ kind }: Pick<Place, 'kind'>, workload: Workload, before: Workload): Progress {
  const { metadata, spec, status = {} } = workload;
  if ((status.observedGeneration ?? 0) < (metadata?.generation ?? 0))
    return { kind: 'going', words: 'its controller has not seen the change yet' };
  const given = givenUp(workload);
  if (given !== undefined && given.lastUpdateTime !== givenUp(before)?.lastUpdateTime)
    return {
      kind: 'stuck',
      words: `its controller gave up: ${given.message ?? 'no pod became ready in time'}`,
    };
  const wanted = kind === 'daemonset' ? (status.desiredNumberScheduled ?? 0) : (spec?.replicas ?? 1);
  const updated = (kind === 'daemonset' ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  const available = availableIn(kind, workload);
  // A stateful set has another revision until the last of its pods is of the new one.
  const isBetween = kind === 'statefulset' && status.updateRevision !== status.currentRevision;
  const left = Math.max(0, (kind === 'daemonset' ? wanted : (status.replicas ?? 0)) - updated);
  const words = `${updated} of ${wanted} pods are updated, ${available} available${left > 0 ? `, ${left} old left` : ''}`;
  return {
    kind: updated >= wanted && available >= wanted && left === 0 && !isBetween ? 'done' : 'going',
    words,
  };
}

function givenUp({ status }: Workload): Condition | undefined {
  return status?.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
}

function availableIn(kind: Place['kind'], { status = {} }: Workload): number {
  if (kind === 'daemonset') return status.numberAvailable ?? 0;
  // An older API does not count the available pods of a stateful set.
  if (kind === 'statefulset') return status.availableReplicas ?? status.readyReplicas ?? 0;
  return status.availableReplicas ?? 0;
}

/** Whether a pod that was deleted is still there, by its identity: a stateful set gives its name to the next one. */
export function isStillThere(before: Pod, pods: readonly Pod[]): boolean {
  return pods.some(({ metadata }) => metadata?.uid === before.metadata?.uid);
}
