import { type Draft, emit } from '../model/draft.ts';

/** A storm may share one thread: those beyond this read that it was over when their own card is drawn next. */
const MOST = 20;

/**
 * An incident is over: whoever names it as a neighbour that is ill as well is told. The one that owns the thread hands it on, for it alone
 * knows who else is told there.
 */
export function tellOver(draft: Draft, now: number): Draft {
  const { id, link } = draft.incident;
  const owner = link === null ? [] : [link.incident];
  return spread(draft, { type: 'neighbour-over', incident: id, at: now }, [...owner, ...guestsOf(draft)]);
}

/** Hands on that a guest is over, to the others that are told in the same thread. */
export function handOn(draft: Draft, over: { readonly incident: string; readonly at: number }): Draft {
  const others = guestsOf(draft).filter((guest) => guest !== over.incident);
  return spread(draft, { type: 'neighbour-over', ...over }, others);
}

/** The neighbours that are told in its thread and are not over, for all that it knows. */
function guestsOf({ incident: { guests } }: Draft): readonly string[] {
  return guests.filter(({ over }) => over === undefined).map(({ incident }) => incident);
}

function spread(
  draft: Draft,
  tidings: { readonly type: 'neighbour-over'; readonly incident: string; readonly at: number },
  others: readonly string[],
): Draft {
  return emit(
    draft,
    ...others.slice(0, MOST).map((incident) => ({ kind: 'tell' as const, incident, tidings })),
  );
}
