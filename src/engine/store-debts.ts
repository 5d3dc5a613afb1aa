import type { OwedEffect } from '../incident/effect.ts';

/** What the world owes incidents. */
export interface Debts {
  owed(): Promise<readonly OwedEffect[]>;
  isOwed(effect: string): Promise<boolean>;
  /** Strikes an effect whose result came too late to matter. */
  settle(effect: string): Promise<void>;
}

/** What people have not been shown yet. */
export interface Showings {
  /** Incidents whose projection is behind, with the version that is to be shown. */
  unshown(): Promise<Readonly<Record<string, number>>>;
  /** A null version stands for any: the incident is forgotten. */
  markShown(incident: string, version: number | null): Promise<void>;
}
