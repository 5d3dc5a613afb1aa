import { setTimeout as delay } from 'node:timers/promises';
import { type ApiRequest, type ClusterApi, isGood } from '../../../src/adapters/kubernetes/api.ts';
import { memoryOf } from '../../../src/adapters/kubernetes/quantity.ts';
import { type Log, serveLogs } from './pod-logs.ts';

/** What the process in an image does: it serves, it exits at once, or it serves and holds so much memory, bytes. */
export type Program =
  | { readonly does: 'serve' }
  | { readonly does: 'exit'; readonly code: number; readonly says: string }
  | { readonly does: 'hold'; readonly memory: number };

/** A pod as far as its kubelet reads it. */
export interface KubePod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly resources?: { readonly limits?: { readonly memory?: string } };
    }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface Ended {
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

interface State {
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: Ended;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: State;
  readonly lastState: State;
}

/** What a kubelet remembers of a container between two looks; times by the monotonic clock. */
interface Kept {
  status: ContainerStatus;
  /** When the process ends by itself, or is started again. */
  next: number | null;
  ends: number;
  readySince: string;
}

const NODE = 'node-1';
const LOOKS = 150;
/** So long a process lives that exits, or until it has taken its memory. */
const LIVES = 400;
/** As a real one waits: not before the first restart, then ten seconds, twice as long each time, five minutes at most. */
const BACK_OFF = 10_000;
const LONGEST = 300_000;

/**
 * Plays the one node of a cluster as a real kubelet does: it runs what the scheduler gave it, restarts what exits, backs off, kills what
 * goes over its memory limit, knows which images there are, and lets go of what was deleted. Everything else is the real thing's.
 */
export async function startKubelet(api: ClusterApi, programOf: (image: string) => Program | null) {
  const kept = new Map<string, Kept>();
  const logs = new Map<string, Log>();
  const server = await serveLogs((path) => logs.get(path) ?? null);
  const stopping = new AbortController();
  const ask = async (request: ApiRequest) => {
    const answer = await api.call(request, AbortSignal.timeout(10_000));
    // What is gone, or was changed meanwhile, is looked at again.
    if (!isGood(answer) && ![404, 409].includes(answer.status))
      throw new Error(`${request.method} ${request.path}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
  await ask({
    method: 'POST',
    path: '/api/v1/nodes',
    body: { metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE } } },
  });
  const heart = async () => {
    const now = stamp();
    const is = (type: string, status: string, reason: string) => ({
      ...{ type, status, reason, lastHeartbeatTime: now, lastTransitionTime: begun },
    });
    const room = { cpu: '4', memory: '8Gi', pods: '110' };
    const status = {
      capacity: room,
      allocatable: room,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: server.port } },
      conditions: [
        is('Ready', 'True', 'KubeletReady'),
        is('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        is('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        is('PIDPressure', 'False', 'KubeletHasSufficientPID'),
      ],
    };
    await ask({
      method: 'PATCH',
      path: `/api/v1/nodes/${NODE}/status`,
      body: [{ op: 'replace', path: '/status', value: status }],
    });
  };
  const begun = stamp();
  await heart();

  const look = async () => {
    const query = { fieldSelector: `spec.nodeName=${NODE}` };
    const { body } = await ask({ method: 'GET', path: '/api/v1/pods', query });
    const pods = (body as { items: readonly KubePod[] }).items;
    for (const uid of kept.keys()) if (!pods.some(({ metadata }) => metadata.uid === uid)) kept.delete(uid);
    for (const pod of pods) await attend(pod);
  };
  const attend = async (pod: KubePod) => {
    const { name, namespace, uid, deletionTimestamp } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (deletionTimestamp !== undefined) {
      const body = { gracePeriodSeconds: 0, preconditions: { uid } };
      return void (await ask({ method: 'DELETE', path, body }));
    }
    const before = kept.get(uid);
    const after = before === undefined ? firstSeen(pod) : moved(pod, before);
    if (after === before) return;
    await ask({
      method: 'PATCH',
      path: `${path}/status`,
      body: [
        { op: 'test', path: '/metadata/uid', value: uid },
        { op: 'add', path: '/status/phase', value: phaseOf(after) },
        { op: 'add', path: '/status/startTime', value: begun },
        { op: 'add', path: '/status/conditions', value: conditionsOf(after) },
        { op: 'add', path: '/status/containerStatuses', value: [after.status] },
      ],
    });
    kept.set(uid, after);
  };
  const moved = (pod: KubePod, before: Kept): Kept => {
    const { running } = before.status.state;
    const [container] = pod.spec.containers;
    if (container === undefined) throw new Error(`${pod.metadata.name} has no container`);
    const program = programOf(container.image);
    const limit = container.resources?.limits?.memory;
    const isDoomed = program !== null && willEnd(program, limit);
    // What went well until now may not any more.
    if (running !== undefined && before.next === null && !isDoomed) return before;
    if (before.next !== null && performance.now() < before.next) return before;
    if (program === null) return notPulled(before, container.image);
    const { namespace, name } = pod.metadata;
    const at = `/containerLogs/${namespace}/${name}/${container.name}`;
    if (running !== undefined) {
      const end =
        program.does === 'exit'
          ? { exitCode: program.code, reason: 'Error' }
          : { exitCode: 137, reason: 'OOMKilled' };
      return ended(before, { ...end, startedAt: running.startedAt, finishedAt: stamp() }, pod);
    }
    const line = program.does === 'exit' ? program.says : 'listening on port 8080';
    const was = logs.get(at);
    logs.set(at, { now: [{ at: new Date(), line }], before: was?.now ?? [] });
    return started(before, isDoomed);
  };

  const loop = (async () => {
    let beat = performance.now();
    while (!stopping.signal.aborted) {
      await look();
      if (performance.now() - beat > 2_000) {
        beat = performance.now();
        await heart();
      }
      await delay(LOOKS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  let failure: unknown = null;
  loop.catch((error: unknown) => {
    failure = error;
  });
  return {
    /** Throws what has ended it, should anything have. */
    check() {
      if (failure !== null) throw failure;
    },
    async stop() {
      stopping.abort();
      await loop.catch(() => undefined);
      await server.stop();
    },
  };
}

function firstSeen({ spec }: KubePod): Kept {
  const [container] = spec.containers;
  if (container === undefined || spec.containers.length > 1)
    throw new Error('this kubelet runs pods of one container');
  return {
    status: {
      ...{ name: container.name, image: container.image, imageID: '', ready: false, started: false },
      ...{ restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } }, lastState: {} },
    },
    ...{ next: 0, ends: 0, readySince: stamp() },
  };
}

/** Whether it ends by itself, or by its limit. */
function willEnd(program: Program, limit: string | undefined): boolean {
  if (program.does !== 'hold') return program.does === 'exit';
  const most = memoryOf(limit ?? '');
  return most !== null && program.memory > most;
}

function started({ status, ends }: Kept, isDoomed: boolean): Kept {
  const now = stamp();
  const lastState = status.state.terminated ? { terminated: status.state.terminated } : status.lastState;
  return {
    status: {
      ...status,
      ...{ imageID: `docker-pullable://${status.image}`, started: true, ready: !isDoomed },
      ...{ restartCount: ends, state: { running: { startedAt: now } }, lastState },
    },
    next: isDoomed ? performance.now() + LIVES : null,
    ends,
    readySince: now,
  };
}

function ended({ status, ends }: Kept, terminated: Ended, { metadata }: KubePod): Kept {
  const wait = ends === 0 ? 0 : Math.min(LONGEST, BACK_OFF * 2 ** (ends - 1));
  const next = performance.now() + wait;
  const was = { ...status, ready: false, started: false };
  const kept = { next, ends: ends + 1, readySince: stamp() };
  if (wait === 0) return { ...kept, status: { ...was, state: { terminated } } };
  const { name, namespace, uid } = metadata;
  const message = `back-off ${wait / 1000}s restarting failed container=${status.name} pod=${name}_${namespace}(${uid})`;
  return {
    ...kept,
    status: {
      ...was,
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { terminated },
    },
  };
}

function notPulled(before: Kept, image: string): Kept {
  const isFirst = before.status.state.waiting?.reason !== 'ImagePullBackOff';
  const missing = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`;
  const waiting = isFirst
    ? { reason: 'ErrImagePull', message: missing }
    : { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
  return {
    ...before,
    status: { ...before.status, state: { waiting } },
    next: performance.now() + (isFirst ? 1_000 : BACK_OFF),
  };
}

function phaseOf({ status }: Kept): string {
  return status.imageID === '' ? 'Pending' : 'Running';
}

function conditionsOf({ status, readySince }: Kept): readonly object[] {
  const is = (type: string, good: boolean) => ({
    type,
    status: good ? 'True' : 'False',
    lastTransitionTime: readySince,
    ...(good
      ? {}
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${status.name}]` }),
  });
  return [
    is('Initialized', true),
    is('PodScheduled', true),
    is('ContainersReady', status.ready),
    is('Ready', status.ready),
  ];
}

/** As Kubernetes writes times: whole seconds. */
function stamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
