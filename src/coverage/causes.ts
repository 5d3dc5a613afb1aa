import type { Fault, Predicate } from '../diagnosis/faults/fault.ts';
import type { FactName } from '../evidence/facts/vocabulary.ts';
import { mustRead } from '../lib/linear.ts';
import { familiesOf, valuesOf } from './families/families.ts';
import { factsOf } from './families/family.ts';
import type { Reading, Selected } from './reading.ts';

/** What Medic would read for a rule, and what that could show. */
export interface Causes {
  /** The nearest to what the rule measures first. */
  readonly facts: readonly FactName[];
  /** The likeliest first: those of which most signs rest on what the rule is about. */
  readonly faults: readonly Fault[];
  /** Metrics of which Medic knows nothing. */
  readonly unknown: readonly string[];
}

/** A fact that a rule is about, with the values that it asks for; null where it may be any. */
type Asked = ReadonlyMap<FactName, readonly string[] | null>;

/** No metric has this name: a pattern that fits it fits anything, and says nothing. */
const NOBODY = 'zz_no_metric_of_anybody_zz';

/** What a rule could be about, by the metrics that it reads: the name of its alert decides nothing. */
export function causesOf(reading: Reading, faults: readonly Fault[]): Causes {
  const all = reading.flatMap(({ selected }) => selected);
  const measured = all.filter(({ beside }) => !beside);
  // What is only compared with tells where what is measured does not.
  const asked = askedBy(measured).size > 0 ? askedBy(measured) : askedBy(all);
  const metrics = [...new Set(all.map(({ metric }) => metric))];
  const ranked = faults
    .map((fault) => ({ fault, rank: rankOf(fault, asked, metrics) }))
    .filter(({ fault, rank }) => rank.signs > 0 && !isExcluded(fault, asked))
    .sort((a, b) => b.rank.signs - a.rank.signs || a.rank.nearest - b.rank.nearest);
  return {
    facts: [...asked.keys()],
    faults: ranked.map(({ fault }) => fault),
    unknown: metrics.filter((metric) =>
      all.every((one) => one.metric !== metric || familiesOf(one).length === 0),
    ),
  };
}

function askedBy(selected: readonly Selected[]): Asked {
  const asked = new Map<FactName, readonly string[] | null>();
  for (const one of selected)
    for (const { facts, says } of familiesOf(one))
      for (const fact of factsOf(facts))
        if (!asked.has(fact)) asked.set(fact, says?.fact === fact ? valuesOf(one, says.label) : null);
  return asked;
}

/** How many of a fault's signs rest on what is asked, and how near the nearest of them is. */
function rankOf({ signs }: Fault, asked: Asked, metrics: readonly string[]) {
  const order = [...asked.keys()];
  const borne = signs.filter(({ any }) => any.some((predicate) => fits(predicate, asked, metrics)));
  const places = signs
    .flatMap(({ any }) => any.map(({ fact }) => order.indexOf(fact as FactName)))
    .filter((at) => at >= 0);
  return { signs: borne.length, nearest: Math.min(order.length, ...places) };
}

/** Where the rule asks for one value, a fault that needs another is none of its causes. */
function isExcluded({ signs }: Fault, asked: Asked): boolean {
  return signs.some(({ any }) =>
    any.every((predicate) => {
      const values = asked.get(predicate.fact as FactName) ?? null;
      return values !== null && !values.some((value) => allows(predicate, value));
    }),
  );
}

function fits(predicate: Predicate, asked: Asked, metrics: readonly string[]): boolean {
  const fact = predicate.fact as FactName;
  if (fact === 'alert.reads') return readsOf(predicate, metrics);
  const values = asked.get(fact);
  return values !== undefined && (values === null || values.some((value) => allows(predicate, value)));
}

function readsOf({ matches }: Predicate, metrics: readonly string[]): boolean {
  if (matches === undefined) return false;
  const expression = mustRead(matches);
  return !expression.test(NOBODY) && metrics.some((metric) => expression.test(metric));
}

/** Whether a predicate may hold where its fact says this. */
function allows({ is, not, matches }: Predicate, value: string): boolean {
  const among = (list: Predicate['is']) =>
    (Array.isArray(list) ? list : [list]).some((one) => String(one) === value);
  if (is !== undefined && !among(is)) return false;
  if (not !== undefined && among(not)) return false;
  return matches === undefined || mustRead(matches, { lines: true }).test(value);
}
