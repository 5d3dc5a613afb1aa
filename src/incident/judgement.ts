import { type Draft, type Refusal, refuse } from './draft.ts';
import type { IncidentEvent } from './event.ts';
import type { Given } from './given.ts';

/** A person says whether the diagnosis was right, also after the end. */
export function judged(
  _draft: Draft,
  _event: Extract<IncidentEvent, { readonly type: 'diagnosis-judged' }>,
  _given: Given,
): Draft | Refusal {
  return refuse('this Medic cannot do that yet');
}
