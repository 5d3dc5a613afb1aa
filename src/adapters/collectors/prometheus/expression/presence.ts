import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/**
 * What answers as long as the series that a rule watches are there, whether or not the rule's condition holds. `groundless` is a rule that
 * asks whether series are absent: it has none behind it. `unreadable` is an expression of another language.
 */
export type Presence =
  | {
      readonly kind: 'series';
      readonly expression: string;
      /** Whether all that it reads is counters, by their rates. */
      readonly counts: boolean;
      /**
       * The same with its functions over time as they are: after a gap in what is scraped, the last samples of the series are told on, while
       * the windows hold too few of them for any answer. Null where there is no such function.
       */
      readonly windows: string | null;
    }
  | { readonly kind: 'groundless' }
  | { readonly kind: 'unreadable' };

const COMPARISONS = new Set(['Eql', 'Neq', 'Lss', 'Lte', 'Gtr', 'Gte']);
/** They leave some of their series out, whichever. */
const CHOOSING = new Set(['Topk', 'Bottomk', 'LimitK', 'LimitRatio']);
const ABSENCES = new Set(['Absent', 'AbsentOverTime']);
const COUNTING = new Set(['Rate', 'Irate', 'Increase']);
/** What stands for samples of another time, or of many. */
const SHIFTED = new Set(['MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'StepInvariantExpr']);

/**
 * Labels by which counters tell how something ended. A process that was started anew has no series for an outcome that it has not had
 * yet: no errors since the fix are no vanished series, as long as it counts at all.
 */
const OUTCOME =
  /^(?:(?:http_|response_|grpc_|rpc_|envoy_)*(?:code|status|status_code|status_class|code_class|response_flags)|outcome|result|success|error|error_type|exception|reason)$/;
export const isOutcome = (label: string) => OUTCOME.test(label);

/** Where a part stands: under a function that counts, or not. */
interface Place {
  readonly source: string;
  readonly counting: boolean;
  /** Whether functions over time stay as they are. */
  readonly keepsWindows: boolean;
}

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
  const [top] = partsOf(tree.topNode);
  if (broken || top === undefined) return { kind: 'unreadable' };
  const place = { source: expression, counting: false, keepsWindows: false };
  const present = render(top, place);
  if (present === null) return { kind: 'groundless' };
  const windows = render(top, { ...place, keepsWindows: true });
  return {
    kind: 'series',
    expression: present,
    counts: countsOnly(top),
    windows: windows === present ? null : windows,
  };
}

function countsOnly(node: SyntaxNode): boolean {
  if (node.name === 'VectorSelector') return false;
  return calls(node, COUNTING) || childrenOf(node).every(countsOnly);
}

/** Null where nothing need be there for the rule to be quiet. */
function render(node: SyntaxNode, place: Place): string | null {
  if (node.name === 'BinaryExpr') return renderBinary(node, place);
  if (node.name === 'FunctionCall') return renderCall(node, place);
  if (node.name === 'LabelMatchers') return renderMatchers(node, place);
  const [first] = partsOf(node);
  if (place.keepsWindows && isWindow(node)) return renderParts(node, place);
  if (SHIFTED.has(node.name) && first !== undefined) return wrapped(render(first, place));
  const chosen = argumentsOf(node).at(-1);
  const chooses = node.name === 'AggregateExpr' && first !== undefined && has(first, CHOOSING);
  return chooses && chosen !== undefined ? wrapped(render(chosen, place)) : renderParts(node, place);
}

function renderBinary(node: SyntaxNode, place: Place): string | null {
  const parts = partsOf(node);
  const [left, right] = [parts[0], parts.at(-1)];
  if (left === undefined || right === undefined) return null;
  if (has(node, new Set(['Unless']))) return render(left, place);
  const isEither = has(node, new Set(['Or']));
  if (isEither || has(node, new Set(['And']))) {
    const [first, second] = [render(left, place), render(right, place)];
    if (first === null) return isEither ? second : null;
    if (second === null) return first;
  }
  const isFilter = !has(node, new Set(['BoolModifier']));
  return renderParts(node, place, (part) =>
    isFilter && COMPARISONS.has(part.name) ? `${textOf(part, place)} bool ` : null,
  );
}

function renderCall(node: SyntaxNode, place: Place): string | null {
  if (calls(node, ABSENCES)) return null;
  const overTime = argumentsOf(node).find(isRange);
  if (overTime === undefined) return renderParts(node, place);
  const within = { ...place, counting: place.counting || calls(node, COUNTING) };
  return place.keepsWindows ? renderParts(node, within) : wrapped(render(overTime, within));
}

function renderMatchers(node: SyntaxNode, place: Place): string {
  if (!place.counting) return textOf(node, place);
  const kept = partsOf(node).filter((matcher) => {
    const [label] = childrenOf(matcher);
    return label === undefined || !isOutcome(textOf(label, place));
  });
  return `{${kept.map((matcher) => textOf(matcher, place)).join(',')}}`;
}

/** The text with its parts rendered, and what stands between them as it is. */
function renderParts(
  node: SyntaxNode,
  place: Place,
  instead: (part: SyntaxNode) => string | null = () => null,
): string | null {
  let rendered = '';
  let at = node.from;
  for (const part of childrenOf(node)) {
    const own = instead(part) ?? render(part, place);
    if (own === null) return null;
    rendered += place.source.slice(at, part.from) + own;
    at = part.to;
  }
  return rendered + place.source.slice(at, node.to);
}

const isWindow = ({ name }: SyntaxNode) => name === 'MatrixSelector' || name === 'SubqueryExpr';

/** Whether it stands for samples over time: `x[5m]`, `x[5m] offset 1h`, `(x > 1)[1h:1m] @ end()`. */
function isRange(node: SyntaxNode): boolean {
  if (isWindow(node)) return true;
  const [inner] = partsOf(node);
  const passes = SHIFTED.has(node.name) || node.name === 'ParenExpr';
  return passes && inner !== undefined && isRange(inner);
}

/** Whether it is a call of one of these functions. */
function calls(node: SyntaxNode, names: ReadonlySet<string>): boolean {
  const [identifier] = partsOf(node);
  return node.name === 'FunctionCall' && identifier !== undefined && has(identifier, names);
}

const has = (node: SyntaxNode, names: ReadonlySet<string>) =>
  childrenOf(node).some(({ name }) => names.has(name));

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const body = childrenOf(node).find(({ name }) => name === 'FunctionCallBody');
  return body === undefined ? [] : partsOf(body);
}

/** What it is made of, without comments. */
const partsOf = (node: SyntaxNode) => childrenOf(node).filter(({ name }) => name !== 'LineComment');

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

const textOf = ({ from, to }: SyntaxNode, { source }: Place) => source.slice(from, to);
const wrapped = (inner: string | null) => (inner === null ? null : `(${inner})`);
