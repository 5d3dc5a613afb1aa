import type { Fact } from './fact.ts';

/**
 * Marks the facts that were so already while all was well, such as a node that is always cordoned: the same word of the same object, with
 * the same value. Of two facts that an object has under one name, each is compared by its own value.
 *
 * @param baseline what the same questions were answered then; empty where nobody knows, and nothing is usual
 */
export function markUsual(facts: readonly Fact[], baseline: readonly Fact[]): readonly Fact[] {
  const before = new Set(baseline.map(keyOf));
  return facts.map((fact) => (before.has(keyOf(fact)) ? { ...fact, usual: true } : fact));
}

function keyOf({ name, of, value }: Fact): string {
  return JSON.stringify([name, of, value]);
}
