import { ALWAYS, anyOf, pieceIn, type Sight } from './text/sight.ts';

/** What was found, as people read it. */
export type Kind = 'secret' | 'private-key' | 'token' | 'credentials' | 'card' | 'email' | 'password';

export const mark = (kind: Kind): string => `[redacted:${kind}]`;

/** Every marker there is: a registered secret that is a part of one would make the redactor eat its own words. */
export const MARKERS: string = (
  ['secret', 'private-key', 'token', 'credentials', 'card', 'email', 'password'] satisfies Kind[]
)
  .map(mark)
  .join(' ');

/** Takes out one kind of secret. By what is in sight a rule knows cheaply that it has nothing to do. */
export interface Hide {
  (text: string, sight: Sight): string;
  /** Where none of these words stands, in lower case, there is nothing to do. */
  readonly words?: readonly string[];
}

/**
 * A rule from a pattern, tried only where one of the words stands. Every quantifier is bounded, or its match cannot
 * start inside its own run: hostile text costs no more than other text.
 */
export function rule(
  words: readonly string[],
  pattern: RegExp,
  replace: (...match: string[]) => string,
): Hide {
  return where(words, (text) => text.replace(pattern, replace));
}

/** A rule that has nothing to do where none of the words stands. */
export function where(words: readonly string[], hide: Hide): Hide {
  const has = anyOf(words);
  const whereThere: Hide = (text, sight) => (has(sight) ? hide(text, sight) : text);
  return Object.assign(whereThere, { words });
}

/** Several rules, of which none has anything to do where none of the words stands. */
export function group(words: readonly string[], rules: readonly Hide[]): Hide {
  return where(words, inOrder(rules));
}

/**
 * Several rules as one. Most texts have no word of most rules, so that all words are looked for in one go, by a piece of each, and a
 * rule is asked only where it may have something to do.
 */
export function inOrder(rules: readonly Hide[]): Hide {
  const pieces = rules.flatMap(({ words }, index) =>
    words === undefined ? [{ piece: ALWAYS, index }] : words.map((word) => ({ piece: pieceIn(word), index })),
  );
  const looked = Uint16Array.from(pieces, ({ piece }) => piece);
  const owners = Uint16Array.from(pieces, ({ index }) => index);
  return (text, sight) => {
    const { marks, turn } = sight;
    let current = text;
    let asked = -1;
    for (let at = 0; at < looked.length; at += 1) {
      const owner = owners[at] ?? 0;
      if (marks[looked[at] ?? 0] !== turn || owner === asked) continue;
      asked = owner;
      current = rules[owner]?.(current, sight) ?? current;
    }
    return current;
  };
}

/** A part of a text that is to be hidden. */
export interface Range {
  readonly from: number;
  readonly to: number;
}
