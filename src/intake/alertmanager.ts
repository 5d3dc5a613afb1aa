import { z } from 'zod';
import type { Alert, Severity } from './alert.ts';
import { labelsOf } from './labels.ts';

/** Annotations beyond these are for no reader: a longer text is cut, and further ones are left out. */
const MOST_TEXTS = 64;
const LONGEST_TEXT = 4_000;
const LONGEST_ADDRESS = 300;
/** How many things that are wrong are told at once. */
const MOST_PROBLEMS = 20;

const Texts = z.record(z.string(), z.string());

const WebhookAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Texts,
  annotations: Texts.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  generatorURL: z.string().default(''),
  fingerprint: z.string().min(1).max(200),
});

/** Alertmanager's webhook body, version 4; only the fields that are used. Its alerts are read one by one. */
const Webhook = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  externalURL: z.unknown().optional(),
  truncatedAlerts: z.int().nonnegative().default(0),
  alerts: z.array(z.unknown()).min(1),
});

/**
 * What a webhook's body says. One alert that cannot be read keeps none of the others from being heard; `malformed` is a body in
 * which there is nothing to hear. Problems name where they are, as `alerts.3.startsAt: ...`.
 */
export type Read =
  | {
      readonly kind: 'alerts';
      readonly group: string;
      readonly alerts: readonly Alert[];
      /** How many alerts the sender left out. */
      readonly truncated: number;
      /** How many alerts could not be read. */
      readonly unreadable: number;
      readonly problems: readonly string[];
    }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] };

export function readWebhook(body: unknown): Read {
  const webhook = Webhook.safeParse(body);
  if (!webhook.success) return { kind: 'malformed', problems: problemsOf(webhook.error) };
  const manager = managerOf(webhook.data.externalURL);
  const alerts: Alert[] = [];
  const problems: string[] = [];
  for (const [index, one] of webhook.data.alerts.entries()) {
    const alert = WebhookAlert.safeParse(one);
    if (alert.success) alerts.push({ ...alertOf(alert.data), ...manager });
    else if (problems.length < MOST_PROBLEMS) problems.push(...problemsOf(alert.error, `alerts.${index}.`));
  }
  if (alerts.length === 0) return { kind: 'malformed', problems: problems.slice(0, MOST_PROBLEMS) };
  return {
    kind: 'alerts',
    group: webhook.data.groupKey,
    alerts,
    truncated: webhook.data.truncatedAlerts,
    unreadable: webhook.data.alerts.length - alerts.length,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

function problemsOf(error: z.ZodError, within = ''): string[] {
  return error.issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => `${`${within}${path.join('.')}`.replace(/\.$/, '') || '(body)'}: ${message}`);
}

/** Status is decided per alert: a group that fires may hold resolved ones. */
function alertOf(alert: z.infer<typeof WebhookAlert>): Alert {
  return {
    fingerprint: alert.fingerprint.toWellFormed(),
    source: 'alertmanager',
    status: alert.status,
    name: alert.labels.alertname?.slice(0, LONGEST_TEXT).toWellFormed() ?? 'unnamed alert',
    severity: severityOf(alert.labels.severity),
    ...labelsOf(alert.labels),
    annotations: bounded(alert.annotations),
    startsAt: Date.parse(alert.startsAt),
    // A firing alert ends in year 1, which means that it has not ended.
    endsAt: alert.status === 'resolved' ? Date.parse(alert.endsAt) : null,
    expression: expressionOf(alert.generatorURL),
    link: linkOf(alert.generatorURL),
  };
}

/** An incident keeps its alerts whole and is written at every change, so no single alert may be arbitrarily large. */
function bounded(texts: Alert['labels']): Alert['labels'] {
  const all = Object.entries(texts).slice(0, MOST_TEXTS);
  return Object.fromEntries(all.map(([name, text]) => [name.toWellFormed(), clipped(text)]));
}

/** Half a surrogate pair, as it came or as the cut left it, is replaced: the memory would refuse the alert whole, for ever. */
function clipped(text: string): string {
  const cut = text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
  return cut.toWellFormed();
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
  const name = label?.toLowerCase() ?? '';
  return Object.hasOwn(SEVERITIES, name) ? (SEVERITIES[name] ?? 'warning') : 'warning';
}

/** Where the sender can be reached by people; an address that is none, or too long to be one, is left out. */
function managerOf(externalURL: unknown): Pick<Alert, 'manager'> {
  if (typeof externalURL !== 'string' || externalURL.length > LONGEST_ADDRESS) return {};
  const manager = linkOf(externalURL);
  return manager === null ? {} : { manager };
}

/** Only to a web page, and whole or not at all. */
function linkOf(generatorURL: string): string | null {
  const isWhole = /^https?:\/\//.test(generatorURL) && generatorURL.length <= LONGEST_TEXT;
  return isWhole && generatorURL.isWellFormed() ? generatorURL : null;
}

/** Prometheus puts the expression in its graph link, as `g0.expr`. */
function expressionOf(generatorURL: string): string | null {
  if (!URL.canParse(generatorURL)) return null;
  return clipped(new URL(generatorURL).searchParams.get('g0.expr') ?? '') || null;
}
