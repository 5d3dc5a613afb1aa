import { type Objects, objectsOf } from '../../../../src/adapters/collectors/kubernetes/objects.ts';
import type { Fact } from '../../../../src/evidence/facts/fact.ts';
import type { FactName } from '../../../../src/evidence/facts/vocabulary.ts';
import { fact } from '../../../kit/faults/facts.ts';

/** An object of the API, as small as a case needs it. */
export interface Thing {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export const NOW = Date.parse('2026-05-01T12:00:00Z');
export const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

const PORTS = { web: 8080, cart: 8081, db: 5432 } as const;
export type App = keyof typeof PORTS;
const APPS = Object.keys(PORTS) as App[];

const NEEDS: Readonly<Record<App, readonly { name: string; value: string }[]>> = {
  // A mailer is optional, and has never been there.
  web: [
    { name: 'CART_ADDR', value: 'cart:8081' },
    { name: 'MAILER_ADDR', value: 'mailer:80' },
  ],
  cart: [{ name: 'DB_ADDR', value: 'db:5432' }],
  db: [],
};

function template(app: App): object {
  const port = PORTS[app];
  const probe = { tcpSocket: { port }, initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 3 };
  return {
    metadata: { labels: { app } },
    spec: {
      serviceAccountName: app,
      containers: [
        {
          name: 'main',
          image: `registry.example.com/${app}:1.2`,
          ports: [{ containerPort: port }],
          env: NEEDS[app],
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
          livenessProbe: probe,
          readinessProbe: probe,
        },
      ],
      volumes: app === 'db' ? [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] : [],
    },
  };
}

const inShop = (name: string, more: object = {}) => ({
  name,
  namespace: 'shop',
  creationTimestamp: ago(90_000),
  ...more,
});

function workload(app: App): readonly Thing[] {
  const labels = { app };
  const made = template(app);
  const owned = (kind: string, name: string) => ({
    labels,
    ownerReferences: [{ kind, name, controller: true }],
  });
  return [
    {
      kind: 'Deployment',
      metadata: inShop(app, { labels, annotations: { 'deployment.kubernetes.io/revision': '2' } }),
      spec: { replicas: 1, selector: { matchLabels: labels }, template: made },
      status: {
        replicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        updatedReplicas: 1,
        conditions: [
          { type: 'Available', status: 'True' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      },
    },
    {
      kind: 'ReplicaSet',
      metadata: inShop(`${app}-1`, {
        ...owned('Deployment', app),
        annotations: { 'deployment.kubernetes.io/revision': '2' },
      }),
      spec: { replicas: 1, selector: { matchLabels: labels }, template: structuredClone(made) },
      status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
    },
    {
      kind: 'Pod',
      metadata: inShop(`${app}-1-a`, owned('ReplicaSet', `${app}-1`)),
      spec: { ...structuredClone((made as { spec: object }).spec), nodeName: 'n1' },
      status: {
        phase: 'Running',
        conditions: [
          { type: 'PodScheduled', status: 'True' },
          { type: 'Ready', status: 'True' },
        ],
        containerStatuses: [
          { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: ago(89_000) } } },
        ],
      },
    },
    { kind: 'ServiceAccount', metadata: inShop(app) },
    {
      kind: 'Service',
      metadata: inShop(app),
      spec: {
        selector: labels,
        clusterIP: '10.0.0.1',
        ports: [{ port: PORTS[app], targetPort: PORTS[app], protocol: 'TCP' }],
      },
    },
    {
      kind: 'EndpointSlice',
      metadata: inShop(`${app}-e`, { labels: { 'kubernetes.io/service-name': app } }),
      endpoints: [
        { addresses: ['10.1.0.1'], conditions: { ready: true }, targetRef: { name: `${app}-1-a` } },
      ],
    },
  ];
}

function node(name: string, control = false): readonly Thing[] {
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
    type,
    status: 'False',
  }));
  return [
    {
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          zone: name === 'n1' ? 'a' : 'b',
          ...(control ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
        },
      },
      spec: control ? { unschedulable: true, taints: [taint] } : {},
      status: {
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [
          ...pressures,
          { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: ago(90_000) },
        ],
      },
    },
    { kind: 'Lease', metadata: { name, namespace: 'kube-node-lease' }, spec: { renewTime: ago(5) } },
  ];
}

/** A small application that is well, with what is always amiss in a cluster and means nothing. Cases break it. */
export class Shop {
  readonly metrics: Fact[] = [];
  readonly things: Thing[] = [
    ...APPS.flatMap(workload),
    ...node('c1', true),
    ...node('n1'),
    ...node('n2'),
    { kind: 'StorageClass', metadata: { name: 'manual' }, provisioner: 'kubernetes.io/no-provisioner' },
    { kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'csi.example.com' },
    {
      kind: 'PersistentVolumeClaim',
      metadata: inShop('data'),
      spec: {
        storageClassName: 'manual',
        volumeName: 'v1',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      },
      status: { phase: 'Bound' },
    },
    {
      kind: 'PersistentVolume',
      metadata: { name: 'v1', labels: { disk: 'hdd' } },
      spec: {
        storageClassName: 'manual',
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        claimRef: { namespace: 'shop', name: 'data' },
      },
      status: { phase: 'Bound' },
    },
    // The account was made a second after the workload, a day ago and just now.
    this.eventOf(
      'ReplicaSet',
      'cart-1',
      'FailedCreate',
      'error looking up service account shop/cart: serviceaccount "cart" not found',
    ),
  ];

  get(kind: string, name: string): Thing {
    const found = this.things.find((one) => one.kind === kind && one.metadata.name === name);
    if (found === undefined) throw new Error(`the shop has no ${kind} ${name}`);
    return found;
  }

  /** Sets what stands at a path, such as `spec.ports.0.port`. */
  set(kind: string, name: string, path: string, value: unknown): this {
    put(this.get(kind, name), path.split('.'), value);
    return this;
  }

  add(thing: Thing): this {
    this.things.push(thing);
    return this;
  }

  drop(kind: string, name: string): this {
    this.things.splice(this.things.indexOf(this.get(kind, name)), 1);
    return this;
  }

  event(kind: string, name: string, reason: string, message: string, seconds = 30): this {
    return this.add(this.eventOf(kind, name, reason, message, seconds));
  }

  /** Its specification, as it was rolled out. */
  spec(app: App, path: string, value: unknown): this {
    this.set('Deployment', app, `spec.template.spec.${path}`, value);
    this.set('ReplicaSet', `${app}-1`, `spec.template.spec.${path}`, value);
    return this.things.some(({ metadata }) => metadata.name === `${app}-1-a`)
      ? this.set('Pod', `${app}-1-a`, `spec.${path}`, value)
      : this;
  }

  container(app: App, path: string, value: unknown): this {
    return this.spec(app, `containers.0.${path}`, value);
  }

  /** Its only pod is not ready. */
  down(app: App): this {
    this.set('Deployment', app, 'status', {
      replicas: 1,
      updatedReplicas: 1,
      unavailableReplicas: 1,
      conditions: [{ type: 'Available', status: 'False' }],
    });
    this.set('EndpointSlice', `${app}-e`, 'endpoints.0.conditions.ready', false);
    return this.set('Pod', `${app}-1-a`, 'status.conditions', [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', status: 'False' },
    ]);
  }

  /** Its only pod has no node, and the scheduler says why. */
  pending(app: App, message: string): this {
    this.down(app)
      .set('Pod', `${app}-1-a`, 'spec.nodeName', undefined)
      .set('Pod', `${app}-1-a`, 'status', {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      })
      .set('EndpointSlice', `${app}-e`, 'endpoints', []);
    return this;
  }

  /** A container of its only pod does not start. */
  waiting(app: App, reason: string, message = ''): this {
    this.down(app).set('Pod', `${app}-1-a`, 'status.phase', 'Pending');
    return this.set('Pod', `${app}-1-a`, 'status.containerStatuses.0', {
      name: 'main',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, message } },
    });
  }

  /** A container of its only pod ended a short time ago. */
  ended(app: App, terminated: object, state: object = { waiting: { reason: 'CrashLoopBackOff' } }): this {
    this.down(app);
    return this.set('Pod', `${app}-1-a`, 'status.containerStatuses.0', {
      name: 'main',
      ready: false,
      restartCount: 4,
      state,
      lastState: {
        terminated: { reason: 'Error', exitCode: 1, startedAt: ago(70), finishedAt: ago(60), ...terminated },
      },
    });
  }

  /** The controller may not create its pod. */
  refused(app: App, message: string): this {
    this.down(app).drop('Pod', `${app}-1-a`).set('EndpointSlice', `${app}-e`, 'endpoints', []);
    this.set('Deployment', app, 'status', {
      unavailableReplicas: 1,
      conditions: [
        { type: 'Available', status: 'False' },
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message },
      ],
    });
    return this.event('ReplicaSet', `${app}-1`, 'FailedCreate', message);
  }

  /** A probe of its only pod fails. */
  probed(
    app: App,
    kind: 'Liveness' | 'Readiness' | 'Startup',
    says: string,
    killed = kind !== 'Readiness',
  ): this {
    this.event('Pod', `${app}-1-a`, 'Unhealthy', `${kind} probe failed: ${says}`);
    if (!killed) return this;
    return this.event(
      'Pod',
      `${app}-1-a`,
      'Killing',
      `Container main failed ${kind.toLowerCase()} probe, will be restarted`,
    );
  }

  /** What Prometheus has of the container of its only pod, or of its service as a whole. */
  measured(
    app: App,
    values: Readonly<Partial<Record<FactName, number>>>,
    level: 'container' | 'service' = 'container',
  ): this {
    const pod = `pod/shop/${app}-1-a` as const;
    const [of, within] =
      level === 'service'
        ? ([`service/shop/${app}`, []] as const)
        : ([`container/shop/${app}-1-a/main`, [pod, `deployment/shop/${app}`] as const] as const);
    for (const [name, value] of Object.entries(values))
      this.metrics.push(
        fact(name as FactName, of, value, { within: [...within, 'namespace/shop'], at: NOW - 60_000 }),
      );
    return this;
  }

  /** What its log shows, as facts of it. */
  logged(app: App, values: Readonly<Partial<Record<FactName, string>>>): this {
    for (const [name, value] of Object.entries(values))
      this.metrics.push(
        fact(name as FactName, `service/shop/${app}`, value, {
          within: [`deployment/shop/${app}`, 'namespace/shop'],
          at: NOW - 60_000,
        }),
      );
    return this;
  }

  quota(resource: string, used: string, hard: string): this {
    return this.add({
      kind: 'ResourceQuota',
      metadata: inShop('limits'),
      spec: { hard: { [resource]: hard } },
      status: { hard: { [resource]: hard }, used: { [resource]: used } },
    });
  }

  objects(): Objects {
    const kinds = [
      'PersistentVolumeClaim',
      'Ingress',
      'IngressClass',
      'NetworkPolicy',
      'HorizontalPodAutoscaler',
      'ResourceQuota',
      'Secret',
    ];
    const empty = Object.fromEntries(kinds.map((kind) => [kind, []]));
    return { ...empty, ...objectsOf({ items: this.things }) };
  }

  private eventOf(kind: string, name: string, reason: string, message: string, seconds = 30): Thing {
    return {
      kind: 'Event',
      metadata: {
        name: `${name}.${reason}.${Math.abs(seconds)}`,
        namespace: kind === 'Node' ? 'default' : 'shop',
      },
      involvedObject: { kind, name, ...(kind === 'Node' ? {} : { namespace: 'shop' }) },
      type: 'Warning',
      reason,
      message,
      lastTimestamp: ago(seconds),
    };
  }
}

export { inShop };

function put(into: unknown, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (typeof into !== 'object' || into === null) throw new Error(`nothing is at ${first}`);
  const record = into as Record<string, unknown>;
  if (rest.length === 0) record[first] = value;
  else {
    record[first] ??= {};
    put(record[first], rest, value);
  }
}
