import type { OwedEffect } from '../incident/effect.ts';

/**
 * Carries work to whichever replica is free. It delivers and does not remember: what it loses is delivered again from the
 * store. Delivering the same thing twice is harmless.
 */
export interface Carrier {
  /** `delay` in milliseconds. */
  deliver(owed: OwedEffect, delay: number): Promise<void>;
  show(incident: string, version: number, delay: number): Promise<void>;
}

/** What a delivery asks of the carrier when it was handled: nothing more, or to come again after so many milliseconds. */
export type Again = number | null;

/** Who handles deliveries. Throwing means: try again later. */
export interface Deliveries {
  effect(owed: OwedEffect): Promise<Again>;
  projection(incident: string): Promise<Again>;
}
