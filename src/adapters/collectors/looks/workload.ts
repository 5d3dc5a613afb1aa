import type { LookReading, LookSpec, LookTarget } from '../../../evidence/looks/look.ts';
import {
  type ContainerState,
  judgeWorkload,
  type PodState,
  type WorkloadState,
} from '../../../evidence/looks/workload.ts';
import { type ClusterApi, whySilent } from '../../kubernetes/api.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import { placeOf, wordsOf } from '../../kubernetes/place.ts';
import { memoryOf } from '../../kubernetes/quantity.ts';
import { readNodes, readStanding, type Standing, timeOf } from '../../kubernetes/read.ts';
import { progressOf } from '../../kubernetes/rollout.ts';

type WorkloadLook = Extract<LookSpec, { workload: unknown }>;

interface Way {
  readonly api: ClusterApi | null;
  readonly now: () => number;
  readonly timeout: number;
}

/** Looks at the service's workload, by the API of its cluster. Never rejects: what could not be read is unknown. */
export async function seeWorkload(
  { workload: asked }: WorkloadLook,
  { service, symptomAt }: LookTarget,
  { api, now, timeout }: Way,
  signal: AbortSignal,
): Promise<LookReading> {
  const at = now();
  const { namespace = '', workload = '' } = service.kubernetes ?? {};
  const place = placeOf(namespace, workload);
  const id = place === null ? `service/${service.name}` : `${place.kind}/${place.namespace}/${place.name}`;
  const reading = { host: id, instrument: `kubernetes ${AUTHORS[asked.is]}/${id}`, at };
  const unknown = (words: string): LookReading => ({ ...reading, verdict: 'unknown', words, facts: {} });
  if (place === null) return unknown(`medic.yml names no workload of ${service.name}`);
  if (api === null) return unknown('no Kubernetes is configured');
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  try {
    const isAboutNodes = asked.is === 'cordoned_out';
    const [standing, nodes] = await Promise.all([
      readStanding(api, place, within),
      isAboutNodes ? readNodes(api, within) : [],
    ]);
    const cordoned = nodes.flatMap(({ metadata, spec }) =>
      spec?.unschedulable === true && metadata?.name !== undefined ? [metadata.name] : [],
    );
    const bounds = service.kubernetes ?? {};
    const state = stateOf(standing, cordoned.sort(), bounds);
    const { verdict, words, facts } = judgeWorkload(state, asked, symptomAt, at);
    return { ...reading, verdict, words: `Kubernetes, ${wordsOf(place)}: ${words}`, facts };
  } catch (error) {
    const late = within.aborted && !signal.aborted;
    const why = error instanceof Error && error.name === 'Unread' ? error.message : whySilent(error);
    const words = late ? `${wordsOf(place)} could not be read within ${timeout} ms` : why;
    return { ...unknown(words), ...(late ? { late: true } : {}) };
  }
}

/** Whose word each is: what a kubelet writes of its containers, a person into a specification, a scheduler on a pod. */
const AUTHORS: Readonly<Record<WorkloadLook['workload']['is'], string>> = {
  badly_rolled_out: 'kubelet',
  out_of_memory: 'kubelet',
  hung: 'kubelet',
  scaled_to_zero: 'deployer',
  cordoned_out: 'scheduler',
};

interface Bounds {
  readonly replicas?: { readonly min: number; readonly max: number } | undefined;
  readonly memory_ceiling?: string | undefined;
}

function stateOf(standing: Standing, cordoned: readonly string[], bounds: Bounds): WorkloadState {
  const { place, workload, revisions, pods } = standing;
  const [newest] = revisions;
  const progress = progressOf(place, workload, workload);
  const containers = workload.spec?.template?.spec?.containers ?? [];
  const limits = containers.flatMap(({ name = '', resources }) => {
    const limit = memoryOf(resources?.limits?.memory ?? '');
    return limit === null ? [] : [[name, limit] as const];
  });
  return {
    desired:
      place.kind === 'daemonset'
        ? (workload.status?.desiredNumberScheduled ?? 0)
        : (workload.spec?.replicas ?? 1),
    isComplete: progress.kind === 'done',
    progress: progress.words,
    revisions: revisions.length,
    newestAt: newest?.createdAt ?? null,
    pods: pods
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map((pod) => podOf(pod, newest?.mark ?? null)),
    limits: Object.fromEntries(limits),
    cordoned,
    leastReplicas: bounds.replicas?.min ?? null,
    mostMemory: memoryOf(bounds.memory_ceiling ?? ''),
  };
}

function podOf({ metadata, status }: Pod, mark: Standing['revisions'][number]['mark'] | null): PodState {
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  const ready = condition('Ready');
  return {
    name: metadata?.name ?? '',
    isNewest: mark !== null && metadata?.labels?.[mark.label] === mark.value,
    isReady: ready?.status === 'True',
    unreadySince: ready?.status === 'False' ? timeOf(ready.lastTransitionTime) : null,
    isRefused: condition('PodScheduled')?.status === 'False',
    containers: (status?.containerStatuses ?? []).map(
      ({ name = '', state = {}, lastState = {}, restartCount = 0 }): ContainerState => {
        const ended = state.terminated ?? lastState.terminated;
        return {
          name,
          waiting: state.waiting?.reason ?? null,
          runningSince: timeOf(state.running?.startedAt),
          restarts: restartCount,
          ended:
            ended === undefined
              ? null
              : {
                  reason: ended.reason ?? 'no reason',
                  exitCode: ended.exitCode ?? null,
                  at: timeOf(ended.finishedAt),
                },
        };
      },
    ),
  };
}
