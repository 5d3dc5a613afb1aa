/** What was found, as people read it. */
export type Kind = 'secret' | 'private-key' | 'token' | 'credentials' | 'card' | 'email' | 'password';

export const mark = (kind: Kind): string => `[redacted:${kind}]`;

/** Every marker there is: a registered secret that is a part of one would make the redactor eat its own words. */
export const MARKERS: string = (
  ['secret', 'private-key', 'token', 'credentials', 'card', 'email', 'password'] satisfies Kind[]
)
  .map(mark)
  .join(' ');

/** Takes out one kind of secret. `low` is the text in lower case, so that a rule can see cheaply that it has nothing to do. */
export type Hide = (text: string, low: string) => string;

/**
 * A rule from a pattern, tried only where one of the words stands. Every quantifier is bounded, or its match cannot
 * start inside its own run: hostile text costs no more than other text.
 */
export function rule(
  words: readonly string[],
  pattern: RegExp,
  replace: (...match: string[]) => string,
): Hide {
  return (text, low) => (words.some((word) => low.includes(word)) ? text.replace(pattern, replace) : text);
}

/** Several rules of which none has anything to do where the look at the text in lower case finds nothing. */
export function group(look: RegExp, rules: readonly Hide[]): Hide {
  return (text, low) => (look.test(low) ? rules.reduce((current, hide) => hide(current, low), text) : text);
}

/** A part of a text that is to be hidden. */
export interface Range {
  readonly from: number;
  readonly to: number;
}
