import { change, type Draft, enter, tell } from './draft.ts';
import type { Given } from './given.ts';
import type { Closure } from './incident.ts';

/** Calls a person. */
export function escalate(draft: Draft, reason: string): Draft {
  const { phase } = draft.incident;
  const decided = 'decided' in phase ? phase.decided : null;
  return tell(enter(draft, { at: 'escalated', reason, decided }), { kind: 'escalated', reason });
}

/** Ends an incident for good. */
export function close(draft: Draft, how: Closure, reason: string, given: Given): Draft {
  const milestones = { ...draft.incident.milestones, closed: given.now };
  const closed = enter(change(draft, { milestones }), { at: 'closed', how, reason });
  return tell(closed, { kind: 'closed', how, reason, milestones });
}
