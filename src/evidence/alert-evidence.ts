import type { Alert } from '../alerts/alert.ts';
import type { Binding } from './alert-source.ts';
import type { Finding } from './collector.ts';
import type { ObjectId } from './facts/fact.ts';
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
  const reads = binding?.kind === 'bound' ? binding.bound.reads.slice(0, MOST_READ) : [];
  return [
    ...statesOf(of, within, { 'alert.firing': true }, alert.startsAt),
    ...reads.flatMap((metric) => statesOf(of, within, { 'alert.reads': oneLine(metric) }, alert.startsAt)),
  ];
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
