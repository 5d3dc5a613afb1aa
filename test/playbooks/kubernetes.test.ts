import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClientLister } from '../../src/adapters/collectors/kubernetes/client.ts';
import { createKubernetesCollector } from '../../src/adapters/collectors/kubernetes/collector.ts';
import { createLookCollector } from '../../src/adapters/collectors/looks/collector.ts';
import { createLooker } from '../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import { openCluster } from '../../src/adapters/kubernetes/api.ts';
import { createKubernetesRunner } from '../../src/adapters/runners/kubernetes/runner.ts';
import type { Alert } from '../../src/alerts/alert.ts';
import { registered, subjectOf } from '../../src/alerts/subject.ts';
import { Settings } from '../../src/config/settings.ts';
import { readLibrary } from '../../src/diagnosis/faults/load.ts';
import { judge } from '../../src/diagnosis/judge.ts';
import { askKnown } from '../../src/diagnosis/known.ts';
import { declaredLooks } from '../../src/engine/effects/declared-looks.ts';
import { viewOf } from '../../src/engine/effects/view.ts';
import { FAULTS, loadCatalog } from '../../src/playbooks/catalog.ts';
import { freeze } from '../../src/playbooks/freeze.ts';
import { evidenceOf } from '../evidence/samples.ts';
import { type LocalApi, startApi } from '../kit/kubernetes/api.ts';
import { type Ill, ill } from '../kit/kubernetes/ill.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

const folder = join(import.meta.dirname, '../../playbooks');
const catalog = loadCatalog(folder);
const { library } = readLibrary(join(folder, FAULTS));
let scratch: Scratch;
let api: LocalApi;
const hosts = createHosts({ inventory: null, environment: process.env });

beforeAll(() => import('@kubernetes/client-node'));
afterAll(() => hosts.close());
beforeEach(async () => {
  scratch = await scratchDir('kubernetes-playbooks');
  api = await startApi(scratch.path);
});
afterEach(async () => {
  await api.stop();
  await scratch.remove();
});

/** What rules of others say of it: names and labels are theirs. */
const alertOf = (name: string, labels: Record<string, string>, startsAt: number): Alert => ({
  fingerprint: 'f1',
  source: 'alertmanager',
  status: 'firing',
  name,
  severity: 'critical',
  labels: { alertname: name, job: 'kube-state-metrics', namespace: 'shop', ...labels },
  annotations: {},
  startsAt,
  endsAt: null,
  expression: null,
  link: null,
});

/** Everything from an alert to the plan that Medic would decide on. */
async function planOf(what: Ill, name: string, labels: Record<string, string>) {
  const now = Date.now();
  ill(api, what, now);
  const settings = Settings.parse({
    kubernetes: { kubeconfig: api.kubeconfig },
    services: {
      checkout: {
        kubernetes: {
          namespace: 'shop',
          workload: 'deployment/cart',
          replicas: { min: 2, max: 5 },
          memory_ceiling: '256Mi',
        },
      },
    },
  });
  const alert = alertOf(name, labels, now - 60_000);
  const subject = subjectOf(alert, settings);
  const service = viewOf(subject, settings);
  const cluster = openCluster({ kubeconfig: api.kubeconfig, context: null });
  const looker = createLooker({ hosts, cluster, now: () => now, timeout: 10_000, environment: {} });
  const table = {
    kubernetes: createKubernetesCollector(createClientLister({ kubeconfig: api.kubeconfig, context: null }), {
      namespaces: [],
      timeout: 10_000,
    }),
    looks: createLookCollector(looker, (asked) => declaredLooks(asked, settings, catalog)),
  };
  const evidence = await evidenceOf(
    table,
    { subject, service, alerts: [alert], bindings: {} },
    { now: () => now, budget: 15_000, redact: (text) => text },
  );
  const known = askKnown(library, catalog, evidence, {
    symptom: alert.startsAt,
    needs: new Map(),
    about: [`service/${subject.name}`],
  });
  const diagnosis =
    known === null
      ? null
      : judge(known.proposal, known.by, { evidence, catalog, threshold: 0.7, round: 1, now });
  const [best] = diagnosis?.hypotheses ?? [];
  const playbook = catalog.get(best?.playbook ?? '');
  const grounds = { subject, service: registered(subject, settings), alerts: [alert], evidence };
  const frozen =
    playbook === undefined
      ? null
      : freeze('p1', playbook, best?.parameters ?? {}, grounds, { kind: 'medic' });
  return { subject, evidence, diagnosis, best, plan: frozen?.kind === 'frozen' ? frozen.plan : frozen };
}

const POD = 'cart-bbbbbbbbbb-x2x4z';

describe('an alert of others about Kubernetes', () => {
  it.each([
    [
      'crash',
      'KubePodCrashLooping',
      { pod: POD, container: 'cart' },
      'crash_loop_after_change',
      'rollback_rollout',
      'undo',
    ],
    ['image', 'KubePodNotReady', { pod: POD }, 'image_not_found', 'rollback_rollout', 'undo'],
    [
      'memory',
      'KubePodCrashLooping',
      { pod: POD, container: 'cart' },
      'container_out_of_memory',
      'raise_memory_limit',
      { memory: { container: 'cart', limit: '96Mi', most: '256Mi' } },
    ],
    [
      'zero',
      'KubeDeploymentReplicasMismatch',
      { deployment: 'cart' },
      'scaled_to_zero',
      'scale_service',
      { scale: { replicas: '2', min: '2', max: '5' } },
    ],
    ['cordoned', 'KubePodNotReady', { pod: POD }, 'nodes_cordoned', 'uncordon_node', { uncordon: 'node-1' }],
  ] as const)(
    '%s: %s %j is %s, for which there is %s',
    async (what, name, labels, fault, playbook, operation) => {
      const { subject, diagnosis, best, plan } = await planOf(what, name, labels);
      expect(subject).toMatchObject({ kind: 'service', name: 'checkout' });
      expect({
        fault: best?.fault,
        playbook: best?.playbook,
        conclusion: diagnosis?.conclusion,
      }).toMatchObject({
        fault,
        playbook,
        conclusion: { kind: 'cause' },
      });
      expect(plan).toMatchObject({
        playbook,
        run: { kubernetes: { namespace: 'shop', workload: 'deployment/cart', do: operation } },
      });
    },
  );

  it('finds the one pod that hangs', async () => {
    const { evidence } = await planOf('hung', 'KubePodNotReady', { pod: POD });
    const looked = evidence.flatMap(({ data }) => (data?.type === 'look' ? [data] : []));
    const hung = looked.find(({ playbooks }) => playbooks.includes('restart_pod'));
    expect(hung?.reading).toMatchObject({ verdict: 'fault', facts: { pod: POD } });
    expect(looked.every(({ spec }) => 'workload' in spec)).toBe(true);
  });

  it('leads to an operation that the API server takes', async () => {
    const { plan } = await planOf('crash', 'KubePodCrashLooping', { pod: POD });
    if (plan === null || !('run' in plan)) throw new Error('no plan was made');
    const runner = createKubernetesRunner({
      api: openCluster({ kubeconfig: api.kubeconfig, context: null }),
      rules: () => ({
        protectedNamespaces: [],
        registered: [{ namespace: 'shop', workload: 'deployment/cart' }],
      }),
      now: Date.now,
      redact: (text) => text,
    });
    const { run, dryRun, timeout } = plan;
    const order = { id: 'o', run, dryRun, timeout, folder, parameters: {}, fence: null, reportTo: null };
    expect(await runner.dryRun(order, new AbortController().signal)).toMatchObject({
      kind: 'diff',
      diff: expect.stringContaining('shop/cart:2 -> shop/cart:1'),
    });
  });
});
