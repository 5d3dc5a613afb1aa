import type { IncidentEvent } from '../incident/model/event.ts';
import type { Incident } from '../incident/model/incident.ts';
import type { TimelineEntry } from '../incident/model/timeline.ts';

/** What a sink is to bring its outside up to date with. It holds no secret. */
export interface View {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  /** The clock of record, epoch milliseconds. */
  readonly now: number;
  /** Since when Medic and its chat could be reached. */
  readonly reachableSince: number;
  /** The incident in whose story this one is told; null where it has one of its own. */
  readonly host: Incident | null;
  /** Who has paused Medic, by their id; null where nobody has. */
  readonly pausedBy: string | null;
  /** Whether it is still this process's turn: where it is not, somebody else may be at it, and nothing is sent any more. */
  readonly held: () => boolean;
}

/** What came of it. */
export interface Shown {
  /** What the outside has confirmed, as events of the incident. */
  readonly confirmed: readonly IncidentEvent[];
  /** When the same incident would look different without any event, e.g. the next step of a countdown; epoch milliseconds. */
  readonly refreshAt: number | null;
}

/**
 * Somewhere outside where incidents are told. Each has its own debts, its own lane and its own record of what it has shown.
 *
 * To bring it up to date posts what is missing, changes what is no longer so, and does nothing when nothing did. It may be repeated,
 * interrupted and run late; it never tells one thing twice as far as it can find out. Throws `NotShown` when the outside did not take it.
 */
export interface Sink {
  readonly name: string;
  bring(view: View): Promise<Shown>;
}

/** The outside is down, slow or refuses. Tried again later; after `retryAfter` milliseconds at the earliest. */
export class NotShown extends Error {
  override readonly name: string = 'NotShown';
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** Others go first, as in a storm: nothing is wrong, and its turn comes. */
export class NotYetShown extends NotShown {}

/** Another incident has to be shown before this one can be. */
export class HostFirst extends NotYetShown {
  readonly host: Incident;

  constructor(host: Incident, retryAfter: number) {
    super(`${host.id} is shown first`, retryAfter);
    this.host = host;
  }
}
