import { ago, inShop, type Shop } from '../shop.ts';
import { type Case, clear, confusable } from './case.ts';

const CART = 'service/shop/cart';
const policy = (age: number, app: string, from: string) => ({
  kind: 'NetworkPolicy',
  metadata: inShop('fence', { creationTimestamp: ago(age) }),
  spec: {
    podSelector: { matchLabels: { app } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: from } } }] }],
  },
});

/** A pod that its node evicted, and that was replaced. */
const evicted = (shop: Shop, seconds: number) => {
  const pod = structuredClone(shop.get('Pod', 'cart-1-a'));
  const conditions = [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: ago(seconds) }];
  const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource', conditions };
  return shop.add({ ...pod, metadata: { ...pod.metadata, name: 'cart-1-z' }, status });
};

export const SERVICE: readonly Case[] = [
  clear(
    'service_selector_mismatch',
    (shop) =>
      shop
        .set('Service', 'cart', 'spec.selector', { app: 'carts' })
        .set('EndpointSlice', 'cart-e', 'endpoints', []),
    CART,
  ),
  confusable('a service that selects what is not there, and looks like nothing that is', null, (shop) =>
    shop.add({
      kind: 'Service',
      metadata: inShop('old'),
      spec: { selector: { app: 'old' }, ports: [{ port: 80 }] },
    }),
  ),
  confusable('a service without endpoints, as its workload has no pods', null, (shop) =>
    shop.drop('Pod', 'cart-1-a').set('EndpointSlice', 'cart-e', 'endpoints', []),
  ),
  confusable('an alias of a name outside', null, (shop) =>
    shop.set('Service', 'cart', 'spec', { type: 'ExternalName', externalName: 'cart.example.com' }),
  ),
  clear(
    'service_target_port_wrong',
    (shop) => shop.set('Service', 'cart', 'spec.ports.0.targetPort', 7071),
    CART,
  ),
  confusable('containers that declare no ports at all', null, (shop) =>
    shop.container('cart', 'ports', []).set('Service', 'cart', 'spec.ports.0.targetPort', 7071),
  ),
  clear(
    'service_protocol_wrong',
    (shop) => shop.set('Service', 'cart', 'spec.ports.0.protocol', 'UDP'),
    CART,
  ),
  confusable(
    'a service that sends to a wrong port by a wrong protocol',
    'service_target_port_wrong',
    (shop) =>
      shop.set('Service', 'cart', 'spec.ports', [
        { port: 8081, protocol: 'UDP' },
        { port: 1, targetPort: 'none' },
      ]),
    CART,
  ),
  clear(
    'service_without_ready_endpoints',
    (shop) => shop.down('cart').probed('cart', 'Readiness', 'command timed out'),
    CART,
  ),
  confusable('a service whose pods crash', null, (shop) =>
    shop.ended('cart', { exitCode: 1 }).probed('cart', 'Readiness', 'command timed out'),
  ),
  clear(
    'service_address_wrong_host',
    (shop) => shop.container('web', 'env', [{ name: 'CART_ADDR', value: 'carts:8081' }]),
    'deployment/shop/web',
  ),
  confusable(
    'an address of another world, in a variable that is called for a service which is there',
    'service_address_wrong_host',
    (shop) => shop.container('web', 'env', [{ name: 'CART_SERVICE_HOST', value: 'staging:8081' }]),
    'deployment/shop/web',
  ),
  confusable('an address of another world, in a variable that is called for nothing', null, (shop) =>
    shop.container('web', 'env', [
      { name: 'CART_ADDR', value: 'cart:8081' },
      { name: 'TRACES_HOST', value: 'staging:4317' },
    ]),
  ),
  confusable(
    'an optional service that is not there, beside one of a like name that is called as well',
    null,
    (shop) =>
      shop.container('web', 'env', [
        { name: 'CART_ADDR', value: 'cart:8081' },
        { name: 'CART_BACKUP_ADDR', value: 'cart-backup:5432' },
      ]),
  ),
  clear(
    'service_address_wrong_port',
    (shop) => shop.container('web', 'env', [{ name: 'CART_ADDR', value: 'cart:7071' }]),
    'deployment/shop/web',
  ),
  clear('network_policy_isolates', (shop) => shop.add(policy(600, 'cart', 'db')), 'networkpolicy/shop/fence'),
  confusable('a policy that has been there for long', null, (shop) => shop.add(policy(90_000, 'cart', 'db'))),
  confusable('a new policy that lets the callers in', null, (shop) => shop.add(policy(600, 'cart', 'web'))),
  confusable('a new policy that selects nothing', null, (shop) => shop.add(policy(600, 'carts', 'web'))),
  confusable('a headless service that names a port that nobody declares', null, (shop) =>
    shop
      .set('Service', 'cart', 'spec.clusterIP', 'None')
      .set('Service', 'cart', 'spec.ports.0.targetPort', 7071),
  ),
  confusable('a port that may be that of a container which declares none', null, (shop) =>
    shop
      .set('Pod', 'cart-1-a', 'spec.containers.1', { name: 'beside', image: 'registry.example.com/beside:1' })
      .set('Service', 'cart', 'spec.ports.0.targetPort', 7071),
  ),
  confusable('a second port that nobody declares', null, (shop) =>
    shop.set('Service', 'cart', 'spec.ports.1', { port: 9090, targetPort: 9090 }),
  ),
  confusable(
    'a port name that no container has, beside one that it has',
    'service_target_port_wrong',
    (shop) => shop.set('Service', 'cart', 'spec.ports.1', { port: 9090, targetPort: 'metrics' }),
    CART,
  ),
  confusable('a service of two protocols, of which the container declares one', null, (shop) =>
    shop.set('Service', 'cart', 'spec.ports.1', { port: 8081, targetPort: 8081, protocol: 'UDP' }),
  ),
];

const ready = (shop: Shop, name: string, status: string, reason: string) =>
  shop.set('Node', name, 'status.conditions', [
    { type: 'Ready', status, reason, lastTransitionTime: ago(120) },
  ]);
const SOCKET =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"';
const N1 = 'node/n1';
const stuck = (shop: Shop) =>
  shop
    .pending('cart', '')
    .set('Pod', 'cart-1-a', 'status.conditions', [])
    .set('Pod', 'cart-1-a', 'metadata.creationTimestamp', ago(120));

export const NODE: readonly Case[] = [
  clear(
    'kubelet_unavailable',
    (shop) =>
      ready(shop, 'n1', 'Unknown', 'NodeStatusUnknown').set('Lease', 'n1', 'spec.renewTime', ago(150)),
    N1,
  ),
  confusable('a node that came back', null, (shop) => ready(shop, 'n1', 'Unknown', 'NodeStatusUnknown')),
  clear(
    'containerd_unavailable',
    (shop) => ready(shop, 'n1', 'False', 'KubeletNotReady').event('Node', 'n1', 'ContainerGCFailed', SOCKET),
    N1,
  ),
  confusable('a container runtime that was started again', null, (shop) =>
    shop.event('Node', 'n1', 'ContainerGCFailed', SOCKET),
  ),
  clear('pod_network_broken', (shop) => unplugged(shop), N1),
  confusable('a pod network that is set up after a reboot', null, (shop) =>
    unplugged(shop).event('Node', 'n1', 'Rebooted', 'Node n1 has been rebooted', 60),
  ),
  ...(['memory', 'disk', 'pid'] as const).flatMap((short): readonly Case[] => {
    const type = { memory: 'MemoryPressure', disk: 'DiskPressure', pid: 'PIDPressure' }[short];
    const pressed = (shop: Shop) =>
      shop.set('Node', 'n1', 'status.conditions', [
        { type, status: 'True', lastTransitionTime: ago(120) },
        { type: 'Ready', status: 'True', reason: 'KubeletReady' },
      ]);
    return [
      clear(`node_${short}_pressure`, (shop) => pressed(shop.down('cart')), N1),
      confusable(`a node that is short of ${short}, while its pods are well`, null, pressed),
      confusable(
        `a node that is short of ${short}, and whose pods went elsewhere`,
        `node_${short}_pressure`,
        (shop) => pressed(evicted(shop, 120)),
        N1,
      ),
      confusable(`a node that is short of ${short}, and evicted pods last week`, null, (shop) =>
        pressed(evicted(shop, 600_000)),
      ),
    ];
  }),
  clear(
    'kube_proxy_unavailable',
    (shop) =>
      shop
        .add({
          kind: 'DaemonSet',
          metadata: { name: 'kube-proxy', namespace: 'kube-system' },
          status: { desiredNumberScheduled: 2, numberReady: 1 },
        })
        .add(proxyOn('n1', 'False'))
        .add(proxyOn('n2', 'True')),
    N1,
  ),
  clear('kube_scheduler_unavailable', stuck, 'node/c1'),
  confusable('a pod that the scheduler is slow with', null, (shop) =>
    stuck(shop).add({
      ...shop.get('Event', 'cart-1.FailedCreate.30'),
      metadata: { name: 'e', namespace: 'shop' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1-a' },
      reason: 'Scheduled',
      message: 'Successfully assigned shop/web-1-a to n1',
    }),
  ),
];

function proxyOn(nodeName: string, ready: string) {
  return {
    kind: 'Pod',
    metadata: {
      name: `kube-proxy-${nodeName}`,
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-proxy' },
      ownerReferences: [{ kind: 'DaemonSet', name: 'kube-proxy', controller: true }],
    },
    spec: { nodeName },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
  };
}

function unplugged(shop: Shop): Shop {
  const says =
    'Failed to create pod sandbox: failed to setup network for sandbox: plugin type="bridge" failed (add): no such file';
  return shop
    .waiting('cart', 'ContainerCreating')
    .waiting('web', 'ContainerCreating')
    .event('Pod', 'cart-1-a', 'FailedCreatePodSandBox', says)
    .event('Pod', 'web-1-a', 'FailedCreatePodSandBox', says);
}
