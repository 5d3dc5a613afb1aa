import type { Reading } from '../../verification/reading.ts';

/** What is remembered of an alert that an incident does not hold in full. Times are epoch milliseconds. */
export interface OverflowAlert {
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly fires: number;
  /** When its status last changed, as it was heard. */
  readonly changedAt: number;
}

/** How many alerts an incident has beyond those that it holds in full, how many of them fire, and how many there are of each name. */
export interface Overflow {
  readonly total: number;
  readonly firing: number;
  readonly names: Readonly<Record<string, number>>;
  /** When the counts were last told. */
  readonly toldAt: number;
}

/** What sources say of an incident's alerts, of which they know those that it holds in full: the others fire as they were heard to. */
export function withOverflow(
  { crowd }: { readonly crowd: Overflow },
  readings: readonly Reading[],
): readonly Reading[] {
  if (crowd.firing === 0) return readings;
  return readings.map((reading) => (reading.kind === 'alert' ? { ...reading, firing: true } : reading));
}
