import type { Alert, Subject } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import type { Library } from '../../diagnosis/faults/library.ts';
import type { BoundAlert } from '../../evidence/alert-source.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Effect } from '../../incident/model/effect.ts';
import type { IncidentEvent } from '../../incident/model/event.ts';
import type { Incident } from '../../incident/model/incident.ts';
import type { StepContext } from '../../incident/model/step-context.ts';
import { step } from '../../incident/step.ts';
import type { Catalog } from '../../playbooks/manifest.ts';

/** What an incident began with, and what was found. */
export interface Course {
  readonly subject: Subject;
  readonly alerts: readonly Alert[];
  /** What was asked; null where alerts opened it. */
  readonly question: string | null;
  readonly evidence: readonly Evidence[];
  /** The alerts that were seen active at their source, by fingerprint. */
  readonly bound: Readonly<Record<string, BoundAlert>>;
  /** Epoch milliseconds. */
  readonly openedAt: number;
}

/** What Medic knows: its playbooks and its faults. */
export interface Knowledge {
  readonly catalog: Catalog;
  readonly library: Library;
}

/** Who asks where no alert does. */
const ASKER = { id: 'U0REPLAY', name: 'Replay', groups: [] };
/** An incident that is looked at again and again comes to an end here. */
const MOST_ROUNDS = 8;

/** The circumstances of a replay: its moment, its services, what Medic knows; nothing silenced, nothing else open, no model. */
export function circumstances(settings: Settings, { catalog, library }: Knowledge, at: number): StepContext {
  return {
    now: at,
    aliveSince: 0,
    reachableSince: 0,
    settings,
    policyDigest: 'replay',
    catalog,
    library,
    model: false,
    silences: [],
    heard: {},
    around: { neighbours: [], lately: null },
    redact: (text) => text,
  };
}

/** What Medic makes of what was found: the incident's own steps, without any of their effects on the world. Null where none opens. Pure. */
export function walk(course: Course, context: StepContext): Incident | null {
  let incident: Incident | null = null;
  let now = course.openedAt;
  const events: IncidentEvent[] = [opening(course)];
  for (let round = 0; round < MOST_ROUNDS && events.length > 0; round += 1) {
    const event = events.shift() as IncidentEvent;
    const stepped = step(incident, event, { ...context, now });
    if (stepped.kind === 'refused') return incident;
    incident = stepped.incident;
    now = Math.max(now, context.now);
    for (const { effect } of stepped.owed) {
      const next = whatComes(effect, course);
      if (next === null) continue;
      if (effect.kind === 'timer') now = Math.max(now, effect.at);
      events.push(next);
    }
  }
  return incident;
}

function opening({ subject, alerts, question }: Course): IncidentEvent {
  return question === null
    ? { type: 'alerts', subject, alerts }
    : { type: 'diagnosis-requested', subject, by: ASKER, text: question };
}

/** What the world answers to an effect that a conclusion needs; the others are left undone. */
function whatComes(effect: Effect, { evidence, bound }: Course): IncidentEvent | null {
  if (effect.kind === 'collect') return { type: 'evidence-collected', round: effect.round, evidence, bound };
  if (effect.kind === 'timer' && effect.name === 'settle')
    return { type: 'timer', name: effect.name, serves: effect.serves };
  return null;
}
