import type { LocalApi, Obj } from '../../../kit/kubernetes/api.ts';

export const CART = '/apis/apps/v1/namespaces/shop/deployments/cart';
const SETS = '/apis/apps/v1/namespaces/shop/replicasets';
export const PODS = '/api/v1/namespaces/shop/pods';
export const NODE = '/api/v1/nodes/node-1';

export const template = (image: string, more: object = {}): Record<string, unknown> => ({
  metadata: { labels: { app: 'cart' } },
  spec: { containers: [{ name: 'cart', image, resources: { limits: { memory: '64Mi' } }, ...more }] },
});

/** A workload with two templates, of which the newer is broken, its pods and their node. */
export function furnish(api: LocalApi): void {
  const owner = (kind: string, uid: string) => [{ kind, uid, controller: true }];
  const cart = api.put(CART, {
    metadata: { name: 'cart', namespace: 'shop', uid: 'cart-uid' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'cart' } }, template: template('shop/cart:2') },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
  });
  const set = (hash: string, revision: number, image: string, created: string): Obj => ({
    metadata: {
      name: `cart-${hash}`,
      namespace: 'shop',
      uid: `set-${hash}`,
      labels: { app: 'cart', 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: owner('Deployment', cart.metadata.uid ?? ''),
      creationTimestamp: created,
    },
    spec: {
      template: {
        ...template(image),
        metadata: { labels: { app: 'cart', 'pod-template-hash': hash } },
      },
    },
  });
  api.put(`${SETS}/cart-aaa`, set('aaa', 1, 'shop/cart:1', '2026-01-01T00:00:00Z'));
  api.put(`${SETS}/cart-bbb`, set('bbb', 2, 'shop/cart:2', '2026-01-02T00:00:00Z'));
  // Somebody else's, by its labels alone.
  api.put(`${SETS}/other-ccc`, {
    ...set('ccc', 9, 'evil/cart:9', '2026-01-03T00:00:00Z'),
    metadata: {
      ...set('ccc', 9, '', '').metadata,
      name: 'other-ccc',
      ownerReferences: owner('Deployment', 'other'),
    },
  });
  for (const name of ['cart-bbb-x1', 'cart-bbb-x2'])
    api.put(`${PODS}/${name}`, {
      metadata: {
        name,
        namespace: 'shop',
        labels: { app: 'cart', 'pod-template-hash': 'bbb' },
        ownerReferences: owner('ReplicaSet', 'set-bbb'),
      },
      spec: { nodeName: 'node-1' },
      status: { phase: 'Running' },
    });
  api.put(`${PODS}/stray`, {
    metadata: { name: 'stray', namespace: 'shop', labels: { app: 'cart' } },
    spec: {},
    status: {},
  });
  api.put(NODE, { metadata: { name: 'node-1' }, spec: { unschedulable: true }, status: {} });
}

/** What the controller of a deployment says once all of its pods are of the newest template. */
export function settle(api: LocalApi): void {
  const { metadata, spec } = api.get(CART) ?? {};
  const replicas = spec?.replicas;
  api.status(CART, {
    observedGeneration: metadata?.generation,
    ...{ replicas, updatedReplicas: replicas, availableReplicas: replicas },
  });
}
