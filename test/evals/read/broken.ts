import { z } from 'zod';
import { Duration } from '../../../src/lib/schema/schemas.ts';
import type { KubernetesObject } from './scenario.ts';

const app = z.string();
const Ago = Duration.default(60_000);

/** What is otherwise in a world that is well, in the words of whoever broke it. `app` is a workload with all that belongs to it. */
export const Broken = z.union([
  /** A value of one object, `Deployment/rates`, at a path such as `spec.replicas`; without a value it goes. */
  z.strictObject({ set: z.string(), at: z.string(), to: z.unknown().optional() }),
  z.strictObject({ add: z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) }) }),
  z.strictObject({ drop: z.string() }),
  /** Of an object, or of each pod of an app. */
  z.strictObject({
    event: z.string(),
    reason: z.string(),
    message: z.string(),
    ago: Ago,
    count: z.number().default(6),
  }),
  /** A value in the specification of its pods, as it was rolled out. */
  z.strictObject({ spec: app, at: z.string(), to: z.unknown() }),
  z.strictObject({ down: app }),
  z.strictObject({ waiting: app, reason: z.string(), message: z.string().default('') }),
  z.strictObject({
    ended: app,
    reason: z.string().default('Error'),
    code: z.number().default(1),
    restarts: z.number().default(6),
    ago: Ago,
    ran: Duration.default(5000),
    runs: z.boolean().default(false),
  }),
  z.strictObject({ pending: app, message: z.string() }),
  z.strictObject({ refused: app, message: z.string() }),
  z.strictObject({
    probed: app,
    probe: z.enum(['Liveness', 'Readiness', 'Startup']),
    says: z.string(),
    ago: Ago,
  }),
]);
export type Broken = z.infer<typeof Broken>;

type Record_ = Record<string, unknown>;
type Thing = KubernetesObject & { [key: string]: unknown };

/** The objects of a world with these things broken, at a moment. Throws where one of them is about nothing that is there. */
export function breakObjects(
  world: readonly KubernetesObject[],
  broken: readonly Broken[],
  at: number,
): readonly KubernetesObject[] {
  const cluster = new Cluster(structuredClone(world) as Thing[], at);
  for (const one of broken) cluster.apply(one);
  return cluster.things;
}

class Cluster {
  things: Thing[];
  readonly #at: number;
  readonly #namespace: string;

  constructor(things: Thing[], at: number) {
    this.things = things;
    this.#at = at;
    this.#namespace = things.find(({ kind }) => kind === 'Deployment')?.metadata.namespace ?? 'default';
  }

  apply(one: Broken): void {
    if ('set' in one) put(this.#get(one.set), one.at.split('.'), one.to);
    else if ('add' in one) this.#add(one.add);
    else if ('drop' in one) this.#drop(one.drop);
    else if ('event' in one)
      for (const object of this.#objects(one.event))
        this.#event(object, one.reason, one.message, one.ago, one.count);
    else if ('spec' in one) this.#spec(one.spec, one.at, one.to);
    else if ('down' in one) this.#down(one.down);
    else if ('waiting' in one)
      this.#waits(one.waiting, { waiting: { reason: one.reason, message: one.message } }, {});
    else if ('ended' in one) this.#ended(one);
    else if ('pending' in one) this.#pending(one.pending, one.message);
    else if ('refused' in one) this.#refused(one.refused, one.message);
    else if ('probed' in one) this.#probed(one);
    else one satisfies never;
  }

  #ago(ms: number): string {
    return new Date(this.#at - ms).toISOString().replace('.000Z', 'Z');
  }

  #get(name: string): Thing {
    const [kind, ...rest] = name.split('/');
    const found = this.things.find((one) => one.kind === kind && one.metadata.name === rest.join('/'));
    if (found === undefined) throw new Error(`the world has no ${name}`);
    return found;
  }

  #of(kind: string, app: string): readonly Thing[] {
    const found = this.things.filter(
      (one) => one.kind === kind && (one.metadata.labels as Record_ | undefined)?.app === app,
    );
    return found;
  }

  #objects(name: string): readonly Thing[] {
    return name.includes('/') ? [this.#get(name)] : this.#of('Pod', name);
  }

  #add(object: {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  }): void {
    const isCluster = CLUSTER_WIDE.includes(object.kind);
    const metadata = {
      creationTimestamp: this.#ago(30 * 86_400_000),
      ...(isCluster ? {} : { namespace: this.#namespace }),
      ...object.metadata,
    };
    this.things.push({ apiVersion: VERSIONS[object.kind] ?? 'v1', ...object, metadata } as Thing);
  }

  #drop(name: string): void {
    const gone = this.#get(name);
    this.things = this.things.filter((one) => one !== gone);
  }

  #event(
    { kind, metadata: { name, namespace } }: Thing,
    reason: string,
    message: string,
    ago: number,
    count = 6,
  ): void {
    this.things.push({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${this.things.length.toString(16)}`, namespace: namespace ?? 'default' },
      involvedObject: { kind, name, ...(namespace === undefined ? {} : { namespace }) },
      reason,
      message,
      type: 'Warning',
      count,
      firstTimestamp: this.#ago(ago + 300_000),
      lastTimestamp: this.#ago(ago),
      source: { component: kind === 'Pod' ? 'kubelet' : 'controller' },
    } as unknown as Thing);
  }

  #spec(app: string, at: string, to: unknown): void {
    for (const one of [this.#get(`Deployment/${app}`), ...this.#of('ReplicaSet', app)])
      put(one, ['spec', 'template', 'spec', ...at.split('.')], to);
    for (const pod of this.#of('Pod', app)) put(pod, ['spec', ...at.split('.')], to);
    this.#renew(app, 'rolled out');
  }

  /** Its pods are new, as those are that have not started yet; with a rollout, so is their template. */
  #renew(app: string, how: 'rolled out' | 'made anew'): void {
    const made = this.#ago(360_000);
    if (how === 'rolled out')
      for (const set of this.#of('ReplicaSet', app)) put(set, ['metadata', 'creationTimestamp'], made);
    for (const pod of this.#of('Pod', app)) {
      put(pod, ['metadata', 'creationTimestamp'], made);
      put(pod, ['status', 'startTime'], made);
    }
  }

  #down(app: string): void {
    const { status, spec } = this.#get(`Deployment/${app}`) as {
      status: Record_;
      spec: { replicas: number };
    } & Thing;
    Object.assign(status, { readyReplicas: 0, availableReplicas: 0, unavailableReplicas: spec.replicas });
    const [available] = status.conditions as Record_[];
    Object.assign(available ?? {}, {
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      lastTransitionTime: this.#ago(240_000),
      message: 'Deployment does not have minimum availability.',
    });
    for (const set of this.#of('ReplicaSet', app))
      Object.assign(set.status as Record_, { readyReplicas: 0, availableReplicas: 0 });
    for (const pod of this.#of('Pod', app))
      for (const condition of (pod.status as { conditions: Record_[] }).conditions)
        if (condition.type === 'Ready' || condition.type === 'ContainersReady')
          Object.assign(condition, {
            status: 'False',
            reason: 'ContainersNotReady',
            lastTransitionTime: this.#ago(240_000),
          });
    for (const slice of this.things)
      if (slice.kind === 'EndpointSlice' && slice.metadata.name.startsWith(`${app}-`))
        for (const endpoint of slice.endpoints as { conditions: Record_ }[])
          Object.assign(endpoint.conditions, { ready: false, serving: false });
  }

  #waits(app: string, state: object, more: object): void {
    this.#down(app);
    for (const pod of this.#of('Pod', app)) {
      const status = pod.status as { phase: string; containerStatuses: Record_[] };
      if ('waiting' in state && !('lastState' in more)) {
        status.phase = 'Pending';
        this.#renew(app, 'made anew');
      }
      Object.assign(status.containerStatuses[0] ?? {}, { ready: false, started: false, state, ...more });
    }
  }

  #ended({
    ended,
    reason,
    code,
    restarts,
    ago,
    ran,
    runs,
  }: Extract<Broken, { readonly ended: string }>): void {
    const lastState = {
      terminated: { reason, exitCode: code, startedAt: this.#ago(ago + ran), finishedAt: this.#ago(ago) },
    };
    const state = runs
      ? { running: { startedAt: this.#ago(Math.max(0, ago - 1000)) } }
      : { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } };
    this.#waits(ended, state, { lastState, restartCount: restarts });
    for (const pod of this.#of('Pod', ended))
      this.#event(pod, 'BackOff', 'Back-off restarting failed container in pod', 40_000, 14);
  }

  #pending(app: string, message: string): void {
    this.#down(app);
    this.#renew(app, 'made anew');
    for (const pod of this.#of('Pod', app)) {
      put(pod, ['spec', 'nodeName'], undefined);
      pod.status = {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message,
            lastTransitionTime: this.#ago(240_000),
          },
        ],
        qosClass: 'Burstable',
      };
      this.#event(pod, 'FailedScheduling', message, 30_000);
    }
    this.#noEndpoints(app);
  }

  #refused(app: string, message: string): void {
    this.#down(app);
    const pods = this.#of('Pod', app);
    this.things = this.things.filter((one) => !pods.includes(one));
    this.#noEndpoints(app);
    const { status } = this.#get(`Deployment/${app}`) as { status: Record_ } & Thing;
    const failed = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message,
      lastTransitionTime: this.#ago(240_000),
    };
    Object.assign(status, { replicas: 0, conditions: [...(status.conditions as object[]), failed] });
    for (const set of this.#of('ReplicaSet', app)) {
      set.status = { replicas: 0, observedGeneration: 1, conditions: [failed] };
      this.#event(set, 'FailedCreate', `Error creating: ${message}`, 30_000);
    }
  }

  #noEndpoints(app: string): void {
    for (const slice of this.things)
      if (slice.kind === 'EndpointSlice' && slice.metadata.name.startsWith(`${app}-`)) slice.endpoints = [];
  }

  #probed({ probed, probe, says, ago }: Extract<Broken, { readonly probed: string }>): void {
    for (const pod of this.#of('Pod', probed)) {
      this.#event(pod, 'Unhealthy', `${probe} probe failed: ${says}`, ago, 20);
      if (probe !== 'Readiness')
        this.#event(
          pod,
          'Killing',
          `Container ${probed} failed ${probe.toLowerCase()} probe, will be restarted`,
          ago,
          5,
        );
    }
    if (probe === 'Readiness')
      this.#waits(probed, { running: { startedAt: this.#ago(600_000) } }, { started: true });
  }
}

const CLUSTER_WIDE: readonly string[] = [
  'Node',
  'PersistentVolume',
  'StorageClass',
  'IngressClass',
  'ValidatingWebhookConfiguration',
];
const VERSIONS: Readonly<Record<string, string>> = {
  StorageClass: 'storage.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  StatefulSet: 'apps/v1',
  CronJob: 'batch/v1',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
};

function put(into: unknown, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (typeof into !== 'object' || into === null) throw new Error(`nothing is at ${first}`);
  const record = into as Record_;
  if (rest.length > 0) {
    record[first] ??= {};
    put(record[first], rest, value);
  } else if (value === undefined) delete record[first];
  else record[first] = value;
}
