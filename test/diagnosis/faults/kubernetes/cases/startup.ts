import { ago, inShop, type Shop } from '../shop.ts';
import { type Case, clear, confusable } from './case.ts';

const IMAGE = 'registry.example.com/cart:1.3';
const pull = (shop: Shop, says: string) =>
  shop
    .waiting('cart', 'ImagePullBackOff', `Back-off pulling image "${IMAGE}"`)
    .event('Pod', 'cart-1-a', 'Failed', `Failed to pull image "${IMAGE}": ${says}`);
const REFUSED = 'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized';
const NO_FILE = 'failed to create containerd task: exec: "carts": executable file not found in $PATH';

/** Held back by a CPU limit, lately and before. */
const throttled = (shop: Shop, lately: number, before?: number) =>
  shop.container('cart', 'resources.limits', { cpu: '200m', memory: '128Mi' }).measured('cart', {
    'cadvisor.cpu.throttled': lately,
    ...(before === undefined ? {} : { 'cadvisor.cpu.throttled.before': before }),
  });

/** The kernel killed in it for want of memory, and it lately used so much of its limit. */
const starved = (shop: Shop, used: number) =>
  shop.measured('cart', { 'cadvisor.oom_kills': 3, 'cadvisor.memory.utilization': used });

export const STARTUP: readonly Case[] = [
  clear('image_not_found', (shop) =>
    pull(shop, `failed to resolve reference "${IMAGE}": ${IMAGE}: not found`),
  ),
  confusable('an image that could not be pulled, and was in the end', null, (shop) =>
    shop.event('Pod', 'cart-1-a', 'Failed', `Failed to pull image "${IMAGE}": ${IMAGE}: not found`),
  ),
  clear('image_name_invalid', (shop) =>
    shop.waiting(
      'cart',
      'InvalidImageName',
      'Failed to apply default image tag "cart:": couldn\'t parse image name "cart:": invalid reference format',
    ),
  ),
  clear('image_registry_unresolved', (shop) =>
    pull(shop, 'dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host'),
  ),
  clear('image_registry_unreachable', (shop) =>
    pull(shop, 'dial tcp 192.0.2.1:443: connect: connection refused'),
  ),
  clear('image_mirror_refuses', (shop) =>
    pull(
      shop,
      'unexpected status from HEAD request to https://mirror.example.com/v2/cart/manifests/1.3?ns=docker.io: 403 Forbidden',
    ),
  ),
  clear('image_not_authorised', (shop) => pull(shop, REFUSED)),
  clear('image_pull_secret_missing', (shop) =>
    pull(
      shop
        .spec('cart', 'imagePullSecrets', [{ name: 'pull' }])
        .add({ kind: 'Secret', metadata: inShop('other') }),
      REFUSED,
    ),
  ),
  confusable('a pull secret that is missing and not needed', null, (shop) =>
    shop.spec('cart', 'imagePullSecrets', [{ name: 'pull' }]),
  ),
  clear('image_pull_rate_limited', (shop) =>
    pull(shop, 'toomanyrequests: You have reached your pull rate limit'),
  ),
  confusable('an image that is still being pulled', null, (shop) =>
    shop.waiting('cart', 'ContainerCreating'),
  ),
  clear('secret_missing', (shop) =>
    shop.waiting('cart', 'CreateContainerConfigError', 'secret "keys" not found'),
  ),
  clear('config_map_missing', (shop) =>
    shop.waiting('cart', 'CreateContainerConfigError', 'configmap "settings" not found'),
  ),
  clear('config_key_missing', (shop) =>
    shop.waiting('cart', 'CreateContainerConfigError', "couldn't find key token in Secret shop/keys"),
  ),
  clear('start_command_missing', (shop) => shop.waiting('cart', 'RunContainerError', NO_FILE)),
  clear('memory_limit_too_small_to_start', (shop) =>
    shop
      .waiting('cart', 'ContainerCreating')
      .event(
        'Pod',
        'cart-1-a',
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: container init was OOM-killed (memory limit too low?)',
      ),
  ),
  clear('init_container_hangs', (shop) =>
    shop
      .down('cart')
      .spec('cart', 'initContainers', [{ name: 'wait', image: 'registry.example.com/wait:1' }])
      .set('Pod', 'cart-1-a', 'status.phase', 'Pending')
      .set('Pod', 'cart-1-a', 'status.initContainerStatuses', [
        { name: 'wait', ready: false, restartCount: 0, state: { running: { startedAt: ago(1800) } } },
      ])
      .set('Pod', 'cart-1-a', 'status.containerStatuses.0', {
        name: 'main',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason: 'PodInitializing' } },
      }),
  ),
  confusable('an init container that began just now', null, (shop) =>
    shop
      .down('cart')
      .spec('cart', 'initContainers', [{ name: 'wait', image: 'registry.example.com/wait:1' }])
      .set('Pod', 'cart-1-a', 'status.phase', 'Pending')
      .set('Pod', 'cart-1-a', 'status.initContainerStatuses', [
        { name: 'wait', ready: false, restartCount: 0, state: { running: { startedAt: ago(30) } } },
      ]),
  ),
  clear('volume_permission_denied', (shop) =>
    shop
      .ended('cart', {})
      .event(
        'Pod',
        'cart-1-a',
        'FailedMount',
        'MountVolume.SetUp failed for volume "data" : chown /data: permission denied',
      ),
  ),
  confusable('a file of a volume that its log says it may not write', 'volume_permission_denied', (shop) =>
    shop.ended('cart', {}).logged('cart', {
      'log.template.new': 'open /data/cart.db: permission denied',
      'log.signature': 'permission_denied',
    }),
  ),
  confusable('a port at which it may not listen', null, (shop) =>
    shop.ended('cart', {}).logged('cart', {
      'log.template.new': 'listen tcp <*>: bind: permission denied',
      'log.signature': 'port_denied',
    }),
  ),
];

const rolled = (shop: Shop, seconds: number) => {
  const older = structuredClone(shop.get('ReplicaSet', 'cart-1'));
  return shop.set('ReplicaSet', 'cart-1', 'metadata.creationTimestamp', ago(seconds)).add({
    ...older,
    metadata: {
      ...older.metadata,
      name: 'cart-0',
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    spec: { ...(older.spec as object), replicas: 0 },
    status: { replicas: 0 },
  });
};
const REFUSED_PORT = 'dial tcp 10.1.0.1:7071: connect: connection refused';
const GARBLED =
  'Get "http://10.1.0.1:8081/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00\\x00"';
const ask = (kind: 'liveness' | 'readiness' | 'startup', how: object) => (shop: Shop) =>
  shop.container('cart', `${kind}Probe`, {
    initialDelaySeconds: 5,
    periodSeconds: 10,
    failureThreshold: 3,
    ...how,
  });
const killed = (shop: Shop, ran = 60) =>
  shop.ended(
    'cart',
    { exitCode: 137, startedAt: ago(60 + ran), finishedAt: ago(60) },
    { running: { startedAt: ago(50) } },
  );
const early = (shop: Shop) =>
  ask('liveness', {
    tcpSocket: { port: 8081 },
    initialDelaySeconds: 1,
    periodSeconds: 1,
    failureThreshold: 1,
  })(shop);

export const RUNTIME: readonly Case[] = [
  clear('liveness_probe_wrong_port', (shop) =>
    ask('liveness', { tcpSocket: { port: 7071 } })(killed(shop)).probed('cart', 'Liveness', REFUSED_PORT),
  ),
  confusable(
    'both probes fail, as the process does not answer',
    'service_without_ready_endpoints',
    (shop) =>
      ask('liveness', { tcpSocket: { port: 7071 } })(killed(shop))
        .probed('cart', 'Liveness', REFUSED_PORT)
        .probed('cart', 'Readiness', REFUSED_PORT),
    'service/shop/cart',
  ),
  confusable(
    'a liveness probe that a change moved to another port, of a process that takes long to start',
    'liveness_probe_wrong_port',
    (shop) =>
      ask('liveness', { tcpSocket: { port: 7071 } })(killed(rolled(shop, 600)))
        .probed('cart', 'Liveness', REFUSED_PORT)
        .probed('cart', 'Readiness', 'dial tcp 10.1.0.1:8081: connect: connection refused'),
  ),
  confusable(
    'a process that answers no more, with a liveness probe that was moved last week',
    'service_without_ready_endpoints',
    (shop) =>
      ask('liveness', { tcpSocket: { port: 7071 } })(killed(rolled(shop, 600_000)))
        .probed('cart', 'Liveness', REFUSED_PORT)
        .probed('cart', 'Readiness', 'dial tcp 10.1.0.1:8081: connect: connection refused'),
    'service/shop/cart',
  ),
  confusable('a liveness probe that failed without a kill', null, (shop) =>
    ask('liveness', { tcpSocket: { port: 7071 } })(shop).probed('cart', 'Liveness', REFUSED_PORT, false),
  ),
  clear('liveness_probe_wrong_protocol', (shop) =>
    ask('liveness', { httpGet: { port: 8081, path: '/' } })(killed(shop)).probed('cart', 'Liveness', GARBLED),
  ),
  clear('liveness_probe_wrong_path', (shop) =>
    ask('liveness', { httpGet: { port: 8081, path: '/up' } })(killed(shop)).probed(
      'cart',
      'Liveness',
      'HTTP probe failed with statuscode: 404',
    ),
  ),
  clear('liveness_probe_too_early', (shop) =>
    early(killed(shop, 8)).probed('cart', 'Liveness', 'dial tcp 10.1.0.1:8081: connect: connection refused'),
  ),
  confusable('a process that had run for hours when its liveness probe failed', null, (shop) =>
    early(killed(shop, 9000)).probed(
      'cart',
      'Liveness',
      'dial tcp 10.1.0.1:8081: connect: connection refused',
    ),
  ),
  confusable(
    'an impatient liveness probe that asks a port that nobody declares',
    'liveness_probe_wrong_port',
    (shop) =>
      ask('liveness', {
        tcpSocket: { port: 7071 },
        initialDelaySeconds: 1,
        periodSeconds: 1,
        failureThreshold: 1,
      })(killed(shop, 8)).probed('cart', 'Liveness', REFUSED_PORT),
  ),
  confusable(
    'an impatient liveness probe of a container that goes over its memory',
    'container_out_of_memory',
    (shop) =>
      early(shop.ended('cart', { reason: 'OOMKilled', exitCode: 137, startedAt: ago(68) })).probed(
        'cart',
        'Liveness',
        'dial tcp 10.1.0.1:8081: connect: connection refused',
      ),
  ),
  clear('startup_probe_too_short', (shop) =>
    ask('startup', { tcpSocket: { port: 8081 }, failureThreshold: 2 })(killed(shop, 25)).probed(
      'cart',
      'Startup',
      'dial tcp 10.1.0.1:8081: connect: connection refused',
    ),
  ),
  confusable('a startup probe that asks a port that nobody declares', null, (shop) =>
    ask('startup', { tcpSocket: { port: 7071 }, failureThreshold: 2 })(killed(shop, 25)).probed(
      'cart',
      'Startup',
      REFUSED_PORT,
    ),
  ),
  clear('readiness_probe_wrong_port', (shop) =>
    ask('readiness', { tcpSocket: { port: 7071 } })(shop.down('cart')).probed(
      'cart',
      'Readiness',
      REFUSED_PORT,
    ),
  ),
  confusable('a readiness probe that failed at the start and is well', null, (shop) =>
    ask('readiness', { tcpSocket: { port: 7071 } })(shop).probed('cart', 'Readiness', REFUSED_PORT),
  ),
  clear('readiness_probe_wrong_protocol', (shop) =>
    ask('readiness', { httpGet: { port: 8081, path: '/' } })(shop.down('cart')).probed(
      'cart',
      'Readiness',
      GARBLED,
    ),
  ),
  clear('readiness_probe_wrong_path', (shop) =>
    ask('readiness', { httpGet: { port: 8081, path: '/up' } })(shop.down('cart')).probed(
      'cart',
      'Readiness',
      'HTTP probe failed with statuscode: 404',
    ),
  ),
  clear('container_cpu_throttled', (shop) => throttled(shop, 0.7, 0.02)),
  confusable(
    'a service of which only the whole is measured, and which its limits hold back',
    'container_cpu_throttled',
    (shop) =>
      shop
        .container('cart', 'resources.limits', { cpu: '200m', memory: '128Mi' })
        .measured('cart', { 'cadvisor.cpu.throttled': 0.7, 'cadvisor.cpu.throttled.before': 0 }, 'service'),
    'service/shop/cart',
  ),
  confusable('a container that its limit always holds back', null, (shop) => throttled(shop, 0.7, 0.5)),
  confusable('a container of which nobody knows how it was before', null, (shop) => throttled(shop, 0.7)),
  confusable('a container that its limit holds back a little', null, (shop) => throttled(shop, 0.2, 0)),
  confusable('a container that starts again, for which it needs more CPU', null, (shop) =>
    throttled(shop, 0.7, 0.02).set('Pod', 'cart-1-a', 'status.containerStatuses.0.lastState', {
      terminated: { reason: 'Completed', exitCode: 0, startedAt: ago(9_000), finishedAt: ago(300) },
    }),
  ),
  clear('container_process_out_of_memory', (shop) => starved(shop, 0.97)),
  confusable('a process killed in a container that has room, as its node had none', null, (shop) =>
    starved(shop, 0.4),
  ),
  confusable('a container that is full, and in which nothing was killed', null, (shop) =>
    shop.measured('cart', { 'cadvisor.memory.utilization': 0.97 }),
  ),
  confusable('kills in a container that ended for them itself', 'container_out_of_memory', (shop) =>
    starved(shop.ended('cart', { reason: 'OOMKilled', exitCode: 137 }), 0.97),
  ),
  clear('container_out_of_memory', (shop) => shop.ended('cart', { reason: 'OOMKilled', exitCode: 137 })),
  confusable('a container that was killed and not for memory', null, (shop) =>
    shop.ended('cart', { exitCode: 137 }),
  ),
  confusable('a container that was killed for memory long ago', null, (shop) =>
    shop.ended(
      'cart',
      { reason: 'OOMKilled', exitCode: 137, startedAt: ago(90_000), finishedAt: ago(80_000) },
      { running: { startedAt: ago(79_000) } },
    ),
  ),
  clear('crash_loop_after_change', (shop) => rolled(shop, 600).ended('cart', { exitCode: 2 })),
  confusable('a change whose pods crash as those from before it do', null, (shop) => {
    const young = shop.get('Pod', 'cart-1-a');
    const [owner] = young.metadata.ownerReferences as readonly object[];
    const old = { ...young.metadata, name: 'cart-0-a', ownerReferences: [{ ...owner, name: 'cart-0' }] };
    return rolled(shop, 600)
      .ended('cart', { exitCode: 2 })
      .add({ ...shop.get('Pod', 'cart-1-a'), metadata: old });
  }),
  confusable('a crash loop without a change', null, (shop) => shop.ended('cart', { exitCode: 2 })),
  confusable('a crash loop of a workload that never ran', null, (shop) =>
    shop
      .set('ReplicaSet', 'cart-1', 'metadata.creationTimestamp', ago(600))
      .set('ReplicaSet', 'cart-1', 'metadata.annotations', { 'deployment.kubernetes.io/revision': '1' })
      .ended('cart', { exitCode: 2 }),
  ),
  clear('rollout_stuck', (shop) =>
    shop
      .down('cart')
      .set('Deployment', 'cart', 'status.conditions', [
        { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
      ]),
  ),
  confusable('a rollout that was paused', null, (shop) =>
    shop
      .down('cart')
      .set('Deployment', 'cart', 'spec.paused', true)
      .set('Deployment', 'cart', 'status.conditions', [
        { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
      ]),
  ),
  clear('scaled_to_zero', (shop) => zero(shop, 3600)),
  confusable('what was scaled to zero days ago', null, (shop) => zero(shop, 400_000)),
  confusable('what an autoscaler has scaled to zero', null, (shop) =>
    zero(shop, 3600).add({
      kind: 'HorizontalPodAutoscaler',
      metadata: inShop('by-use'),
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'cart' }, maxReplicas: 3 },
      status: { desiredReplicas: 0, conditions: [{ type: 'ScalingActive', status: 'True' }] },
    }),
  ),
];

function zero(shop: Shop, seconds: number): Shop {
  return shop
    .drop('Pod', 'cart-1-a')
    .set('EndpointSlice', 'cart-e', 'endpoints', [])
    .set('Deployment', 'cart', 'spec.replicas', 0)
    .set('Deployment', 'cart', 'status', { replicas: 0 })
    .set('Deployment', 'cart', 'metadata.managedFields', [
      {
        manager: 'kubectl',
        operation: 'Update',
        time: ago(seconds),
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
    ]);
}
