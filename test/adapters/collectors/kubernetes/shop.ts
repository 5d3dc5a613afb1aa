import { statementsOf } from '../../../../src/adapters/collectors/kubernetes/facts/all.ts';
import type {
  Event,
  Node,
  Objects,
  Of,
  Pod,
} from '../../../../src/adapters/collectors/kubernetes/objects.ts';
import type { ObjectId } from '../../../../src/evidence/facts/fact.ts';
import type { FactName } from '../../../../src/evidence/facts/vocabulary.ts';

export const NOON = Date.parse('2026-03-01T12:00:00Z');
export const at = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();

type Container = NonNullable<NonNullable<Pod['spec']>['containers']>[number];
type Status = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]>;

export const CART: Container = {
  name: 'cart',
  image: 'registry.example.com/cart:1',
  ports: [{ containerPort: 8080, protocol: 'TCP' }],
};

/** A pod of the deployment `cart`, which runs and is ready unless something else is said. */
export function podOf(more: {
  readonly name?: string;
  readonly container?: Container;
  readonly spec?: Pod['spec'];
  readonly status?: Pod['status'];
  readonly state?: Status;
  readonly labels?: Record<string, string>;
}): Pod {
  const ready = more.status === undefined && more.state === undefined;
  return {
    metadata: {
      name: more.name ?? 'cart-7d9f8b6c5d-x2x4z',
      namespace: 'shop',
      labels: more.labels ?? { app: 'cart', 'pod-template-hash': '7d9f8b6c5d' },
      creationTimestamp: at(-300),
      ownerReferences: [{ kind: 'ReplicaSet', name: 'cart-7d9f8b6c5d', controller: true }],
    },
    spec: { containers: [more.container ?? CART], nodeName: 'node-1', ...more.spec },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        more.state ?? { name: 'cart', ready, restartCount: 0, state: { running: { startedAt: at(-290) } } },
      ],
      ...more.status,
    },
  };
}

export const NODE: Node = {
  metadata: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1' } },
  status: {
    allocatable: { cpu: '4', memory: '8Gi' },
    conditions: [
      { type: 'Ready', status: 'True', reason: 'KubeletReady' },
      { type: 'MemoryPressure', status: 'False' },
      { type: 'DiskPressure', status: 'False' },
    ],
  },
};

const TEMPLATE = { metadata: { labels: { app: 'cart' } }, spec: { containers: [CART] } };

export const DEPLOYMENT: Of<'Deployment'> = {
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { replicas: 1, selector: { matchLabels: { app: 'cart' } }, template: TEMPLATE },
  status: {
    replicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    updatedReplicas: 1,
    conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }],
  },
};

export const SET: Of<'ReplicaSet'> = {
  metadata: {
    name: 'cart-7d9f8b6c5d',
    namespace: 'shop',
    creationTimestamp: at(-300),
    annotations: { 'deployment.kubernetes.io/revision': '2' },
    ownerReferences: [{ kind: 'Deployment', name: 'cart', controller: true }],
  },
  spec: { replicas: 1, selector: {}, template: TEMPLATE },
  status: { replicas: 1, readyReplicas: 1 },
};

export const SERVICE: Of<'Service'> = {
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { selector: { app: 'cart' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
};

export const ENDPOINTS: Of<'Endpoints'> = {
  metadata: { name: 'cart', namespace: 'shop' },
  subsets: [{ addresses: [{ ip: '10.0.0.5' }] }],
};

export const SHOP: Objects = {
  Pod: [podOf({})],
  Node: [NODE],
  Deployment: [DEPLOYMENT],
  ReplicaSet: [SET],
  Service: [SERVICE],
  Endpoints: [ENDPOINTS],
  Event: [],
  Secret: [],
  ConfigMap: [],
  ServiceAccount: [{ metadata: { name: 'default', namespace: 'shop' } }],
  PersistentVolumeClaim: [],
  ResourceQuota: [],
  NetworkPolicy: [],
};

/** An event about an object of `shop`, two minutes old unless something else is said. */
export function eventOf(about: string, reason: string, message: string, seconds = -120): Event {
  const [kind, name] = about.split('/');
  return {
    metadata: { name: `${name}.1`, namespace: 'shop' },
    involvedObject: { kind, name, namespace: kind === 'Node' ? '' : 'shop' },
    reason,
    message,
    type: 'Warning',
    lastTimestamp: at(seconds),
  };
}

/** What a fact says of an object, in `shop` with some of its objects replaced; undefined where it says nothing. */
export function factsOf(more: Objects, now = NOON) {
  const statements = statementsOf({ ...SHOP, ...more }, { now, symptom: now - 60_000, namespaces: ['shop'] });
  return (name: FactName, of?: ObjectId) =>
    statements
      .filter((one) => of === undefined || one.of === of)
      .flatMap(({ facts }) => facts)
      .find(([each]) => each === name)?.[1];
}
