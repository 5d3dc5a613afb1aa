import { z } from 'zod';
import type { Alert, Severity } from './alert.ts';

const Labels = z.record(z.string(), z.string());

const WebhookAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  generatorURL: z.string().default(''),
  fingerprint: z.string().min(1).max(200),
});

/** Alertmanager's webhook body, version 4; only the fields that are used. */
export const Webhook = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  truncatedAlerts: z.int().nonnegative().default(0),
  alerts: z.array(WebhookAlert).min(1),
});
export type Webhook = z.infer<typeof Webhook>;

/** Reads a webhook's alerts. Status is decided per alert: a group that fires may hold resolved ones. */
export function alertsOf(webhook: Webhook): readonly Alert[] {
  return webhook.alerts.map((alert) => ({
    fingerprint: alert.fingerprint,
    source: 'alertmanager',
    status: alert.status,
    name: alert.labels.alertname ?? 'unnamed alert',
    severity: severityOf(alert.labels.severity),
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: Date.parse(alert.startsAt),
    // A firing alert ends in year 1, which means that it has not ended.
    endsAt: alert.status === 'resolved' ? Date.parse(alert.endsAt) : null,
    expression: expressionOf(alert.generatorURL),
    link: /^https?:\/\//.test(alert.generatorURL) ? alert.generatorURL : null,
  }));
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  page: 'critical',
  error: 'critical',
  emergency: 'critical',
  info: 'info',
  none: 'info',
};

function severityOf(label: string | undefined): Severity {
  return SEVERITIES[label?.toLowerCase() ?? ''] ?? 'warning';
}

/** Prometheus puts the expression in its graph link, as `g0.expr`. */
function expressionOf(generatorURL: string): string | null {
  if (!URL.canParse(generatorURL)) return null;
  return new URL(generatorURL).searchParams.get('g0.expr');
}
