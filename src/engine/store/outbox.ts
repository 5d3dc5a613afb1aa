import type { OutboxEffect } from '../../incident/model/effect.ts';

/** What the world owes incidents. */
export interface Outbox {
  outbox(): Promise<readonly OutboxEffect[]>;
  isPending(effect: string): Promise<boolean>;
  /** Strikes an effect whose result came too late to matter. */
  ack(effect: string): Promise<void>;
}

/** What people have not been shown yet. */
export interface PendingNotifications {
  /** Incidents with which a sink is behind, with the version that it is to show; Slack where none is named. */
  pendingNotifications(sink?: string): Promise<Readonly<Record<string, number>>>;
  /** A null version stands for any: the incident is forgotten. */
  markNotified(incident: string, version: number | null, sink?: string): Promise<void>;
}
