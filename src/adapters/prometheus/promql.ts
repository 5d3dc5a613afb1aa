/** A lexical unit of PromQL. Braces and brackets are kept whole, with their strings. */
type Token = {
  readonly kind:
    | 'name'
    | 'number'
    | 'string'
    | 'braces'
    | 'brackets'
    | 'operator'
    | 'open'
    | 'close'
    | 'comma';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

const STRING = String.raw`"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|${'`[^`]*`'}`;
const SHAPES: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+|#[^\n]*/y],
  ['string', new RegExp(STRING, 'y')],
  ['braces', new RegExp(String.raw`\{(?:[^"'${'`'}{}]|${STRING})*\}`, 'y')],
  ['brackets', /\[[^[\]]*\]/y],
  ['number', /(?:0x[0-9a-f]+|(?:\d+(?:ms|[smhdwy]))+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|(?:inf|nan)\b)/iy],
  ['name', /[a-z_:][a-z0-9_:]*/iy],
  ['operator', /==|!=|>=|<=|[-+*/%^<>@]/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['comma', /,/y],
];

const COMPARISONS = new Set(['==', '!=', '>=', '<=', '<', '>']);
const SET_OPERATORS = new Set(['and', 'or', 'unless']);
const LABEL_LISTS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const KEYWORDS = new Set([...SET_OPERATORS, ...LABEL_LISTS, 'bool', 'offset', 'atan2', 'start', 'end']);

/** Null when the text is not made of PromQL's parts; then nothing is concluded from it. */
function tokenize(expression: string): readonly Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < expression.length; ) {
    const found = SHAPES.map(([kind, shape]) => {
      shape.lastIndex = at;
      return { kind, text: shape.exec(expression)?.[0] ?? '' };
    }).find(({ text }) => text !== '');
    if (found === undefined) return null;
    const end = at + found.text.length;
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text, start: at, end });
    at = end;
  }
  return tokens;
}

/**
 * Takes the comparison off an alert's expression, so that the metric itself can be shown: `up == 0` becomes `up`, with
 * `== 0` as the comparison. Only comparisons with a constant that stand last and outermost are taken; any other expression is
 * kept whole, with null.
 */
export function splitComparison(expression: string): { metric: string; comparison: string | null } {
  const whole = { metric: expression.trim(), comparison: null };
  const tokens = tokenize(expression);
  if (tokens === null) return whole;
  const inner = unwrap(tokens);
  let depth = 0;
  let last = -1;
  for (const [index, { kind, text }] of inner.entries()) {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth > 0) continue;
    if (kind === 'name' && SET_OPERATORS.has(text.toLowerCase())) return whole;
    if (kind === 'operator' && COMPARISONS.has(text)) last = index;
  }
  const [first, operator, right] = [inner[0], inner[last], inner.slice(last + 1)];
  if (first === undefined || operator === undefined || last === 0 || !isConstant(right)) return whole;
  const comparison = expression.slice(operator.start, right.at(-1)?.end);
  const before = splitComparison(expression.slice(first.start, inner[last - 1]?.end));
  return {
    metric: before.metric,
    comparison: before.comparison === null ? comparison : `${before.comparison} ${comparison}`,
  };
}

/**
 * The selectors that read the present: `{metric, labels}` of each as text, without range, offset or `@`. Null when the expression
 * is not understood. Selectors that look back by an offset are left out: their samples are old on purpose.
 */
export function selectorsOf(expression: string): readonly string[] | null {
  const tokens = tokenize(expression);
  if (tokens === null) return null;
  const found = new Set<string>();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if (
      token.kind === 'name' &&
      LABEL_LISTS.has(token.text.toLowerCase()) &&
      tokens[index + 1]?.kind === 'open'
    ) {
      while (index < tokens.length && tokens[index]?.kind !== 'close') index += 1;
      continue;
    }
    if (!startsSelector(tokens, index)) continue;
    let next = index + 1;
    if (token.kind === 'name' && tokens[next]?.kind === 'braces') next += 1;
    const text = expression.slice(token.start, tokens[next - 1]?.end);
    if (tokens[next]?.kind === 'brackets') next += 1;
    const shifted = tokens[next]?.text.toLowerCase() === 'offset' || tokens[next]?.text === '@';
    if (!shifted) found.add(text);
    index = next - 1;
  }
  return [...found];
}

/** Whether the whole expression is one selector, such as `up{job="fleet"}`. */
export function isSelector(expression: string): boolean {
  const selectors = selectorsOf(expression);
  return selectors?.length === 1 && selectors[0] === expression.trim();
}

function startsSelector(tokens: readonly Token[], index: number): boolean {
  const { kind, text } = tokens[index] as Token;
  if (kind === 'braces') return true;
  if (kind !== 'name' || KEYWORDS.has(text.toLowerCase())) return false;
  const next = tokens[index + 1];
  // A name before a parenthesis or a grouping is a function or an aggregation.
  return next?.kind !== 'open' && !['by', 'without'].includes(next?.text.toLowerCase() ?? '');
}

/** Takes off parentheses around the whole. */
function unwrap(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens;
  while (inner[0]?.kind === 'open' && closes(inner) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}

/** Where the first parenthesis is closed, or -1. */
function closes(tokens: readonly Token[]): number {
  let depth = 0;
  return tokens.findIndex(({ kind }) => {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    return depth === 0;
  });
}

function isConstant(tokens: readonly Token[]): boolean {
  const arithmetic = new Set(['+', '-', '*', '/', '%', '^']);
  return (
    tokens.some(({ kind }) => kind === 'number') &&
    tokens.every(
      ({ kind, text }) => kind === 'number' || kind === 'open' || kind === 'close' || arithmetic.has(text),
    )
  );
}
