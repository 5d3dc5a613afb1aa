import type { LocalApi, Obj } from './api.ts';

/** What may be wrong with the workload `deployment/cart` in `shop`. */
export type Ill = 'crash' | 'image' | 'memory' | 'zero' | 'cordoned' | 'hung';

const MINUTE = 60_000;
const APPS = '/apis/apps/v1/namespaces/shop';
const CORE = '/api/v1/namespaces/shop';

/** Puts a workload with two templates there that has what is wrong, as its controllers and kubelets tell of it. */
export function ill(api: LocalApi, what: Ill, now: number): void {
  const ago = (minutes: number) => new Date(now - minutes * MINUTE).toISOString().replace(/\.\d+Z$/, 'Z');
  const wanted = what === 'zero' ? 0 : 2;
  const isOld = what === 'hung' || what === 'cordoned' || what === 'zero' || what === 'memory';
  const labels = { app: 'cart' };
  const template = (image: string, more: object = {}) => ({
    metadata: { labels: { ...labels, ...more } },
    spec: { containers: [{ name: 'cart', image, resources: { limits: { memory: '64Mi' } } }] },
  });
  const available = what === 'zero' ? 0 : 1;
  const cart = api.put(`${APPS}/deployments/cart`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'cart',
      namespace: 'shop',
      labels,
      creationTimestamp: ago(10_000),
      annotations: { 'deployment.kubernetes.io/revision': '2' },
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          time: ago(what === 'zero' || !isOld ? 3 : 100),
          fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': {} } },
        },
      ],
    },
    spec: { replicas: wanted, selector: { matchLabels: labels }, template: template('shop/cart:2') },
    status: {
      observedGeneration: 1,
      replicas: wanted,
      updatedReplicas: isOld ? wanted : 1,
      readyReplicas: available,
      availableReplicas: available,
      unavailableReplicas: wanted - available,
    },
  });
  const set = (hash: string, revision: number, minutes: number, replicas: number): Obj =>
    api.put(`${APPS}/replicasets/cart-${hash}`, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `cart-${hash}`,
        namespace: 'shop',
        labels: { ...labels, 'pod-template-hash': hash },
        annotations: { 'deployment.kubernetes.io/revision': String(revision) },
        ownerReferences: [{ kind: 'Deployment', name: 'cart', uid: cart.metadata.uid, controller: true }],
        creationTimestamp: ago(minutes),
      },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: template(`shop/cart:${revision}`, { 'pod-template-hash': hash }),
      },
      status: { replicas },
    });
  const old = set('aaaaaaaaaa', 1, 10_000, isOld ? 0 : 1);
  const newest = set('bbbbbbbbbb', 2, isOld ? 5_000 : 3, isOld ? wanted : 1);
  const pod = (owner: Obj, end: string, status: object, minutes: number, node: string | null = 'node-1') =>
    api.put(`${CORE}/pods/${owner.metadata.name}-${end}`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${owner.metadata.name}-${end}`,
        namespace: 'shop',
        labels: owner.metadata.labels,
        ownerReferences: [
          { kind: 'ReplicaSet', name: owner.metadata.name, uid: owner.metadata.uid, controller: true },
        ],
        creationTimestamp: ago(minutes),
      },
      spec: {
        ...(node === null ? {} : { nodeName: node }),
        containers: template('shop/cart:2').spec.containers,
      },
      status: status as Record<string, unknown>,
    });
  const conditions = (isReady: boolean, minutes: number) => [
    { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(minutes) },
    { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: ago(minutes) },
  ];
  const running = (minutes: number) => ({ running: { startedAt: ago(minutes) } });
  const container = (ready: boolean, state: object, more: object = {}) => [
    {
      name: 'cart',
      image: 'shop/cart:2',
      imageID: '',
      ready,
      restartCount: 0,
      state,
      lastState: {},
      ...more,
    },
  ];
  const good = {
    phase: 'Running',
    conditions: conditions(true, 300),
    containerStatuses: container(true, running(300)),
  };
  const back = (exitCode: number, reason: string) => ({
    phase: 'Running',
    conditions: conditions(false, 2),
    containerStatuses: container(
      false,
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
      {
        restartCount: 4,
        lastState: { terminated: { exitCode, reason, startedAt: ago(1.2), finishedAt: ago(1) } },
      },
    ),
  });
  api.put('/api/v1/nodes/node-1', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', creationTimestamp: ago(20_000) },
    spec:
      what === 'cordoned'
        ? { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }
        : {},
    status: {
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: ago(20_000), lastHeartbeatTime: ago(0) },
      ],
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    },
  });
  if (what === 'zero') {
    other(api, ago);
    return;
  }
  pod(isOld ? newest : old, 'z4z2z', good, 300);
  switch (what) {
    case 'crash':
      return void pod(newest, 'x2x4z', back(1, 'Error'), 3);
    case 'memory':
      return void pod(newest, 'x2x4z', back(137, 'OOMKilled'), 300);
    case 'image':
      return void pod(
        newest,
        'x2x4z',
        {
          phase: 'Pending',
          conditions: conditions(false, 3),
          containerStatuses: container(false, {
            waiting: {
              reason: 'ImagePullBackOff',
              message:
                'rpc error: code = NotFound desc = failed to pull and unpack image "shop/cart:2": not found',
            },
          }),
        },
        3,
      );
    case 'hung':
      return void pod(
        newest,
        'x2x4z',
        {
          phase: 'Running',
          conditions: conditions(false, 4),
          containerStatuses: container(false, running(300)),
        },
        300,
      );
    case 'cordoned':
      return void pod(
        newest,
        'x2x4z',
        {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: '0/1 nodes are available: 1 node(s) were unschedulable.',
              lastTransitionTime: ago(3),
            },
          ],
        },
        3,
        null,
      );
    default:
      what satisfies never;
  }
}

/** Another workload, whose environment names the service. */
function other(api: LocalApi, ago: (minutes: number) => string): void {
  const labels = { app: 'front' };
  api.put(`${CORE}/services/cart`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
  });
  api.put(`${APPS}/deployments/front`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'front', namespace: 'shop', labels, creationTimestamp: ago(9_000) },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'front', image: 'shop/front:1', env: [{ name: 'CART_URL', value: 'http://cart:80' }] },
          ],
        },
      },
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  });
}
