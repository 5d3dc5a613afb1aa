import { wordsOf } from '../../kubernetes/place.ts';
import { memoryOf } from '../../kubernetes/quantity.ts';
import { containerRoute, memoryPart, stepsTo } from './capture.ts';
import { change, type Given, type Planned } from './change.ts';
import { put } from './patch.ts';

export function scale(
  wanted: { readonly replicas: string; readonly min: string; readonly max: string },
  { standing, fence, autoscaled }: Given,
): Planned {
  const { workload, place } = standing;
  const [replicas, min, max] = [wanted.replicas, wanted.min, wanted.max].map(countOf);
  if (replicas == null || min == null || max == null)
    return { refused: 'the number of pods, or its bounds, are no whole numbers' };
  if (place.kind === 'daemonset')
    return { refused: `${wordsOf(place)} has a pod on each node, and no number of them` };
  if (autoscaled) return { refused: `an autoscaler sets how many pods ${wordsOf(place)} has` };
  if (replicas < min || replicas > max)
    return {
      refused: `${replicas} pods are not between ${min} and ${max}, as many as ${wordsOf(place)} may have`,
    };
  const now = workload.spec?.replicas ?? 1;
  if (now === replicas) return { already: `${wordsOf(place)} has ${replicas} replicas already` };
  return change(standing, {
    steps: [put(workload, ['spec', 'replicas'], replicas)],
    was: { replicas: now },
    fence,
    does: `scale from ${now} to ${replicas} replicas`,
  });
}

function countOf(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}

export function memory(
  wanted: { readonly container: string; readonly limit: string; readonly most: string },
  { standing, fence }: Given,
): Planned {
  const { workload, place } = standing;
  const { container, limit, most } = wanted;
  const [asked, ceiling] = [memoryOf(limit), memoryOf(most)];
  if (asked === null || ceiling === null)
    return { refused: `${asked === null ? limit : most} is no amount of memory` };
  if (asked > ceiling)
    return { refused: `${limit} is more than ${most}, the most that ${wordsOf(place)} may have` };
  const route = containerRoute(workload, container);
  if (route === null) return { refused: `${wordsOf(place)} has no container ${container}` };
  const was = memoryPart(workload, container);
  const before = 'memory' in was ? was.memory : { limit: null, request: null };
  const now = before.limit === null ? null : memoryOf(before.limit);
  if (now === null) return { refused: `the container ${container} has no memory limit that could be raised` };
  if (asked === now) return { already: `the container ${container} may hold ${limit} already` };
  if (asked < now)
    return { refused: `the container ${container} may hold ${before.limit}, and would have less` };
  // What is guaranteed stays guaranteed: its quality of service is no part of this.
  const request = before.request === before.limit ? limit : before.request;
  const steps = stepsTo({ memory: { container, limit, request } }, workload) ?? [];
  return change(standing, {
    steps,
    was,
    fence,
    does: `let ${container} hold ${limit} instead of ${before.limit}`,
  });
}
