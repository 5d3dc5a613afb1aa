import type { Look } from '../../playbooks/manifest.ts';
import { type Judged, span } from './words.ts';

/** A pod, by what its kubelet says of it. Times are epoch milliseconds. */
export interface PodState {
  readonly name: string;
  /** Whether it is of the newest template. */
  readonly isNewest: boolean;
  readonly isReady: boolean;
  /** Since when it is not ready; null where it is, or nobody says. */
  readonly unreadySince: number | null;
  /** Whether the scheduler has found a node for it; it may not have looked yet. */
  readonly isRefused: boolean;
  readonly containers: readonly ContainerState[];
}

export interface ContainerState {
  readonly name: string;
  /** Why it does not run yet, `CrashLoopBackOff`; null where it does. */
  readonly waiting: string | null;
  readonly runningSince: number | null;
  readonly restarts: number;
  /** How it ended last. */
  readonly ended: {
    readonly reason: string;
    readonly exitCode: number | null;
    readonly at: number | null;
  } | null;
}

/** A workload as it stands, and what the registry allows for it. */
export interface WorkloadState {
  readonly desired: number;
  /** Whether all of its pods are of the newest template and available. */
  readonly isComplete: boolean;
  /** How far it is, in words. */
  readonly progress: string;
  readonly revisions: number;
  /** When its newest template was first rolled out. */
  readonly newestAt: number | null;
  readonly pods: readonly PodState[];
  /** Memory limits by container, bytes. */
  readonly limits: Readonly<Record<string, number>>;
  /** Nodes that take no pods, by name. */
  readonly cordoned: readonly string[];
  readonly leastReplicas: number | null;
  /** The most memory that a container may be given, bytes; null where nobody says. */
  readonly mostMemory: number | null;
}

type Asked = Extract<Look, { workload: unknown }>['workload'];
export interface JudgedWorkload extends Judged {
  /** What a playbook may take its values from. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Lately, for what has happened to a container; milliseconds. */
const LATELY = 10 * 60_000;
/** A pod that is unready for less than this may only be busy. */
const HANGS = 2 * 60_000;
/** A symptom is seen no earlier than what brings it about, but clocks differ. */
const SLACK = 60_000;

/** Whether a workload shows one kind of fault, and what it would take. */
export function judgeWorkload(
  state: WorkloadState,
  { is, within }: Asked,
  symptomAt: number | null,
  now: number,
): JudgedWorkload {
  const shown = SHOWN[is](state, { within, symptomAt: symptomAt ?? now, now });
  if (shown !== null)
    return { verdict: 'fault', words: `${shown.words}; ${state.progress}`, facts: shown.facts };
  const ill = illIn(state, now);
  const isWell = state.isComplete && state.desired > 0 && ill === null;
  const words = isWell ? state.progress : `${ill ?? 'not all of its pods are available'}; ${state.progress}`;
  return { verdict: isWell ? 'well' : 'other', words, facts: {} };
}

interface Moment {
  readonly within: number;
  readonly symptomAt: number;
  readonly now: number;
}
type Show = (
  state: WorkloadState,
  moment: Moment,
) => { readonly words: string; readonly facts: JudgedWorkload['facts'] } | null;

const SHOWN: Readonly<Record<Asked['is'], Show>> = {
  badly_rolled_out: ({ isComplete, revisions, newestAt, pods }, { within, symptomAt, now }) => {
    if (isComplete || revisions < 2 || newestAt === null) return null;
    // Whatever ails the pods from before it as well, the newest template is not it.
    if (pods.some((pod) => !pod.isNewest && endsAgain(pod, now))) return null;
    const before = symptomAt - newestAt;
    if (before > within || before < -SLACK) return null;
    const broken = pods
      .filter(({ isNewest }) => isNewest)
      .flatMap((pod) => brokenIn(pod, now) ?? deafIn(pod, now) ?? []);
    const [first] = broken;
    if (first === undefined) return null;
    return {
      words: `its newest template came ${span(before)} before the symptom, and ${broken.length} of its pods ${broken.length === 1 ? 'does' : 'do'} not run (${first})`,
      facts: { broken_pods: broken.length },
    };
  },
  out_of_memory: ({ pods, limits, mostMemory }, { now }) => {
    const killed = pods.flatMap(({ name, containers }) =>
      containers.flatMap((one) =>
        one.ended?.reason === 'OOMKilled' && isLately(one.ended.at, now)
          ? [{ pod: name, container: one.name }]
          : [],
      ),
    );
    const [first] = killed;
    const limit = first === undefined ? undefined : limits[first.container];
    if (first === undefined || limit === undefined) return null;
    const more = mostMemory === null ? null : raised(limit, mostMemory);
    return {
      words: `the container ${first.container} was killed in ${killed.length} of its pods, as it went over its memory limit of ${inMi(limit)}`,
      facts: { container: first.container, ...(more === null ? {} : { memory_limit: inMi(more) }) },
    };
  },
  hung: ({ pods }, { now }) => {
    const hung = pods.filter((pod) => hangs(pod, now));
    const [first] = hung;
    if (first === undefined || hung.length > 1 || first.unreadySince === null) return null;
    return {
      words: `${first.name} runs and is not ready for ${span(now - first.unreadySince)}, after it was`,
      facts: { pod: first.name },
    };
  },
  scaled_to_zero: ({ desired, leastReplicas }) =>
    desired > 0
      ? null
      : { words: 'it is scaled to zero', facts: leastReplicas === null ? {} : { replicas: leastReplicas } },
  cordoned_out: ({ pods, cordoned }) => {
    const refused = pods.filter(({ isRefused }) => isRefused);
    const [node] = cordoned;
    if (refused.length === 0 || node === undefined) return null;
    return {
      words: `${refused.length} of its pods wait${refused.length === 1 ? 's' : ''} for a node, and ${cordoned.length === 1 ? `${node} is` : `${cordoned.length} nodes are`} cordoned`,
      facts: { node },
    };
  },
};

/** What is wrong with any pod, whatever was asked. */
function illIn({ pods }: WorkloadState, now: number): string | null {
  return pods.flatMap((pod) => brokenIn(pod, now) ?? [])[0] ?? null;
}

/** What a container waits for that no time mends. */
const BROKEN =
  /^(?:CrashLoopBackOff|ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

function brokenIn({ name, containers, isReady }: PodState, now: number): string | null {
  const waits = containers.find(({ waiting }) => waiting !== null && BROKEN.test(waiting));
  if (waits !== undefined) return `${name}: ${waits.waiting}`;
  const ended = containers.find(
    (one) => !isReady && one.restarts > 0 && isLately(one.ended?.at ?? null, now),
  );
  return ended === undefined
    ? null
    : `${name}: ended with ${ended.ended?.reason} ${ended.ended?.exitCode ?? ''}`.trim();
}

/** Between two ends a container may run, and count as ready. */
function endsAgain(pod: PodState, now: number): boolean {
  const ended = pod.containers.some((one) => one.restarts > 0 && isLately(one.ended?.at ?? null, now));
  return ended || brokenIn(pod, now) !== null;
}

/** It runs, and does not become ready. */
function deafIn({ name, isReady, unreadySince, containers }: PodState, now: number): string | null {
  if (isReady || unreadySince === null || now - unreadySince < HANGS) return null;
  const runs = containers.length > 0 && containers.every(({ runningSince }) => runningSince !== null);
  return runs ? `${name}: runs and is not ready` : null;
}

/** It was ready once since it runs, nothing has started it again, and now it is not ready for some time. */
function hangs({ isReady, unreadySince, containers }: PodState, now: number): boolean {
  if (isReady || unreadySince === null || now - unreadySince < HANGS || containers.length === 0) return false;
  const since = unreadySince;
  return containers.every(({ runningSince }) => runningSince !== null && since - runningSince > 1_000);
}

function isLately(at: number | null, now: number): boolean {
  return at !== null && now - at <= LATELY;
}

const MI = 2 ** 20;

/** Half as much again, in whole mebibytes, and no more than the ceiling; null where it is there already. */
function raised(limit: number, most: number): number | null {
  const wanted = Math.min(Math.ceil((limit * 1.5) / MI) * MI, Math.floor(most / MI) * MI);
  return wanted > limit ? wanted : null;
}

function inMi(value: number): string {
  return value % MI === 0 ? `${value / MI}Mi` : String(value);
}
