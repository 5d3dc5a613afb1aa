import type { ValueUnit } from '../evidence/evidence.ts';

/** The labels that an alert of a rule will carry, as far as its expression tells. */
export interface Carried {
  /** Those that are there, with their value where the expression fixes it. */
  readonly has: ReadonlyMap<string, string | null>;
  /** Those that the expression drops. */
  readonly gone: ReadonlySet<string>;
  /** Whether others may be there as well: whatever the series themselves carry. */
  readonly open: boolean;
}

/** A metric that a rule reads, and how it chooses among its series. */
export interface Selected {
  readonly metric: string;
  readonly matchers: readonly {
    readonly label: string;
    readonly op: string;
    readonly value: string;
  }[];
  /** Whether it is only compared with, or only has to hold besides. */
  readonly beside: boolean;
  /** On which side of its values the rule fires; null where that cannot be said. */
  readonly toward: 'high' | 'low' | null;
}

/** When a rule fires. */
export type Firing =
  /** Beyond a constant; its arithmetic is done. */
  | { readonly kind: 'limit'; readonly is: Comparison; readonly value: number }
  /** Beyond what another expression says. */
  | { readonly kind: 'other'; readonly is: Comparison; readonly text: string }
  /** While there is no such series. */
  | { readonly kind: 'absent' }
  /** While there is any such series. */
  | { readonly kind: 'present' }
  /** Always, whatever is measured. */
  | { readonly kind: 'always' };

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** One of the ways in which a rule fires: an expression with `or` has several. */
export interface Measure {
  /** What is measured, briefly: without the matchers and ranges of its selectors. */
  readonly text: string;
  readonly selected: readonly Selected[];
  readonly fires: Firing;
  readonly unit: ValueUnit | 'time';
  /** What else must hold, briefly. */
  readonly also: readonly string[];
  readonly carried: Carried;
}

/** What a rule reads; no measure where its expression is not understood. */
export type Reading = readonly Measure[];
