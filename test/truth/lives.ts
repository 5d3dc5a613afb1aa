import type { Settings } from '../../src/config/settings.ts';
import type { IncidentEvent } from '../../src/incident/event.ts';
import type { Given } from '../../src/incident/given.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { noteRefusal, step } from '../../src/incident/step.ts';
import type { TimelineEntry } from '../../src/incident/timeline.ts';
import type { Catalog } from '../../src/playbooks/manifest.ts';
import type { Json } from '../corpus/changes.ts';
import { AUDIENCE, drawn, SERVICE } from '../corpus/drawn.ts';
import type { Recording } from '../corpus/format.ts';
import { given, settings, T0 } from '../incident/fixtures.ts';

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
  readonly shown: readonly string[];
}

/** Takes an incident through its recorded life once more, and gives every moment of it. */
export function momentsOf({ name, happens }: Recording): readonly Moment[] {
  let now = T0;
  let incident: Incident | null = null;
  const timeline: TimelineEntry[] = [];
  const outside: unknown[] = [SERVICE, AUDIENCE];
  const events: IncidentEvent[] = [];
  return happens.flatMap(({ later, event, around }, index): readonly Moment[] => {
    now += later;
    const { settings: written, ...others } = around;
    const rules = written === undefined ? {} : { settings: settings(written) };
    const circumstances: Given = given({ ...others, ...rules, now });
    const { catalog, ...known } = circumstances;
    outside.push(
      event,
      known,
      [...catalog.values()].map(({ manifest }) => manifest),
    );
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
    const shown = [...new Set(textsIn(drawn(incident, timeline, now)))];
    const past = { timeline: [...timeline], outside: [...outside], events: [...events] };
    return [
      {
        name: `${name}, event ${index + 1}`,
        incident,
        now,
        shown,
        settings: circumstances.settings,
        catalog,
        ...past,
      },
    ];
  });
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
