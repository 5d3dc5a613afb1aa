import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Fact, FactValue, ObjectId } from '../../../src/evidence/facts/fact.ts';
import type { FactName } from '../../../src/evidence/facts/vocabulary.ts';

export const NOON = Date.UTC(2026, 4, 4, 12);

/** A fact as a collector would state it. */
export function fact(
  name: FactName,
  of: ObjectId,
  value: FactValue,
  { within = [], at = NOON, ...rest }: Partial<Fact> = {},
): Fact {
  return { name, of, within, value, at, quote: `${of}: ${name} is ${value}`, ...rest };
}

/** An item with these facts, a line each. */
export function item(id: string, facts: readonly Fact[], changes: Partial<Evidence> = {}): Evidence {
  return {
    id,
    kind: 'state',
    title: `what ${id} says`,
    source: 'kubernetes',
    query: 'pods',
    window: null,
    observedAt: NOON,
    text: facts.map(({ quote }) => quote).join('\n'),
    data: null,
    facts,
    link: null,
    environment: 'production',
    witness: `instrument/${id}`,
    status: 'ok',
    hash: '',
    ...changes,
  };
}
