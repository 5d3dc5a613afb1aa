import type { Alert } from '../intake/alert.ts';
import type { Finding } from './collector.ts';

/**
 * Where a signal with these labels comes from: the exporter, as `job/instance`. An alert whose labels do not say so, because its
 * expression aggregates them away, is its own witness: `alertmanager/<alertname>`.
 */
export function witnessOf(labels: Readonly<Record<string, string>>): string {
  const { job, instance, alertname } = labels;
  return job && instance ? `${job}/${instance}` : `alertmanager/${alertname ?? 'unknown'}`;
}

/** States the alert itself as a fact; `now` is epoch milliseconds by the clock of record. */
export function alertEvidence(alert: Alert, now: number): Finding {
  const summary = oneLine(alert.annotations.summary);
  const description = oneLine(alert.annotations.description);
  const expression = oneLine(alert.expression);
  const lines = [
    `alert ${oneLine(alert.name)} is ${alert.status}`,
    alert.status === 'resolved' && alert.endsAt !== null
      ? `from ${iso(alert.startsAt)} until ${iso(alert.endsAt)} (${duration(alert.endsAt - alert.startsAt)})`
      : `since ${iso(alert.startsAt)} (${duration(now - alert.startsAt)})`,
    `severity: ${alert.severity}`,
    ...(summary ? [`summary: ${summary}`] : []),
    ...(description ? [`description: ${description}`] : []),
    ...(expression ? [`expression: ${expression}`] : []),
    'labels:',
    ...Object.entries(alert.labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `  ${name}=${oneLine(value)}`),
  ];
  return {
    kind: 'alert',
    title: `Alert ${alert.name}`,
    source: alert.source,
    query: alert.expression ?? alert.name,
    window: null,
    observedAt: now,
    text: lines.join('\n'),
    data: null,
    link: alert.link,
    witness: witnessOf({ alertname: alert.name, ...alert.labels }),
  };
}

/** Hostile text must not begin a line of its own: known patterns look at how lines begin. */
const oneLine = (text: string | null | undefined) => (text ?? '').replaceAll(/\s+/g, ' ').trim();

const iso = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString() : 'an unknown time');

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
