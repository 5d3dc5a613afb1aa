import type { Incident } from '../../incident/model/incident.ts';
import type { OverflowAlert } from '../../incident/model/overflow.ts';
import type { TimelineEntry } from '../../incident/model/timeline.ts';

/** An incident that has closed, and when; epoch milliseconds. */
export interface Closing {
  readonly incident: string;
  readonly at: number;
}

/** What is kept of incidents, by their id. */
export interface Incidents {
  load(id: string): Promise<Incident | null>;
  /** Several at once; null for one that is gone, or that a newer Medic wrote. */
  loadMany(ids: readonly string[]): Promise<readonly (Incident | null)[]>;
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /** What was heard of alerts that an incident does not hold in full; those it has heard of. */
  heard(incident: string, fingerprints: readonly string[]): Promise<Readonly<Record<string, OverflowAlert>>>;
}

/** Which open incident is about what. */
export interface Index {
  /** The open incident about a subject, by `subjectKey`. */
  findOpen(subject: string): Promise<string | null>;
  /** The open incidents about some subjects, null where none is. */
  findOpenAbout(subjects: readonly string[]): Promise<readonly (string | null)[]>;
  /** The open incidents that alerts are attached to, by fingerprint; null for an alert nobody has heard of. */
  attachedTo(fingerprints: readonly string[]): Promise<readonly (string | null)[]>;
  /** Ids of all open incidents. */
  open(): Promise<readonly string[]>;
}

/** Which incidents are over. */
export interface Past {
  /** The incident about a subject that has closed lately, within the time in which its return is a relapse. */
  lately(subject: string): Promise<Closing | null>;
  /** Ids of the incidents that closed last, newest first: of as many as are kept. */
  closed(most: number): Promise<readonly string[]>;
}
