import { labelName, quoted } from '../client.ts';
import { type BinaryNode, type Matching, type PromNode, parse, type SelectorNode } from './syntax.ts';

/** Which labels may be asked for: all, all but some, or only some. */
type Scope = { readonly only: ReadonlySet<string> } | { readonly but: ReadonlySet<string> };
type Edit = { readonly start: number; readonly end: number; readonly text: string };

const ALL: Scope = { but: new Set() };
const NONE: Scope = { only: new Set() };

/** Functions whose answer has other labels than what they read, or none that tell where they come from. */
const BLIND = new Set(['absent', 'absent_over_time', 'scalar', 'vector', 'info']);
/** Aggregations that choose some of many: whoever asks for fewer, chooses others. */
const CHOOSING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);
const RELABELLING = new Set(['label_replace', 'label_join']);

/**
 * Asks for the series with these labels only, by writing the labels into the selectors that the answer's labels come from. The answer is
 * to the letter what the whole expression answers with these labels: an exception (`unless`) and whatever is not matched by a label
 * keeps its selectors as they are. Null where nothing can be written.
 */
export function narrowed(expression: string, labels: readonly (readonly [string, string])[]): string | null {
  const root = parse(expression);
  if (root === null) return null;
  const edits = editsOf(root, ALL, labels).toSorted((a, b) => b.start - a.start);
  const text = edits.reduce(
    (so, { start, end, text: by }) => so.slice(0, start) + by + so.slice(end),
    expression,
  );
  return text === expression ? null : text;
}

type Labels = readonly (readonly [string, string])[];

function editsOf(node: PromNode, scope: Scope, labels: Labels): readonly Edit[] {
  switch (node.kind) {
    case 'number':
    case 'string':
      return [];
    case 'selector':
      return editOf(
        node,
        labels.filter(([name]) => name !== '__name__' && allows(scope, name)),
      );
    case 'range':
    case 'shifted':
    case 'paren':
    case 'negative':
      return editsOf(node.of, scope, labels);
    case 'call':
      return ofCall(node, scope, labels);
    case 'aggregate': {
      const inner = node.op === 'count_values' ? NONE : grouped(node, scope);
      return editsOf(node.of, inner, labels);
    }
    case 'binary': {
      const [left, right] = sidesOf(node, scope);
      return [...editsOf(node.left, left, labels), ...editsOf(node.right, right, labels)];
    }
    default:
      return node satisfies never;
  }
}

function ofCall(node: PromNode & { kind: 'call' }, scope: Scope, labels: Labels): readonly Edit[] {
  // Which label is written anew is in a string, and a label that is written anew tells nothing of where it comes from.
  if (BLIND.has(node.name) || RELABELLING.has(node.name)) return [];
  return node.args.flatMap((each) => editsOf(each, scope, labels));
}

function grouped({ op, grouping }: PromNode & { kind: 'aggregate' }, scope: Scope): Scope {
  if (grouping === null) return CHOOSING.has(op) ? NONE : both(scope, NONE);
  const labels = new Set(grouping.labels);
  return both(scope, grouping.by ? { only: labels } : { but: labels });
}

function sidesOf(
  { op, matching, group, included, left, right }: BinaryNode,
  scope: Scope,
): readonly [Scope, Scope] {
  if (isScalar(left) || isScalar(right))
    return [isScalar(left) ? NONE : scope, isScalar(right) ? NONE : scope];
  const matched = both(scope, matchedBy(matching));
  if (op === 'unless') return [scope, NONE];
  if (op === 'and') return [scope, matched];
  if (group === null) return [matched, matched];
  // The many keep their own labels but for those that are taken from the one.
  const many = both(scope, { but: new Set(included) });
  return group === 'left' ? [many, matched] : [matched, many];
}

/** Labels that both sides of an operation share. */
function matchedBy(matching: Matching | null): Scope {
  if (matching === null) return ALL;
  const labels = new Set(matching.labels);
  return matching.by === 'on' ? { only: labels } : { but: labels };
}

const SCALARS = new Set(['scalar', 'time', 'pi']);

function isScalar(node: PromNode): boolean {
  switch (node.kind) {
    case 'number':
      return true;
    case 'paren':
    case 'negative':
      return isScalar(node.of);
    case 'call':
      return SCALARS.has(node.name);
    case 'binary':
      return isScalar(node.left) && isScalar(node.right);
    default:
      return false;
  }
}

function allows(scope: Scope, label: string): boolean {
  return 'only' in scope ? scope.only.has(label) : !scope.but.has(label);
}

function both(a: Scope, b: Scope): Scope {
  if ('only' in a) return { only: new Set([...a.only].filter((label) => allows(b, label))) };
  if ('only' in b) return both(b, a);
  return { but: new Set([...a.but, ...b.but]) };
}

function editOf({ matchers, braces, end }: SelectorNode, labels: Labels): readonly Edit[] {
  const has = (label: string, value: string) =>
    matchers.some((own) => own.label === label && own.op === '=' && own.value === value);
  const added = labels
    .filter(([label, value]) => !has(label, value))
    .map(([label, value]) => `${labelName(label)}=${quoted(value)}`)
    .join(',');
  if (added === '') return [];
  if (braces === null) return [{ start: end, end, text: `{${added}}` }];
  // What stands first in the braces may be a name, and a comma may already stand last; a matcher more in front is right with both.
  const start = braces.start + 1;
  return [{ start, end: start, text: matchers.length === 0 && end - start === 1 ? added : `${added},` }];
}
