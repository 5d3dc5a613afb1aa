import type { Carried, Comparison, Firing } from '../../../../coverage/reading.ts';
import { bare, fold } from '../expression/promql.ts';
import { type BinaryNode, type PromNode, parse, partsOf, type SelectorNode } from '../expression/syntax.ts';
import { brief } from './brief.ts';
import { BARE, matched, ofAbsent, ofSelector, only, restricted, withLabel, without } from './carried.ts';
import { COMPARISONS, isCompared, isScalar, limited, NOTHING, type Outcome, shown } from './fires.ts';
import * as toward from './toward.ts';

/** What is known beside an expression. */
export interface Known {
  /** Recording rules by the name of what they record. */
  readonly recorded: ReadonlyMap<string, readonly Recorded[]>;
  /** The labels that a metric usually has. */
  readonly labelsOf: (metric: string) => readonly string[];
}

export interface Recorded {
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An expression with more of them is nobody's rule. */
const MOST = 16;
const MOST_RECORDED = 4;
const DEEPEST = 10;

interface Source extends Known {
  readonly text: string;
  readonly depth: number;
  /** The recording rules that led here: one that reads itself is read once. */
  readonly within: ReadonlySet<string>;
}

/** The outcomes of an expression, the first first. */
export function outcomesOf(node: PromNode, text: string, known: Known): readonly Outcome[] {
  return of(node, { ...known, text, depth: 0, within: new Set() });
}

function of(node: PromNode, source: Source): readonly Outcome[] {
  switch (node.kind) {
    case 'number':
    case 'string':
      return [NOTHING];
    case 'selector':
      return ofSeries(node, source);
    case 'range':
    case 'shifted':
    case 'paren':
      return of(node.of, source);
    case 'negative':
      return of(node.of, source).map((one) => ({ ...one, selected: one.selected.map(toward.turned) }));
    case 'call':
      return ofCall(node, source);
    case 'aggregate':
      return ofAggregate(node, source);
    case 'binary':
      return ofBinary(node, source).slice(0, MOST);
    default:
      return node satisfies never;
  }
}

function ofSeries(node: SelectorNode, source: Source): readonly Outcome[] {
  const { name, matchers } = node;
  const recorded = name === null || source.within.has(name) ? [] : (source.recorded.get(name) ?? []);
  const resolved =
    source.depth >= DEEPEST
      ? []
      : recorded.slice(0, MOST_RECORDED).flatMap((one) => ofRecorded(one, node, source));
  if (resolved.length > 0) return resolved.slice(0, MOST);
  const metric = name ?? source.text.slice(node.start, node.end);
  return [
    {
      ...NOTHING,
      selected: [{ metric, matchers, beside: false, toward: 'high' }],
      carried: ofSelector(matchers, name === null ? [] : source.labelsOf(name)),
    },
  ];
}

/** What a recording rule reads, with the labels that it adds, and those that the selector of its series asks for. */
function ofRecorded(
  { expression, labels }: Recorded,
  { name, matchers }: SelectorNode,
  source: Source,
): readonly Outcome[] {
  const root = parse(expression);
  if (root === null) return [];
  const asked = ofSelector(matchers, []);
  const within = new Set([...source.within, name ?? '']);
  return of(root, { ...source, within, text: expression, depth: source.depth + 1 }).map((one) => {
    const given = Object.entries(labels).reduce(
      (so, [label, value]) => withLabel(so, label, value),
      one.carried,
    );
    const fixed = [...asked.has].filter(([label]) => given.has.has(label) || given.open);
    return {
      ...one,
      carried: without(
        fixed.reduce((so, [label, value]) => withLabel(so, label, value ?? so.has.get(label) ?? null), given),
        [...asked.gone],
      ),
    };
  });
}

const WITHOUT_LABELS = new Set(['scalar', 'vector']);

function ofCall(node: PromNode & { readonly kind: 'call' }, source: Source): readonly Outcome[] {
  const { name, args } = node;
  if (name === 'absent' || name === 'absent_over_time') return ofAbsence(node, source);
  const vectors = args.filter((each) => each.kind !== 'string');
  const strings = args.flatMap((each) => (each.kind === 'string' ? [each.value] : []));
  // The one that has series; the others are numbers.
  const found = vectors
    .map((each) => of(each, source))
    .filter((all) => all.some(({ selected }) => selected.length > 0));
  const outcomes = found[0] ?? [NOTHING];
  return outcomes.map((each) => {
    const one = { ...each, selected: toward.called(name, each.selected) };
    if (WITHOUT_LABELS.has(name)) return { ...one, carried: BARE };
    if (name === 'histogram_quantile') return { ...one, carried: without(one.carried, ['le']) };
    if (name !== 'label_replace' && name !== 'label_join') return one;
    const [label, written = ''] = strings;
    const isEmptied = name === 'label_replace' && written === '';
    if (label === undefined) return one;
    return {
      ...one,
      carried: isEmptied ? without(one.carried, [label]) : withLabel(one.carried, label, null),
    };
  });
}

/** Fires while nothing answers; what is then known of it is what was asked for. */
function ofAbsence(node: PromNode & { readonly kind: 'call' }, source: Source): readonly Outcome[] {
  const [argument] = node.args;
  if (argument === undefined) return [NOTHING];
  const selectors = partsOf(argument).filter((part) => part.kind === 'selector');
  const inner = bare(argument.kind === 'range' || argument.kind === 'shifted' ? argument.of : argument);
  const selected = of(argument, source).flatMap((one) => one.selected);
  return [
    {
      ...NOTHING,
      selected:
        selected.length > 0
          ? selected
          : selectors.map((one) => ({
              metric: one.name ?? '',
              matchers: one.matchers,
              beside: false,
              toward: null,
            })),
      carried: inner.kind === 'selector' ? ofAbsent(inner.matchers) : BARE,
      fires: { firing: { kind: 'absent' }, node: argument, text: source.text },
    },
  ];
}

/** Aggregations that choose some series and leave them as they are. */
const CHOOSING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

function ofAggregate(node: PromNode & { readonly kind: 'aggregate' }, source: Source): readonly Outcome[] {
  const { op, grouping, parameter } = node;
  return of(node.of, source).map((each) => {
    if (CHOOSING.has(op)) return each;
    const one = { ...each, selected: toward.aggregated(op, each.selected, each.fires !== null) };
    const grouped =
      grouping === null
        ? only(one.carried, [])
        : grouping.by
          ? only(one.carried, grouping.labels)
          : without(one.carried, grouping.labels);
    const added = op === 'count_values' && parameter?.kind === 'string' ? parameter.value : null;
    return { ...one, carried: added === null ? grouped : withLabel(grouped, added, null) };
  });
}

function ofBinary(node: BinaryNode, source: Source): readonly Outcome[] {
  switch (node.op) {
    case 'or':
      return either(
        [node.left, node.right].flatMap((side) =>
          of(side, source).map((one) => shown(one, side, source.text)),
        ),
      );
    case 'and':
    case 'unless':
      return of(node.left, source).map((left) => besides(node, shown(left, node.left, source.text), source));
    default:
      return COMPARISONS[node.op] === undefined ? combined(node, source) : compared(node, source);
  }
}

/** A constant that stands in where there is no series is no outcome of its own. */
function either(all: readonly Outcome[]): readonly Outcome[] {
  const measured = all.filter(({ selected }) => selected.length > 0);
  return measured.length > 0 ? measured : all.slice(0, 1);
}

function besides(node: BinaryNode, left: Outcome, source: Source): Outcome {
  const [right = NOTHING] = of(node.right, source);
  const words = brief(node.right, source.text);
  const others = toward.besides(right.selected);
  if (node.op === 'unless') {
    // What must not hold says nothing of which values are meant.
    const excluded = others.map((one) => ({ ...one, matchers: [] }));
    return { ...left, selected: [...left.selected, ...excluded], also: [...left.also, `unless ${words}`] };
  }
  const carried = restricted(node, left.carried, right.carried);
  // Where only the other side compares, that is what fires.
  if (!isCompared(left) && isCompared(right))
    return {
      ...left,
      carried,
      selected: [...right.selected, ...left.selected],
      fires: right.fires,
      also: [...left.also, ...right.also],
    };
  return { ...left, carried, selected: [...left.selected, ...others], also: [...left.also, `and ${words}`] };
}

/** Every pair of outcomes of both sides. */
function pairs(node: BinaryNode, source: Source): readonly (readonly [Outcome, Outcome])[] {
  const [left, right] = [of(node.left, source), of(node.right, source)];
  return left.flatMap((one) => right.map((other) => [one, other] as const)).slice(0, MOST);
}

function carriedBy(node: BinaryNode, left: Outcome, right: Outcome): Carried {
  if (isScalar(node.left)) return right.carried;
  return isScalar(node.right) ? left.carried : matched(node, left.carried, right.carried);
}

function combined(node: BinaryNode, source: Source): readonly Outcome[] {
  return pairs(node, source).map(([left, right]) => ({
    selected: toward.arithmetic(node.op, node.group, left.selected, right.selected),
    carried: carriedBy(node, left, right),
    fires: left.fires ?? right.fires,
    flag: null,
    also: [...left.also, ...right.also],
  }));
}

function compared(node: BinaryNode, source: Source): readonly Outcome[] {
  const { op, bool, left, right } = node;
  const [before, after] = [fold(left), fold(right)];
  const is = op as Comparison;
  const mirrored = COMPARISONS[op] ?? is;
  if (before !== null && after !== null) return [NOTHING];
  if (after !== null)
    return of(left, source).map((one) =>
      limited(one, { kind: 'limit', is, value: after }, left, source.text, bool),
    );
  if (before !== null)
    return of(right, source).map((one) =>
      limited(one, { kind: 'limit', is: mirrored, value: before }, right, source.text, bool),
    );
  return pairs(node, source).map(([one, other]) => {
    const isTurned = one.selected.length === 0 && other.selected.length > 0;
    const [measured, limit] = isTurned ? [right, left] : [left, right];
    const [main, side] = isTurned ? [other, one] : [one, other];
    const firing: Firing = { kind: 'other', is: isTurned ? mirrored : is, text: brief(limit, source.text) };
    const both: Outcome = {
      ...main,
      selected: [...main.selected, ...toward.besides(side.selected)],
      carried: carriedBy(node, one, other),
    };
    return limited(both, firing, measured, source.text, bool);
  });
}
