import type { Alert, Subject } from '../../../../alerts/alert.ts';
import { firingAlerts, type Incident } from '../../../../incident/model/incident.ts';
import { roundly } from './plain.ts';
import type { KnownServer } from './service.ts';
import { code, link, safeUrl, words } from './text.ts';

/**
 * What to call each of these alerts so that none reads like another: by its name, and where several share one, with the labels
 * in which they differ. In the order of the alerts, as mrkdwn.
 */
export function alertNames(alerts: readonly Alert[]): string[] {
  return alerts.map((alert) => {
    const namesakes = alerts.filter(
      ({ name, fingerprint }) => name === alert.name && fingerprint !== alert.fingerprint,
    );
    const differing = Object.entries(alert.labels)
      .filter(([label, value]) => namesakes.some(({ labels }) => labels[label] !== value))
      .slice(0, 2)
      .map(([label, value]) => `${words(label, 40)} ${words(value, 60)}`);
    const name = `*${words(alert.name, 120) || 'unnamed alert'}*`;
    return differing.length > 0 ? `${name} (${differing.join(', ')})` : name;
  });
}

/** What an alert says of itself, or nothing. */
export function saidBy(alert: Alert | undefined): string {
  return alert?.annotations.summary ?? alert?.annotations.description ?? '';
}

/** What the alert adds to its summary; nothing where it says no more. */
export function describedBy(incident: Incident): string[] {
  const { summary, description } = telling(incident)?.annotations ?? {};
  const adds = summary !== undefined && description !== undefined && summary.trim() !== description.trim();
  return adds && incident.subject.kind !== 'storm' ? [roundly(description)] : [];
}

/** Labels that say which part of a host it is, and what people call them. */
const PARTS = { mountpoint: 'mountpoint', device: 'device', unit: 'unit', systemd_unit: 'unit' } as const;

/** The part of the host that the alert is about, where its labels say so. */
export function whereBroken(incident: Incident): string[] {
  const { labels = {} } = telling(incident) ?? {};
  const parts = Object.entries(PARTS).flatMap(([label, name]) => {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
    return value ? [`${name} ${code(value, 120)}`] : [];
  });
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

/** How it is known what it is about, where no alert says so. */
export function knownHow({ kind, name }: Subject, because: string | undefined): string[] {
  if (because === undefined) return [];
  const why = words(because, 400);
  return [
    kind === 'service'
      ? `About ${words(name, 80)}, because ${why}`
      : `Which service it is about is not known: ${why}`,
  ];
}

/** The alert that speaks for an incident: the most severe that fires, and of several the first; where none fires, of all. */
function telling(incident: Incident): Alert | undefined {
  const firing = firingAlerts(incident);
  const alerts = firing.length > 0 ? firing : Object.values(incident.alerts).map(({ alert }) => alert);
  return (
    alerts.find(({ severity }) => severity === 'critical') ??
    alerts.find(({ severity }) => severity === 'warning') ??
    alerts[0]
  );
}

/** Whether what breaks is told in the alert's own words. */
export function isQuoted(incident: Incident): boolean {
  const said = saidBy(telling(incident));
  return incident.subject.kind !== 'storm' && said !== '' && !isQuery(said);
}

/** What the alert says of itself; of a storm, and where no alert is, what the incident is called. */
export function whatBreaks(incident: Incident): string {
  const shown = isQuoted(incident) ? saidBy(telling(incident)) : incident.title;
  const name = telling(incident)?.name;
  const candidates = [shown, ...(name === undefined ? [] : [`${name} on ${incident.subject.name}`])];
  return roundly(candidates.find((one) => !isQuery(one)) ?? `An alert about ${incident.subject.name}`);
}

/** Whether a text is a query as a metrics server takes it, which says nothing to whoever is woken: selectors, ranges, functions of series. */
export function isQuery(text: string): boolean {
  const one = text.trim();
  return (
    /\w\s*\{[^{}]*[=!]~?\s*"[^"]*"[^{}]*\}/.test(one) ||
    /\[\d+(?:ms|[smhdwy])(?::[^\]]*)?\]/.test(one) ||
    /^\(?\s*\w+(?:\s+(?:by|without)\s*\([^)]*\))?\s*\(\s*\w+_\w+/.test(one) ||
    /^\w+_\w+\s*(?:[<>]=?|==|!=)\s*[-\d.e+]+$/.test(one)
  );
}

/**
 * Where a person can look at the alert, as a link with the name of its server, or else of its host: whoever writes an alert writes where
 * its links lead. Empty where there is no such place.
 */
export function alertLink(alert: Alert | undefined, servers: readonly KnownServer[]): string {
  const host = hostOf(alert?.link);
  if (host === null) return '';
  return link(alert?.link, servers.find((server) => server.host === host)?.kind ?? host);
}

/** What a link of an alert is called: by what it is for, and where it leads, unless that is a server of `medic.yml`. */
export function namedLink(
  address: string | null | undefined,
  label: string,
  servers: readonly KnownServer[] = [],
): string {
  const host = hostOf(address);
  const isKnown = servers.some((server) => server.host === host);
  return link(address, host === null || isKnown ? label : `${label} at ${host}`);
}

/** The host that a browser goes to, with its port: names in other letters in the form that the network knows. Null for what is no web address. */
function hostOf(address: string | null | undefined): string | null {
  return address && safeUrl(address) !== null ? new URL(address).host : null;
}

/** The labels a silence is narrowed to where all of them make an address that is too long. */
const TELLING = ['alertname', 'service', 'job', 'instance'];

/** As a matcher writes it: in quotes where it is no classic name. */
const labelName = (name: string) => (/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name));

/** The form in which an alert is silenced at its Alertmanager, filled in; null where nobody knows that place. */
export function silenceUrl({ manager, labels }: Alert): string | null {
  if (safeUrl(manager) === null) return null;
  const filled = (chosen: readonly (readonly [string, string])[]) => {
    const filter = chosen.map(([name, value]) => `${labelName(name)}=${JSON.stringify(value)}`).join(',');
    return `${manager?.replace(/\/+$/, '')}/#/silences/new?filter=${encodeURIComponent(`{${filter.toWellFormed()}}`)}`;
  };
  // What is hidden from people would match nothing; the form shows what the rest of the labels silence.
  const all = Object.entries(labels).filter((label) => !label.join('=').includes('[redacted:'));
  if (labels.alertname !== undefined && !all.some(([name]) => name === 'alertname')) return null;
  const telling = all.filter(([name]) => TELLING.includes(name));
  // A silence without matchers would be one for everything.
  const chosen = [all, telling].find((one) => one.length > 0 && safeUrl(filled(one)) !== null);
  return chosen === undefined ? null : filled(chosen);
}
