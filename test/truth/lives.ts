import { capital, sentence } from '../../src/adapters/sinks/slack/blocks/text.ts';
import type { Settings } from '../../src/config/settings.ts';
import { progressLine } from '../../src/desk/commands/diagnose.ts';
import type { IncidentEvent } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import { noteRefusal, step } from '../../src/incident/step.ts';
import type { Catalog } from '../../src/playbooks/manifest.ts';
import type { Json } from '../corpus/changes.ts';
import { type Beside, besideOf, drawn } from '../corpus/drawn.ts';
import type { Recording } from '../corpus/format.ts';
import { given, settings, T0 } from '../kit/incident/fixtures.ts';
import { nearFaults } from './faults.ts';

/** All that happened to an incident, and what was known besides. */
export interface Life {
  readonly name: string;
  readonly steps: readonly { readonly event: IncidentEvent; readonly given: StepContext }[];
  /** What the chat knows beside the incident. */
  readonly beside: (incident: Incident) => Beside;
}

/** A life in the small world of the corpus. */
export function lifeOf({ name, happens }: Pick<Recording, 'name' | 'happens'>): Life {
  let now = T0;
  const steps = happens.map(({ later, event, around: { settings: written, ...others } }) => {
    now += later;
    const rules = written === undefined ? {} : { settings: settings(written) };
    return { event, given: given({ ...others, ...rules, now }) };
  });
  return { name, steps, beside: besideOf };
}

/** An incident after one of its events: all that is on record by then, and all that people are shown. */
export interface Moment {
  readonly name: string;
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  readonly now: number;
  readonly settings: Settings;
  readonly catalog: Catalog;
  /** What came from outside so far: what happened, and what it happened under. */
  readonly outside: readonly unknown[];
  readonly events: readonly IncidentEvent[];
  readonly beside: Beside;
  readonly shown: readonly string[];
}

/** Takes an incident through its recorded life once more, and gives every moment of it. */
export function momentsOf({ name, steps, beside }: Life): readonly Moment[] {
  let incident: Incident | null = null;
  const timeline: TimelineEntry[] = [];
  const outside: unknown[] = [];
  const events: IncidentEvent[] = [];
  return steps.flatMap(({ event, given: circumstances }, index): readonly Moment[] => {
    const { catalog, now, settings: rules, ...known } = circumstances;
    events.push(event);
    const stepped = step(incident, event, circumstances);
    const next =
      stepped.kind !== 'next' && incident !== null && 'by' in event
        ? noteRefusal(incident, event, stepped.reason, circumstances)
        : stepped;
    if (next.kind === 'next') {
      incident = next.incident;
      timeline.push(...next.entries);
    }
    if (incident === null) return [];
    outside.push(event, known, concerning(incident, circumstances));
    outside.push(nearFaults(incident, circumstances, events));
    const others = beside(incident);
    outside.push(others);
    const drawing = drawn(incident, timeline, now, others, others.audience.approvers);
    const shown = [...new Set([...textsIn(drawing), ...answersIn(incident, now)])];
    const past = { timeline: [...timeline], outside: [...outside], events: [...events] };
    return [
      {
        name: `${name}, event ${index + 1}`,
        incident,
        now,
        shown,
        settings: rules,
        catalog,
        beside: others,
        ...past,
      },
    ];
  });
}

/** Of the registry what is about its service, and of the catalog the playbooks that it has to do with: the others are no word of it. */
function concerning(incident: Incident, { settings: rules, catalog }: StepContext): unknown {
  const { services, ...others } = rules;
  const known = JSON.stringify(incident);
  const { name } = incident.subject;
  const neighbours = [name, ...(services[name]?.depends_on ?? [])];
  return [
    others,
    Object.entries(services).filter(([service]) => neighbours.includes(service)),
    [...catalog.values()].map(({ manifest }) => manifest).filter((one) => known.includes(`"${one.name}"`)),
  ];
}

/** What whoever asked with `/diagnose` is told of how far it is. */
function answersIn(incident: Incident, now: number): readonly string[] {
  return incident.openedBy.kind === 'person' && incident.attempts.length === 0
    ? [capital(sentence(progressLine(incident, now), 800))]
    : [];
}

const SAID = new Set(['text', 'short', 'alt_text', 'title', 'details']);

/** What is read in a drawn message, without what only programs read. */
function textsIn(drawing: Json | { readonly [name: string]: Json }, name = 'text'): readonly string[] {
  if (typeof drawing === 'string') return SAID.has(name) ? [drawing] : [];
  if (drawing === null || typeof drawing !== 'object') return [];
  if (Array.isArray(drawing)) return drawing.flatMap((one) => textsIn(one as Json, name));
  return Object.entries(drawing).flatMap(([inner, one]) =>
    // The value of a button is for Medic itself.
    inner === 'value' ? [] : textsIn(one as Json, inner),
  );
}
