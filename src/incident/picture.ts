import type { Chart } from '../evidence/chart.ts';
import { type Draft, type Refusal, refuse } from './draft.ts';

/** The alert's metric was read again after recovery. */
export function picture(_draft: Draft, _chart: Chart | null): Draft | Refusal {
  return refuse('this Medic cannot do that yet');
}
