import { type BinaryNode, numberOf, type PromNode, parse, partsIn, partsOf } from './syntax.ts';

/**
 * How far before its evaluation an expression reads at most, milliseconds: `max_over_time(up[5m] offset 1m)` reads six minutes. What went on
 * then keeps an alert active after it is over. Zero where it reads the present alone, or where nobody can tell.
 */
export function lookBackOf(expression: string): number {
  const root = parse(expression);
  const seconds = root === null ? 0 : farthest(root, expression);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : 0;
}

/** In seconds; a subquery reads as far back as it reaches, and from there on what is in it. */
function farthest(node: PromNode, text: string): number {
  const [first = 0, ...more] = partsIn(node).map((part) => farthest(part, text));
  if (node.kind === 'binary' && node.op === 'unless') return first;
  if (node.kind === 'binary' && node.op === 'and' && readsTheSame(node)) return Math.min(first, ...more);
  return Math.max(first, ...more) + ownOf(node, text);
}

/** The short window and the long one of a burn rate: of the two, the one that is over first ends the alert. */
function readsTheSame({ left, right }: BinaryNode): boolean {
  const [mine, others] = [namesIn(left), namesIn(right)];
  return mine.size > 0 && mine.size === others.size && [...mine].every((name) => others.has(name));
}

function namesIn(node: PromNode): ReadonlySet<string> {
  return new Set(
    partsOf(node).flatMap((part) =>
      part.kind === 'selector' && part.name !== null ? [part.name.replace(RECORDED, ':')] : [],
    ),
  );
}

/** The window that a recording rule bears in its name: `job:http_errors:rate5m`. */
const RECORDED = /:[a-z_]*?(\d+[smhdw])$/;

function ownOf(node: PromNode, text: string): number {
  if (node.kind === 'selector') return secondsOf(RECORDED.exec(node.name ?? '')?.[1]);
  if (node.kind !== 'range' && node.kind !== 'shifted') return 0;
  const said = text.slice(node.of.end, node.end);
  const pattern = node.kind === 'range' ? /\[\s*([^\]:\s]+)/ : /offset\s+([^\s@]+)/i;
  return secondsOf(pattern.exec(said)?.[1]);
}

function secondsOf(literal: string | undefined): number {
  return literal === undefined ? 0 : Math.max(numberOf(literal), 0);
}
