import type { Subject } from '../../../alerts/alert.ts';
import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { clusterOf } from './facts/cluster.ts';
import { idOf, named } from './facts/read.ts';
import type { Objects } from './objects.ts';

/** What somebody says it is about; null where that is not said. */
export interface Place {
  readonly namespace: string | null;
  readonly kind: string | null;
  readonly name: string | null;
}

/** The objects that an incident is about: a pod counts as its workload, and a service as itself and the workloads behind it. */
export function subjectsIn(
  objects: Objects,
  places: readonly Place[],
  about: Subject,
): ReadonlySet<ObjectId> {
  const cluster = clusterOf(objects, 0, 0);
  const placed = places.flatMap(({ namespace, kind, name }): readonly ObjectId[] => {
    if (kind === null || name === null) return [];
    if (kind === 'node') return [named('node', undefined, name)];
    const id = named(kind, namespace ?? undefined, name);
    const pod =
      kind === 'pod' ? cluster.pods.find(({ metadata }) => idOf('pod', metadata) === id) : undefined;
    return [pod === undefined ? id : cluster.ownerOf(pod)];
  });
  if (placed.length > 0) return new Set(placed);
  const last = about.name.split('/').at(-1) ?? about.name;
  const namesake = [
    ...cluster.workloads.filter(({ metadata }) => metadata.name === last).map(({ id }) => id),
    ...(objects.Service ?? [])
      .filter(({ metadata }) => metadata?.name === last)
      .map(({ metadata }) => idOf('service', metadata)),
  ];
  return new Set(namesake);
}
