import { readFile } from 'node:fs/promises';
import { KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterApi, isGood, openCluster } from '../../src/adapters/kubernetes/api.ts';
import { createKubernetesRunner } from '../../src/adapters/runners/kubernetes/runner.ts';
import type { AttemptResult } from '../../src/execution/attempt.ts';
import type { Order } from '../../src/execution/runner.ts';
import { KubernetesRun } from '../../src/playbooks/manifest.ts';
import { type Cluster, controlPlane, startCluster } from '../kit/kubernetes/cluster.ts';
import { until } from '../kit/stack/process.ts';

const CART = '/apis/apps/v1/namespaces/shop/deployments/cart';
const PODS = '/api/v1/namespaces/shop/pods';

/** There is no node, so that pods are what the test says of them. */
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'cart' } },
    template: {
      metadata: { labels: { app: 'cart' } },
      spec: {
        containers: [
          { name: 'cart', image: 'registry.example.com/cart:1', resources: { limits: { memory: '64Mi' } } },
        ],
      },
    },
  },
};

describe('fixes at a real API server', () => {
  let cluster: Cluster;
  let admin: ClusterApi;
  const { signal } = new AbortController();

  beforeAll(async () => {
    cluster = await startCluster(controlPlane(), ['medic', 'looker']);
    const kubeconfig = await cluster.kubeconfigOf('admin');
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const objects = KubernetesObjectApi.makeApiClient(config);
    admin = openCluster({ kubeconfig, context: null });
    await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    for (const file of ['deploy/kubernetes.yml', 'deploy/kubernetes-fixes.yml'])
      for (const object of loadAllYaml(await readFile(file, 'utf8'))) await objects.create(object);
    const bindings = [
      ['medic', 'medic'],
      ['medic', 'medic-fixes'],
      ['medic', 'medic-nodes'],
      ['looker', 'medic'],
    ];
    for (const [user, role] of bindings)
      await objects.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: `${user}-${role}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      } as Parameters<typeof objects.create>[0]);
    await objects.create(deployment);
    await readyPods('cart:1');
    await change([
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example.com/cart:2' },
    ]);
    await until(async () => (await podsOf('cart:2')).length > 0, {
      what: 'a pod of the new template',
      ms: 30_000,
    });
  }, 240_000);

  afterAll(() => cluster?.stop());

  const ask = async (method: 'GET' | 'PATCH', path: string, body?: unknown) => {
    const answer = await admin.call({ method, path, ...(body === undefined ? {} : { body }) }, signal);
    if (!isGood(answer)) throw new Error(JSON.stringify(answer));
    return answer.body as Obj;
  };
  const change = (steps: readonly object[]) => ask('PATCH', CART, steps);
  const podsOf = async (image: string) =>
    ((await ask('GET', PODS)).items ?? []).filter(
      (pod) => JSON.stringify(pod.spec).includes(image) && pod.metadata?.deletionTimestamp === undefined,
    );
  /** What a kubelet would do: every pod of this image runs, and those that are to go are gone. */
  const readyPods = async (image: string) => {
    await until(
      async () => {
        const pods = await podsOf(image);
        for (const pod of pods) {
          const now = new Date().toISOString();
          const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: now }];
          await ask('PATCH', `${PODS}/${pod.metadata?.name}/status`, [
            { op: 'add', path: '/status/phase', value: 'Running' },
            { op: 'add', path: '/status/conditions', value: conditions },
          ]);
        }
        return pods.length > 0;
      },
      { what: `pods with ${image}`, ms: 30_000 },
    );
  };
  const runnerOf = async (user: string) =>
    createKubernetesRunner({
      api: openCluster({ kubeconfig: await cluster.kubeconfigOf(user), context: null }),
      rules: () => ({
        protectedNamespaces: ['kube-system'],
        registered: [{ namespace: 'shop', workload: 'deployment/cart' }],
      }),
      now: Date.now,
      redact: (text) => text,
    });
  const order = (operation: unknown, fence: number | null): Order => ({
    id: 'order',
    run: {
      kubernetes: KubernetesRun.parse({ namespace: 'shop', workload: 'deployment/cart', do: operation }),
    },
    dryRun: 'check',
    folder: '/',
    parameters: {},
    timeout: 60_000,
    fence,
    reportTo: null,
  });
  const runAs = async (operation: unknown, fence: number) =>
    (await runnerOf('medic')).run(order(operation, fence), () => {}, signal);
  const compare = async ({ before }: AttemptResult, fence: number) =>
    (await runnerOf('medic')).compare(order('put_back', fence), before ?? null, signal);
  const image = async () => JSON.stringify((await ask('GET', CART)).spec).match(/cart:\d/)?.[0];

  it('say beforehand which rights are missing, and change nothing', async () => {
    const said = await (await runnerOf('looker')).dryRun(order('undo', null), signal);
    expect(said).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^Medic may not patch deployments\/cart in shop\. Whoever administers/),
    });
  });

  it('show what would be another, as the API server makes it, and do it only afterwards', async () => {
    const before = await ask('GET', CART);
    const said = await (await runnerOf('medic')).dryRun(order('undo', null), signal);
    expect(said).toEqual({
      kind: 'diff',
      diff: [
        '# deployment/cart in shop',
        'does: go back to revision 1',
        'template.spec.containers[cart].image: registry.example.com/cart:2 -> registry.example.com/cart:1',
      ].join('\n'),
      changes: 1,
    });
    expect((await ask('GET', CART)).metadata?.generation).toBe(before.metadata?.generation);
  });

  it('undo a rollout, and put it back as it was', async () => {
    const undone = runAs('undo', 5);
    await readyPods('cart:1');
    const fixed = await undone;
    expect(fixed).toMatchObject({ kind: 'succeeded', changed: 1 });
    expect(await image()).toBe('cart:1');
    expect(await compare(fixed, 5)).toMatchObject({
      kind: 'differs',
      was: 'the template with registry.example.com/cart:2',
      now: 'the template with registry.example.com/cart:1',
      lines: [
        'template.spec.containers[cart].image: registry.example.com/cart:2 -> registry.example.com/cart:1',
      ],
    });
    const back = runAs('put_back', 5);
    await until(async () => (await image()) === 'cart:2', {
      what: 'the template to be put back',
      ms: 30_000,
    });
    await readyPods('cart:2');
    expect(await back).toMatchObject({ kind: 'succeeded' });
    const same = { kind: 'as-before', words: 'the template with registry.example.com/cart:2' };
    expect(await compare(fixed, 5)).toEqual(same);
    await change([{ op: 'add', path: '/spec/template/spec/terminationGracePeriodSeconds', value: 31 }]);
    expect(await compare(fixed, 5)).toMatchObject({
      kind: 'differs',
      lines: ['template.spec.terminationGracePeriodSeconds: 30 -> 31'],
    });
    await change([{ op: 'replace', path: '/spec/template/spec/terminationGracePeriodSeconds', value: 30 }]);
    expect(await compare(fixed, 5)).toEqual(same);
  });

  it('let nothing of an earlier fix come after a later one', async () => {
    expect(await runAs('restart', 4)).toMatchObject({
      untouched: true,
      reason: 'a later fix, number 5, has acted on it: this one has number 4 and comes too late',
    });
  });

  it('do nothing where somebody else was faster', async () => {
    const real = openCluster({ kubeconfig: await cluster.kubeconfigOf('medic'), context: null });
    const slow: ClusterApi = {
      async call(request, given) {
        if (request.method === 'PATCH' && request.query === undefined)
          await change([{ op: 'add', path: '/metadata/annotations/else', value: 'here' }]);
        return real.call(request, given);
      },
    };
    const rules = {
      protectedNamespaces: [],
      registered: [{ namespace: 'shop', workload: 'deployment/cart' }],
    };
    const runner = createKubernetesRunner({
      api: slow,
      rules: () => rules,
      now: Date.now,
      redact: (text) => text,
    });
    expect(await runner.run(order('undo', 6), () => {}, signal)).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason:
        'somebody else has changed deployment/cart in shop since it was looked at, so nothing was done there',
    });
    expect(await image()).toBe('cart:2');
  });

  it('raise a memory limit, delete a pod of the workload, and scale it', async () => {
    const raising = runAs({ memory: { container: 'cart', limit: '96Mi', most: '128Mi' } }, 7);
    await until(async () => JSON.stringify((await ask('GET', CART)).spec).includes('96Mi'), {
      what: 'the limit',
      ms: 30_000,
    });
    await until(async () => (await podsOf('96Mi')).length > 0, { what: 'a pod with it', ms: 30_000 });
    await readyPods('96Mi');
    const raised = await raising;
    expect(raised).toMatchObject({ kind: 'succeeded' });
    const [pod] = await podsOf('96Mi');
    const deleted = runAs({ delete_pod: pod?.metadata?.name }, 8);
    await until(async () => (await podsOf('96Mi')).every((one) => one.metadata?.uid !== pod?.metadata?.uid), {
      what: 'it to go',
      ms: 30_000,
    });
    await readyPods('96Mi');
    expect(await deleted).toMatchObject({ kind: 'succeeded' });
    const scaling = runAs({ scale: { replicas: '2', min: '1', max: '3' } }, 9);
    await until(async () => (await podsOf('96Mi')).length === 2, { what: 'a second pod', ms: 30_000 });
    await readyPods('96Mi');
    const scaled = await scaling;
    expect(scaled).toMatchObject({ kind: 'succeeded' });
    expect(await compare(scaled, 9)).toEqual({
      kind: 'differs',
      was: '1 replica',
      now: '2 replicas',
      lines: [],
    });
    await change([{ op: 'replace', path: '/spec/replicas', value: 1 }]);
    expect(await compare(scaled, 9)).toEqual({ kind: 'as-before', words: '1 replica' });

    // One amount may be written in several ways, and the API server keeps its own.
    const at = '/spec/template/spec/containers/0/resources';
    for (const [memory, kind] of [
      ['96Mi', 'differs'],
      ['65536Ki', 'as-before'],
      ['67108864', 'as-before'],
      ['64M', 'differs'],
    ] as const) {
      await change([{ op: 'replace', path: at, value: { limits: { memory } } }]);
      expect(await compare(raised, 9)).toMatchObject({ kind });
    }
    await change([{ op: 'remove', path: at }]);
    expect(await compare(raised, 9)).toMatchObject({
      was: 'the memory limit 64Mi of the container cart',
      now: 'the memory limit none of the container cart',
    });
  });

  it('say of what they may not read that it could not be compared', async () => {
    const nobody = await runnerOf('nobody');
    const before = { words: '2 replicas', mark: '{"replicas":2}' };
    expect(await nobody.compare(order('put_back', 5), before, AbortSignal.timeout(1_500))).toEqual({
      kind: 'unknown',
      why: 'the API server answered 401: Unauthorized',
    });
  });
});

interface Obj {
  readonly metadata?: { name?: string; uid?: string; generation?: number; deletionTimestamp?: string };
  readonly spec?: unknown;
  readonly items?: readonly Obj[];
}
