import { type PromNode, partsOf, type SelectorNode } from '../expression/syntax.ts';

/** Matchers by these only say where to look, and not at what. */
const PLACES = new Set(
  'job namespace cluster env environment instance device fstype mountpoint container image pod node __name__'.split(
    ' ',
  ),
);

/** An expression for people: without ranges, and of its matchers only those that say what is measured. */
export function brief(node: PromNode, text: string): string {
  const edits = partsOf(node)
    .flatMap((part): readonly Edit[] => {
      if (part.kind === 'range' || part.kind === 'shifted')
        return [{ start: part.of.end, end: part.end, by: '' }];
      return part.kind === 'selector' && part.braces !== null ? [{ ...part.braces, by: telling(part) }] : [];
    })
    .sort((a, b) => b.start - a.start);
  const { start, end } = node;
  const short = edits.reduce(
    (so, edit) => so.slice(0, edit.start) + edit.by + so.slice(edit.end),
    text.slice(0, end),
  );
  return plain(short.slice(start));
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function telling({ name, matchers }: SelectorNode): string {
  const kept = matchers.filter(
    ({ label, op, value }) => (op === '=' || op === '=~') && value !== '' && !PLACES.has(label),
  );
  const shown = name === null ? matchers : kept;
  return shown.length === 0
    ? ''
    : `{${shown.map(({ label, op, value }) => `${label}${op}"${value}"`).join(',')}}`;
}

/** On one line, without how vectors are matched, and without parentheses around all of it. */
function plain(text: string): string {
  const line = text
    .replace(/#[^\n]*/g, ' ')
    .replace(/\b(?:on|ignoring|group_left|group_right)\s*(?:\([^()]*\))/gi, ' ')
    .replace(/\bgroup_(?:left|right)\b/gi, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/ \)/g, ')')
    .trim();
  return isWrapped(line) ? plain(line.slice(1, -1)) : line;
}

function isWrapped(line: string): boolean {
  if (!line.startsWith('(') || !line.endsWith(')')) return false;
  let depth = 0;
  for (const [at, sign] of [...line].entries()) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (depth === 0 && at < line.length - 1) return false;
  }
  return true;
}
