import { anyOf, type Sight } from './sight.ts';

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
export type Hide = (text: string, sight: Sight) => string;

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
  return (text, sight) => (has(sight) ? hide(text, sight) : text);
}

/** Several rules, of which none has anything to do where none of the words stands. */
export function group(words: readonly string[], rules: readonly Hide[]): Hide {
  return where(words, (text, sight) => rules.reduce((current, hide) => hide(current, sight), text));
}

/** A part of a text that is to be hidden. */
export interface Range {
  readonly from: number;
  readonly to: number;
}
