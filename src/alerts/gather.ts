import { cutWholeWords } from '../lib/text/cut.ts';
import type { Alert } from './alert.ts';
import { labelsOf } from './labels.ts';
import type { Problem, ReadAlert, SentAlert } from './read-alert.ts';
import { type Severities, severityReader } from './severity.ts';

/** Annotations beyond these are for no reader: a longer text is cut, and further ones are left out. */
const MOST_TEXTS = 64;
const LONGEST_TEXT = 4_000;
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

/** How the alerts of one body are read. */
export interface Gathered {
  readonly source: string;
  readonly group: string;
  readonly truncated: number;
  /** Where they can be silenced. */
  readonly manager: Pick<Alert, 'manager'>;
  read(one: unknown): ReadAlert;
  /** Where an alert stands in the body, with what stands between that and the name of a part. */
  placeOf(index: number): string;
}

/** Nothing of a body can be heard. */
export function refusedBody(problem: string, truncated = 0): Read {
  return { kind: 'malformed', truncated, unreadable: 0, problems: [problem] };
}

/** Reads every alert of a body by itself. */
export function gather(
  sent: readonly unknown[],
  { source, group, truncated, manager, read, placeOf }: Gathered,
  { severities }: Reading,
): Read {
  const severityOf = severityReader(severities);
  const alerts: Alert[] = [];
  const problems: string[] = [];
  const unknownSeverities = new Set<string>();
  for (const [index, one] of sent.entries()) {
    const found = read(one);
    if ('alert' in found) {
      const { severity, unknown } = severityOf(found.alert.labels);
      if (unknown !== null) unknownSeverities.add(unknown);
      alerts.push({ ...alertOf(found.alert, source, severity), ...(found.alert.isGrafanas ? {} : manager) });
    } else if (problems.length < MOST_PROBLEMS) problems.push(...found.problems.map(wordsAt(placeOf(index))));
  }
  const lost = {
    truncated,
    unreadable: sent.length - alerts.length,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
  return alerts.length === 0
    ? { kind: 'malformed', ...lost }
    : { kind: 'alerts', group, alerts, ...lost, unknownSeverities: [...unknownSeverities] };
}

function wordsAt(place: string): (problem: Problem) => string {
  return ({ path, words }) =>
    `${path === '' ? place.replace(/\.$/, '') || '(body)' : `${place}${path}`}: ${words}`;
}

/** Status is decided per alert: a group that fires may hold resolved ones. */
function alertOf(alert: SentAlert, source: string, severity: Alert['severity']): Alert {
  return {
    fingerprint: alert.fingerprint.toWellFormed(),
    source,
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
export function clipped(text: string): string {
  const cut = text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
  return cut.toWellFormed();
}

/** Only to a web page, and whole or not at all. */
export function linkOf(address: string): string | null {
  const isWhole = /^https?:\/\//.test(address) && address.length <= LONGEST_TEXT;
  return isWhole && address.isWellFormed() ? address : null;
}

/** All alerts of a rule come with the same address: what so many of them say is remembered, for reading it takes as long as all the rest. */
const MOST_ADDRESSES = 500;
const expressions = new Map<string, string | null>();

/** Prometheus puts the expression in its graph link, as `g0.expr`. */
function expressionOf(address: string): string | null {
  const known = expressions.get(address);
  if (known !== undefined) return known;
  const said = URL.canParse(address) ? new URL(address).searchParams.get('g0.expr') : null;
  const expression = clipped(said ?? '') || null;
  if (address.length > LONGEST_TEXT) return expression;
  if (expressions.size >= MOST_ADDRESSES) expressions.clear();
  expressions.set(address, expression);
  return expression;
}
