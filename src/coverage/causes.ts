import type { Fault, Predicate } from '../diagnosis/faults/fault.ts';
import type { FactName } from '../evidence/facts/vocabulary.ts';
import { mustRead } from '../lib/linear.ts';
import { familiesOf, valuesOf } from './families/families.ts';
import { type Family, factsOf } from './families/family.ts';
import type { Reading, Selected } from './reading.ts';

/** What Medic would read for a rule, and what that could show. */
export interface Causes {
  /** The nearest to what the rule measures first. */
  readonly facts: readonly FactName[];
  /** The likeliest first: those of which most signs rest on what the rule is about. */
  readonly faults: readonly Fault[];
  /** Those of the facts that may say what they say of something ill. */
  readonly ill: ReadonlySet<FactName>;
  /** The metrics that the rule reads. */
  readonly metrics: readonly string[];
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
  const asked = narrowed(askedBy(measured).size > 0 ? askedBy(measured) : askedBy(all), all);
  const metrics = [...new Set(all.map(({ metric }) => metric))];
  const ranked = faults
    .map((fault) => ({ fault, rank: rankOf(fault, asked, metrics) }))
    .filter(({ fault, rank }) => rank.signs > 0 && !isExcluded(fault, asked))
    .sort((a, b) => b.rank.signs - a.rank.signs || a.rank.nearest - b.rank.nearest);
  return {
    facts: [...asked.keys()],
    faults: ranked.map(({ fault }) => fault),
    ill: new Set([...asked].flatMap(([fact, values]) => (values?.length === 0 ? [] : [fact]))),
    metrics,
    unknown: [...new Set(measured.map(({ metric }) => metric))].filter((metric) =>
      all.every((one) => one.metric !== metric || familiesOf(one).length === 0),
    ),
  };
}

function askedBy(selected: readonly Selected[]): Asked {
  const all = selected.flatMap((one) => familiesOf(one).map((family) => ({ one, family })));
  const telling = all.filter(({ family }) => family.limit !== true);
  const asked = new Map<FactName, readonly string[] | null>();
  for (const { one, family } of telling.length > 0 ? telling : all)
    for (const fact of factsOf(family.facts)) {
      const before = asked.get(fact);
      // What one side leaves open, another may ask for.
      if (before === undefined || before?.length === 0) asked.set(fact, valuesFor(fact, one, family));
    }
  return asked;
}

/** What has to hold besides may say which value of a fact is meant: of restarts, those for want of memory. */
function narrowed(asked: Asked, selected: readonly Selected[]): Asked {
  const said = selected
    .filter(({ beside }) => beside)
    .flatMap((one) =>
      familiesOf(one).flatMap(({ says }): readonly (readonly [FactName, readonly string[] | null])[] =>
        says === undefined ? [] : [[says.fact, valuesOf(one, says.label)]],
      ),
    );
  return new Map([...asked, ...said.filter(([fact, values]) => values !== null && asked.has(fact))]);
}

/** Stands for a figure on the upper side, wherever its limit is. */
const HIGH = String(Number.POSITIVE_INFINITY);

/** The values of a fact that a rule may mean; none where it fires on the side on which all is well. */
function valuesFor(fact: FactName, one: Selected, { says, bad, rises }: Family): readonly string[] | null {
  if (bad !== undefined && one.toward !== null && one.toward !== bad) return [];
  if (rises === true && one.toward !== null) return [HIGH];
  return says?.fact === fact ? valuesOf(one, says.label) : null;
}

/** How many of a fault's signs rest on what is asked, and how near the nearest of them is. */
function rankOf({ signs }: Fault, asked: Asked, metrics: readonly string[]) {
  const order = [...asked.keys()];
  const borne = signs.filter(({ any }) => any.some((predicate) => fits(predicate, asked, metrics)));
  // That the rule reads a metric is no sign by itself: it may be about another side of the same thing.
  const isKnown = borne.some(({ any }) => any.some((one) => isAsked(one, asked)));
  const places = signs
    .flatMap(({ any }) => any.map(({ fact }) => order.indexOf(fact as FactName)))
    .filter((at) => at >= 0);
  return { signs: isKnown ? borne.length : 0, nearest: Math.min(order.length, ...places) };
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
  return predicate.fact === 'alert.reads' ? readsOf(predicate, metrics) : isAsked(predicate, asked);
}

function isAsked(predicate: Predicate, asked: Asked): boolean {
  const values = asked.get(predicate.fact as FactName);
  return values !== undefined && (values === null || values.some((value) => allows(predicate, value)));
}

function readsOf({ matches }: Predicate, metrics: readonly string[]): boolean {
  if (matches === undefined) return false;
  const expression = mustRead(matches);
  return !expression.test(NOBODY) && metrics.some((metric) => expression.test(metric));
}

/** Whether a predicate may hold where its fact says this. A limit that another fact sets is left open. */
function allows({ is, not, matches, below, at_most }: Predicate, value: string): boolean {
  if (value === HIGH) return typeof below !== 'number' && typeof at_most !== 'number';
  const among = (list: Predicate['is']) =>
    (Array.isArray(list) ? list : [list]).some((one) => String(one) === value);
  if (is !== undefined && !among(is)) return false;
  if (not !== undefined && among(not)) return false;
  return matches === undefined || mustRead(matches, { lines: true }).test(value);
}
