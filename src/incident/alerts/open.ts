import { createHash } from 'node:crypto';
import type { Alert, Severity, Subject } from '../../alerts/alert.ts';
import type { IncidentEvent } from '../model/event.ts';
import type { Incident } from '../model/incident.ts';

/** Events that may open an incident where none is open. */
export type OpeningEvent = Extract<IncidentEvent, { readonly subject: Subject }>;

export function opens(event: IncidentEvent): event is OpeningEvent {
  return 'subject' in event;
}

/** A blank incident about the event's subject, at version 0: it exists once the step that opened it is committed. */
export function blank(event: OpeningEvent, now: number): Incident {
  const alerts = event.type === 'alerts' ? event.alerts : [];
  const { subject } = event;
  const id = idOf(subject, now);
  return {
    schema: 4,
    id,
    version: 0,
    subject,
    title: titleOf(alerts, subject),
    severity: loudest(alerts),
    openedBy: event.type === 'alerts' ? { kind: 'alert' } : { kind: 'person', user: event.by.id },
    alerts: {},
    crowd: { total: 0, firing: 0, names: {}, toldAt: 0 },
    link: null,
    guests: [],
    relapsed: null,
    phase: { at: 'investigating', doing: 'collecting' },
    round: 0,
    evidence: [],
    diagnosis: null,
    secondOpinion: null,
    attempts: [],
    plans: 0,
    judgements: [],
    asked: 0,
    questions: [],
    outcome: null,
    milestones: {
      opened: now,
      thread: null,
      evidence: null,
      diagnosed: null,
      started: null,
      fixed: null,
      closed: null,
    },
    head: { hash: createHash('sha256').update(id).digest('hex'), length: 0 },
  };
}

/** An id people can read out: the day, and six characters that follow from subject and instant. */
function idOf(subject: Subject, now: number): string {
  const day = new Date(now).toISOString().slice(2, 10).replaceAll('-', '');
  const hash = createHash('sha256')
    .update(JSON.stringify([subject, now]))
    .digest('hex');
  return `inc-${day}-${hash.slice(0, 6)}`;
}

function titleOf(alerts: readonly Alert[], subject: Subject): string {
  const [first] = alerts;
  if (subject.kind === 'storm') return `Alert storm in ${subject.environment}`;
  if (first === undefined) return `${subject.name}: asked by a person`;
  return first.annotations.summary ?? `${first.name} on ${subject.name}`;
}

const LOUDNESS: readonly Severity[] = ['critical', 'warning', 'info'];

export function isLouder(one: Severity, other: Severity): boolean {
  return LOUDNESS.indexOf(one) < LOUDNESS.indexOf(other);
}

/** The loudest severity among alerts; a person's question is `info`. */
export function loudest(alerts: readonly Alert[]): Severity {
  return LOUDNESS.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? 'info';
}
