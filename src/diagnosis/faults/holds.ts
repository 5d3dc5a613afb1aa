import type { Fact, ObjectId } from '../../evidence/facts/fact.ts';
import { mustRead } from '../../lib/linear.ts';
import type { Predicate } from './fault.ts';
import type { Facts, Known } from './index-facts.ts';

/** What facts are measured against. */
export interface Around {
  readonly facts: Facts;
  /** When the first alert began; epoch milliseconds. */
  readonly symptom: number;
  /** The same, and null where somebody asks and no alert has come: then nobody knows what was so before. */
  readonly alerted: number | null;
  /** What was asked before. */
  readonly asked: Map<Ask, Holding>;
}

/** The facts on which a predicate holds, by each object that has enough of them in its scope. */
export type Holding = ReadonlyMap<ObjectId, readonly Known[]>;

/** Asks all the facts at once. */
export type Ask = (around: Around) => Holding;

/** Reads a predicate once, for all the evidence to come. Its pattern was checked when the library was read. */
export function prepare(predicate: Predicate): Ask {
  const fits = comparing(predicate);
  const ask: Ask = (around) => {
    const before = around.asked.get(ask);
    if (before !== undefined) return before;
    const holding = holdingOf(predicate, fits, around);
    around.asked.set(ask, holding);
    return holding;
  };
  return ask;
}

function holdingOf({ fact, objects }: Predicate, fits: Comparison, around: Around): Holding {
  const holding = new Map<ObjectId, Known[]>();
  for (const known of around.facts.named(fact)) {
    if (!fits(known.fact, around)) continue;
    for (const object of known.scope) {
      const there = holding.get(object);
      if (there === undefined) holding.set(object, [known]);
      else there.push(known);
    }
  }
  if (objects > 1)
    for (const [object, list] of holding)
      if (new Set(list.map((known) => known.fact.of)).size < objects) holding.delete(object);
  return holding;
}

type Comparison = (fact: Fact, around: Around) => boolean;

function comparing(predicate: Predicate): Comparison {
  const all = [
    ...(predicate.usual === true ? [] : [isNew]),
    ...among(predicate.is, true),
    ...among(predicate.not, false),
    ...matching(predicate.matches),
    ...bounded(predicate.above, (value, bound) => value > bound),
    ...bounded(predicate.at_least, (value, bound) => value >= bound),
    ...bounded(predicate.below, (value, bound) => value < bound),
    ...bounded(predicate.at_most, (value, bound) => value <= bound),
    ...newer(predicate.newer),
    ...older(predicate.older),
  ];
  return (fact, around) => all.every((one) => one(fact, around));
}

const isNew: Comparison = ({ usual }) => usual !== true;

function among(values: Predicate['is'], wanted: boolean): readonly Comparison[] {
  if (values === undefined) return [];
  const set = new Set<unknown>(Array.isArray(values) ? values : [values]);
  return [({ value }) => set.has(value) === wanted];
}

function matching(pattern: string | undefined): readonly Comparison[] {
  if (pattern === undefined) return [];
  const expression = mustRead(pattern, { lines: true });
  return [({ value }) => typeof value === 'string' && expression.test(value)];
}

function newer(duration: number | undefined): readonly Comparison[] {
  return duration === undefined ? [] : [({ at }, { symptom }) => at >= symptom - duration];
}

function older(duration: number | undefined): readonly Comparison[] {
  return duration === undefined ? [] : [({ at }, { alerted }) => alerted !== null && at < alerted - duration];
}

/** Of another fact that several sources tell differently, every one has to bear the comparison out. */
function bounded(
  bound: Predicate['above'],
  holds: (value: number, bound: number) => boolean,
): readonly Comparison[] {
  if (bound === undefined) return [];
  if (typeof bound === 'number') return [({ value }) => typeof value === 'number' && holds(value, bound)];
  const { fact: name, times } = bound;
  return [
    ({ of, value }, { facts }) => {
      if (typeof value !== 'number') return false;
      const others = facts.namedOf(name, of);
      return (
        others.length > 0 &&
        others.every(({ fact }) => typeof fact.value === 'number' && holds(value, fact.value * times))
      );
    },
  ];
}
