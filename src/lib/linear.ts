import { RE2JS, RE2JSException } from 're2js';

/**
 * A regular expression in the syntax of RE2, as Go, Prometheus and Alertmanager have it. Its time grows with the text and never
 * explodes, as that of JavaScript's own would: patterns come from people, and texts from anywhere.
 */
export interface Linear {
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
  /** Whether it matches the whole text. */
  matchesWhole(text: string): boolean;
  /** The first place where it matches; null where it does not. */
  find(text: string): { readonly index: number; readonly length: number } | null;
  /** What its groups fit where it matches the whole text, the whole first; null where it does not. */
  groups(text: string): readonly string[] | null;
}

export type Compiled =
  | { readonly kind: 'compiled'; readonly linear: Linear }
  /** `reason` says what is wrong with it. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A longer one is nothing that a person wrote, and each repetition in it is spelled out. */
const LONGEST = 1_000;
/** So many are remembered: a catalog's, and the silences'. */
const MOST = 1_000;
const known = new Map<string, Compiled>();

/** Reads a pattern. `lines`: whether `^` and `$` stand for the ends of a line, and not of the text alone. */
export function linear(pattern: string, { lines = false } = {}): Compiled {
  const key = `${lines ? 'm' : ''}/${pattern}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const compiled = compile(pattern, lines);
  if (known.size >= MOST) known.clear();
  known.set(key, compiled);
  return compiled;
}

/** One that was read before, as every pattern of a catalog is when it is loaded. Throws where it cannot be read. */
export function mustRead(pattern: string, options?: { readonly lines?: boolean }): Linear {
  const compiled = linear(pattern, options);
  if (compiled.kind === 'compiled') return compiled.linear;
  throw new Error(`the pattern ${JSON.stringify(pattern)} cannot be read: ${compiled.reason}`);
}

function compile(pattern: string, lines: boolean): Compiled {
  if (pattern.length > LONGEST)
    return { kind: 'unreadable', reason: `it is longer than ${LONGEST} characters` };
  try {
    const flags = lines ? RE2JS.MULTILINE : 0;
    const expression = RE2JS.compile(pattern, flags);
    return {
      kind: 'compiled',
      linear: {
        test: (text) => expression.test(text),
        matchesWhole: (text) => expression.testExact(text),
        find(text) {
          const matcher = expression.matcher(text);
          return matcher.find() ? { index: matcher.start(), length: matcher.end() - matcher.start() } : null;
        },
        groups(text) {
          const matcher = expression.matcher(text);
          if (!matcher.matches()) return null;
          return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '');
        },
      },
    };
  } catch (error) {
    if (error instanceof RE2JSException) return { kind: 'unreadable', reason: reasonOf(error) };
    throw error;
  }
}

function reasonOf(error: RE2JSException): string {
  return /`?\(\?<?[=!]/.test(error.message) ? 'it looks ahead or behind, which RE2 cannot' : error.message;
}
