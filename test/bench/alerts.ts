import type { Shot } from './load.ts';

/** An alert in the form of Alertmanager's webhook, of the size that real ones have (about 900 bytes). */
export function alertBody(ordinal: number, service: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    status: 'firing',
    labels: {
      alertname: `HighLatency${ordinal % 7}`,
      service,
      environment: 'bench',
      severity: ordinal % 3 === 0 ? 'critical' : 'warning',
      cluster: 'main-eu-1',
      namespace: 'production',
      job: `${service}-api`,
      instance: `10.1.${(ordinal >> 8) % 256}.${ordinal % 256}:8080`,
      pod: `${service}-6d4f9c7b8-${ordinal.toString(36).padStart(5, '0')}`,
      ...labels,
    },
    annotations: {
      summary: `Requests of ${service} take longer than they should`,
      description: `The 99th percentile of ${service} has been above 800 ms for five minutes, and 4.2 % of requests fail.`,
      runbook_url: `http://runbooks.example/high-latency#${service}`,
    },
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph?g0.expr=latency_p99+%3E+0.8&g0.tab=1',
    fingerprint: `${service}-${ordinal.toString(16).padStart(12, '0')}`,
  };
}

export function shotOf(alerts: readonly object[]): Shot {
  const body = {
    version: '4',
    groupKey: '{}',
    status: 'firing',
    receiver: 'medic',
    alerts,
    truncatedAlerts: 0,
  };
  return { body: JSON.stringify(body), alerts: alerts.length };
}

/** Webhooks of so many alerts each, every alert a new one, each webhook about one of the services in turn. */
export function newAlerts(options: {
  readonly webhooks: number;
  readonly each: number;
  readonly services: number;
  /** The number of the first service; 0 by default. */
  readonly first?: number;
  /** Sets these alerts apart from those of other loads. */
  readonly from: number;
}): Shot[] {
  const { webhooks, each, services, first = 0, from } = options;
  return Array.from({ length: webhooks }, (_, webhook) => {
    const service = `service-${first + (webhook % services)}`;
    return shotOf(
      Array.from({ length: each }, (_, index) => alertBody(from + webhook * each + index, service)),
    );
  });
}
