import { person, type Said, say } from '../../lib/text/text.ts';
import { waitsForPeople } from '../model/holds.ts';
import { type Held, holdersOf, type Phase } from '../model/incident.ts';

/** Why what somebody wants of a plan comes too late. */
export function tooLate(phase: Phase): Said {
  switch (phase.at) {
    case 'executing':
      return say`it is running already; press Stop to end it`;
    case 'verifying':
      return 'resume' in phase.after
        ? say`whether it is still needed is being looked at`
        : say`it has run already`;
    case 'rolling-back':
      return say`it has run already`;
    case 'cancelled':
      return say`${person(phase.by)} has cancelled it already`;
    case 'preparing':
      return say`its dry run is not in yet`;
    case 'reproving':
    case 'starting':
      return say`it is about to start`;
    case 'escalated':
      return say`a person was called, and it no longer waits`;
    case 'observed':
      return say`nothing is run where Medic only observes`;
    case 'muted':
      return say`it is silenced`;
    case 'waiting':
    case 'investigating':
    case 'closed':
      return say`it is no longer waiting`;
    default:
      return phase satisfies never;
  }
}

/** A hold without that of one person; null where nobody else's is left. */
export function withoutHolder(held: Held, by: string): Held | null {
  const [first, ...others] = holdersOf(held).filter((one) => one.by !== by);
  if (first === undefined) return null;
  return others.length === 0 ? first : { ...first, also: others };
}

/** The phase with its plan held back, or let go again with null; null where it waits for a person anyway, or for nothing any more. */
export function withHold(phase: Phase, held: Held | null, now: number): Phase | null {
  if (held !== null && waitsForPeople(phase)) return null;
  switch (phase.at) {
    case 'preparing':
      return { ...phase, held };
    case 'waiting':
      return { ...phase, deadline: null, held };
    case 'reproving':
    case 'starting': {
      // It keeps its consent and its place, and goes no further.
      const turn = phase.turn ?? { kind: 'well', obstacle: 'it was held', since: now };
      return { at: 'waiting', for: 'turn', decided: phase.decided, deadline: null, held, turn };
    }
    case 'verifying': {
      const { after } = phase;
      if (!('resume' in after)) return null;
      return { ...phase, after: { ...after, resume: { ...after.resume, deadline: null, held } } };
    }
    default:
      return null;
  }
}
