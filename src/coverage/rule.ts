import type { Mistake } from '../lib/schema/mistake.ts';

/** An alert rule, wherever it was found. */
export interface Rule {
  readonly name: string;
  readonly expression: string;
  /** For how long it has to hold before it fires, milliseconds. */
  readonly lasting: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it stands: a file with its line, or a server with its group. */
  readonly place: Place;
}

export type Place =
  | { readonly kind: 'file'; readonly file: string; readonly line: number | null }
  | { readonly kind: 'server'; readonly server: string; readonly group: string };

/** A recording rule: under which name an expression is kept, and with which labels besides. */
export interface Recording {
  readonly name: string;
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The rules of a file, a folder or a server, and what is wrong with any. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly recordings: readonly Recording[];
  readonly mistakes: readonly Mistake[];
}

export const NO_RULES: RuleSet = { rules: [], recordings: [], mistakes: [] };

export function joined(sets: readonly RuleSet[]): RuleSet {
  return {
    rules: sets.flatMap(({ rules }) => rules),
    recordings: sets.flatMap(({ recordings }) => recordings),
    mistakes: sets.flatMap(({ mistakes }) => mistakes),
  };
}
