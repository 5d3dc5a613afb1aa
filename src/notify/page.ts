import type { Alert } from '../alerts/alert.ts';
import { type Call, sinksOf } from '../incident/model/call.ts';
import type { Incident } from '../incident/model/incident.ts';
import { cutWholeWords } from '../lib/text/cut.ts';
import { say, type Text } from '../lib/text/text.ts';
import { plainly } from '../lib/text/text-read.ts';

/** What a pager is told: that somebody is needed, that somebody is on it, that nobody is needed any more. */
export type Signal = 'trigger' | 'acknowledge' | 'resolve';

/** What is known to stand at a pager for an incident. */
export interface Standing {
  /** The call that it was told of last. */
  readonly call: number;
  readonly state: 'open' | 'taken' | 'over';
  /** False while nobody knows whether the pager has heard of it: it was about to be told. */
  readonly sure: boolean;
}

/** What a pager that is to be told of an incident lacks, in order; nothing where it shows what is so. */
export function signalsFor(incident: Incident, sink: string, standing: Standing | null): readonly Signal[] {
  const { call } = incident;
  if (call === undefined || !sinksOf(incident).includes(sink)) return [];
  if (call.ended !== null) return standing === null || standing.state === 'over' ? [] : ['resolve'];
  // What was said there it knows; by now it may have been taken back.
  if (call.taken !== null)
    return standing?.state === 'open' && call.taken.via !== sink ? ['acknowledge'] : [];
  if (!call.told.some((rung) => rung.sink === sink)) return [];
  return opening(call, sink, standing);
}

/** How a pager comes to show that somebody is needed. One that shows that somebody is on it would wake nobody: it begins anew. */
function opening(call: Call, sink: string, standing: Standing | null): readonly Signal[] {
  if (standing === null || standing.state === 'over') return ['trigger'];
  if (standing.state === 'open') return standing.sure && standing.call === call.nth ? [] : ['trigger'];
  return call.droppedAt === sink ? ['trigger'] : ['resolve', 'trigger'];
}

/** What stands there once a signal has arrived. */
export function standingAfter(signal: Signal, call: number): Standing {
  const state = { trigger: 'open', acknowledge: 'taken', resolve: 'over' } as const;
  return { call, state: state[signal], sure: true };
}

/** What somebody reads who is woken: plain text throughout. */
export interface Page {
  readonly incident: string;
  readonly call: number;
  readonly service: string;
  readonly environment: string;
  readonly severity: Incident['severity'];
  readonly summary: string;
  readonly reason: string;
  /** The best known cause; null where none is known. */
  readonly cause: string | null;
  readonly alerts: readonly string[];
  /** Who is on it; null where nobody is. */
  readonly takenBy: string | null;
  /** When the call began; epoch milliseconds. */
  readonly since: number;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** As much as PagerDuty takes of a summary, and as much as anybody reads. */
const SUMMARY = 1024;
const TEXT = 2_000;
const ALERTS = 10;
const LINK = 2_000;

/** @param thread the address of its thread; null where nobody knows it */
export function pageOf(incident: Incident, call: Call, thread: string | null): Page {
  const { id, subject, severity, phase, diagnosis } = incident;
  const reason = reasonOf(incident, call);
  const best = diagnosis?.hypotheses[0];
  const alerts = Object.values(incident.alerts).map(({ alert }) => alert);
  const links = [
    ...(thread === null ? [] : [{ href: thread, text: 'Thread in Slack' }]),
    ...alerts
      .flatMap(({ link, name }) => (isWebAddress(link) ? [{ href: link, text: short(name, 200) }] : []))
      .slice(0, 3),
  ];
  return {
    incident: id,
    call: call.nth,
    service: subject.name || 'unnamed',
    environment: subject.environment,
    severity,
    summary: short(`${headOf(incident)}: ${reason}`, SUMMARY),
    reason: short(phase.at === 'closed' ? worded(phase.reason) : reason, TEXT),
    cause: diagnosis?.conclusion.kind === 'cause' && best !== undefined ? short(best.cause, TEXT) : null,
    alerts: alerts.slice(0, ALERTS).map((alert) => short(inFull(alert), 500)),
    takenBy: call.taken === null ? null : call.taken.by,
    since: call.since,
    links,
  };
}

/** `DiskFull on web-1 /var (shop)`: on a locked telephone nothing else is read. */
function headOf({ alerts, subject }: Incident): string {
  const all = Object.values(alerts).map(({ alert }) => alert);
  const first = all.find(({ status }) => status === 'firing') ?? all[0];
  if (first === undefined) return oneLine(subject.name);
  const more = all.length > 1 ? ` and ${all.length - 1} more` : '';
  return `${short(oneLine(first.name), 120)}${targetOf(first)}${more} (${short(oneLine(subject.name), 120)})`;
}

/** What alerts say of the place they are about, the most exact first. */
const PLACES = ['instance', 'node', 'host', 'pod'] as const;

function targetOf({ labels }: Alert): string {
  const said = (name: string) => (Object.hasOwn(labels, name) ? oneLine(labels[name] ?? '') : '');
  const place = PLACES.map(said).find((one) => one !== '') ?? '';
  const where = [place.replace(/:\d{1,5}$/, ''), said('mountpoint')].filter((one) => one !== '');
  return where.length === 0 ? '' : ` on ${short(where.join(' '), 120)}`;
}

/** An alert with its place and all that it says of itself. */
function inFull(alert: Alert): string {
  const { summary = '', description = '' } = alert.annotations;
  const said = [...new Set([summary, description].map(oneLine))].filter((one) => one !== '');
  return [`${oneLine(alert.name)}${targetOf(alert)}`, ...said].join(': ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Alerts come from outside: what is no web address would have the whole page refused, and nobody woken. */
function isWebAddress(link: string | null): link is string {
  if (link === null || link.length > LINK || !URL.canParse(link)) return false;
  return ['http:', 'https:'].includes(new URL(link).protocol);
}

function short(text: string, room: number): string {
  return cutWholeWords(text.toWellFormed(), room);
}

function reasonOf({ phase, title }: Incident, { why }: Call): string {
  if (phase.at === 'escalated') return `a person is needed: ${worded(phase.reason)}`;
  if (why === 'approval' && phase.at === 'waiting')
    return `somebody has to decide on ${worded(say`${phase.decided.plan.title}`)}`;
  return `a person is needed: ${worded(say`${title}`)}`;
}

/** In one line, with people by their id: nobody here knows their names. */
function worded(text: Text): string {
  return plainly(text, (id) => `@${id}`)
    .replace(/\s+/g, ' ')
    .trim();
}
