import type { Said } from '../../lib/text/text.ts';
import { lookLater } from '../alerts/mute.ts';
import { close, endQuiet } from '../end.ts';
import { investigate } from '../evidence/gather.ts';
import { type Draft, enter, record } from '../model/draft.ts';
import { type Decided, isQuiet, type Phase, type Resting } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';

/** Where an incident rests, or null where it does not. */
export function restIn(phase: Phase): Resting | null {
  switch (phase.at) {
    case 'muted':
    case 'observed':
    case 'cancelled':
    case 'escalated':
      return phase;
    default:
      return null;
  }
}

/**
 * A person's own plan cannot be run as they wrote it. That is their answer, and nobody else's business: it goes back to where it rested, or
 * to what Medic makes of the alerts by itself.
 */
export function takeBack(
  draft: Draft,
  { plan }: Decided,
  { before, reason }: { readonly before: Resting | null; readonly reason: Said },
  context: StepContext,
): Draft {
  const told = record(draft, { kind: 'withdrawn', plan: plan.id, reason });
  if (Object.keys(draft.incident.alerts).length === 0) return close(told, 'answered', reason, context);
  const back = before === null ? investigate(told) : enter(told, before);
  return isQuiet(draft.incident) ? endQuiet(back, null, context) : lookLater(back, context);
}
