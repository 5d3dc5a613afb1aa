import type { Incident } from '../../../../incident/model/incident.ts';
import type { TimelineEntry } from '../../../../incident/model/timeline.ts';

/** What people see after a projection. */
export interface Shown {
  /** The thread in which it is told: its own, or that of the incident it is linked to. */
  readonly thread: { readonly channel: string; readonly ts: string };
  /** The plan whose buttons the card shows now, confirmed by the chat system; null when it shows none. */
  readonly plan: string | null;
  /** When the same incident would look different without any event, e.g. the next step of a countdown; epoch milliseconds. */
  readonly refreshAt: number | null;
}

/** What else an incident's card says that does not stand in the incident. */
export interface Beside {
  /** Address of the thread in which it was told before, where it follows another. */
  readonly former?: string | null;
  /** Who has paused Medic. */
  readonly pausedBy?: string | null;
}

/** The thread of another incident, in which a linked one is told. */
export interface HostThread {
  readonly incident: string;
  /** The name of what the other incident is about. */
  readonly subject: string;
  /** When the other incident closed; epoch milliseconds. */
  readonly closed: number | null;
  /** The incident that first showed that its end did not last. */
  readonly relapsed: string | null;
  readonly channel: string;
  readonly ts: string;
}

/**
 * Shows incidents to people. A projection brings the chat up to date with the incident: posts what is missing, edits what
 * changed, and does nothing when nothing did. It may be repeated, interrupted and run late; it never posts one thing twice
 * as far as it can find out, nor anything once `held` says that somebody else may be at it by now. Throws `NotShown` when the chat system did not take it.
 */
export interface Notifier {
  /**
   * @param host the thread to tell it in; null where it has one of its own   */
  project(
    incident: Incident,
    timeline: readonly TimelineEntry[],
    now: number,
    host: HostThread | null,
    held?: () => boolean,
    beside?: Beside,
  ): Promise<Shown>;
}
