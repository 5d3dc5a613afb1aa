import { person, type Said, say } from '../../lib/text/text.ts';
import { partsOf } from '../../lib/text/text-read.ts';
import { change, type Draft } from '../model/draft.ts';
import type { PlanAction } from '../model/event.ts';
import type { Incident } from '../model/incident.ts';

/** What each action says of how far Medic may go by itself: `against` it, `for` it, or nothing. */
const SAYS = {
  cancel: 'cancelled a plan of this incident',
  hold: 'held a plan of this incident',
  reject: 'rejected a plan of this incident',
  stop: 'stopped a fix of this incident',
  escalate: 'called a person for this incident',
  resume: 'for',
  'run-now': 'for',
  approve: 'for',
  'try-again': 'for',
} as const satisfies Readonly<Record<PlanAction, string>>;

/**
 * A person who takes a plan back wants to be asked before the next one of Medic's: it is not the plan alone that they thought better of. That
 * lasts until a person lets one go on.
 */
export function minding(draft: Draft, action: PlanAction, by: string): Draft {
  const what = SAYS[action];
  if (what === 'for') return trusting(draft);
  // Where nothing had fired yet, somebody thought better of what somebody had asked for, and of nothing else.
  const nothingFired = Object.keys(draft.incident.alerts).length === 0;
  return nothingFired ? draft : wary(draft, by, say`${person(by)} ${what}`);
}

function wary(draft: Draft, by: string, words: Said): Draft {
  return change(draft, { wary: { by, words } });
}

/** A person has said that it may go on: rules alone decide again. */
export function trusting(draft: Draft): Draft {
  if (draft.incident.wary === undefined) return draft;
  const { wary: _past, ...incident } = draft.incident;
  return { ...draft, incident };
}

/**
 * What speaks against a plan of Medic's own when something new is heard of an incident that rests: what a person said, that somebody is on
 * it, or that a fix has run already, which is as much as Medic does about one trouble by itself.
 */
export function waryOfNext(draft: Draft): Draft {
  const { wary: said, call, attempts } = draft.incident;
  if (said !== undefined) return draft;
  const taken = call !== undefined && call.ended === null ? call.taken : null;
  if (taken !== null) {
    const who = taken.via === 'slack' ? say`${person(taken.by)}` : say`${taken.by}`;
    return wary(draft, taken.by, say`${who} is on it`);
  }
  return attempts.length === 0
    ? draft
    : change(draft, { wary: { by: null, words: 'a fix has run for this incident already' } });
}

/** Why people are asked for a plan of Medic's, whatever the rules say; null where nobody and nothing spoke against it. */
export function doubtOf({ wary: said }: Pick<Incident, 'wary'>): Said | null {
  return said === undefined ? null : partsOf(said.words);
}
