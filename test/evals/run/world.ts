import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { infrastructureOf } from '../../../src/app/infrastructure.ts';
import { Environment } from '../../../src/config/environment.ts';
import type { Settings } from '../../../src/config/settings.ts';
import type { AlertSources } from '../../../src/evidence/alert-source.ts';
import type { Collectors } from '../../../src/evidence/collector.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { createRedactor } from '../../../src/observability/redact.ts';
import type { Catalog } from '../../../src/playbooks/manifest.ts';
import type { Scenario } from '../read/scenario.ts';
import { replayAlertmanager } from '../replay/alertmanager.ts';
import { filesOf } from '../replay/files.ts';
import { replayHosts } from '../replay/hosts.ts';
import { replayKubernetes } from '../replay/kubernetes.ts';
import { replayPrometheus } from '../replay/prometheus.ts';
import type { Replay } from '../replay/server.ts';
import { FOLDER } from './library.ts';
import { registryOf } from './registry.ts';

/** What a scenario's collectors ask, made of the production's own parts over replay servers. */
export interface World {
  readonly collectors: Collectors;
  readonly sources: AlertSources;
  readonly settings: Settings;
  readonly redact: (text: string) => string;
  stop(): Promise<void>;
}

/** As many as `medic.yml` may name. */
const MOST_NAMESPACES = 4;
/** What a collector may take here, milliseconds. */
const PATIENCE = 60_000;
const WORKLOADS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod'];

const metrics = createMetrics();
const { redact } = createRedactor();

/** Starts what a scenario's recordings need, and nothing else. */
export async function openWorld(scenario: Scenario, catalog: Catalog, scratch: string): Promise<World> {
  mkdirSync(scratch, { recursive: true });
  const { at, alerts, recorded } = scenario;
  const replays: Replay[] = [];
  const started = async (replay: Promise<Replay>) => {
    const running = await replay;
    replays.push(running);
    return running.url;
  };
  const stop = async () => void (await Promise.all(replays.map((replay) => replay.stop())));
  try {
    const variables = {
      REDIS_URL: 'redis://127.0.0.1:1',
      ...(recorded.metrics === null
        ? {}
        : {
            PROMETHEUS_URL: await started(replayPrometheus({ ...recorded.metrics, at, alerts, scratch })),
          }),
      ...(alerts.length === 0 ? {} : { ALERTMANAGER_URL: await started(replayAlertmanager(alerts, at)) }),
    };
    const settings = withCluster(
      inPeace(registryOf(scenario)),
      scenario,
      await clusterOf(scenario, scratch, started),
    );
    const now = () => at;
    const { collectors, sources } = infrastructureOf(
      { inventory: join(scratch, 'inventory'), environment: {}, passwords: {} },
      {
        env: Environment.parse(variables),
        settings,
        policyDigest: '',
        playbooks: FOLDER,
        alertTokens: {},
        secrets: [],
        place: () => [],
        doubts: [],
      },
      {
        runAs: null,
        hosts: hostsOf(scenario, settings, scratch),
        catalog: () => catalog,
        redact,
        metrics,
        now,
      },
    );
    return { collectors, sources, settings, redact, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The path of a kubeconfig that leads to the recorded cluster; null where none was recorded. */
async function clusterOf(
  { at, recorded: { kubernetes, logs } }: Scenario,
  scratch: string,
  started: (replay: Promise<Replay>) => Promise<string>,
): Promise<string | null> {
  if (kubernetes === null) return null;
  // A Medic that runs has loaded it long ago: no collector's time is spent on that.
  await import('@kubernetes/client-node');
  const server = await started(replayKubernetes({ objects: kubernetes, logs, at }));
  const file = join(scratch, 'kubeconfig');
  const named = { name: 'recorded' };
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ ...named, cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ ...named, user: {} }],
      contexts: [{ ...named, context: { cluster: 'recorded', user: 'recorded' } }],
      'current-context': 'recorded',
    }),
  );
  return file;
}

/** However busy the machine is that scores them, a recording gives the same answers: nothing is late. */
function inPeace(settings: Settings): Settings {
  return { ...settings, evidence: { ...settings.evidence, budget: PATIENCE } };
}

/** As somebody would write it who watches the namespaces of the recording. */
function withCluster(settings: Settings, scenario: Scenario, kubeconfig: string | null): Settings {
  if (kubeconfig === null) return settings;
  const namespaces = namespacesIn(scenario).slice(0, MOST_NAMESPACES);
  return {
    ...settings,
    kubernetes: { kubeconfig, context: null, namespaces: [...namespaces], protected_namespaces: [] },
  };
}

/** Those that the scenario names, then those with workloads, without those that Kubernetes keeps for itself. */
function namespacesIn({ subject, recorded: { kubernetes } }: Scenario): readonly string[] {
  const named = subject?.kind === 'namespace' ? subject.name : subject?.namespace;
  const found = (kubernetes ?? []).flatMap(({ kind, metadata: { namespace } }) =>
    namespace === undefined || namespace.startsWith('kube-') || !WORKLOADS.includes(kind) ? [] : [namespace],
  );
  return [...new Set([...(named ? [named] : []), ...found])];
}

function hostsOf({ recorded, at }: Scenario, { services }: Settings, scratch: string) {
  const known = Object.entries(services).map(([name, { hosts, logs, changes, group }]) => ({
    name,
    hosts,
    logs,
    changes,
    group: group ?? name,
  }));
  const files = filesOf(recorded, known);
  const names = [
    ...known.flatMap(({ hosts }) => hosts),
    ...recorded.commands.map(({ host }) => host),
    ...files.map(({ host }) => host),
  ];
  return replayHosts({
    names: [...new Set(names)],
    commands: recorded.commands,
    files,
    groups: Object.fromEntries(known.map(({ group, hosts }) => [group, hosts])),
    at,
    scratch,
  });
}
