import { type App, ago, inShop, type Shop } from '../shop.ts';
import { type Case, clear, confusable } from './case.ts';

const none = (reasons: string) =>
  `0/3 nodes are available: ${reasons}. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.`;
const pending = (shop: Shop, reasons: string, app: App = 'cart') => shop.pending(app, none(reasons));
const taint = (shop: Shop, name: string) =>
  shop.set('Node', name, 'spec.taints', [{ key: 'for', value: 'batch', effect: 'NoSchedule' }]);
const cordon = (shop: Shop, name: string) => shop.set('Node', name, 'spec.unschedulable', true);
const affinity = (key: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'Exists' }] }],
  },
});
const apart = (app: string) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
    ],
  },
});
const APART = "1 node(s) were unschedulable, 2 node(s) didn't match pod anti-affinity rules";
/** Pods of the cart avoid each other, and another one of them runs. */
function second(shop: Shop, ...[key, value]: readonly string[]): Shop {
  const rule = apart('cart');
  const [term] = rule.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  if (term !== undefined && key !== undefined) Object.assign(term, { [key]: value });
  const pod = structuredClone(shop.get('Pod', 'cart-1-a'));
  return shop.add({ ...pod, metadata: { ...pod.metadata, name: 'cart-1-b' } }).spec('cart', 'affinity', rule);
}
const near = {
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'cache' } } },
    ],
  },
};
const request = (resource: string, amount: string) => ({ requests: { [resource]: amount } });
const UNMATCHED = "1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector";

export const SCHEDULING: readonly Case[] = [
  clear('nodes_cordoned', (shop) =>
    pending(cordon(cordon(shop, 'n1'), 'n2'), '3 node(s) were unschedulable'),
  ),
  confusable('a node that it selects is cordoned, and others do not match', 'nodes_cordoned', (shop) =>
    pending(
      cordon(shop.spec('cart', 'nodeSelector', { zone: 'a' }), 'n1'),
      "2 node(s) were unschedulable, 1 node(s) didn't match Pod's node affinity/selector",
    ),
  ),
  confusable('a cordoned node, while pods run elsewhere', null, (shop) => cordon(shop, 'n2')),
  confusable('a cordoned node, while another is only full', 'cluster_cpu_full', (shop) =>
    pending(cordon(shop, 'n1'), '2 node(s) were unschedulable, 1 Insufficient cpu'),
  ),
  clear('taint_not_tolerated', (shop) =>
    pending(
      taint(taint(shop, 'n1'), 'n2'),
      '1 node(s) were unschedulable, 2 node(s) had untolerated taint {for: batch}',
    ),
  ),
  confusable('the node that it selects is tainted', 'taint_not_tolerated', (shop) =>
    pending(
      taint(shop.spec('cart', 'nodeSelector', { zone: 'a' }), 'n1'),
      "1 node(s) were unschedulable, 1 node(s) had untolerated taint {for: batch}, 1 node(s) didn't match Pod's node affinity/selector",
    ),
  ),
  confusable('a tainted node that it does not select', 'node_selector_matches_nothing', (shop) =>
    pending(
      taint(shop.spec('cart', 'nodeSelector', { zone: 'z' }), 'n1'),
      "1 node(s) were unschedulable, 1 node(s) had untolerated taint {for: batch}, 1 node(s) didn't match Pod's node affinity/selector",
    ),
  ),
  confusable('more cordoned nodes than tainted ones', 'nodes_cordoned', (shop) =>
    pending(
      taint(cordon(shop, 'n1'), 'n2'),
      '2 node(s) were unschedulable, 1 node(s) had untolerated taint {for: batch}',
    ),
  ),
  clear('node_selector_matches_nothing', (shop) =>
    pending(shop.spec('cart', 'nodeSelector', { disk: 'ssd' }), UNMATCHED),
  ),
  clear('node_affinity_matches_nothing', (shop) =>
    pending(shop.spec('cart', 'affinity', { nodeAffinity: affinity('gpu') }), UNMATCHED),
  ),
  confusable(
    'an affinity that matches nothing, beside a selector that does',
    'node_affinity_matches_nothing',
    (shop) =>
      pending(
        shop
          .spec('cart', 'affinity', { nodeAffinity: affinity('gpu') })
          .spec('cart', 'nodeSelector', { zone: 'a' }),
        UNMATCHED,
      ),
  ),
  confusable(
    'a selector that matches nothing, beside an affinity that does',
    'node_selector_matches_nothing',
    (shop) =>
      pending(
        shop
          .spec('cart', 'affinity', { nodeAffinity: affinity('zone') })
          .spec('cart', 'nodeSelector', { zone: 'z' }),
        UNMATCHED,
      ),
  ),
  clear('pod_anti_affinity_conflict', (shop) =>
    pending(
      shop.spec('cart', 'affinity', apart('web')).set('Pod', 'db-1-a', 'metadata.labels', { app: 'web' }),
      "1 node(s) were unschedulable, 2 node(s) didn't match pod anti-affinity rules",
    ),
  ),
  confusable('pods of another that avoid it run on every node', 'pod_anti_affinity_conflict', (shop) =>
    pending(
      shop.spec('web', 'affinity', apart('cart')),
      "1 node(s) were unschedulable, 2 node(s) didn't satisfy existing pods anti-affinity rules",
    ),
  ),
  confusable(
    'more pods that avoid each other are wanted than there are nodes',
    'pod_anti_affinity_conflict',
    (shop) => pending(second(shop).set('Deployment', 'cart', 'spec.replicas', 3), APART),
  ),
  confusable(
    'pods that avoid each other want more zones than there are',
    'pod_anti_affinity_conflict',
    (shop) =>
      pending(
        second(shop, 'topologyKey', 'region')
          .set('Node', 'n1', 'metadata.labels.region', 'north')
          .set('Node', 'n2', 'metadata.labels.region', 'north')
          .set('Deployment', 'cart', 'spec.replicas', 2),
        APART,
      ),
  ),
  clear('too_few_nodes_to_spread', (shop) => pending(second(shop), APART)),
  confusable('one of as many nodes as pods is cordoned', 'too_few_nodes_to_spread', (shop) =>
    pending(
      cordon(second(shop).set('Deployment', 'cart', 'spec.replicas', 2), 'n2'),
      "2 node(s) were unschedulable, 1 node(s) didn't match pod anti-affinity rules",
    ),
  ),
  clear('pod_affinity_unsatisfied', (shop) =>
    pending(
      shop.spec('cart', 'affinity', near),
      "1 node(s) were unschedulable, 2 node(s) didn't match pod affinity rules",
    ),
  ),
  clear('topology_spread_unsatisfied', (shop) =>
    pending(
      shop.spec('cart', 'topologySpreadConstraints', [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
      ]),
      "1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints",
    ),
  ),
  ...(['cpu', 'memory'] as const).flatMap((resource): readonly Case[] => [
    clear(`${resource}_request_too_large`, (shop) =>
      pending(
        shop.container('cart', 'resources', request(resource, resource === 'cpu' ? '9' : '90Gi')),
        `1 node(s) were unschedulable, 2 Insufficient ${resource}`,
      ),
    ),
    clear(`cluster_${resource}_full`, (shop) =>
      pending(
        shop.container('cart', 'resources', request(resource, resource === 'cpu' ? '2' : '2Gi')),
        `1 node(s) were unschedulable, 2 Insufficient ${resource}`,
      ),
    ),
  ]),
  confusable(
    'a request that only a node which it does not select would have room for',
    'cpu_request_too_large',
    (shop) =>
      pending(
        shop
          .container('cart', 'resources', request('cpu', '9'))
          .spec('cart', 'nodeSelector', { zone: 'a' })
          .set('Node', 'n2', 'status.allocatable.cpu', '16'),
        "1 node(s) were unschedulable, 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector",
      ),
  ),
  clear('nodes_full_of_pods', (shop) => pending(shop, '1 node(s) were unschedulable, 2 Too many pods')),
  clear('host_port_taken', (shop) =>
    pending(
      shop,
      "1 node(s) were unschedulable, 2 node(s) didn't have free ports for the requested pod ports",
    ),
  ),
  confusable('the scheduler gives a reason that nobody knows', null, (shop) =>
    pending(shop, '3 node(s) are on strike'),
  ),
];

const DB = 'deployment/shop/db';
const UNBOUND = 'pod has unbound immediate PersistentVolumeClaims';
/** The claim of the database is not bound, and there is one free volume. */
function unbound(shop: Shop, claim: object, volume: object = {}): Shop {
  return pending(shop, UNBOUND, 'db')
    .set('PersistentVolumeClaim', 'data', 'status.phase', 'Pending')
    .set('PersistentVolumeClaim', 'data', 'spec', {
      storageClassName: 'manual',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...claim,
    })
    .set('PersistentVolume', 'v1', 'spec', {
      storageClassName: 'manual',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      ...volume,
    })
    .set('PersistentVolume', 'v1', 'status.phase', 'Available');
}
const waitsFirst = (shop: Shop) =>
  shop.set('StorageClass', 'manual', 'volumeBindingMode', 'WaitForFirstConsumer');
const provisions = (shop: Shop) => shop.set('StorageClass', 'manual', 'provisioner', 'csi.example.com');
const other = { claimRef: { namespace: 'shop', name: 'other' } };
const MISMATCHES: readonly (readonly [string, (shop: Shop) => Shop])[] = [
  ['claim_larger_than_volumes', (shop) => unbound(shop, { resources: { requests: { storage: '9Gi' } } })],
  ['claim_access_mode_unmatched', (shop) => unbound(shop, { accessModes: ['ReadWriteMany'] })],
  ['claim_selector_unmatched', (shop) => unbound(shop, { selector: { matchLabels: { disk: 'ssd' } } })],
  [
    'claim_volume_taken',
    (shop) => unbound(shop, {}, other).set('PersistentVolume', 'v1', 'status.phase', 'Bound'),
  ],
  [
    'claim_volume_released',
    (shop) => unbound(shop, {}, other).set('PersistentVolume', 'v1', 'status.phase', 'Released'),
  ],
  ['claim_class_unmatched', (shop) => unbound(shop, {}, { storageClassName: 'other' })],
];

export const VOLUMES: readonly Case[] = [
  ...MISMATCHES.flatMap(([fault, made]): readonly Case[] => [
    clear(fault, made, DB),
    confusable(`${fault}, were it not that its class waits for a pod`, null, (shop) =>
      waitsFirst(made(shop)),
    ),
    confusable(`${fault}, were it not that its class makes volumes`, null, (shop) => provisions(made(shop))),
    confusable(
      `${fault}, were its class there`,
      fault === 'claim_class_unmatched' ? 'claim_class_missing' : null,
      (shop) => {
        made(shop);
        return shop.drop('StorageClass', 'manual');
      },
      DB,
    ),
    confusable(`${fault}, were it not bound by now`, null, (shop) =>
      made(shop).set('PersistentVolumeClaim', 'data', 'status.phase', 'Bound'),
    ),
  ]),
  confusable(
    'a free volume that is too small, beside volumes of others that would do',
    'claim_larger_than_volumes',
    (shop) => {
      unbound(shop, { resources: { requests: { storage: '9Gi' } } });
      const { spec, ...free } = shop.get('PersistentVolume', 'v1');
      const held = { ...(spec as object), ...other, capacity: { storage: '20Gi' } };
      shop.things.unshift({ ...free, metadata: { name: 'v0' }, spec: held, status: { phase: 'Bound' } });
      return shop;
    },
    DB,
  ),
  clear('claim_class_missing', (shop) => unbound(shop, { storageClassName: 'fats' }), DB),
  clear(
    'claim_provisioning_failed',
    (shop) => {
      unbound(shop, { storageClassName: 'fast' });
      return shop.event(
        'PersistentVolumeClaim',
        'data',
        'ProvisioningFailed',
        'failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = quota exceeded',
      );
    },
    DB,
  ),
  clear(
    'claim_missing',
    (shop) =>
      pending(shop.drop('PersistentVolumeClaim', 'data'), 'persistentvolumeclaim "data" not found', 'db'),
    DB,
  ),
  clear(
    'claim_lost',
    (shop) => shop.down('db').set('PersistentVolumeClaim', 'data', 'status.phase', 'Lost'),
    DB,
  ),
  clear(
    'volume_attached_elsewhere',
    (shop) =>
      shop
        .waiting('db', 'ContainerCreating')
        .event(
          'Pod',
          'db-1-a',
          'FailedAttachVolume',
          'Multi-Attach error for volume "v1" Volume is already exclusively attached to one node and can\'t be attached to another',
        ),
    DB,
  ),
  confusable('a volume that is moved just now', null, (shop) =>
    shop
      .waiting('db', 'ContainerCreating')
      .set('Pod', 'db-1-a', 'metadata.creationTimestamp', ago(60))
      .event(
        'Pod',
        'db-1-a',
        'FailedAttachVolume',
        'Multi-Attach error for volume "v1" Volume is already exclusively attached to one node',
      ),
  ),
  confusable('a volume that came in the end', null, (shop) =>
    shop.event(
      'Pod',
      'db-1-a',
      'FailedAttachVolume',
      'Multi-Attach error for volume "v1" Volume is already exclusively attached to one node',
    ),
  ),
  clear(
    'volume_on_other_node',
    (shop) =>
      pending(shop, '1 node(s) were unschedulable, 2 node(s) had volume node affinity conflict', 'db'),
    DB,
  ),
  clear('volume_source_missing', (shop) =>
    shop
      .spec('cart', 'volumes', [{ name: 'settings', configMap: { name: 'settings' } }])
      .add({ kind: 'ConfigMap', metadata: inShop('other') })
      .waiting('cart', 'ContainerCreating')
      .event(
        'Pod',
        'cart-1-a',
        'FailedMount',
        'MountVolume.SetUp failed for volume "settings" : configmap "settings" not found',
      ),
  ),
];
