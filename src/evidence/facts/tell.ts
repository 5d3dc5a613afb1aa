import type { Fact, FactValue, ObjectId } from './fact.ts';
import type { FactName } from './vocabulary.ts';

/** A fact before it stands in a line; where no time is given, it was seen to be so at the time of the item. */
export interface Stated {
  readonly name: FactName;
  readonly of: ObjectId;
  readonly within: readonly ObjectId[];
  readonly value: FactValue;
  readonly at?: number;
  /** It was already so while all was well. */
  readonly usual?: true;
}

/** A line of an item's text, with what it states. */
export interface Told {
  readonly line: string;
  readonly facts: readonly Stated[];
}

/** States facts of one object. A value that is not known, or no number, is not stated. */
export function statesOf(
  of: ObjectId,
  within: readonly ObjectId[],
  values: Readonly<Partial<Record<FactName, FactValue | null | undefined>>>,
  at?: number | null,
): readonly Stated[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    if (typeof value === 'number' && !Number.isFinite(value)) return [];
    const time = at === undefined || at === null || !Number.isFinite(at) ? {} : { at };
    return [{ name: name as FactName, of, within, value, ...time }];
  });
}

/** The lines as a text, and the facts, each with the line in which it stands. */
export function tell(
  lines: readonly Told[],
  at: number,
): { readonly text: string; readonly facts: readonly Fact[] } {
  return {
    text: lines.map(({ line }) => line).join('\n'),
    facts: lines.flatMap(({ line, facts }) => facts.map((fact) => ({ at, ...fact, quote: line }))),
  };
}
