import { readFile } from 'node:fs/promises';
import { KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClientLister } from '../../src/adapters/collectors/kubernetes/client.ts';
import { collectFrom } from '../../src/adapters/collectors/kubernetes/collector.ts';
import type { FactName } from '../../src/evidence/facts/vocabulary.ts';
import { type Cluster, controlPlane, startCluster } from '../kit/kubernetes/cluster.ts';
import { until } from '../kit/stack/process.ts';

const about = { kind: 'service', name: 'cart', environment: 'production' } as const;
const asked = {
  about,
  since: null,
  places: [{ namespace: 'shop', kind: 'deployment', name: 'cart' } as const],
};

const deployment = (name: string, more: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          { name, image: `registry.example.com/${name}:1`, resources: { requests: { cpu: '1' } } },
        ],
        ...more,
      },
    },
  },
});

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, spec: { unschedulable: true } },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small', namespace: 'shop' },
    spec: { hard: { pods: '1' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key', namespace: 'shop' },
    stringData: { password: 'hunter2' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
  },
  deployment('cart'),
];

describe('Kubernetes, read at a real API server', () => {
  let cluster: Cluster;
  let admin: KubernetesObjectApi;

  beforeAll(async () => {
    cluster = await startCluster(controlPlane(), ['medic', 'stranger']);
    const config = new KubeConfig();
    config.loadFromFile(await cluster.kubeconfigOf('admin'));
    admin = KubernetesObjectApi.makeApiClient(config);
    for (const object of OBJECTS) await admin.create(object);
    const rights = loadAllYaml(await readFile('deploy/kubernetes.yml', 'utf8'));
    for (const object of rights) await admin.create(object);
    for (const role of ['medic', 'medic-names'])
      await admin.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: `${role}-user` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'medic' }],
      } as Parameters<typeof admin.create>[0]);
  }, 180_000);

  afterAll(() => cluster?.stop());

  const collectAs = async (user: string) => {
    const lister = createClientLister({ kubeconfig: await cluster.kubeconfigOf(user), context: null });
    const present = { service: null, now: Date.now() };
    return collectFrom(lister, asked, present, new AbortController().signal, {
      namespaces: [],
      timeout: 20_000,
    });
  };
  const factOf = async (name: FactName, of: string) => {
    const facts = (await collectAs('medic')).flatMap((finding) => finding.facts ?? []);
    return facts.find((fact) => fact.name === name && fact.of.startsWith(of))?.value;
  };

  it('tells why a pod has no node, in the words of its scheduler', async () => {
    await until(async () => (await factOf('k8s.pod.scheduling.explained', 'pod/shop/cart')) === true, {
      what: 'the scheduler to say why',
      ms: 60_000,
    });
    expect(await factOf('k8s.pod.scheduled', 'pod/shop/cart')).toBe(false);
    expect(await factOf('k8s.node.unschedulable', 'node/node-1')).toBe(true);
    expect(await factOf('k8s.workload.replicas.missing', 'deployment/shop/cart')).toBe(1);
    expect(await factOf('k8s.service.endpoints.ready', 'service/shop/cart')).toBe(0);
  });

  it('tells which quota keeps a pod from being created, and how full it is', async () => {
    await admin.create(deployment('late'));
    await until(
      async () => (await factOf('k8s.workload.create.failed', 'deployment/shop/late')) === 'quota',
      {
        what: 'the quota to refuse a pod',
        ms: 60_000,
      },
    );
    expect(await factOf('k8s.workload.create.failed.name', 'deployment/shop/late')).toBe('small');
    expect(await factOf('k8s.quota.pods.ratio', 'resourcequota/shop/small')).toBe(1);
  });

  it('tells who wrote a specification, and reads of secrets their names alone', async () => {
    expect(await factOf('k8s.spec.age', 'deployment/shop/cart')).toBeTypeOf('number');
    const lister = createClientLister({ kubeconfig: await cluster.kubeconfigOf('medic'), context: null });
    const listed = await lister.list('Secret', 'shop', new AbortController().signal);
    expect(listed).toMatchObject({ kind: 'read' });
    expect(JSON.stringify(listed)).toContain('"key"');
    expect(JSON.stringify(listed)).not.toContain(Buffer.from('hunter2').toString('base64'));
  });

  it('says of each kind that it was refused, where it has no rights', async () => {
    await expect(collectAs('stranger')).rejects.toThrow(/refused: pods is forbidden: User "stranger"/);
  });
});
