import type { Series } from '../../../../evidence/evidence.ts';
import type { statesOf } from '../../../../evidence/facts/tell.ts';
import type { Unit } from '../expression/unit.ts';

export type Labels = Readonly<Record<string, string>>;
export type Points = Series['points'];

/** A sign of something that an exporter tells of. */
export interface Sign {
  readonly name: string;
  readonly unit: Unit;
  /** The metrics that may tell it, each of another exporter, the best first. */
  readonly ways: readonly Way[];
  /** What it states while it is measured; `began` is when the trouble did, epoch milliseconds. */
  states(points: Points, began: number | null): Parameters<typeof statesOf>[2];
}

export interface Way {
  readonly metric: string;
  /** The labels that this metric has of those that name the source; null where it cannot be asked with them, all where it is absent. */
  readonly labels?: (labels: Labels) => Labels | null;
  /** One value of all series of this selector. */
  readonly query: (selector: string) => string;
}

/** The newest value; null where there is none. */
export function newest(points: Points): number | null {
  return points.at(-1)?.[1] ?? null;
}
