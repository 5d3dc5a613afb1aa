import { type Draft, type Refusal, refuse } from './draft.ts';
import type { IncidentEvent } from './event.ts';
import type { Given } from './given.ts';

/** A person wants other values, or another playbook: a new plan with a new verdict takes the place of the one that stands there. */
export function replan(
  _draft: Draft,
  _event: Extract<IncidentEvent, { readonly type: 'replan-requested' }>,
  _given: Given,
): Draft | Refusal {
  return refuse('this Medic cannot do that yet');
}
