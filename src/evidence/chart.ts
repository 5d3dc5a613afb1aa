import type { Evidence, Series } from './evidence.ts';

/** One line of a picture; points are `[epoch milliseconds, value]`, oldest first. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** A metric over time, small enough to be kept in an incident's record: what a picture shows, not how it looks. */
export interface Chart {
  /** What it is about, e.g. the name of the alert. */
  readonly title: string;
  /** The exact question that was asked. */
  readonly query: string;
  readonly unit: 'bytes' | 'ratio' | 'seconds' | 'number';
  readonly window: { readonly from: number; readonly to: number };
  readonly lines: readonly ChartLine[];
  /** Where the alert fires. */
  readonly threshold: { readonly is: '<' | '<=' | '>' | '>=' | '==' | '!='; readonly value: number } | null;
  /** Moments worth a mark, in words, e.g. `alert`, `fix`; epoch milliseconds. */
  readonly marks: readonly { readonly at: number; readonly what: string }[];
}

/** Reads a metric over time. @throws where its source gives no answer */
export interface Plotter {
  read(
    query: string,
    window: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): Promise<readonly Series[]>;
}

/** The picture that a round of evidence holds, of the metric behind an alert; null where there is none to draw. */
export function chartOf(_evidence: readonly Evidence[], _alertAt: number | null): Chart | null {
  return null;
}
