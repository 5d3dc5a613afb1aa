import type { Incident } from '../incident/incident.ts';
import type { TimelineEntry } from '../incident/timeline.ts';

/** What people see after a projection. */
export interface Shown {
  /** The thread in which it is told: its own, or that of the incident it is linked to. */
  readonly thread: { readonly channel: string; readonly ts: string };
  /** The plan whose buttons the card shows now, confirmed by the chat system; null when it shows none. */
  readonly plan: string | null;
  /** When the same incident would look different without any event, e.g. the next step of a countdown; epoch milliseconds. */
  readonly refreshAt: number | null;
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
  /** @param host the thread to tell it in; null where it has one of its own */
  project(
    incident: Incident,
    timeline: readonly TimelineEntry[],
    now: number,
    host: HostThread | null,
    held?: () => boolean,
  ): Promise<Shown>;
}

/** The chat system is down, slow or refuses. Projected again later; after `retryAfter` milliseconds at the earliest. */
export class NotShown extends Error {
  override readonly name = 'NotShown';
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** Others go first, as in a storm: nothing is wrong, and its turn comes. */
export class NotYetShown extends NotShown {}

/** What is known to stand in the chat for an incident: message key to its time stamp and the hash of what it shows. */
export interface ProjectionStore {
  shown(incident: string): Promise<Readonly<Record<string, { readonly ts: string; readonly hash: string }>>>;
  record(
    incident: string,
    key: string,
    message: { readonly ts: string; readonly hash: string },
  ): Promise<void>;
  /** Makes the card and its thread findable, for reactions and messages. */
  remember(channel: string, ts: string, incident: string): Promise<void>;
  incidentOf(channel: string, ts: string): Promise<string | null>;
}

/** An answer that people can watch being made. Everything in it is best effort: it never throws and never makes anybody wait. */
export interface LiveAnswer {
  /** What is being done now, in a few words. */
  step(words: string): void;
  /** A claim that has been checked. */
  claim(text: string): void;
  /** Nothing more is shown from here on: the projection shows the answer as it is kept. */
  end(): void;
}

/** Shows answers while they are being made, where the chat system can. */
export interface Live {
  /** The answer to a question as it is watched; null where another process began to show it and did not come to its end. */
  open(incident: Incident, question: string): Promise<LiveAnswer | null>;
}
