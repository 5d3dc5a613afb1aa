import type { Incident } from '../../../../../incident/model/incident.ts';
import { time } from '../text.ts';

/**
 * That a call has been answered because nobody is needed any more, and when; null while somebody may be. Whoever reads it then is called by
 * nothing in it, and mentioned nowhere.
 */
export function answeredByRecovery({ phase, milestones, call }: Incident): string | null {
  if (phase.at !== 'closed' || phase.how === 'answered' || milestones.closed === null) return null;
  const at = time(milestones.closed, 'clock');
  if (phase.how === 'resolved') return `Over since ${at}: its alerts resolved`;
  // Who was on it may well be why it recovered.
  return (call?.taken ?? null) === null ? `Answered by recovery at ${at}` : `Recovered at ${at}`;
}
