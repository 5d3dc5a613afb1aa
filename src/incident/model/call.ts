import type { Incident } from './incident.ts';

/** Somebody who was told of a call, as a rung of the ladder names them. */
export interface Rung {
  readonly tell: string;
  /** Which sink tells them. */
  readonly sink: string;
  /** Slack ids of whoever is mentioned; none where another sink knows whom it wakes. */
  readonly who: readonly string[];
  /** When it was their turn; epoch milliseconds. */
  readonly at: number;
  /** When the sink said that it has it; null while it has not, and for Slack, which shows it. */
  readonly confirmed: number | null;
}

/** Who said that they are on it. */
export interface Taken {
  /** A Slack id where it was said in Slack; elsewhere a name, which mentions nobody. */
  readonly by: string;
  readonly via: string;
  readonly at: number;
}

/**
 * A person is needed. Silence climbs the ladder, somebody who takes it stops that, and it ends when nobody is needed any more. Somebody who
 * gives it back begins another one.
 */
export interface Call {
  /** The how manieth of its incident, from 1. */
  readonly nth: number;
  /** `approval`: somebody has to decide, and time runs out; it ends once it is decided. */
  readonly why: 'escalated' | 'approval';
  readonly since: number;
  readonly told: readonly Rung[];
  /** The sinks that an earlier call of the incident told: what they show has to be ended as well. */
  readonly earlier: readonly string[];
  /** Where the call before was given back, as whose sink is known by; null where none was. */
  readonly droppedAt: string | null;
  /** When it is the next one's turn; null where it is nobody's. */
  readonly next: number | null;
  readonly taken: Taken | null;
  /** Whom somebody asked to take it over, by their Slack id, until somebody takes it: whoever was on it is so until then. */
  readonly handed?: { readonly to: string; readonly by: string; readonly at: number };
  /** When the newest word about who is on it was said: an earlier one, that comes late, says nothing any more. */
  readonly heard: number;
  readonly ended: number | null;
}

/** The sinks besides Slack that have something to show of an incident's calls. */
export function sinksOf({ call }: Pick<Incident, 'call'>): readonly string[] {
  if (call === undefined) return [];
  const told = call.told.map(({ sink }) => sink).filter((sink) => sink !== 'slack');
  return [...new Set([...call.earlier, ...told])];
}

/** The call that goes on, or null. */
export function openCall({ call }: Pick<Incident, 'call'>): Call | null {
  return call === undefined || call.ended !== null ? null : call;
}

/** The call that nobody has taken yet, or null. */
export function unansweredCall(incident: Pick<Incident, 'call'>): Call | null {
  const call = openCall(incident);
  return call === null || call.taken !== null ? null : call;
}

/** The call that somebody can still say they are on: nobody has taken it, or somebody is asked to take it over; or null. */
export function takeableCall(incident: Pick<Incident, 'call'>): Call | null {
  const call = openCall(incident);
  return call === null || (call.taken !== null && call.handed === undefined) ? null : call;
}
