import type { Held, Phase } from './incident.ts';

/** Who holds the plan of this phase back, and why; null where nobody does. */
export function heldIn(phase: Phase): Held | null {
  switch (phase.at) {
    case 'waiting':
      return phase.held;
    case 'preparing':
      return phase.held ?? null;
    case 'verifying':
      return 'resume' in phase.after ? phase.after.resume.held : null;
    default:
      // What is not ahead any more, or is on its way to its start, is held by nobody.
      return null;
  }
}

/** Whether the plan of this phase goes no further without people anyway. */
export function waitsForPeople(phase: Phase): boolean {
  if (phase.at === 'waiting') return phase.for === 'approval';
  if (phase.at === 'verifying') return 'resume' in phase.after && phase.after.resume.for === 'approval';
  return phase.at === 'preparing' && phase.decided.verdict.kind === 'ask';
}
