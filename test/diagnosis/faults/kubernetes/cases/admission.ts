import { ago, inShop } from '../shop.ts';
import { type Case, clear, confusable } from './case.ts';

const SHOP = 'namespace/shop';
const over = (resource: string) =>
  `pods "cart-1-b" is forbidden: exceeded quota: limits, requested: ${resource}=1, used: ${resource}=9, limited: ${resource}=9`;
const LOST = 'error looking up service account shop/cart: serviceaccount "cart" not found';
const hook = (clientConfig: object, failurePolicy = 'Fail') => ({
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'rules' },
  webhooks: [{ name: 'rules.example.com', failurePolicy, clientConfig }],
});

export const ADMISSION: readonly Case[] = [
  clear('service_account_missing', (shop) => shop.drop('ServiceAccount', 'cart').refused('cart', LOST)),
  confusable('an account that is there again, while its pods are well', null, (shop) =>
    shop.event('ReplicaSet', 'cart-1', 'FailedCreate', LOST, 20),
  ),
  confusable(
    'an account that is missing, while a quota keeps the pods away',
    'quota_pods_exhausted',
    (shop) => shop.drop('ServiceAccount', 'cart').refused('cart', over('pods')).quota('pods', '9', '9'),
    SHOP,
  ),
  clear(
    'quota_cpu_exhausted',
    (shop) => shop.refused('cart', over('requests.cpu')).quota('requests.cpu', '9', '9'),
    SHOP,
  ),
  clear(
    'quota_memory_exhausted',
    (shop) => shop.refused('cart', over('limits.memory')).quota('limits.memory', '9Gi', '9Gi'),
    SHOP,
  ),
  clear('quota_pods_exhausted', (shop) => shop.refused('cart', over('pods')).quota('pods', '9', '9'), SHOP),
  confusable('a quota that is full, while nobody asks for more', null, (shop) =>
    shop.quota('pods', '3', '3'),
  ),
  confusable('a quota that was raised since', null, (shop) =>
    shop.refused('cart', over('pods')).quota('pods', '3', '90'),
  ),
  clear(
    'quota_services_exhausted',
    (shop) => shop.quota('services', '2', '2').drop('Service', 'cart').drop('EndpointSlice', 'cart-e'),
    SHOP,
  ),
  confusable(
    'a service that the quota keeps away, of containers that declare no ports',
    'quota_services_exhausted',
    (shop) =>
      shop
        .quota('services', '2', '2')
        .container('cart', 'ports', [])
        .drop('Service', 'cart')
        .drop('EndpointSlice', 'cart-e'),
    SHOP,
  ),
  confusable('a worker that nobody asks for, while the quota of services is full', null, (shop) =>
    shop
      .quota('services', '2', '2')
      .container('web', 'ports', [])
      .drop('Service', 'web')
      .drop('EndpointSlice', 'web-e'),
  ),
  confusable('a full quota of services, while all of them are there', null, (shop) =>
    shop.quota('services', '3', '3'),
  ),
  confusable('a workload without a service, while the quota has room', null, (shop) =>
    shop.quota('services', '2', '9').drop('Service', 'web').drop('EndpointSlice', 'web-e'),
  ),
  clear(
    'quota_storage_exhausted',
    (shop) =>
      shop
        .quota('requests.storage', '9Gi', '9Gi')
        .drop('PersistentVolumeClaim', 'data')
        .pending('db', '0/3 nodes are available: persistentvolumeclaim "data" not found.'),
    SHOP,
  ),
  confusable(
    'a claim that is missing, while the quota has room',
    'claim_missing',
    (shop) =>
      shop
        .quota('requests.storage', '1Gi', '9Gi')
        .drop('PersistentVolumeClaim', 'data')
        .pending('db', '0/3 nodes are available: persistentvolumeclaim "data" not found.'),
    'deployment/shop/db',
  ),
  clear('pod_security_rejects', (shop) =>
    shop.refused(
      'cart',
      'pods "cart-1-b" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    ),
  ),
  clear('admission_webhook_denies', (shop) =>
    shop.refused('cart', 'admission webhook "rules.example.com" denied the request: no owner label'),
  ),
  clear('admission_webhook_unanswered', (shop) =>
    shop.refused(
      'cart',
      'failed calling webhook "rules.example.com": Post "https://rules.shop.svc:443/": context deadline exceeded',
    ),
  ),
  confusable('an old refusal of a webhook, while the pods are well', null, (shop) =>
    shop.event(
      'ReplicaSet',
      'cart-1',
      'FailedCreate',
      'admission webhook "rules.example.com" denied the request: no',
    ),
  ),
  clear(
    'admission_webhook_without_backend',
    (shop) => shop.add(hook({ service: { namespace: 'shop', name: 'rules' } })),
    'webhook/rules.example.com',
  ),
  confusable('a webhook without a backend that may be left out', null, (shop) =>
    shop.add(hook({ service: { namespace: 'shop', name: 'rules' } }, 'Ignore')),
  ),
  confusable('a webhook whose backend is well', null, (shop) =>
    shop.add(hook({ service: { namespace: 'shop', name: 'web' } })),
  ),
  clear('limit_range_rejects', (shop) =>
    shop.refused(
      'cart',
      'pods "cart-1-b" is forbidden: maximum memory usage per Container is 64Mi, but limit is 128Mi',
    ),
  ),
  confusable('pods that are refused for a reason that nobody knows', null, (shop) =>
    shop.refused('cart', 'Internal error occurred: resource is busy'),
  ),
];

export const ENTRY: readonly Case[] = [
  ...(
    [
      ['ingress_backend_missing', { backend: 'carts', port: 8081, to: ['10.9.9.9'] }],
      ['ingress_backend_port_missing', { backend: 'cart', port: 80, to: ['10.9.9.9'] }],
      ['ingress_class_missing', { backend: 'cart', port: 8081, to: [], className: 'edgy' }],
      ['ingress_secret_missing', { backend: 'cart', port: 8081, to: ['10.9.9.9'], secret: 'tls' }],
    ] as const
  ).map(([fault, made]) => clear(fault, (shop) => shop.add(ingress(made)).add(CLASS), 'ingress/shop/front')),
  confusable('an ingress that is well', null, (shop) =>
    shop.add(ingress({ backend: 'cart', port: 8081, to: ['10.9.9.9'] })).add(CLASS),
  ),
  confusable('an ingress that nobody serves yet', null, (shop) =>
    shop.add(ingress({ backend: 'carts', port: 8081, to: [] })).add(CLASS),
  ),
  clear(
    'autoscaler_target_missing',
    (shop) => shop.add(scaler({ target: 'carts', inactive: 'FailedGetScale' })),
    'horizontalpodautoscaler/shop/by-use',
  ),
  clear(
    'autoscaler_without_requests',
    (shop) => shop.container('cart', 'resources', {}).add(scaler({ inactive: 'FailedGetResourceMetric' })),
    'horizontalpodautoscaler/shop/by-use',
  ),
  clear(
    'autoscaler_blind',
    (shop) => shop.add(scaler({ inactive: 'FailedGetResourceMetric' })),
    'horizontalpodautoscaler/shop/by-use',
  ),
  clear(
    'autoscaler_at_maximum',
    (shop) => shop.add(scaler({ desired: 3, used: 180, since: 3600 })),
    'horizontalpodautoscaler/shop/by-use',
  ),
  confusable('an autoscaler that came to its maximum just now', null, (shop) =>
    shop.add(scaler({ desired: 3, used: 180, since: 60 })),
  ),
  confusable('an autoscaler at its maximum that is enough', null, (shop) =>
    shop.add(scaler({ desired: 3, used: 50, since: 3600 })),
  ),
  confusable('an autoscaler that is well', null, (shop) => shop.add(scaler({}))),
  clear('cron_schedule_invalid', (shop) => shop.add(cron('61 * * * *')), 'cronjob/shop/nightly'),
  confusable('a cron job that has not run yet', null, (shop) => shop.add(cron('5 3 * * mon-fri'))),
  clear(
    'stateful_set_service_missing',
    (shop) =>
      shop.add({
        kind: 'StatefulSet',
        metadata: inShop('queue'),
        spec: {
          replicas: 2,
          serviceName: 'queues',
          selector: { matchLabels: { app: 'queue' } },
          template: {
            metadata: { labels: { app: 'queue' } },
            spec: { serviceAccountName: 'web', containers: [] },
          },
        },
        status: { replicas: 2, readyReplicas: 1, availableReplicas: 1 },
      }),
    'statefulset/shop/queue',
  ),
];

const CLASS = { kind: 'IngressClass', metadata: { name: 'edge' } };

function ingress(made: {
  backend: string;
  port: number;
  to: readonly string[];
  className?: string;
  secret?: string;
}) {
  const backend = { service: { name: made.backend, port: { number: made.port } } };
  return {
    kind: 'Ingress',
    metadata: inShop('front'),
    spec: {
      ingressClassName: made.className ?? 'edge',
      rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', backend }] } }],
      tls: made.secret === undefined ? [] : [{ secretName: made.secret }],
    },
    status: { loadBalancer: { ingress: made.to.map((ip) => ({ ip })) } },
  };
}

function scaler({ target = 'cart', inactive = '', desired = 1, used = 50, since = 3600 }) {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
  return {
    kind: 'HorizontalPodAutoscaler',
    metadata: inShop('by-use'),
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: target },
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource }],
    },
    status: {
      desiredReplicas: desired,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used } } },
      ],
      conditions: [
        inactive === ''
          ? { type: 'ScalingActive', status: 'True' }
          : { type: 'ScalingActive', status: 'False', reason: inactive },
        { type: 'ScalingLimited', status: desired >= 3 ? 'True' : 'False', lastTransitionTime: ago(since) },
      ],
    },
  };
}

function cron(schedule: string) {
  return { kind: 'CronJob', metadata: inShop('nightly'), spec: { schedule }, status: {} };
}
