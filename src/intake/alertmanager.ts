import { cutWholeWords } from '../lib/cut.ts';
import type { Alert } from './alert.ts';
import { labelsOf } from './labels.ts';
import { isObject, kindOf, own, type Problem, readAlert, type SentAlert, statusOf } from './read-alert.ts';
import { type Severities, severityReader } from './severity.ts';

/** Annotations beyond these are for no reader: a longer text is cut, and further ones are left out. */
const MOST_TEXTS = 64;
const LONGEST_TEXT = 4_000;
const LONGEST_ADDRESS = 300;
/** How many things that are wrong are told at once. */
const MOST_PROBLEMS = 20;

/** What is known besides a body. */
export interface Reading {
  /** When it came, epoch milliseconds: alerts that say no time began then. */
  readonly received?: number;
  /** What further words for a severity mean. */
  readonly severities?: Severities;
}

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
      /** Words for a severity that nobody knows, which were read as a warning. */
      readonly unknownSeverities: readonly string[];
    }
  | {
      readonly kind: 'malformed';
      readonly truncated: number;
      /** How many alerts could not be read; 0 where it cannot be said how many there were. */
      readonly unreadable: number;
      readonly problems: readonly string[];
    };

/**
 * Reads the body of Alertmanager's webhook, and of those that are like it, such as Grafana's. What a body says that is not used, its
 * version among it, is not asked about. Never throws, whatever the body is.
 */
export function readWebhook(body: unknown, { received, severities }: Reading = {}): Read {
  if (!isObject(body)) return refused(`(body): is ${kindOf(body)}: ${WANTED}`);
  const sent = own(body, 'alerts');
  const truncated = countIn(own(body, 'truncatedAlerts'));
  if (!Array.isArray(sent) || sent.length === 0)
    return refused(`alerts: is ${kindOf(sent)}: ${WANTED}`, truncated);
  const otherwise = {
    status: statusOf(own(body, 'status'), 'firing') ?? 'firing',
    received: received ?? null,
  } as const;
  const manager = typeof own(body, 'orgId') === 'number' ? {} : managerOf(own(body, 'externalURL'));
  const severityOf = severityReader(severities);
  const alerts: Alert[] = [];
  const problems: string[] = [];
  const unknownSeverities = new Set<string>();
  for (const [index, one] of (sent as readonly unknown[]).entries()) {
    const read = readAlert(one, otherwise);
    if ('alert' in read) {
      const { severity, unknown } = severityOf(read.alert.labels);
      if (unknown !== null) unknownSeverities.add(unknown);
      alerts.push({ ...alertOf(read.alert, severity), ...(read.alert.isGrafanas ? {} : manager) });
    } else if (problems.length < MOST_PROBLEMS) problems.push(...read.problems.map(wordsAt(index)));
  }
  const lost = {
    truncated,
    unreadable: sent.length - alerts.length,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
  if (alerts.length === 0) return { kind: 'malformed', ...lost };
  const key = own(body, 'groupKey');
  const group = typeof key === 'string' ? clipped(key) : '';
  return { kind: 'alerts', group, alerts, ...lost, unknownSeverities: [...unknownSeverities] };
}

const WANTED = 'Medic reads what Alertmanager’s `webhook_configs` send, an object with a list named "alerts"';

function refused(problem: string, truncated = 0): Read {
  return { kind: 'malformed', truncated, unreadable: 0, problems: [problem] };
}

function wordsAt(index: number): (problem: Problem) => string {
  return ({ path, words }) => `alerts.${index}${path === '' ? '' : `.${path}`}: ${words}`;
}

/** A number of alerts as it was sent, or none. */
function countIn(value: unknown): number {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && count > 0 && count <= Number.MAX_SAFE_INTEGER ? Math.floor(count) : 0;
}

/** Status is decided per alert: a group that fires may hold resolved ones. */
function alertOf(alert: SentAlert, severity: Alert['severity']): Alert {
  return {
    fingerprint: alert.fingerprint.toWellFormed(),
    source: 'alertmanager',
    status: alert.status,
    name: alert.labels.alertname?.slice(0, LONGEST_TEXT).toWellFormed() || 'unnamed alert',
    severity,
    ...labelsOf(alert.labels),
    annotations: bounded(alert.annotations),
    startsAt: alert.startsAt,
    endsAt: alert.endsAt,
    expression: expressionOf(alert.generatorURL),
    link: linkOf(alert.generatorURL),
  };
}

/** An incident keeps its alerts whole and is written at every change, so no single alert may be arbitrarily large. */
function bounded(texts: Alert['labels']): Alert['labels'] {
  const all = Object.entries(texts).slice(0, MOST_TEXTS);
  return Object.fromEntries(
    all.map(([name, text]) => [name.toWellFormed(), cutWholeWords(text, LONGEST_TEXT).toWellFormed()]),
  );
}

/** Half a surrogate pair, as it came or as the cut left it, is replaced: the memory would refuse the alert whole, for ever. */
function clipped(text: string): string {
  const cut = text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
  return cut.toWellFormed();
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
