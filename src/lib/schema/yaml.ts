import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import type { Flaw, Mistake } from './mistake.ts';
import { pathOf } from './mistake.ts';

/** A file of YAML that was read: what it says, and where in it something stands. */
export interface Written {
  readonly value: unknown;
  /** The mistakes, in the order of the flaws, each in its line. */
  place(flaws: readonly Flaw[], kind?: Mistake['kind']): readonly Mistake[];
}

/** Reads a text of YAML. One that is broken answers with what is wrong, by line and column. An empty one holds null. */
export function readYaml(text: string, file: string): Written | { readonly broken: readonly Mistake[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number | null) => {
    const { line, col } = offset === null ? { line: 0, col: 0 } : lines.linePos(offset);
    return line > 0 ? { line, column: Math.max(1, col) } : { line: null, column: null };
  };
  const wrong = (message: string, offset: number | null): Mistake => ({
    kind: 'wrong',
    file,
    ...place(offset),
    path: '',
    message,
  });
  // One slip makes the rest unreadable in its own way: the first of them says it.
  const [first] = document.errors;
  if (first !== undefined) return { broken: [wrong(plainly(first), first.pos[0])] };
  try {
    return {
      value: document.toJS(),
      place: (flaws, kind = 'wrong') =>
        flaws.map(({ path, message }) => ({
          ...wrong(message, offsetOf(document, path)),
          kind,
          path: pathOf(path),
        })),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const [, alias] = /^Unresolved alias .*: (\S+)$/.exec(why) ?? [];
    const words = alias === undefined ? why : `*${alias} stands for nothing: &${alias} must come before it`;
    return { broken: [wrong(`the YAML cannot be read: ${words}`, null)] };
  }
}

/** Where the last part of a path stands that is there: the name of a key, or the item of a list. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
  let node: ParsedNode | null = document.contents;
  let found = node?.range[0] ?? null;
  for (const part of path) {
    if (isMap<ParsedNode, ParsedNode | null>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return found;
      found = pair.key.range[0];
      node = pair.value;
    } else if (isSeq<ParsedNode>(node)) {
      const item: unknown = node.items[Number(part)];
      if (!isNode(item)) return found;
      node = item as ParsedNode;
      found = node.range[0];
    } else return found;
  }
  return found;
}

function plainly({ code, message }: { readonly code: string; readonly message: string }): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'the YAML is broken: a tab stands where only spaces may, at the start of a line';
    case 'BAD_INDENT':
      return 'the YAML is broken: this line is indented otherwise than its neighbours, or a bracket, brace or quote before it is never closed';
    case 'DUPLICATE_KEY':
      return 'this name is written twice here: keep one';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---): write everything in one';
    case 'MISSING_CHAR':
      return `the YAML is broken: ${lowered(message)}: close the quote, the bracket or the brace, or put the space after the colon`;
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'the YAML is broken: here is a name without a colon, or a second colon in a line: put quotes round a value that holds ": "';
    default:
      return `the YAML is broken: ${lowered(message)}`;
  }
}

function lowered(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}
