import type { AlertServers } from '../adapters/collectors/alert-state.ts';
import { readProbes } from '../adapters/collectors/probe/check.ts';
import { createPrometheusAlerts } from '../adapters/collectors/prometheus/alert/alert-servers.ts';
import { readMetric } from '../adapters/collectors/prometheus/alert/metric-check.ts';
import { createPrometheus, type Prometheus } from '../adapters/collectors/prometheus/client.ts';
import { createAlertSources } from '../adapters/sources/alert-sources.ts';
import { createAlertmanagerAlerts } from '../adapters/sources/alertmanager/alert-servers.ts';
import { createSignals } from '../adapters/sources/signals.ts';
import type { Servers } from '../config/servers.ts';
import type { AlertSources } from '../evidence/alert-source.ts';
import type { Looker } from '../evidence/looks/look.ts';
import type { Signals } from '../verification/reading.ts';

/** Milliseconds that a server may take to answer. */
const TIMEOUT = 3_000;

/** The servers of the configuration, ready to be asked. Made once: what they say of themselves is kept. */
export interface Askable {
  /** Prometheus servers by name, the first first. */
  readonly prometheus: ReadonlyMap<string, Prometheus>;
  readonly homes: Servers['homes'];
  readonly alerts: readonly AlertServers[];
}

/** `now` is epoch milliseconds by the clock of record. */
export function askableOf({ prometheus, alertmanager, homes }: Servers, now: () => number): Askable {
  const clients = new Map(
    prometheus.map(({ name, url }) => [name, createPrometheus({ url, timeout: TIMEOUT })]),
  );
  const servers = prometheus.map(({ name, url, external_url: externalUrl, external_labels: labels }) => ({
    name,
    prometheus: clients.get(name) ?? createPrometheus({ url, timeout: TIMEOUT }),
    ...(externalUrl === undefined ? {} : { externalUrl }),
    ...(labels === undefined ? {} : { externalLabels: labels }),
  }));
  const managers = alertmanager.map(({ name, url, external_url: externalUrl }) => ({
    name,
    url,
    ...(externalUrl === undefined ? {} : { externalUrl }),
  }));
  return {
    prometheus: clients,
    homes,
    alerts: [
      ...(servers.length === 0 ? [] : [createPrometheusAlerts(servers, now)]),
      ...(managers.length === 0 ? [] : [createAlertmanagerAlerts(managers, { now })]),
    ],
  };
}

/** The Prometheus that knows a service best; null where none is configured. */
export function prometheusFor({ prometheus, homes }: Askable, service: string | null): Prometheus | null {
  const home = service !== null && Object.hasOwn(homes, service) ? homes[service] : undefined;
  const [first = null] = prometheus.values();
  return home === undefined ? first : (prometheus.get(home) ?? first);
}

/** Prometheus itself knows best whether an alert fires; an alert that comes from none of them is asked for at its Alertmanager. */
export function alertSourcesOf({ alerts }: Askable): AlertSources {
  return createAlertSources(alerts);
}

/** Answers every kind of check; `looker` is null where there is nothing to look with. */
export function signalsOf(askable: Askable, looker: Looker | null, now: () => number): Signals {
  return createSignals({
    alerts: askable.alerts,
    looker,
    metric: async (check, { service }, signal) => {
      const prometheus = prometheusFor(askable, service?.name ?? null);
      return prometheus === null
        ? { check, kind: 'missing', reason: 'no Prometheus is configured' }
        : readMetric(check, prometheus, signal);
    },
    probe: (check, scope, signal) => readProbes(check, scope, now, globalThis.fetch, signal),
  });
}
