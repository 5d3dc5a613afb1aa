import { createChangeCollector } from '../adapters/collectors/changes/collector.ts';
import { createStateCollector } from '../adapters/collectors/command/state.ts';
import { createDnsCollector } from '../adapters/collectors/dns/collector.ts';
import { createDocker } from '../adapters/collectors/docker/client.ts';
import { createDockerCollector } from '../adapters/collectors/docker/collector.ts';
import { createActivityCollector, createHostCollector } from '../adapters/collectors/host/collector.ts';
import { createClientLister } from '../adapters/collectors/kubernetes/client.ts';
import { createKubernetesCollector } from '../adapters/collectors/kubernetes/collector.ts';
import { createPodLogCollector } from '../adapters/collectors/kubernetes/pod-logs.ts';
import { createLogCollector } from '../adapters/collectors/logs/collector.ts';
import { createJournalCollector } from '../adapters/collectors/logs/journal.ts';
import { createLookCollector } from '../adapters/collectors/looks/collector.ts';
import { createLooker } from '../adapters/collectors/looks/looker.ts';
import { createPostgresqlCollector } from '../adapters/collectors/postgresql/collector.ts';
import { createProbeCollector } from '../adapters/collectors/probe/collector.ts';
import { createMetricReader } from '../adapters/collectors/prometheus/metric-reader.ts';
import { createRedisCollector } from '../adapters/collectors/redis/collector.ts';
import { createTlsCollector } from '../adapters/collectors/tls/collector.ts';
import type { OpenHosts } from '../adapters/hosts/hosts.ts';
import { openCluster } from '../adapters/kubernetes/api.ts';
import type { RunAs } from '../adapters/runners/process/run-as.ts';
import { createRunners } from '../adapters/runners/runners.ts';
import type { ChangeReader } from '../changes/change.ts';
import { type Infrastructure, SHIPPED, type Shared } from '../config/load.ts';
import { serversOf } from '../config/servers.ts';
import { declaredLooks } from '../engine/effects/declared-looks.ts';
import { meteredCollectors } from '../engine/effects/metered.ts';
import type { Dependencies } from '../engine/effects/perform.ts';
import { viewOf } from '../engine/effects/view.ts';
import { createCollectors } from '../evidence/collectors/answer.ts';
import type { CollectorTable } from '../evidence/collectors/table.ts';
import { type Recognise, recogniserOf } from '../evidence/facts/signatures.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import { readSignatures } from '../playbooks/signatures.ts';
import { prometheusCollectorsOf } from './prometheus.ts';
import { alertSourcesOf, askableOf, prometheusFor, signalsOf } from './signals.ts';

type Reach = Omit<Dependencies, 'model'>;

/** How much earlier than its budget a source on a host ends by itself, milliseconds. */
const MARGIN = 500;

const NOTHING_TOLD: ChangeReader = { reportsOf: async () => [] };

interface HandsParts {
  /** Whose rights commands have; null for Medic's own. */
  readonly runAs: RunAs | null;
  readonly hosts: OpenHosts;
  readonly catalog: () => Catalog;
  readonly redact: (text: string) => string;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** What Medic was told of changes. */
  readonly told?: ChangeReader;
}

/** Everything that touches the infrastructure, if only to look at it. */
export function infrastructureOf(
  { inventory, environment, passwords }: Infrastructure,
  { env, settings, playbooks }: Shared,
  { runAs, hosts, catalog, redact, metrics, now, told = NOTHING_TOLD }: HandsParts,
): Reach {
  const askable = askableOf(serversOf({ env, settings }), now);
  const cluster = clusterOf(settings, now);
  const looker = createLooker({
    hosts,
    cluster: cluster?.api ?? null,
    now,
    timeout: settings.evidence.look,
    environment,
    runAs,
  });
  const home = prometheusFor(askable, null);
  const recognise = recogniserIn([...new Set([SHIPPED, playbooks])]);
  // A source that is late must still have time to say so.
  const reading = { hosts, now, timeout: Math.max(1, settings.evidence.budget - MARGIN) };
  const table: CollectorTable = {
    looks: createLookCollector(looker, (asked) => declaredLooks(asked, settings, catalog())),
    ...prometheusCollectorsOf(askable, settings.kubernetes?.namespaces ?? []),
    processState: createStateCollector(reading),
    ...kubernetesOf(settings, reading.timeout, recognise),
    logs: createLogCollector({ ...reading, recognise }),
    journal: createJournalCollector({ ...reading, recognise }),
    probes: createProbeCollector(),
    changes: createChangeCollector({ ...reading, told }),
    host: createHostCollector(reading),
    hostActivity: createActivityCollector(reading),
    postgresql: createPostgresqlCollector({ passwords }),
    redis: createRedisCollector({ passwords }),
    certificates: createTlsCollector(reading),
    names: createDnsCollector(),
    docker: createDockerCollector(settings.docker === null ? null : createDocker(settings.docker)),
  };
  const collectors = createCollectors(table, { serviceOf: (about) => viewOf(about, settings), now });
  return {
    collectors: meteredCollectors(collectors, metrics),
    sources: alertSourcesOf(askable),
    looker,
    signals: signalsOf(askable, looker, now),
    runner: createRunners({
      inventory,
      environment,
      runAs,
      redact,
      hosts,
      cluster,
    }),
    metricReader: home === null ? null : createMetricReader(home),
  };
}

/** What may be changed there is what the registry places there, as it stands when something is to be changed. */
export function clusterOf(
  { kubernetes, services }: Shared['settings'],
  now: () => number,
): NonNullable<Parameters<typeof createRunners>[0]['cluster']> | null {
  if (kubernetes === null) return null;
  const registered = Object.values(services).flatMap(({ kubernetes: place }) =>
    place?.workload === undefined ? [] : [{ namespace: place.namespace, workload: place.workload }],
  );
  const rules = { protectedNamespaces: kubernetes.protected_namespaces, registered };
  return { api: openCluster(kubernetes), rules: () => rules, now };
}

function kubernetesOf(
  { kubernetes }: Shared['settings'],
  timeout: number,
  recognise: Recognise,
): Pick<CollectorTable, 'kubernetes' | 'podLogs'> {
  const lister = kubernetes === null ? null : createClientLister(kubernetes);
  const reading = { namespaces: kubernetes?.namespaces ?? [], timeout };
  return {
    kubernetes: createKubernetesCollector(lister, reading),
    podLogs: createPodLogCollector(lister, { ...reading, recognise }),
  };
}

/** A brain is never asked to touch anything; were it asked all the same, it could not. */
export const NO_INFRASTRUCTURE: Reach = {
  collectors: { answer: () => Promise.reject(new Error('a brain reads nothing')) },
  sources: { bind: () => Promise.reject(new Error('a brain asks no servers')) },
  looker: { look: () => Promise.reject(new Error('a brain looks at nothing')) },
  signals: { read: () => Promise.reject(new Error('a brain reads no signals')) },
  metricReader: null,
  runner: {
    run: () => Promise.reject(new Error('a brain runs nothing')),
    dryRun: () => Promise.reject(new Error('a brain rehearses nothing')),
    compare: () => Promise.reject(new Error('a brain compares nothing')),
  },
};

/** What the shipped catalog knows of messages, and what that of the user adds; read when the first log is. */
function recogniserIn(folders: readonly string[]): Recognise {
  let known: Recognise | null = null;
  return (line) => {
    known ??= recogniserOf(folders.map((folder) => readSignatures(folder).signatures));
    return known(line);
  };
}
