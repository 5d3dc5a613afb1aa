import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { startAlertmanager, startPrometheus, type Targets } from '../stack/monitoring.ts';
import { answers, onFreePort, startProcess, until } from '../stack/process.ts';
import type { Part } from '../stack/stack.ts';
import type { Host, HostsKit } from './kit.ts';

/** One Prometheus: what it calls itself, what it does to its alerts, and which hosts it watches. */
export type Cluster = {
  /** Names its folder; no two may be the same. */
  name: string;
  /** Such as `{ cluster: 'north', replica: 'a' }`. */
  externalLabels?: Record<string, string>;
  /** As `alert_relabel_configs`; see `withoutPort`. */
  alertRelabel?: readonly object[];
  /** Names of the hosts that it watches; all of them by default. */
  hosts?: readonly string[];
  /** Files of rules; the common ones of rules.yml by default. */
  rules?: readonly string[];
};

export type MonitoringOptions = {
  dir: string;
  kit: HostsKit;
  /** Where Alertmanager delivers, and the Bearer token that it shows. */
  webhook: { url: string; token: string };
  /** By default one, without labels of its own. All have the same rules and send to the same Alertmanager. */
  clusters?: readonly Cluster[];
  /**
   * Whether targets are called by their host's name (`web-1:9100`, the default), as with service discovery or DNS, or by their
   * address.
   */
  instances?: 'names' | 'addresses';
  /** Labels that every target of a host carries, as people attach them in scrape settings; none by default. */
  targetLabels?: (host: Host) => Record<string, string>;
  /** What is watched besides: their targets, and by job more of its scrape settings, which may depend on the blackbox exporter. */
  more?: { targets: readonly Targets[]; settings: (blackbox: Part) => Readonly<Record<string, object>> };
};

export type Monitoring = {
  /** By name of the cluster. */
  prometheus: Readonly<Record<string, Part>>;
  alertmanager: Part;
  blackbox: Part;
  /** Stops everything, Prometheus first, so that a stop looks like no outage. */
  stop(): Promise<void>;
};

/** Rewrites `instance` on the way out, as many do: `web-1:9100` becomes `web-1`. */
export const withoutPort: readonly object[] = [
  { source_labels: ['instance'], regex: '([^:]+):[0-9]+', target_label: 'instance', replacement: '$1' },
];

const RULES = fileURLToPath(new URL('rules.yml', import.meta.url));

/** How often a customer orders from each host, ms: enough for a rate over five seconds. */
const ORDER_EVERY = 100;

/**
 * Starts what watches the hosts, from this machine: Prometheus, Alertmanager, a blackbox exporter; and customers who order. Resolves
 * when every target has been scraped, some five seconds after Prometheus has started.
 */
export async function startMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const { dir, kit, webhook, clusters = [{ name: 'main' }] } = options;
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const part = await starting;
    started.push(part);
    return part;
  }
  try {
    started.push(customers(kit.hosts));
    const blackbox = await keep(startBlackbox(join(dir, 'blackbox')));
    const alertmanager = await keep(startAlertmanager({ dir: join(dir, 'alertmanager'), webhook }));
    const watching = await Promise.all(
      clusters.map(
        async (cluster) =>
          [cluster.name, await keep(watch(cluster, options, alertmanager, blackbox))] as const,
      ),
    );
    await Promise.all(watching.map(([, part]) => scraped(part)));
    return { prometheus: Object.fromEntries(watching), alertmanager, blackbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function watch(
  cluster: Cluster,
  options: MonitoringOptions,
  alertmanager: Part,
  blackbox: Part,
): Promise<Part> {
  const { kit, dir } = options;
  const { externalLabels, alertRelabel, rules = [RULES] } = cluster;
  const hosts = kit.hosts.filter(({ name }) => cluster.hosts?.includes(name) ?? true);
  return startPrometheus({
    dir: join(dir, cluster.name),
    scrape: [...hosts.flatMap((host) => targetsOf(host, options)), ...(options.more?.targets ?? [])],
    rules,
    alertmanagerUrl: alertmanager.url,
    ...(externalLabels ? { externalLabels } : {}),
    ...(alertRelabel ? { alertRelabel } : {}),
    jobSettings: { blackbox: throughBlackbox(blackbox), ...options.more?.settings(blackbox) },
  });
}

/** Waits until all targets have been scraped with success. */
async function scraped({ url }: Part): Promise<void> {
  const all = async () => {
    const response = await fetch(`${url}/api/v1/targets?state=active`, {
      signal: AbortSignal.timeout(1_000),
    });
    const { data } = (await response.json()) as { data: { activeTargets: { health: string }[] } };
    return data.activeTargets.length > 0 && data.activeTargets.every(({ health }) => health === 'up');
  };
  await until(all, { what: 'all targets to be scraped', ms: 30_000 });
}

function targetsOf(host: Host, { instances = 'names', targetLabels }: MonitoringOptions): Targets[] {
  const more = targetLabels?.(host) ?? {};
  const target = (job: string, port: number) => {
    const labels = instances === 'names' ? { ...more, instance: `${host.name}:${port}` } : more;
    return { job, targets: [`${host.address}:${port}`], labels };
  };
  const probed = { job: 'blackbox', targets: [`${host.url}/healthz`], labels: more };
  const common = [target('node', 9100), target('process', 9256), probed];
  return host.kind === 'web'
    ? [...common, target('shop', 8080), target('nginx', 80)]
    : [...common, target('worker', 8081)];
}

type Module = 'http_2xx' | 'tls_connect';

/** What every guide to the blackbox exporter has: the target becomes a parameter, and `instance`. */
export function throughBlackbox({ url }: Part, module: Module = 'http_2xx'): object {
  return {
    metrics_path: '/probe',
    params: { module: [module] },
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: new URL(url).host },
    ],
  };
}

async function startBlackbox(dir: string): Promise<Part> {
  await mkdir(dir, { recursive: true });
  const config = join(dir, 'blackbox.yml');
  const http = { preferred_ip_protocol: 'ip4' };
  // It reads when the certificate ends, whoever signed it.
  const tcp = { ...http, tls: true, tls_config: { insecure_skip_verify: true } };
  const modules: Record<Module, object> = {
    http_2xx: { prober: 'http', timeout: '800ms', http },
    tls_connect: { prober: 'tcp', timeout: '800ms', tcp },
  };
  await writeFile(config, stringify({ modules }));
  return onFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const running = await startProcess({
      name: 'blackbox-exporter',
      argv: [
        'prometheus-blackbox-exporter',
        `--config.file=${config}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      ready: () => answers(`${url}/-/healthy`),
      logFile: join(dir, 'blackbox.log'),
    });
    return { ...running, url };
  });
}

/** Orders from every host, one after the other, whatever the answers. */
function customers(hosts: readonly Host[]): { stop(): Promise<void> } {
  const order = (host: Host) =>
    fetch(`${host.url}/order`, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.text(),
      () => undefined,
    );
  const timer = setInterval(() => {
    for (const host of hosts) void order(host);
  }, ORDER_EVERY);
  timer.unref();
  return { stop: async () => clearInterval(timer) };
}
