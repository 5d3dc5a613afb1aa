import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Alert } from '../../../src/alerts/alert.ts';
import { readWebhook } from '../../../src/alerts/alertmanager.ts';
import { startAlertmanager } from '../../kit/stack/monitoring.ts';
import { answers, onFreePort, startProcess, until } from '../../kit/stack/process.ts';

const port = (server: Server) => (server.address() as AddressInfo).port;

async function listen(handle: Parameters<typeof createServer>[1], at = 0): Promise<Server> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  return server;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}

/** A process that is scraped, until it is killed. */
export async function startTarget(metrics: string, at = 0) {
  let text = metrics;
  const server = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  }, at);
  return {
    instance: `127.0.0.1:${port(server)}`,
    expose: (next: string) => {
      text = next;
    },
    kill: () => close(server),
  };
}

/** A real Alertmanager, and every alert that it passed on, as Medic reads it. */
export async function startInbox(dir: string) {
  const alerts: Alert[] = [];
  const inbox = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const read = readWebhook(JSON.parse(body));
    if (read.kind === 'alerts') alerts.push(...read.alerts);
    response.end();
  });
  const webhook = { url: `http://127.0.0.1:${port(inbox)}/`, token: 'x' };
  const manager = await startAlertmanager({ dir, webhook });
  return {
    url: manager.url,
    /** The firing alert of that name with these labels, once it has come. */
    received: (name: string, labels: Record<string, string> = {}): Promise<Alert> =>
      until(
        () =>
          alerts.findLast(
            (alert) =>
              alert.name === name &&
              alert.status === 'firing' &&
              Object.entries(labels).every(([label, value]) => alert.labels[label] === value),
          ),
        { what: `alert ${name} to come`, ms: 20_000 },
      ),
    async stop() {
      await manager.stop();
      await close(inbox);
    },
  };
}

export interface Monitoring {
  readonly dir: string;
  readonly rules: string;
  readonly targets: readonly string[];
  readonly alertmanager: string;
  readonly externalLabels?: Record<string, string>;
  readonly relabel?: readonly object[];
  /** What it calls itself; its own address where none is given. */
  readonly externalUrl?: string;
}

/** A real Prometheus that scrapes and evaluates every second. */
export async function startMonitoring(given: Monitoring) {
  await mkdir(given.dir, { recursive: true });
  const rules = join(given.dir, 'rules.yml');
  await writeFile(rules, given.rules);
  const file = join(given.dir, 'prometheus.yml');
  const settings = {
    global: {
      scrape_interval: '1s',
      scrape_timeout: '900ms',
      evaluation_interval: '1s',
      external_labels: given.externalLabels ?? {},
    },
    rule_files: [rules],
    alerting: {
      alert_relabel_configs: given.relabel ?? [],
      alertmanagers: [{ static_configs: [{ targets: [new URL(given.alertmanager).host] }] }],
    },
    scrape_configs: [{ job_name: 'node', static_configs: [{ targets: given.targets }] }],
  };
  await writeFile(file, stringify(settings));
  return onFreePort(async (free) => {
    const url = `http://127.0.0.1:${free}`;
    const running = await startProcess({
      name: 'prometheus',
      argv: [
        'prometheus',
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(given.dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${free}`,
        `--web.external-url=${given.externalUrl ?? `${url}/`}`,
        '--web.route-prefix=/',
        '--web.enable-lifecycle',
        '--rules.alert.resend-delay=1s',
        '--log.level=warn',
      ],
      ready: () => answers(`${url}/-/ready`),
      logFile: join(given.dir, 'prometheus.log'),
    });
    return {
      ...running,
      url,
      async reload(next: string) {
        await writeFile(rules, next);
        await fetch(`${url}/-/reload`, { method: 'POST' });
      },
    };
  });
}
