import type { Fact } from './facts/fact.ts';
import type { LookReading, LookSpec } from './looks/look.ts';

/** What sort of fact an item states. `state` is a configuration or process state; `probe` an active check. */
export type EvidenceKind =
  | 'alert'
  | 'metric'
  | 'log'
  | 'trace'
  | 'event'
  | 'change'
  | 'state'
  | 'history'
  | 'probe';

/**
 * One read-only fact, as it was observed.
 *
 * `failed` items say that a collector could not answer: that is evidence too, and is shown, but nothing may be
 * concluded from it. Times are epoch milliseconds.
 */
export interface Evidence {
  /** `E1`, `E2`, ... in the order of collection; citations name it. */
  readonly id: string;
  readonly kind: EvidenceKind;
  readonly title: string;
  /** The system asked, e.g. `prometheus`. */
  readonly source: string;
  /** The exact question: a query, a path, a command. */
  readonly query: string;
  /** The window asked about, or null for a fact of one instant. */
  readonly window: { readonly from: number; readonly to: number } | null;
  readonly observedAt: number;
  /** The text shown to the model and to people, redacted, at most a few thousand characters. Quotes cite it to the letter. */
  readonly text: string;
  /** Numbers behind the text, for checks by code. */
  readonly data: EvidenceData | null;
  /** What it states, typed; each stands in a line of the text. Absent where its collector states nothing. */
  readonly facts?: readonly Fact[];
  /** A link for people, where there is one. */
  readonly link: string | null;
  readonly environment: string;
  /** The service that it is about, where that is not the incident's own subject but one that it depends on. */
  readonly dependency?: string;
  /**
   * Where the signal comes from: exporter or job with instance, log stream, API. Two items of one witness count once,
   * and an alert shares the witness of the metric in its expression.
   */
  readonly witness: string;
  /** Further instruments it stands for, as an alert whose rule reads several. */
  readonly also?: readonly string[];
  readonly status: 'ok' | 'failed';
  /** Why nothing may be concluded from it although it was read: it was already so before the alert, or its source does not know it. */
  readonly supportsNothing?: string;
  /** SHA-256 of the text. */
  readonly hash: string;
}

export type EvidenceData =
  | {
      readonly type: 'series';
      readonly series: readonly Series[];
      /** Where the alert behind it fires, e.g. `> 0.9`; absent where nobody knows. */
      readonly threshold?: string | null;
      /** What its values are; absent where nobody knows. */
      readonly unit?: ValueUnit;
      /** The first few of them again, in finer steps around the alert; absent where `series` shows as much. */
      readonly closeUp?: readonly Series[];
    }
  | { readonly type: 'facts'; readonly facts: Readonly<Record<string, string | number | boolean>> }
  /** An alert, with the names of the metrics that its rule reads. */
  | { readonly type: 'alert'; readonly reads: readonly string[] }
  /** A look at one host, and the playbooks whose fault it is about. */
  | {
      readonly type: 'look';
      readonly playbooks: readonly string[];
      readonly spec: LookSpec;
      readonly reading: LookReading;
    };

/** What values count in; a `ratio` is a part of a whole, of which 1 is all. */
export type ValueUnit =
  | 'bytes'
  | 'bytes per second'
  | 'bits'
  | 'bits per second'
  | 'ratio'
  | 'seconds'
  | 'number';

/** One series; points are `[epoch milliseconds, value]`, oldest first. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [number, number])[];
}

/** What an incident keeps of an item once its body is stored apart: enough to show, link and check a citation's origin. */
export type EvidenceSummary = Omit<Evidence, 'text' | 'data' | 'facts'>;

/** Leaves the bulk of an item behind. */
export function summarise(item: Evidence): EvidenceSummary {
  const { text: _text, data: _data, facts: _facts, ...summary } = item;
  return summary;
}
