import { type Draft, type Refusal, refuse } from './draft.ts';
import type { IncidentEvent } from './event.ts';
import type { Given } from './given.ts';

type About = 'asked' | 'question-evidence' | 'answered';

/** Questions that people ask in the thread, also after the end: they start nothing and stop nothing. */
export function converse(
  _draft: Draft,
  _event: Extract<IncidentEvent, { readonly type: About }>,
  _given: Given,
): Draft | Refusal {
  return refuse('this Medic cannot do that yet');
}
