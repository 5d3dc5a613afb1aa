import type { OutboxEffect } from '../../incident/model/effect.ts';

/** What the world owes incidents. */
export interface Outbox {
  outbox(): Promise<readonly OutboxEffect[]>;
  isPending(effect: string): Promise<boolean>;
  /** Strikes an effect whose result came too late to matter. */
  ack(effect: string): Promise<void>;
}

/** What people have not been shown yet. */
export interface Showings {
  /** Incidents with which a sink is behind, with the version that it is to show; Slack where none is named. */
  unshown(sink?: string): Promise<Readonly<Record<string, number>>>;
  /** A null version stands for any: the incident is forgotten. */
  markShown(incident: string, version: number | null, sink?: string): Promise<void>;
}
