import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { type ApiRequest, isGood, openCluster } from '../../../src/adapters/kubernetes/api.ts';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { startSlack } from '../slack/server.ts';
import { startAlertmanager, startPrometheus } from '../stack/monitoring.ts';
import { freePort, until } from '../stack/process.ts';
import { startRedis } from '../stack/redis.ts';
import { startMedic } from '../world/medic.ts';
import { threadOf } from '../world/said.ts';
import { PATIENT } from '../world/test-env.ts';
import { ALERT_TOKEN, CHANNEL } from '../world/world.ts';
import { controlPlane, startCluster } from './cluster.ts';
import { type KubePod, type Program, startKubelet } from './kubelet.ts';
import { startStateMetrics } from './state-metrics.ts';

/** The namespace of everything that is broken and healed. */
const NAMESPACE = 'shop';

export interface KubernetesHealingOptions {
  readonly dir: string;
  /** What runs in an image, at this moment; null where there is no such image. */
  readonly programOf: (image: string) => Program | null;
  /** Services of `medic.yml`, each with the bounds that its fixes have; each runs as a deployment of its name. */
  readonly services: Readonly<Record<string, { readonly memory_ceiling?: string }>>;
}

/** Medic as a stranger sets it up for a cluster: its rights by the files of deploy/, real monitoring, and people in a local Slack. */
export async function startKubernetesHealing({ dir, programOf, services }: KubernetesHealingOptions) {
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  const keep = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    started.push(part);
    return part;
  };
  try {
    const cluster = await keep(startCluster(controlPlane(), []));
    const adminFile = await cluster.kubeconfigOf('admin');
    const api = openCluster({ kubeconfig: adminFile, context: null });
    const ask = async (request: ApiRequest) => {
      const answer = await api.call(request, AbortSignal.timeout(10_000));
      if (!isGood(answer))
        throw new Error(`${request.method} ${request.path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    await ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: NAMESPACE } } });
    const kubeconfig = await admit(adminFile, cluster.server, dir, ask);
    const kubelet = await keep(startKubelet(api, programOf));
    const metrics = await keep(startStateMetrics(api));
    const podsOf = async (name: string) => {
      kubelet.check();
      const query = { labelSelector: `app=${name}` };
      const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
      return ((await ask({ method: 'GET', path, query })) as { items: readonly KubePod[] }).items;
    };
    const door = await keep(startDoor(podsOf));
    const redis = await keep(startRedis({ dir: join(dir, 'redis') }));
    const reader = connect(redis.url, { failFast: true });
    reader.on('error', () => undefined);
    started.push({ stop: async () => reader.disconnect() });
    const store = createRedisStore(reader, keysOf('medic'), { isAlive: false });
    const slack = await keep(startSlack({ limits: PATIENT }));
    const port = await freePort();
    const webhook = { url: `http://127.0.0.1:${port}/alert`, token: ALERT_TOKEN };
    const alertmanager = await keep(startAlertmanager({ dir: join(dir, 'alertmanager'), webhook }));
    const prometheus = await keep(
      startPrometheus({
        dir: join(dir, 'prometheus'),
        scrape: [{ job: 'kube-state-metrics', targets: [metrics.target], labels: {} }],
        rules: [join(import.meta.dirname, 'rules.yml')],
        alertmanagerUrl: alertmanager.url,
        // As the endpoint of kube-state-metrics is scraped everywhere: its own labels are what is told of.
        jobSettings: { 'kube-state-metrics': { honor_labels: true } },
      }),
    );
    const config = join(dir, 'medic.yml');
    const registered = Object.entries(services).map(([name, bounds]) => [
      name,
      {
        kubernetes: { namespace: NAMESPACE, workload: `deployment/${name}`, ...bounds },
        health: [{ name: 'health', url: `${door.url}/${name}` }],
      },
    ]);
    const settings = {
      policy: { cooldown: '0s', breaker: { fixes: 1_000 }, cancel_window: '2s' },
      roles: { operators: { users: ['U0BOB'] }, approvers: { users: ['U0CAROL'] } },
      services: Object.fromEntries(registered),
      kubernetes: { kubeconfig, context: 'main', namespaces: [NAMESPACE] },
    };
    await writeFile(config, stringify(settings));
    const environment = {
      HOST: '127.0.0.1',
      PORT: String(port),
      REDIS_URL: redis.url,
      MEDIC_CONFIG: config,
      PROMETHEUS_URL: prometheus.url,
      ALERTMANAGER_URL: alertmanager.url,
      ALERT_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_CHANNEL: CHANNEL,
    };
    const medic = await keep(startMedic(dir, environment));
    const deployments = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
    return {
      slack,
      store,
      medic,
      podsOf,
      log: () => readFileSync(join(dir, 'medic.log'), 'utf8'),
      thread: ({ id }: Incident) => slack.print(CHANNEL, threadOf(slack, id)),
      /** The newest incident about a service that has opened since. */
      async incident(service: string, since: number): Promise<Incident | undefined> {
        kubelet.check();
        const ids = [...(await store.open()), ...(await store.closed(50))];
        const all = (await store.loadMany(ids)).filter((one) => one !== null);
        return all
          .filter(({ subject, milestones }) => subject.name === service && milestones.opened >= since)
          .toSorted((one, other) => other.milestones.opened - one.milestones.opened)[0];
      },
      /** Deploys a service for the first time, as people do. */
      create: (name: string, image: string, memory: string, replicas = 1) =>
        ask({
          method: 'POST',
          path: deployments,
          query: { fieldManager: 'kubectl-create' },
          body: deploymentOf(name, image, memory, replicas),
        }),
      /** Rolls another image out. */
      rollOut: (name: string, image: string) =>
        ask({
          method: 'PATCH',
          path: `${deployments}/${name}`,
          query: { fieldManager: 'kubectl-set' },
          body: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }],
        }),
      /** The image and the memory limit that its template has now. */
      async template(name: string) {
        const { spec } = (await ask({ method: 'GET', path: `${deployments}/${name}` })) as {
          spec: { template: KubePod };
        };
        const [container] = spec.template.spec.containers;
        return { image: container?.image, memory: container?.resources?.limits?.memory };
      },
      /** Waits until so many pods of it are ready and run this image, and no other pod of it is left. */
      ready: (name: string, image: string, count = 1) =>
        until(
          async () => {
            const pods = await podsOf(name);
            return pods.length === count && pods.every((pod) => isReady(pod) && runs(pod, image));
          },
          { what: `${count} pods of ${name} with ${image} to be ready`, ms: 60_000 },
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
export type KubernetesHealing = Awaited<ReturnType<typeof startKubernetesHealing>>;

const isReady = ({ status }: KubePod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

const runs = ({ spec }: KubePod, image: string) => spec.containers.every((one) => one.image === image);

function deploymentOf(name: string, image: string, memory: string, replicas: number) {
  const labels = { app: name };
  return {
    metadata: { name, namespace: NAMESPACE, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name, image, resources: { limits: { memory } } }] },
      },
    },
  };
}

/** What deploy/kubernetes.yml tells people to do: both files, their bindings, and a kubeconfig with the token of the account. */
async function admit(
  adminFile: string,
  server: string,
  dir: string,
  ask: (request: ApiRequest) => Promise<unknown>,
): Promise<string> {
  const admin = new KubeConfig();
  admin.loadFromFile(adminFile);
  const objects = KubernetesObjectApi.makeApiClient(admin);
  for (const file of ['kubernetes.yml', 'kubernetes-fixes.yml'])
    for (const object of loadAllYaml(
      await readFile(join(import.meta.dirname, '../../../deploy', file), 'utf8'),
    ))
      await objects.create(object);
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const account = { kind: 'ServiceAccount', name: 'medic', namespace: 'medic' };
  const roleRef = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
  await ask({
    method: 'POST',
    path: `${rbac}/namespaces/${NAMESPACE}/rolebindings`,
    body: { metadata: { name: 'medic-fixes' }, roleRef: roleRef('medic-fixes'), subjects: [account] },
  });
  await ask({
    method: 'POST',
    path: `${rbac}/clusterrolebindings`,
    body: { metadata: { name: 'medic-names' }, roleRef: roleRef('medic-names'), subjects: [account] },
  });
  await ask({
    method: 'POST',
    path: '/api/v1/namespaces/medic/secrets',
    body: {
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'medic', annotations: { 'kubernetes.io/service-account.name': 'medic' } },
    },
  });
  const data = await until(
    async () => {
      const path = '/api/v1/namespaces/medic/secrets';
      const query = { fieldSelector: 'metadata.name=medic' };
      const { items } = (await ask({ method: 'GET', path, query })) as {
        items: readonly { data?: Record<string, string> }[];
      };
      return items[0]?.data?.token !== undefined && items[0].data['ca.crt'] !== undefined && items[0].data;
    },
    { what: 'the token of the service account', ms: 30_000 },
  );
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'main', server, caData: data['ca.crt'] }],
    users: [{ name: 'medic', token: Buffer.from(data.token ?? '', 'base64').toString('utf8') }],
    contexts: [{ name: 'main', cluster: 'main', user: 'medic' }],
    currentContext: 'main',
  });
  await mkdir(dir, { recursive: true });
  const path = join(dir, 'medic.kubeconfig');
  await writeFile(path, config.exportConfig(), { mode: 0o600 });
  return path;
}

/** What customers reach: `/<service>` answers 200 as long as any pod of it is ready, as a Service of Kubernetes would. */
async function startDoor(podsOf: (name: string) => Promise<readonly KubePod[]>) {
  const server = createServer(async (request, response) => {
    const pods = await podsOf((request.url ?? '/').slice(1)).catch(() => []);
    const well = pods.some(isReady);
    response.writeHead(well ? 200 : 503).end(well ? 'ok' : 'no pod is ready');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
