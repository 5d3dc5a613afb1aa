import type { Incident } from '../incident/incident.ts';

/** How a playbook has done lately. */
export interface TrackRecord {
  readonly playbook: string;
  readonly runs: number;
  /** Proven to have helped, and not undone by a relapse. */
  readonly helped: number;
  readonly didNotHelp: number;
  /** Helped at first, and did not last. */
  readonly didNotLast: number;
  /** Nobody knows: interrupted, stopped or unproven. */
  readonly unknown: number;
  /** From the start of the fix to the proof, milliseconds; null where none was proven. */
  readonly medianTime: number | null;
  /** How often people called the diagnosis that led to it wrong. */
  readonly calledWrong: number;
}

/** The record of every playbook that ran in these incidents, the most used first. */
export function trackRecords(_incidents: readonly Incident[]): readonly TrackRecord[] {
  return [];
}
