/**
 * A piece of a text. Whoever writes a text says what its pieces are and never how they look: that is for whoever shows it, be it a chat, a
 * log, a pager or an auditor.
 */
export type Part =
  /** Words, from wherever they come: nothing in them is ever read as anything else. */
  | { readonly text: string }
  /** Somebody, a group of people or a channel, by the id that the chat knows them by. */
  | { readonly person: string }
  | { readonly group: string }
  | { readonly channel: string }
  /** Epoch milliseconds: the time of day, or the day with it. */
  | { readonly time: number; readonly as: 'clock' | 'day' }
  /** The name of a service, or of another target. */
  | { readonly service: string }
  /** What is written to the letter: a value, a command, the name of a setting. */
  | { readonly value: string }
  /** Words that a reader should see first. */
  | { readonly strong: string }
  | { readonly link: string; readonly words: string }
  | { readonly line: 'break' };

/** A text in its parts. */
export type Said = readonly Part[];

/**
 * A text as it is kept: in its parts or, where nothing is in it but words of Medic's own, as those words. An older Medic wrote all of them
 * so, with people in the notation of its chat: `partsOf` reads both. Words from outside are always a part.
 */
export type Text = string | Said;

/** What can stand in a text. A string is words from outside; a text of which nobody knows who wrote it comes by way of `partsOf`. */
export type Sayable = string | number | Part | Said;

/**
 * Words that stand in the code, where a function takes `<const S extends string>(reason: Said | Own<S>)`. A string that was put together is
 * none of these, and does not compile there: it says with `say` what its parts are.
 */
export type Own<S extends string> = S & (S extends unknown ? (IsOpen<S> extends true ? never : S) : never);
/** Whether a type of strings has room for something that does not stand there. */
type IsOpen<S extends string> = Record<never, never> extends Record<S, 1> ? true : false;

/** A text as it is written: `` say`Held by ${person(by)} until ${clock(until)}` ``. A new line in the code begins a new line. */
export function say(own: TemplateStringsArray, ...given: readonly Sayable[]): Said {
  const parts = own.flatMap((words, index) => {
    const next = given[index];
    return [...linesOf(words), ...(next === undefined ? [] : inParts(next))];
  });
  return merged(parts);
}

function linesOf(words: string): Part[] {
  return words.split('\n').flatMap((line, index) => [...(index === 0 ? [] : [BREAK]), { text: line }]);
}

function inParts(one: Sayable): Said {
  if (typeof one === 'string' || typeof one === 'number') return [{ text: String(one) }];
  return isSaid(one) ? one : [one as Part];
}

/** Words that stand beside each other are one part, and empty ones none. */
function merged(parts: Said): Said {
  const out: Part[] = [];
  for (const part of parts) {
    const before = out.at(-1);
    if (!('text' in part)) out.push(part);
    else if (before !== undefined && 'text' in before) out.splice(-1, 1, { text: before.text + part.text });
    else if (part.text !== '') out.push(part);
  }
  return out;
}

const BREAK: Part = { line: 'break' };

export const person = (id: string): Part => ({ person: id });
export const group = (id: string): Part => ({ group: id });
export const channel = (id: string): Part => ({ channel: id });
export const clock = (at: number): Part => ({ time: at, as: 'clock' });
export const day = (at: number): Part => ({ time: at, as: 'day' });
export const named = (service: string): Part => ({ service });
export const code = (value: string): Part => ({ value });
export const strong = (words: string): Part => ({ strong: words });
export const link = (address: string, words: string): Part => ({ link: address, words });

/** Several texts with the same between each two of them. */
export function joined(texts: readonly Sayable[], between: string): Said {
  return merged(
    texts.flatMap((one, index) => [...(index === 0 ? [] : [{ text: between }]), ...inParts(one)]),
  );
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly Sayable[], last = 'and'): Said {
  const [final, ...before] = texts.toReversed();
  if (final === undefined) return [];
  return before.length === 0
    ? merged(inParts(final))
    : say`${joined(before.toReversed(), ', ')} ${last} ${final}`;
}

/** One text a line. */
export function lines(texts: readonly Sayable[]): Said {
  return merged(texts.flatMap((one, index) => [...(index === 0 ? [] : [BREAK]), ...inParts(one)]));
}

const KINDS = ['text', 'person', 'group', 'channel', 'time', 'service', 'value', 'strong', 'link', 'line'];

/** Whether something is a text in its parts, rather than some other list. */
export function isSaid(value: unknown): value is Said {
  return Array.isArray(value) && value.every(isPart);
}

function isPart(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [first = '', second, ...more] = Object.keys(value);
  return (
    KINDS.includes(first) &&
    (second === undefined || second === 'as' || second === 'words') &&
    more.length === 0
  );
}
