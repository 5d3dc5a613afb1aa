import { registered } from '../../alerts/subject.ts';
import { looksFor, type Wanted } from '../../playbooks/look.ts';
import type { Incident } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { groundsOf } from '../plan/plan-builder.ts';

type Known = Pick<StepContext, 'catalog' | 'settings'>;

/** The looks that tell whether a subject is well, whatever its alerts were about. That a release is new is no ill. */
export function healthLooks(incident: Incident, { catalog, settings }: Known): readonly Wanted[] {
  return looksFor(catalog, groundsOf(incident, [], settings)).filter(({ spec }) => !('release' in spec));
}

/** Whether Medic has any way to see for itself that a subject is well. */
export function canLook(incident: Incident, known: Known): boolean {
  const service = registered(incident.subject, known.settings);
  return service !== null && (service.health.length > 0 || healthLooks(incident, known).length > 0);
}
