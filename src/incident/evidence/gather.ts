import { change, type Draft, emit, enter } from '../model/draft.ts';

/** Why facts are gathered anew: how often because a look came too late, or because it had to settle. */
export interface Anew {
  readonly again?: number;
  readonly settled?: true;
}

/** Starts gathering facts. */
export function investigate(draft: Draft, anew: Anew = {}): Draft {
  const round = draft.incident.round + 1;
  const fresh = change(draft, { round, evidence: [], diagnosis: null, secondOpinion: null });
  return emit(enter(fresh, { at: 'investigating', doing: 'collecting', ...anew }), {
    kind: 'collect',
    round,
  });
}
