import { type BinaryNode, type PromNode, parse, partsOf, type SelectorNode } from './syntax.ts';

/** An alert's expression, taken apart into what it measures and where that fires. */
export interface Split {
  /** The expression without its comparison. */
  readonly metric: string;
  /** `> 21474836480`, with its arithmetic done; null where none could be taken off. */
  readonly comparison: string | null;
  /** What else must hold: `and on (instance) up == 1`, in its own words; null where nothing else does. */
  readonly condition: string | null;
}

/** Each comparison, seen from its other side. */
const MIRRORED: Readonly<Record<string, string>> = {
  '==': '==',
  '!=': '!=',
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
};

/**
 * Takes the comparison off an alert's expression, so that the metric itself can be shown: `up == 0` becomes `up`, with `== 0` as
 * the comparison. Only comparisons with a constant that stand outermost are taken, or so on the left of an `and` or `unless`, whose
 * other side is then a condition; any other expression is kept whole.
 */
export function splitComparison(expression: string): Split {
  const root = parse(expression);
  const whole = { metric: expression.trim(), comparison: null, condition: null };
  return root === null ? whole : (splitOf(root, expression) ?? whole);
}

function splitOf(node: PromNode, text: string): Split | null {
  const inner = bare(node);
  if (inner.kind !== 'binary') return null;
  if (inner.op === 'and' || inner.op === 'unless') {
    const split = splitOf(inner.left, text);
    if (split === null) return null;
    const also = text.slice(inner.left.end, inner.end).trim().replace(/\s+/g, ' ');
    return { ...split, condition: split.condition === null ? also : `${split.condition} ${also}` };
  }
  const compared = comparedWith(inner);
  if (compared === null) return null;
  const before = splitOf(compared.of, text);
  // What is compared again after an exception is no longer told by one comparison.
  if (before?.condition != null) return null;
  return {
    metric: before?.metric ?? text.slice(bare(compared.of).start, bare(compared.of).end),
    comparison: before?.comparison ? `${before.comparison} ${compared.comparison}` : compared.comparison,
    condition: null,
  };
}

/** The side of a comparison that is measured, and the comparison with the constant of the other; null where it is no such. */
function comparedWith({ op, bool, left, right }: BinaryNode): { of: PromNode; comparison: string } | null {
  const mirrored = MIRRORED[op];
  if (bool || mirrored === undefined) return null;
  const [before, after] = [fold(left), fold(right)];
  if (before === null && after !== null) return { of: left, comparison: `${op} ${numeral(after)}` };
  return before !== null && after === null
    ? { of: right, comparison: `${mirrored} ${numeral(before)}` }
    : null;
}

function numeral(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

/** Whether an expression has values only while its condition holds, as a comparison that could not be taken off. */
export function answersOnlyWhileTrue(expression: string): boolean {
  const root = parse(expression);
  const inner = root === null ? null : bare(root);
  if (inner?.kind !== 'binary' || inner.bool) return false;
  return inner.op === 'and' || inner.op === 'unless' || MIRRORED[inner.op] !== undefined;
}

/** What a constant part is worth by PromQL's arithmetic; null where it is none. */
export function fold(node: PromNode): number | null {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'paren':
      return fold(node.of);
    case 'negative': {
      const value = fold(node.of);
      return value === null ? null : -value;
    }
    case 'binary': {
      const [left, right] = [fold(node.left), fold(node.right)];
      return left === null || right === null ? null : arithmetic(node, left, right);
    }
    case 'call':
      return node.name === 'pi' && node.args.length === 0 ? Math.PI : null;
    default:
      return null;
  }
}

function arithmetic({ op, left: node }: BinaryNode, left: number, right: number): number | null {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      // A sign binds less than a power, but the grammar gives it to the number where an operator stands before it.
      return node.kind === 'number' && node.value < 0 ? -((-left) ** right) : left ** right;
    case 'atan2':
      return Math.atan2(left, right);
    case '==':
    case '!=':
    case '>':
    case '>=':
    case '<':
    case '<=':
      return Number(holds(op, left, right));
    default:
      return null;
  }
}

function holds(op: '==' | '!=' | '>' | '>=' | '<' | '<=', left: number, right: number): boolean {
  if (op === '==') return left === right;
  if (op === '!=') return left !== right;
  if (op === '>') return left > right;
  if (op === '>=') return left >= right;
  return op === '<' ? left < right : left <= right;
}

/** Without the parentheses around it. */
export function bare(node: PromNode): PromNode {
  return node.kind === 'paren' ? bare(node.of) : node;
}

/**
 * The selectors that read the present, each as it is written, without range, offset or `@`. Null when the expression is not
 * understood. Selectors that look back by an offset are left out: their samples are old on purpose.
 */
export function selectorsOf(expression: string): readonly string[] | null {
  const root = parse(expression);
  if (root === null) return null;
  return [...new Set(presentIn(root).map(({ start, end }) => expression.slice(start, end)))];
}

function presentIn(node: PromNode): readonly SelectorNode[] {
  const shifted = new Set(partsOf(node).flatMap((part) => (part.kind === 'shifted' ? partsOf(part.of) : [])));
  return partsOf(node).flatMap((part) => (part.kind === 'selector' && !shifted.has(part) ? [part] : []));
}

/** Every selector of an expression as it is written, those that look back as well. */
export function allSelectorsOf(expression: string): readonly string[] {
  const root = parse(expression);
  const found = root === null ? [] : partsOf(root).filter(({ kind }) => kind === 'selector');
  return [...new Set(found.map(({ start, end }) => expression.slice(start, end)))];
}

/**
 * The names of every metric that an expression reads, wherever it stands, sorted. A selector by a pattern of names counts as those
 * that the pattern spells out, else as the pattern; one without any name as it is written. None where the expression is not understood.
 */
export function reads(expression: string): readonly string[] {
  const root = parse(expression);
  if (root === null) return [];
  const names = partsOf(root).flatMap((part) => {
    if (part.kind === 'selector') return namesOf(part, expression);
    return part.kind === 'call' && part.name === 'info' ? ['target_info'] : [];
  });
  return [...new Set(names)].sort();
}

function namesOf({ name, matchers, start, end }: SelectorNode, text: string): readonly string[] {
  if (name !== null) return [name];
  const pattern = matchers.find(({ label, op }) => label === '__name__' && op === '=~')?.value;
  if (pattern === undefined) return [text.slice(start, end)];
  const spelled = pattern.replace(/^\^?\(?(?:\?:)?|\)?\$?$/g, '').split('|');
  return spelled.every((one) => /^[a-zA-Z_:][\w:]*$/.test(one)) ? spelled : [pattern];
}

/** The selector that is the whole expression, as `up{job="fleet"}`, without parentheses around it; null where it is more than one. */
export function selectorIn(expression: string): string | null {
  const root = parse(expression);
  const inner = root === null ? null : bare(root);
  return inner?.kind === 'selector' ? expression.slice(inner.start, inner.end) : null;
}
