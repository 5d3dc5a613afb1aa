import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../../../src/adapters/collectors/kubernetes/facts/all.ts';
import { objectsOf } from '../../../../src/adapters/collectors/kubernetes/objects.ts';
import { VOCABULARY } from '../../../../src/evidence/facts/vocabulary.ts';
import { at, CART, DEPLOYMENT, eventOf, factsOf, NODE, NOON, podOf, SERVICE, SET, SHOP } from './shop.ts';

const POD = 'cart-7d9f8b6c5d-x2x4z';
const NO_NODE = {
  spec: { nodeName: undefined, containers: [CART] },
  status: { phase: 'Pending', conditions: [] },
};
const WAITING = (reason: string, message?: string) =>
  podOf({ state: { name: 'cart', ready: false, restartCount: 0, state: { waiting: { reason, message } } } });

describe('facts of Kubernetes objects', () => {
  it('say of a healthy namespace that it is well, by nothing ill', () => {
    const ill = statementsOf(SHOP, { now: NOON, symptom: NOON, namespaces: ['shop'] }).filter(
      ({ weight }) => weight === 'ill',
    );
    expect(ill.map(({ text }) => text)).toEqual([]);
  });

  it('are each by the author that the vocabulary names, in the line that says them', () => {
    const all = statementsOf(
      { ...SHOP, Pod: [podOf(NO_NODE)] },
      { now: NOON, symptom: NOON, namespaces: null },
    );
    expect(all.length).toBeGreaterThan(30);
    for (const { facts, instrument, text } of all) {
      expect(facts.map(([name]) => VOCABULARY[name].instrument)).toEqual(facts.map(() => instrument));
      for (const [name, value] of facts) {
        expect(typeof value).toBe(
          { text: 'string', number: 'number', flag: 'boolean' }[VOCABULARY[name].type],
        );
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
      expect(text).not.toMatch(/\n|undefined|NaN/);
    }
  });

  it('of a pod are within its workload, its node, its namespace and the services that select it', () => {
    const [first] = statementsOf(SHOP, { now: NOON, symptom: NOON, namespaces: ['shop'] }).filter(
      ({ of }) => of === `pod/shop/${POD}`,
    );
    expect(first?.within).toEqual([
      'deployment/shop/cart',
      'node/node-1',
      'namespace/shop',
      'service/shop/cart',
    ]);
  });

  it('speak of an event only while its object is ill, and of none that is older than the symptom by more than ten minutes', () => {
    const failed = (seconds: number) => [
      eventOf(`Pod/${POD}`, 'Unhealthy', 'Readiness probe failed: connection refused', seconds),
    ];
    const probed = { ...CART, readinessProbe: { tcpSocket: { port: 8080 } } };
    const ill = {
      state: { name: 'cart', ready: false, restartCount: 0, state: { running: {} } },
      container: probed,
    };
    expect(factsOf({ Event: failed(-30), Pod: [podOf(ill)] })('k8s.probe.readiness.failed')).toBe('refused');
    expect(factsOf({ Event: failed(-900), Pod: [podOf(ill)] })('k8s.probe.readiness.failed')).toBe('none');
    expect(
      factsOf({ Event: failed(-30), Pod: [podOf({ container: probed })] })('k8s.probe.readiness.failed'),
    ).toBeUndefined();
  });

  it('never speak of what was not read', () => {
    const blind = factsOf({
      Secret: undefined,
      Event: undefined,
      Pod: [podOf({ spec: { imagePullSecrets: [{ name: 'gone' }] }, status: { phase: 'Pending' } })],
    });
    expect(blind('k8s.pod.reference.pull_secret.missing')).toBeUndefined();
    expect(blind('k8s.pod.sandbox.failed')).toBeUndefined();
    const seeing = factsOf({
      Pod: [podOf({ spec: { imagePullSecrets: [{ name: 'gone' }] }, status: { phase: 'Pending' } })],
    });
    expect(seeing('k8s.pod.reference.pull_secret.missing')).toBe('gone');
    expect(seeing('k8s.pod.sandbox.failed')).toBe('none');
  });

  it('survive objects of which nothing is there', () => {
    const kinds = Object.keys({
      ...SHOP,
      StatefulSet: 1,
      DaemonSet: 1,
      Job: 1,
      HorizontalPodAutoscaler: 1,
      PodDisruptionBudget: 1,
      Lease: 1,
      PersistentVolume: 1,
      EndpointSlice: 1,
      ValidatingWebhookConfiguration: 1,
    });
    const bare = objectsOf({
      items: kinds.flatMap((kind) => [{ kind }, { kind, metadata: {}, spec: {}, status: {} }]),
    });
    expect(() => statementsOf(bare, { now: NOON, symptom: NOON, namespaces: null })).not.toThrow();
  });
});

describe('facts of a pod without a node', () => {
  const told = (message: string) =>
    factsOf({ Pod: [podOf(NO_NODE)], Event: [eventOf(`Pod/${POD}`, 'FailedScheduling', message)] });

  it('count the nodes that the scheduler refuses by reason, and say zero of the others', () => {
    const fact = told(
      '0/5 nodes are available: 1 node(s) were unschedulable, 1 Insufficient cpu, 3 node(s) had untolerated taint {team: data}. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.',
    );
    expect(fact('k8s.pod.unschedulable.nodes')).toBe(5);
    expect(fact('k8s.pod.unschedulable.cordoned')).toBe(1);
    expect(fact('k8s.pod.unschedulable.cpu')).toBe(1);
    expect(fact('k8s.pod.unschedulable.taint')).toBe(3);
    expect(fact('k8s.pod.unschedulable.memory')).toBe(0);
  });

  it.each([
    [
      "0/1 nodes are available: 1 node(s) had taint {a: b}, that the pod didn't tolerate.",
      'k8s.pod.unschedulable.taint',
    ],
    [
      '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.',
      'k8s.pod.unschedulable.node_condition',
    ],
    [
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
      'k8s.pod.unschedulable.node_affinity',
    ],
    ["0/1 nodes are available: 1 node(s) didn't match node selector.", 'k8s.pod.unschedulable.node_affinity'],
    [
      "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
      'k8s.pod.unschedulable.pod_anti_affinity',
    ],
    [
      "0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
      'k8s.pod.unschedulable.pod_affinity',
    ],
    ['0/1 nodes are available: 1 Insufficient memory.', 'k8s.pod.unschedulable.memory'],
    [
      '0/1 nodes are available: 1 node(s) had volume node affinity conflict.',
      'k8s.pod.unschedulable.volume_node',
    ],
    ['0/1 nodes are available: 1 node(s) did something new.', 'k8s.pod.unschedulable.other'],
  ] as const)('read %s', (message, name) => {
    expect(told(message)(name)).toBe(1);
  });

  it('say which claim is missing, and that one is not bound', () => {
    expect(
      told('0/1 nodes are available: persistentvolumeclaim "data" not found.')(
        'k8s.pod.unschedulable.claim.missing',
      ),
    ).toBe('data');
    expect(
      told('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.')(
        'k8s.pod.unschedulable.claim.unbound',
      ),
    ).toBe(true);
  });

  it('say that the scheduler is silent where it has said nothing', () => {
    const fact = factsOf({ Pod: [podOf(NO_NODE)] });
    expect(fact('k8s.pod.scheduling.explained')).toBe(false);
    expect(fact('k8s.component.pods.waiting')).toBe(1);
    expect(told('0/1 nodes are available: 1 Insufficient cpu.')('k8s.component.pods.waiting')).toBe(0);
  });

  it('compare what it asks for with the nodes that there are', () => {
    const spec = {
      nodeName: undefined,
      nodeSelector: { disk: 'ssd' },
      containers: [{ ...CART, resources: { requests: { cpu: '8', memory: '1Gi' } } }],
    };
    const fact = factsOf({ Pod: [podOf({ ...NO_NODE, spec })] });
    expect(fact('k8s.pod.node_selector.nodes')).toBe(0);
    expect(fact('k8s.pod.request.cpu.ratio')).toBe(2);
    expect(fact('k8s.pod.request.memory.ratio')).toBe(0.125);
  });
});

describe('facts of containers', () => {
  it.each([
    [
      'ErrImagePull',
      'rpc error: code = NotFound desc = failed to resolve reference "registry.example.com/cart:9": not found',
      'image not found',
    ],
    [
      'ErrImagePull',
      'dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host',
      'registry unresolved',
    ],
    ['ErrImagePull', 'failed to authorize: 401 Unauthorized', 'unauthorized'],
    ['ErrImagePull', 'toomanyrequests: You have reached your pull rate limit', 'rate limited'],
    ['CreateContainerConfigError', 'secret "cart-key" not found', 'secret missing'],
    ['CreateContainerConfigError', 'configmap "cart" not found', 'config map missing'],
    ['CreateContainerConfigError', 'couldn\'t find key "url" in Secret shop/cart', 'key missing'],
    ['CreateContainerError', 'exec: "catr": executable file not found in $PATH', 'command missing'],
  ])('read %s: %s', (reason, message, cause) => {
    const fact = factsOf({ Pod: [WAITING(reason, message)] });
    expect(fact('k8s.container.waiting.reason')).toBe(reason);
    expect(fact('k8s.container.waiting.cause')).toBe(cause);
  });

  it('take the cause from an event where the state only says that it waits', () => {
    const event = eventOf(
      `Pod/${POD}`,
      'Failed',
      'Failed to pull image "registry.example.com/cart:9": not found',
    );
    expect(
      factsOf({ Pod: [WAITING('ImagePullBackOff')], Event: [event] })('k8s.container.waiting.cause'),
    ).toBe('image not found');
  });

  it('tell the limits of every container that is ill, also of init containers, and of one pod of a workload that is well', () => {
    const limited = (name: string, memory: string) => ({ ...CART, name, resources: { limits: { memory } } });
    const spec = { containers: [limited('main', '64Mi')], initContainers: [limited('first', '32Mi')] };
    const said = (...pods: ReturnType<typeof podOf>[]) =>
      statementsOf({ ...SHOP, Pod: pods }, { now: NOON, symptom: NOON, namespaces: null }).filter(
        ({ text }) => text.includes('a memory limit of'),
      );
    const well = ['cart-1-a', 'cart-1-b', 'cart-1-c'].map((name) => podOf({ name, spec }));
    const ill = ['cart-1-a', 'cart-1-b'].map((name) => podOf({ name, spec, status: { phase: 'Pending' } }));
    expect(said(...well)).toHaveLength(2);
    expect(said(...ill)).toHaveLength(4);
  });

  it('remember how a container ended before', () => {
    const terminated = { reason: 'OOMKilled', exitCode: 137, startedAt: at(-90), finishedAt: at(-30) };
    const state = {
      name: 'cart',
      ready: true,
      restartCount: 4,
      state: { running: {} },
      lastState: { terminated },
    };
    const fact = factsOf({ Pod: [podOf({ state })] });
    expect(fact('k8s.container.oom_killed')).toBe(true);
    expect(fact('k8s.container.last.ran')).toBe(60);
    expect(fact('k8s.container.restarts')).toBe(4);
  });

  it('say whether a probe asks a port that its container declares, and whether two probes ask alike', () => {
    const probed = {
      ...CART,
      livenessProbe: { httpGet: { path: '/', port: 9090 }, initialDelaySeconds: 5 },
      readinessProbe: { httpGet: { path: '/', port: 8080 } },
    };
    const fact = factsOf({
      Pod: [podOf({ container: probed, state: { name: 'cart', ready: false, restartCount: 3, state: {} } })],
    });
    expect(fact('k8s.probe.liveness.declared')).toBe(false);
    expect(fact('k8s.probe.readiness.declared')).toBe(true);
    expect(fact('k8s.probe.difference')).toBe('port');
    expect(fact('k8s.probe.liveness.patience')).toBe(35);
  });
});

describe('facts of workloads', () => {
  const broken = { ...DEPLOYMENT, status: { replicas: 0 } };
  const refused = (message: string) => ({
    Deployment: [broken],
    Pod: [],
    Event: [eventOf('ReplicaSet/cart-7d9f8b6c5d', 'FailedCreate', message)],
  });

  it.each([
    [
      'pods "cart-1" is forbidden: error looking up service account shop/cart: serviceaccount "cart" not found',
      'service account missing',
      'cart',
    ],
    [
      'pods "cart-1" is forbidden: exceeded quota: small, requested: requests.cpu=1, used: requests.cpu=2, limited: requests.cpu=2',
      'quota',
      'small',
    ],
    [
      'pods "cart-1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      'pod security',
      undefined,
    ],
    ['admission webhook "check.example.com" denied the request: no', 'webhook denied', 'check.example.com'],
    [
      'Internal error occurred: failed calling webhook "check.example.com": connection refused',
      'webhook failing',
      'check.example.com',
    ],
  ])('read why no pod can be created: %s', (message, cause, at) => {
    const fact = factsOf(refused(message));
    expect(fact('k8s.workload.create.failed')).toBe(cause);
    expect(fact('k8s.workload.create.failed.name')).toBe(at);
  });

  it('forget warnings of its beginning once it has its pods', () => {
    const event = eventOf('ReplicaSet/cart-7d9f8b6c5d', 'FailedCreate', 'serviceaccount "cart" not found');
    expect(factsOf({ Event: [event] })('k8s.workload.create.failed')).toBe('none');
  });

  it('say what the newest template changed, and what it did not', () => {
    const before = {
      ...SET,
      metadata: {
        ...SET.metadata,
        name: 'cart-5',
        creationTimestamp: at(-9000),
        annotations: { 'deployment.kubernetes.io/revision': '1' },
      },
      spec: {
        ...SET.spec,
        replicas: 0,
        template: { spec: { containers: [{ ...CART, image: 'registry.example.com/cart:0' }] } },
      },
    };
    const fact = factsOf({ ReplicaSet: [before, SET] });
    expect(fact('k8s.workload.changed.image')).toBe(true);
    expect(fact('k8s.workload.changed.env')).toBe(false);
    expect(fact('k8s.workload.rollout.age')).toBe(300);
  });

  it('name services and ports of its environment variables that do not exist', () => {
    const env = (value: string) => ({
      Deployment: [
        {
          ...DEPLOYMENT,
          spec: {
            ...DEPLOYMENT.spec,
            template: { spec: { containers: [{ ...CART, env: [{ name: 'CART_ADDR', value }] }] } },
          },
        },
      ],
    });
    expect(factsOf(env('cart:80'))('k8s.workload.needs')).toBe('service/shop/cart');
    expect(factsOf(env('cart:81'))('k8s.workload.reference.port.missing')).toBe('cart:81');
    expect(factsOf(env('cartt:80'))('k8s.workload.reference.service.missing')).toBe('cartt');
    expect(factsOf(env('db.example.com:80'))('k8s.workload.reference.service.missing')).toBe('none');
    expect(factsOf(env('cart.shop.svc.cluster.local:80'))('k8s.workload.needs')).toBe('service/shop/cart');
  });

  it('read an address of which host and port stand apart, one of Java, and one of an init container', () => {
    const named = (part: 'containers' | 'initContainers', ...env: readonly (readonly [string, string])[]) => {
      const container = { ...CART, env: env.map(([name, value]) => ({ name, value })) };
      const spec = { containers: [CART], [part]: [container] };
      const web = { ...DEPLOYMENT, metadata: { ...DEPLOYMENT.metadata, name: 'web' } };
      return factsOf({ Deployment: [{ ...web, spec: { ...DEPLOYMENT.spec, template: { spec } } }] });
    };
    const port = 'k8s.workload.reference.port.missing';
    expect(named('containers', ['CART_HOST', 'cart'], ['CART_PORT', '81'])(port)).toBe('cart:81');
    expect(named('containers', ['CART_HOST', 'cart'], ['CART_PORT', '80'])(port)).toBe('none');
    // The port at which it listens itself.
    expect(named('containers', ['HOST', 'cart'], ['PORT', '81'])(port)).toBe('none');
    expect(named('containers', ['CART_URL', 'jdbc:mysql://cart:81/shop'])(port)).toBe('cart:81');
    expect(named('initContainers', ['CART_ADDR', 'cart:81'])(port)).toBe('cart:81');
  });
});

describe('facts of services, claims, quotas and nodes', () => {
  it('find the ready pods that a selector nearly matches', () => {
    const fact = factsOf({
      Service: [{ ...SERVICE, spec: { ...SERVICE.spec, selector: { app: 'carts' } } }],
      Endpoints: [],
    });
    expect(fact('k8s.service.endpoints.ready')).toBe(0);
    expect(fact('k8s.service.selector.pods')).toBe(0);
    expect(fact('k8s.service.near.pods')).toBe(1);
    expect(fact('k8s.service.near.workload')).toBe('deployment/shop/cart');
  });

  it('compare the ports of a service with those that its containers declare', () => {
    const ports = (port: object) =>
      factsOf({ Service: [{ ...SERVICE, spec: { ...SERVICE.spec, ports: [port] } }] });
    expect(ports({ port: 80, targetPort: 8081 })('k8s.service.port.served')).toBe(false);
    expect(ports({ port: 80, targetPort: 8080, protocol: 'UDP' })('k8s.service.protocol.served')).toBe(false);
    expect(ports({ port: 80, targetPort: 8080 })('k8s.service.protocol.served')).toBe(true);
  });

  it.each([
    [{ storageClassName: 'fast' }, 'class'],
    [{ accessModes: ['ReadWriteMany'] }, 'access mode'],
    [{ resources: { requests: { storage: '5Gi' } } }, 'capacity'],
    [{ selector: { matchLabels: { disk: 'ssd' } } }, 'selector'],
    [{}, 'none'],
  ])('say what keeps the nearest volume from a claim: %o', (more, mismatch) => {
    const claim = {
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
      status: { phase: 'Pending' },
    };
    const volume = {
      metadata: { name: 'v1' },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
      status: { phase: 'Available' },
    };
    expect(
      factsOf({ PersistentVolumeClaim: [claim], PersistentVolume: [volume] })('k8s.claim.mismatch'),
    ).toBe(mismatch);
  });

  it('say how full a quota is by kind of resource, by the fullest of each', () => {
    const status = {
      hard: { 'requests.cpu': '2', 'limits.cpu': '10', pods: '10' },
      used: { 'requests.cpu': '1900m', 'limits.cpu': '1', pods: '3' },
    };
    const fact = factsOf({ ResourceQuota: [{ metadata: { name: 'small', namespace: 'shop' }, status }] });
    expect(fact('k8s.quota.cpu.ratio')).toBeCloseTo(0.95);
    expect(fact('k8s.quota.pods.left')).toBe(7);
    expect(fact('k8s.quota.memory.ratio')).toBeUndefined();
  });

  it('tell as usual what has been so for more than a week before the alert, but not where somebody asks', () => {
    const since = at(-8 * 86_400);
    const claim = {
      metadata: { name: 'data', namespace: 'shop', creationTimestamp: since },
      status: { phase: 'Pending' },
    };
    const pending = (symptom: number | null) =>
      statementsOf(
        { ...SHOP, PersistentVolumeClaim: [claim] },
        { now: NOON, symptom, namespaces: ['shop'] },
      ).find(({ facts }) => facts.some(([name]) => name === 'k8s.claim.phase'));
    expect(pending(NOON)?.usual).toBe(true);
    expect(pending(NOON - 2 * 86_400_000)?.usual).toBeUndefined();
    expect(pending(null)?.usual).toBeUndefined();
  });

  it('say nothing of the ports of containers that declare none', () => {
    const silent = { ...CART, ports: [] };
    const fact = factsOf({
      Pod: [podOf({ container: silent })],
      Service: [{ ...SERVICE, spec: { ...SERVICE.spec, ports: [{ port: 1 }] } }],
    });
    expect(fact('k8s.service.port.served')).toBeUndefined();
    const probed = { ...silent, livenessProbe: { tcpSocket: { port: 9090 } } };
    const ill = factsOf({ Pod: [podOf({ container: probed, status: { phase: 'Running' } })] });
    expect(ill('k8s.probe.liveness.port')).toBe(9090);
    expect(ill('k8s.probe.liveness.declared')).toBeUndefined();
  });

  it('tell a cordoned node of the control plane as usual, and any other not', () => {
    const cordoned = (labels: Record<string, string>) =>
      statementsOf(
        { ...SHOP, Node: [{ ...NODE, metadata: { name: 'node-1', labels }, spec: { unschedulable: true } }] },
        { now: NOON, symptom: NOON, namespaces: ['shop'] },
      ).find(({ facts }) =>
        facts.some(([name, value]) => name === 'k8s.node.unschedulable' && value === true),
      );
    expect(cordoned({ 'node-role.kubernetes.io/control-plane': '' })?.usual).toBe(true);
    expect(cordoned({})?.usual).toBeUndefined();
  });
});
