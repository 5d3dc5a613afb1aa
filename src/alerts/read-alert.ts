import { createHash } from 'node:crypto';
import { cutWholeWords } from '../lib/text/cut.ts';
import type { Alert } from './alert.ts';
import { readTime } from './read-time.ts';

type Texts = Alert['labels'];

/** An alert of a webhook as it was sent, with what is wrong and can be put right put right. Nothing of it is bounded yet. */
export interface SentAlert {
  readonly status: Alert['status'];
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly generatorURL: string;
  readonly fingerprint: string;
  /** It comes from Grafana, whose silences are elsewhere than an Alertmanager's. */
  readonly isGrafanas: boolean;
}

/** What is wrong at a place, in words for whoever configures the sender. */
export interface Problem {
  readonly path: string;
  readonly words: string;
}

export type ReadAlert = { readonly alert: SentAlert } | { readonly problems: readonly Problem[] };

/** What an alert that leaves it open is taken to be. */
export interface Default {
  readonly status: Alert['status'];
  /** When its webhook came, epoch milliseconds; null where nobody knows. */
  readonly received: number | null;
}

const LONGEST_FINGERPRINT = 200;
const SHOWN = 40;

const FIRES: ReadonlySet<string> = new Set(['firing', 'alerting', 'active']);
const ENDED: ReadonlySet<string> = new Set(['resolved', 'ok', 'normal', 'inactive']);

/** Reads one alert of a webhook, or says by path what about it cannot be read. Never throws, whatever it is. */
export function readAlert(sent: unknown, otherwise: Default): ReadAlert {
  if (!isObject(sent)) return { problems: [{ path: '', words: `is ${kindOf(sent)}, and no alert` }] };
  const problems: Problem[] = [];
  const problem = (path: string, words: string) => void problems.push({ path, words });
  const labels = textsIn(own(sent, 'labels'), 'labels', problem);
  const annotations = textsIn(own(sent, 'annotations'), 'annotations', problem);
  const status = statusOf(own(sent, 'status'), otherwise.status);
  if (status === null) problem('status', `is ${shown(own(sent, 'status'))}: write "firing" or "resolved"`);
  const times = timesOf(sent, status, otherwise.received, problem);
  if (status === null || times === null || problems.length > 0) return { problems };
  const generator = own(sent, 'generatorURL');
  return {
    alert: {
      status,
      labels,
      annotations,
      ...times,
      generatorURL: typeof generator === 'string' ? generator : '',
      fingerprint: fingerprintOf(own(sent, 'fingerprint'), labels),
      isGrafanas: typeof own(sent, 'silenceURL') === 'string',
    },
  };
}

/** The word that says whether something fires; null for a word that says neither. */
export function statusOf(value: unknown, otherwise: Alert['status']): Alert['status'] | null {
  if (value === undefined || value === null || value === '') return otherwise;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (FIRES.has(word)) return 'firing';
  return ENDED.has(word) ? 'resolved' : null;
}

type Report = (path: string, words: string) => void;

function timesOf(
  sent: object,
  status: Alert['status'] | null,
  received: number | null,
  report: Report,
): Pick<SentAlert, 'startsAt' | 'endsAt'> | null {
  const began = momentIn(sent, 'startsAt', report);
  // A firing alert ends in the year 1, or when its sender would give it up: neither means anything.
  const ended = status === 'resolved' ? momentIn(sent, 'endsAt', report) : null;
  if (began === undefined || ended === undefined) return null;
  const endsAt = status === 'resolved' ? (ended ?? received ?? began) : null;
  const startsAt = began ?? endsAt ?? received;
  if (startsAt === null) report('startsAt', 'is missing: write when the alert began');
  return startsAt === null ? null : { startsAt, endsAt };
}

/** Undefined for what is no time, which has been reported; null for no moment. */
function momentIn(sent: object, field: 'startsAt' | 'endsAt', report: Report): number | null | undefined {
  const read = readTime(own(sent, field));
  if (read.kind === 'moment') return read.at;
  if (read.kind === 'none') return null;
  report(field, `is ${shown(own(sent, field))}, and no time: write it as 2026-11-28T22:00:00Z`);
  return undefined;
}

/** Names with texts. Whatever stands for a text is written as one; what is null is as good as missing. */
function textsIn(value: unknown, path: string, report: Report): Texts {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    report(path, `is ${kindOf(value)}: write names with texts, such as {"service": "shop"}`);
    return {};
  }
  // Made from entries, so that `__proto__` is a name like any other.
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]: [string, unknown]) =>
      one === null ? [] : [[name, textOf(one)] as const],
    ),
  );
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Deeper than can be written.
    return '(nested too deeply to be read)';
  }
}

/**
 * The sender's own, or one that is the same for the same labels, whatever their order. Alerts are found by it, so it is no name that
 * every object has.
 */
function fingerprintOf(value: unknown, labels: Texts): string {
  const given = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (given !== '' && given.length <= LONGEST_FINGERPRINT && !(given in Object.prototype)) return given;
  // As for Alertmanager, a label without a value is none.
  const told = Object.entries(labels).filter(([, text]) => text !== '');
  const sorted = told.sort(([one], [other]) => (one < other ? -1 : 1));
  return `labels-${createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32)}`;
}

/** A field that is the object's own, and nothing that every object has. */
export function own(object: object, field: string): unknown {
  return Object.hasOwn(object, field) ? (object as Record<string, unknown>)[field] : undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What kind of thing a value is, for people. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A value as it was sent, where it is short enough to be recognised. */
function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return kindOf(value);
  return JSON.stringify(cutWholeWords(value, SHOWN).toWellFormed());
}
