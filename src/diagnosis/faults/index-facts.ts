import type { Evidence } from '../../evidence/evidence.ts';
import type { Fact, ObjectId } from '../../evidence/facts/fact.ts';
import type { FactName } from '../../evidence/facts/vocabulary.ts';
import type { Citation } from '../diagnosis.ts';

/** A fact from which something may be concluded, and how it is cited. */
export interface Known {
  readonly fact: Fact;
  readonly citation: Citation;
  readonly witness: string;
  /** The object that it is about, and all that this is part of: a fault of any of them may rest on it. */
  readonly scope: readonly ObjectId[];
}

/** All of them, in an order of their own. */
export interface Facts {
  named(name: FactName): readonly Known[];
  /** What is said, under a name, of exactly this object. */
  namedOf(name: FactName, object: ObjectId): readonly Known[];
  /** What is said of exactly this object. */
  of(object: ObjectId): readonly Known[];
  /** Everything that a fault of this object may rest on. */
  within(object: ObjectId): readonly Known[];
}

/** An object is part of few others; more than these are somebody's mistake, or malice. */
const MOST_WITHIN = 16;

/** Puts the facts in order once, so that each fault finds its own without a look at the others. What may support nothing is left out. */
export function indexFacts(evidence: readonly Evidence[]): Facts {
  const byName = new Map<FactName, Known[]>();
  const byObject = new Map<ObjectId, Known[]>();
  const byOwner = new Map<ObjectId, Known[]>();
  for (const known of evidence.toSorted((one, other) => inOrder(one.id, other.id)).flatMap(factsOf)) {
    push(byName, known.fact.name, known);
    push(byOwner, known.fact.of, known);
    for (const object of known.scope) push(byObject, object, known);
  }
  const owners = new Map<FactName, ReadonlyMap<ObjectId, readonly Known[]>>();
  const ownersOf = (name: FactName) => {
    const there = owners.get(name) ?? Map.groupBy(byName.get(name) ?? [], ({ fact }) => fact.of);
    owners.set(name, there);
    return there;
  };
  return {
    named: (name) => byName.get(name) ?? [],
    namedOf: (name, object) => ownersOf(name).get(object) ?? [],
    of: (object) => byOwner.get(object) ?? [],
    within: (object) => byObject.get(object) ?? [],
  };
}

function factsOf(item: Evidence): readonly Known[] {
  if (item.status === 'failed' || item.supportsNothing !== undefined || item.facts === undefined) return [];
  return item.facts.toSorted(byLine).map((fact) => ({
    fact,
    citation: { evidence: item.id, quote: fact.quote },
    witness: item.witness,
    scope: [...new Set([fact.of, ...fact.within.slice(0, MOST_WITHIN)])],
  }));
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** `E2` before `E10`, and anything else by its letters. */
function inOrder(one: string, other: string): number {
  return one.length - other.length || byLetters(one, other);
}

/** By the letters of the line and of what it states: whatever order they came in. */
function byLine(one: Fact, other: Fact): number {
  return (
    byLetters(one.quote, other.quote) ||
    byLetters(one.name, other.name) ||
    byLetters(one.of, other.of) ||
    byLetters(String(one.value), String(other.value))
  );
}

function byLetters(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
