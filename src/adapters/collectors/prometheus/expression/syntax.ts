import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Where a part stands in its expression. */
interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
  readonly end: number;
}

/** How two vectors are matched; null where every label counts. */
export interface Matching {
  readonly by: 'on' | 'ignoring';
  readonly labels: readonly string[];
}

/** A vector selector. `name` is null where only its matchers could tell. */
export type SelectorNode = Place & {
  readonly kind: 'selector';
  readonly name: string | null;
  readonly matchers: readonly Matcher[];
  /** Where its braces stand; null where it has none. */
  readonly braces: Place | null;
};

/** A binary operation. `group` is the side of which several may meet one of the other; `included` are labels taken from the one. */
export type BinaryNode = Place & {
  readonly kind: 'binary';
  readonly op: string;
  readonly bool: boolean;
  readonly matching: Matching | null;
  readonly group: 'left' | 'right' | null;
  readonly included: readonly string[];
  readonly left: PromNode;
  readonly right: PromNode;
};

/** A PromQL expression, as far as what it reads, what it counts in and where it fires are concerned. */
export type PromNode =
  | SelectorNode
  | BinaryNode
  | (Place & { readonly kind: 'number'; readonly value: number })
  | (Place & { readonly kind: 'string'; readonly value: string })
  /** A range, or a subquery. */
  | (Place & { readonly kind: 'range'; readonly of: PromNode })
  /** Looks back by an offset, or at a moment of its own. */
  | (Place & { readonly kind: 'shifted'; readonly of: PromNode })
  | (Place & { readonly kind: 'paren'; readonly of: PromNode })
  | (Place & { readonly kind: 'negative'; readonly of: PromNode })
  | (Place & { readonly kind: 'call'; readonly name: string; readonly args: readonly PromNode[] })
  | (Place & {
      readonly kind: 'aggregate';
      readonly op: string;
      readonly grouping: { readonly by: boolean; readonly labels: readonly string[] } | null;
      readonly parameter: PromNode | null;
      readonly of: PromNode;
    });

/** Functions that Prometheus has given other names; as long as the stand-in, so that nothing moves. */
const RENAMED: readonly (readonly [RegExp, string])[] = [[/\bholt_winters(?=\s*\()/gi, 'day_of_month']];
/** Longer ones are nobody's rule, and nothing is worth reading them for. */
const LONGEST = 20_000;
const DEEPEST = 200;

class NotUnderstood extends Error {}

/** Reads an expression with Prometheus' own grammar; null where that does not understand it. Never throws. */
export function parse(expression: string): PromNode | null {
  if (expression.length > LONGEST) return null;
  const known = RENAMED.reduce((text, [name, other]) => text.replace(name, other), expression);
  try {
    const shifts = shiftsIn(parser.parse(known));
    const plain = shifts.reduce(blanked, known);
    const [whole, ...more] = childrenOf(parser.parse(plain).topNode);
    return whole === undefined || more.length > 0
      ? null
      : read(whole, { text: expression, plain, shifts }, 0);
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

/** Every part of an expression, itself first. */
export function partsOf(node: PromNode): readonly PromNode[] {
  return [node, ...partsIn(node).flatMap(partsOf)];
}

/** The parts that an expression is directly made of. */
export function partsIn(node: PromNode): readonly PromNode[] {
  switch (node.kind) {
    case 'selector':
    case 'number':
    case 'string':
      return [];
    case 'binary':
      return [node.left, node.right];
    case 'call':
      return node.args;
    case 'aggregate':
      return [...(node.parameter === null ? [] : [node.parameter]), node.of];
    case 'range':
    case 'shifted':
    case 'paren':
    case 'negative':
      return [node.of];
    default:
      return node satisfies never;
  }
}

/**
 * Where `offset` and `@` stand, each with what follows it. The grammar has them shift all that stands before, `a + b` in
 * `a + b offset 5m`, where Prometheus has them shift only what they stand beside.
 */
function shiftsIn(tree: Tree): readonly Place[] {
  const found: Place[] = [];
  tree.iterate({
    enter: ({ name, node: at }) => {
      if (name !== 'OffsetExpr' && name !== 'StepInvariantExpr') return;
      const sign = at.getChild('Offset') ?? at.getChild('At');
      if (sign !== null) found.push({ start: sign.from, end: at.to });
    },
  });
  return found;
}

function blanked(text: string, { start, end }: Place): string {
  return `${text.slice(0, start)}${' '.repeat(end - start)}${text.slice(end)}`;
}

interface Source {
  readonly text: string;
  /** The same without its shifts, and as long. */
  readonly plain: string;
  readonly shifts: readonly Place[];
}

/** What is read from a series, shifted where an `offset` or an `@` follows. */
function shifted(node: PromNode, { plain, shifts }: Source): PromNode {
  const beside = shifts.filter(
    ({ start }) => start >= node.end && plain.slice(node.end, start).trim() === '',
  );
  return beside.length === 0
    ? node
    : { kind: 'shifted', of: node, start: node.start, end: Math.max(...beside.map(({ end }) => end)) };
}

function read(node: SyntaxNode, source: Source, depth: number): PromNode {
  if (depth > DEEPEST) throw new NotUnderstood();
  const { text } = source;
  const place = { start: node.from, end: node.to };
  const children = childrenOf(node);
  const inner = (child: SyntaxNode | undefined) => {
    if (child === undefined) throw new NotUnderstood();
    return read(child, source, depth + 1);
  };
  const [first] = children;
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'number', value: numberOf(text.slice(node.from, node.to)), ...place };
    case 'StringLiteral':
      return { kind: 'string', value: unquoted(text.slice(node.from, node.to)), ...place };
    case 'VectorSelector':
      return shifted(selectorOf(node, text), source);
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return shifted({ kind: 'range', of: inner(first), ...place }, source);
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      return inner(first);
    case 'ParenExpr':
      return { kind: 'paren', of: inner(first), ...place };
    case 'UnaryExpr': {
      const of = inner(children[1]);
      return { kind: text[node.from] === '-' ? 'negative' : 'paren', of, start: node.from, end: of.end };
    }
    case 'FunctionCall': {
      const name = first === undefined ? '' : text.slice(first.from, first.to).toLowerCase();
      return { kind: 'call', name, args: argumentsOf(children).map(inner), ...place };
    }
    case 'AggregateExpr': {
      const args = argumentsOf(children);
      const op = first === undefined ? '' : text.slice(first.from, first.to).toLowerCase();
      const parameter = args.length > 1 ? inner(args[0]) : null;
      return {
        kind: 'aggregate',
        op,
        grouping: groupingOf(node, text),
        parameter,
        of: inner(args.at(-1)),
        ...place,
      };
    }
    case 'BinaryExpr':
      return binaryOf(node, text, inner);
    default:
      throw new NotUnderstood();
  }
}

function binaryOf(
  node: SyntaxNode,
  text: string,
  inner: (child: SyntaxNode | undefined) => PromNode,
): BinaryNode {
  const [left, operator, ...rest] = childrenOf(node);
  const matching = node.getChild('MatchingModifierClause');
  const [labels, included] = matching?.getChildren('GroupingLabels') ?? [];
  const group = matching?.getChild('GroupLeft') ? 'left' : matching?.getChild('GroupRight') ? 'right' : null;
  const [before, after] = [inner(left), inner(rest.at(-1))];
  return {
    kind: 'binary',
    op: operator === undefined ? '' : text.slice(operator.from, operator.to).toLowerCase(),
    bool: node.getChild('BoolModifier') !== null,
    matching: matching
      ? { by: matching.getChild('On') ? 'on' : 'ignoring', labels: labelsIn(labels ?? null, text) }
      : null,
    group,
    included: labelsIn(included ?? null, text),
    left: before,
    right: after,
    start: before.start,
    end: after.end,
  };
}

function groupingOf(node: SyntaxNode, text: string) {
  const modifier = node.getChild('AggregateModifier');
  if (modifier === null) return null;
  return {
    by: modifier.getChild('By') !== null,
    labels: labelsIn(modifier.getChild('GroupingLabels'), text),
  };
}

function selectorOf(node: SyntaxNode, text: string): SelectorNode {
  const identifier = node.getChild('Identifier');
  const braces = node.getChild('LabelMatchers');
  const parts = braces === null ? [] : childrenOf(braces);
  const named = parts.find(({ name }) => name === 'QuotedLabelName');
  const matchers = parts
    .filter(({ name }) => name !== 'QuotedLabelName')
    .map((part): Matcher => {
      const [label, op, value] = childrenOf(part);
      if (label === undefined || op === undefined || value === undefined) throw new NotUnderstood();
      return {
        label: labelName(label, text),
        op: text.slice(op.from, op.to),
        value: unquoted(text.slice(value.from, value.to)),
        end: part.to,
      };
    });
  const own = identifier ?? named ?? null;
  return {
    kind: 'selector',
    name:
      own === null
        ? (matchers.find(({ label, op }) => label === '__name__' && op === '=')?.value ?? null)
        : labelName(own, text),
    matchers,
    braces: braces === null ? null : { start: braces.from, end: braces.to },
    start: node.from,
    end: node.to,
  };
}

function argumentsOf(children: readonly SyntaxNode[]): readonly SyntaxNode[] {
  const body = children.find(({ name }) => name === 'FunctionCallBody');
  return body === undefined ? [] : childrenOf(body);
}

function labelsIn(node: SyntaxNode | null, text: string): readonly string[] {
  return node === null ? [] : childrenOf(node).map((child) => labelName(child, text));
}

function labelName(node: SyntaxNode, text: string): string {
  const name = text.slice(node.from, node.to);
  return node.name === 'QuotedLabelName' ? unquoted(name) : name;
}

/** The parts of a node, without comments. */
function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.type.isError) throw new NotUnderstood();
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /\\(?:([abfnrtv\\"'])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{3}))/gi;

/** What stands between the quotes of a PromQL string. */
function unquoted(literal: string): string {
  const [quote] = literal;
  if (quote === undefined || literal.length < 2 || !literal.endsWith(quote)) throw new NotUnderstood();
  const inside = literal.slice(1, -1);
  if (quote === '`') return inside;
  return inside.replace(ESCAPE, (_, letter, x, u, long, octal) => {
    if (letter !== undefined) return ESCAPED[letter] ?? letter;
    const code = octal === undefined ? Number.parseInt(x ?? u ?? long, 16) : Number.parseInt(octal, 8);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A number as PromQL writes it: `1e9`, `0x1F`, `1_000`, `Inf`, or a duration in seconds such as `1h30m`. */
export function numberOf(literal: string): number {
  const [, sign = '', figures = ''] =
    /^([-+]?)\s*(.*)$/s.exec(literal.replaceAll('_', '').toLowerCase()) ?? [];
  const value = unsigned(figures);
  return sign === '-' ? -value : value;
}

function unsigned(figures: string): number {
  if (figures === 'inf') return Number.POSITIVE_INFINITY;
  if (figures === 'nan') return Number.NaN;
  if (figures.startsWith('0x')) return Number.parseInt(figures.slice(2), 16);
  const parts = [...figures.matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (parts.length === 0) return /^0\d+$/.test(figures) ? octal(figures) : Number(figures);
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? Number.NaN), 0);
}

/** Prometheus reads a leading zero as C does. */
function octal(figures: string): number {
  return /^[0-7]+$/.test(figures) ? Number.parseInt(figures, 8) : Number(figures);
}
