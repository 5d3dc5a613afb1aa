import type { Incident } from '../../incident/model/incident.ts';

/** Where in the chat an incident is told: under its own card, or that of the incident it is linked to. */
export interface Thread {
  readonly channel: string;
  readonly ts: string;
}

/** The name of the note that says in which thread an incident is told; its hash is the channel. */
export const THREAD_AT = '~thread-at';

/** What is known to stand in the chat for an incident: message key to its time stamp and the hash of what it shows. */
export interface ProjectionStore {
  shown(incident: string): Promise<Readonly<Record<string, { readonly ts: string; readonly hash: string }>>>;
  record(
    incident: string,
    key: string,
    message: { readonly ts: string; readonly hash: string },
  ): Promise<void>;
  /** The threads in which incidents are told, as their notes say; those that have one. */
  threads(incidents: readonly string[]): Promise<ReadonlyMap<string, Thread>>;
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
