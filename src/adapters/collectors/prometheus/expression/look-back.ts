import { numberOf, type PromNode, parse, partsIn } from './syntax.ts';

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
  const within = Math.max(0, ...partsIn(node).map((part) => farthest(part, text)));
  return within + ownOf(node, text);
}

function ownOf(node: PromNode, text: string): number {
  if (node.kind !== 'range' && node.kind !== 'shifted') return 0;
  const said = text.slice(node.of.end, node.end);
  const [, literal] = (node.kind === 'range' ? /\[\s*([^\]:\s]+)/ : /offset\s+([^\s@]+)/i).exec(said) ?? [];
  const seconds = literal === undefined ? 0 : numberOf(literal);
  return Math.max(seconds, 0);
}
