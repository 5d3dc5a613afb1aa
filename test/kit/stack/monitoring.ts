import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { answers, onFreePort, startProcess } from './process.ts';
import type { Part } from './stack.ts';

export type AlertmanagerOptions = { dir: string; webhook: { url: string; token: string } };

/** Starts an Alertmanager that sends every change of every alert to one webhook, at once, with a Bearer token. */
export function startAlertmanager({ dir, webhook }: AlertmanagerOptions): Promise<Part> {
  const receiver = {
    name: 'medic',
    webhook_configs: [
      {
        url: webhook.url,
        send_resolved: true,
        http_config: { authorization: { type: 'Bearer', credentials: webhook.token } },
      },
    ],
  };
  const route = {
    receiver: 'medic',
    group_by: ['alertname', 'service', 'instance'],
    group_wait: '0s',
    group_interval: '1s',
    repeat_interval: '1h',
  };
  return onFreePort(async (port) => {
    const config = await writeConfig(dir, 'alertmanager.yml', { route, receivers: [receiver] });
    const url = `http://127.0.0.1:${port}`;
    const running = await startProcess({
      name: 'alertmanager',
      argv: [
        'prometheus-alertmanager',
        `--config.file=${config}`,
        `--storage.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.external-url=${url}`,
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
      ready: () => answers(`${url}/-/ready`),
      logFile: join(dir, 'alertmanager.log'),
    });
    return { ...running, url };
  });
}

/** Addresses to scrape as one group, with the labels that every series and alert of theirs will carry. */
export type Targets = { job: string; targets: string[]; labels: Record<string, string> };

export type PrometheusOptions = {
  dir: string;
  scrape: readonly Targets[];
  /** Files with alert rules. */
  rules: readonly string[];
  /** Base address of the Alertmanager that gets the alerts. */
  alertmanagerUrl?: string;
  /** Labels that every alert carries which leaves it, such as `cluster`. */
  externalLabels?: Record<string, string>;
  /** What is done to the labels of an alert on its way out, as `alert_relabel_configs`. */
  alertRelabel?: readonly object[];
  /** By job, more of its scrape settings, such as `metrics_path`. */
  jobSettings?: Readonly<Record<string, object>>;
};

/** Starts a Prometheus that scrapes and evaluates every second. */
export function startPrometheus(options: PrometheusOptions): Promise<Part> {
  const { dir } = options;
  return onFreePort(async (port) => {
    const config = await writeConfig(dir, 'prometheus.yml', prometheusSettings(options));
    const url = `http://127.0.0.1:${port}`;
    const running = await startProcess({
      name: 'prometheus',
      argv: [
        'prometheus',
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.external-url=${url}/`,
        '--web.enable-lifecycle',
        '--rules.alert.resend-delay=1s',
        '--log.level=warn',
      ],
      ready: () => answers(`${url}/-/ready`),
      logFile: join(dir, 'prometheus.log'),
    });
    return { ...running, url };
  });
}

function prometheusSettings(options: PrometheusOptions): object {
  const {
    scrape,
    rules,
    alertmanagerUrl,
    externalLabels = {},
    alertRelabel = [],
    jobSettings = {},
  } = options;
  const jobs = [...new Set(scrape.map(({ job }) => job))];
  const alerting = alertmanagerUrl && {
    alert_relabel_configs: alertRelabel,
    alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }],
  };
  return {
    global: {
      scrape_interval: '1s',
      scrape_timeout: '900ms',
      evaluation_interval: '1s',
      external_labels: externalLabels,
    },
    rule_files: rules,
    ...(alerting ? { alerting } : {}),
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      ...jobSettings[job],
      static_configs: scrape
        .filter((group) => group.job === job)
        .map(({ targets, labels }) => ({ targets, labels })),
    })),
  };
}

/** Starts a node exporter: vital signs of this machine. */
export function startNodeExporter({ dir }: { dir: string }): Promise<Part> {
  return onFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const running = await startProcess({
      name: 'node-exporter',
      argv: ['prometheus-node-exporter', `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
      ready: () => answers(`${url}/metrics`),
      logFile: join(dir, 'node-exporter.log'),
    });
    return { ...running, url };
  });
}

async function writeConfig(dir: string, name: string, content: unknown): Promise<string> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, name);
  await writeFile(path, stringify(content), { mode: 0o600 });
  return path;
}
