import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { AlertRule } from './client.ts';
import { quoted } from './client.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * What answers as long as the series that a rule watches are there, whether or not the rule's condition holds. `groundless` is a rule that
 * asks whether series are absent: it has none behind it. `unreadable` is an expression of another language.
 */
export type Presence =
  | { readonly kind: 'series'; readonly expression: string }
  | { readonly kind: 'groundless' }
  | { readonly kind: 'unreadable' };

const COMPARISONS = new Set(['Eql', 'Neq', 'Lss', 'Lte', 'Gtr', 'Gte']);
/** They leave some of their series out, whichever. */
const CHOOSING = new Set(['Topk', 'Bottomk', 'LimitK', 'LimitRatio']);
const ABSENCES = new Set(['Absent', 'AbsentOverTime']);

/**
 * Comparisons answer 0 or 1 instead of leaving series out, exceptions (`unless`) are ignored, and functions over time make way for the
 * present samples: what they read may be gone already. Pure.
 */
export function presenceOf(expression: string): Presence {
  const tree = parser.parse(expression);
  let broken = false;
  tree.iterate({
    enter: ({ type }) => {
      broken ||= type.isError;
    },
  });
  const top = childrenOf(tree.topNode).find(({ name }) => name !== 'LineComment');
  if (broken || top === undefined) return { kind: 'unreadable' };
  const present = render(top, expression);
  return present === null ? { kind: 'groundless' } : { kind: 'series', expression: present };
}

/** Null where nothing need be there for the rule to be quiet. */
function render(node: SyntaxNode, source: string): string | null {
  switch (node.name) {
    case 'BinaryExpr':
      return renderBinary(node, source);
    case 'FunctionCall':
      return renderCall(node, source);
    case 'AggregateExpr': {
      const chooses = childrenOf(node).some(
        (child) => child.name === 'AggregateOp' && childrenOf(child).some(({ name }) => CHOOSING.has(name)),
      );
      const last = argumentsOf(node).at(-1);
      return chooses && last !== undefined ? wrapped(render(last, source)) : renderParts(node, source);
    }
    case 'MatrixSelector':
    case 'SubqueryExpr': {
      const [inner] = childrenOf(node);
      return inner === undefined ? null : wrapped(render(inner, source));
    }
    default:
      return renderParts(node, source);
  }
}

function renderBinary(node: SyntaxNode, source: string): string | null {
  const parts = childrenOf(node).filter(({ name }) => name !== 'LineComment');
  const [left, right] = [parts[0], parts.at(-1)];
  if (left === undefined || right === undefined) return null;
  const has = (name: string) => parts.some((part) => part.name === name);
  if (has('Unless')) return render(left, source);
  if (has('Or') || has('And')) {
    const [first, second] = [render(left, source), render(right, source)];
    if (first === null) return has('Or') ? second : null;
    if (second === null) return first;
  }
  return renderParts(node, source, (part) =>
    COMPARISONS.has(part.name) && !has('BoolModifier') ? `${text(part, source)} bool ` : null,
  );
}

function renderCall(node: SyntaxNode, source: string): string | null {
  const isAbsence = childrenOf(node).some(
    (child) =>
      child.name === 'FunctionIdentifier' && childrenOf(child).some(({ name }) => ABSENCES.has(name)),
  );
  if (isAbsence) return null;
  const overTime = argumentsOf(node).find(isRange);
  return overTime === undefined ? renderParts(node, source) : wrapped(render(overTime, source));
}

/** Whether it stands for samples over time: `x[5m]`, `x[5m] offset 1h`, `(x > 1)[1h:1m] @ end()`. */
function isRange(node: SyntaxNode): boolean {
  if (node.name === 'MatrixSelector' || node.name === 'SubqueryExpr') return true;
  const [inner] = childrenOf(node);
  const shifted = ['OffsetExpr', 'StepInvariantExpr', 'ParenExpr'].includes(node.name);
  return shifted && inner !== undefined && isRange(inner);
}

/** The text with its parts rendered, and what stands between them as it is. */
function renderParts(
  node: SyntaxNode,
  source: string,
  instead: (part: SyntaxNode) => string | null = () => null,
): string | null {
  let rendered = '';
  let at = node.from;
  for (const part of childrenOf(node)) {
    const own = instead(part) ?? render(part, source);
    if (own === null) return null;
    rendered += source.slice(at, part.from) + own;
    at = part.to;
  }
  return rendered + source.slice(at, node.to);
}

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const body = childrenOf(node).find(({ name }) => name === 'FunctionCallBody');
  return body === undefined ? [] : childrenOf(body).filter(({ name }) => name !== 'LineComment');
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

const text = (node: SyntaxNode, source: string) => source.slice(node.from, node.to);
const wrapped = (inner: string | null) => (inner === null ? null : `(${inner})`);

/**
 * Only what an expression answers with these labels, whatever the expression is made of: matchers inside it would break its joins. A
 * comment may end the expression, hence the lines.
 */
export function narrowedTo(expression: string, labels: Labels): string {
  const named = Object.entries(labels).filter(
    ([name, value]) => value !== '' && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name),
  );
  if (named.length === 0) return expression;
  const one = named.reduce(
    (vector, [name, value]) =>
      `label_replace(${vector},"${name}",${quoted(value.replaceAll('$', '$$$$'))},"","")`,
    'vector(1)',
  );
  return `(\n${expression}\n) and on (${named.map(([name]) => name).join(',')}) ${one}`;
}

/** The labels of an alert that its series have as well: neither its name nor what its rule puts in their place. */
export function seriesLabels(labels: Labels, rule: Pick<AlertRule, 'labels'>): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => {
      const own = rule.labels[name];
      return name !== 'alertname' && (own === undefined || isItself(name, own));
    }),
  );
}

/** A rule's label that only repeats the series' own: `{{ $labels.instance }}`. */
function isItself(name: string, value: string): boolean {
  const [, repeated] = /^\{\{-?\s*\$labels\.(\w+)\s*-?\}\}$/.exec(value.trim()) ?? [];
  return repeated === name;
}
