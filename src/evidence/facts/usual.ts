import type { Fact } from './fact.ts';

type Said = Pick<Fact, 'name' | 'of' | 'value' | 'usual'>;

/**
 * Marks the facts that were so already while all was well, such as a node that is always cordoned: the same word of the same object, with
 * the same value. Of two facts that an object has under one name, each is compared by its own value.
 *
 * @param baseline what the same questions were answered then; empty where nobody knows, and nothing is usual
 */
export function markUsual<T extends Said>(facts: readonly T[], baseline: readonly Said[]): readonly T[] {
  const before = new Set(baseline.map(keyOf));
  return facts.map((fact) => (before.has(keyOf(fact)) ? { ...fact, usual: true } : fact));
}

function keyOf({ name, of, value }: Said): string {
  return JSON.stringify([name, of, value]);
}
