import type { Incident } from '../../src/incident/model/incident.ts';
import type { TimelineEntry, TimelineEvent } from '../../src/incident/model/timeline.ts';
import { type Json, plainly } from './changes.ts';

// What lies in Redis is a wire format: names in the code may change, and what is stored stays as it was. Whoever converts on
// writing converts here as well, so that the recordings show whether anything that is stored has changed.

export function storedIncident(incident: Incident): Json {
  return plainly(incident);
}

export function storedHappening({ happening }: TimelineEntry): Json {
  return plainly(happening satisfies TimelineEvent);
}
