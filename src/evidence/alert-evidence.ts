import type { Alert } from '../alerts/alert.ts';
import type { Binding } from './alert-source.ts';
import type { Finding } from './collector.ts';
import { kindOf, type ObjectId } from './facts/fact.ts';
import { filesystemId, unitId } from './facts/objects.ts';
import { type Stated, statesOf, tell } from './facts/tell.ts';

/**
 * States the alert itself as a fact; `now` is epoch milliseconds by the clock of record.
 *
 * It stands for the instruments that its rule reads, as the rule stands at its source. Where the source cannot be asked, it is its sender's
 * word: all alerts of one sender are one instrument then, whatever they say of themselves. One that its own source does not have active
 * supports nothing.
 */
export function alertEvidence(
  alert: Alert,
  now: number,
  binding: Binding | undefined,
  about: About | null = null,
): Finding {
  const summary = oneLine(alert.annotations.summary);
  const description = oneLine(alert.annotations.description);
  const expression = oneLine(alert.expression);
  const headline = `alert ${oneLine(alert.name)} is ${alert.status}`;
  const lines = [
    headline,
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
    facts: about === null ? [] : tell([{ line: headline, facts: stated(alert, binding, about) }], now).facts,
    link: alert.link,
    ...standing(alert, binding),
  };
}

function standing(
  alert: Alert,
  binding: Binding | undefined,
): Pick<Finding, 'data' | 'witness' | 'also' | 'supportsNothing'> {
  const sender = `sender/${alert.source}`;
  switch (binding?.kind) {
    case 'bound': {
      const { reads, instruments } = binding.bound;
      const [witness = sender, ...also] = instruments;
      return { data: { type: 'alert', reads }, witness, ...(also.length === 0 ? {} : { also }) };
    }
    case 'absent':
      return {
        data: { type: 'alert', reads: [] },
        witness: sender,
        supportsNothing: binding.reason,
      };
    case 'unknown':
    case undefined:
      return { data: { type: 'alert', reads: [] }, witness: sender };
    default:
      return binding satisfies never;
  }
}

/** What an alert is about, and what that runs on. */
export interface About {
  readonly of: ObjectId;
  readonly within: readonly ObjectId[];
}

/** That it fires, and what its rule reads as it stands at its source; never what it is called, nor what it says of itself. */
function stated(alert: Alert, binding: Binding | undefined, { of, within }: About): readonly Stated[] {
  if (alert.status !== 'firing' || binding?.kind === 'absent') return [];
  const firing = statesOf(of, within, { 'alert.firing': true }, alert.startsAt);
  if (binding?.kind !== 'bound') return firing;
  const { reads, labels } = binding.bound;
  const part = partOf(reads, labels, [of, ...within]);
  const about: About = part === null ? { of, within } : { of: part, within: [...within, of] };
  return [
    ...firing,
    ...reads
      .slice(0, MOST_READ)
      .flatMap((metric) =>
        statesOf(about.of, about.within, { 'alert.reads': oneLine(metric) }, alert.startsAt),
      ),
  ];
}

/**
 * The one filesystem or unit of a host that a rule's series is about, by the labels that it has at its source: an alert about one disk says
 * nothing of another. Null where it is about none, or nobody can tell which host it is on.
 */
function partOf(
  reads: readonly string[],
  labels: Readonly<Record<string, string>>,
  near: readonly ObjectId[],
): ObjectId | null {
  const label = (name: string) => (Object.hasOwn(labels, name) ? oneLine(labels[name]) : '');
  const hosts = near.filter((one) => kindOf(one) === 'host').map((one) => one.slice('host/'.length));
  const names = ['instance', 'node', 'host', 'hostname', 'nodename'].map((name) =>
    label(name).replace(/:\d+$/, ''),
  );
  const host = hosts.find((one) => names.includes(one)) ?? (hosts.length === 1 ? hosts[0] : undefined);
  if (host === undefined) return null;
  if (label('mountpoint').startsWith('/')) return filesystemId(host, label('mountpoint'));
  const isOfUnit = reads.length > 0 && reads.every((metric) => /^(?:node_)?systemd_unit_/.test(metric));
  return isOfUnit && label('name') !== '' ? unitId(host, label('name')) : null;
}

const MOST_READ = 20;

/** Hostile text must not begin a line of its own: known patterns look at how lines begin. */
const oneLine = (text: string | null | undefined) => (text ?? '').replaceAll(/\s+/g, ' ').trim();

const iso = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString() : 'an unknown time');

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
