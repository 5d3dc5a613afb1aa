/** Whether a pattern takes a character, given by its code point. */
export type Takes = (character: number) => boolean;

/** A regular expression as a tree. */
export type Pattern =
  /** One character; `cost` is how many comparisons it takes to know. */
  | { readonly kind: 'one'; readonly takes: Takes; readonly cost: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'all'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'any'; readonly parts: readonly Pattern[] }
  | {
      readonly kind: 'repeat';
      readonly part: Pattern;
      readonly least: number;
      /** Null means any number of times. */
      readonly most: number | null;
    };

/** A regular expression that is wrong, or uses what is not known here: it matches nothing, rather than something else. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const LONGEST = 1_000;
const MOST_REPEATS = 1_000;

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotTakesNewline: boolean;
}

interface Reader {
  readonly text: readonly string[];
  at: number;
}

/**
 * Reads a regular expression in the syntax of Go (RE2), in which Alertmanager's are written: literals, classes, groups,
 * alternatives, repetition, anchors and the flags `i` and `s`. Null where it is wrong, too long, or uses anything else, such as
 * word boundaries and Unicode classes.
 */
export function readPattern(pattern: string): Pattern | null {
  if (pattern.length > LONGEST) return null;
  const reader = { text: Array.from(pattern), at: 0 };
  try {
    const read = alternatives(reader, { ignoreCase: false, dotTakesNewline: false });
    return reader.at === reader.text.length ? read : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function alternatives(reader: Reader, flags: Flags): Pattern {
  const parts: Pattern[] = [];
  let inForce = flags;
  do {
    const sequence: Pattern[] = [];
    while (
      reader.at < reader.text.length &&
      reader.text[reader.at] !== '|' &&
      reader.text[reader.at] !== ')'
    ) {
      const changed = flagsAlone(reader, inForce);
      if (changed === null) sequence.push(repeated(reader, inForce));
      // As in Go, flags in the midst of a group hold to its end, beyond a bar too.
      else inForce = changed;
    }
    parts.push({ kind: 'all', parts: sequence });
  } while (taken(reader, '|'));
  return { kind: 'any', parts };
}

function repeated(reader: Reader, flags: Flags): Pattern {
  const part = atom(reader, flags);
  const times = repetition(reader);
  if (times === null) return part;
  // Whether a repetition is lazy makes no difference to whether the whole text matches.
  taken(reader, '?');
  if (repetition(reader) !== null) throw new Unreadable('a repetition is repeated');
  return { kind: 'repeat', part, ...times };
}

function repetition(reader: Reader): { readonly least: number; readonly most: number | null } | null {
  if (taken(reader, '*')) return { least: 0, most: null };
  if (taken(reader, '+')) return { least: 1, most: null };
  if (taken(reader, '?')) return { least: 0, most: 1 };
  const counted = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(reader.text.slice(reader.at, reader.at + 12).join(''));
  if (counted === null) return null;
  const [whole, from = '', comma, to = ''] = counted;
  if (comma === '' && to !== '') return null;
  reader.at += whole.length;
  const least = Number(from);
  const most = comma === '' ? least : to === '' ? null : Number(to);
  if (least > MOST_REPEATS || (most !== null && (most > MOST_REPEATS || most < least)))
    throw new Unreadable('a number of repetitions is out of range');
  return { least, most };
}

function atom(reader: Reader, flags: Flags): Pattern {
  const character = next(reader);
  switch (character) {
    case '(':
      return group(reader, flags);
    case '[':
      return characterClass(reader, flags);
    case '.':
      return { kind: 'one', takes: (other) => flags.dotTakesNewline || other !== 0x0a, cost: 1 };
    case '^':
      return { kind: 'start' };
    case '$':
      return { kind: 'end' };
    case '*':
    case '+':
    case '?':
      throw new Unreadable('nothing is repeated');
    case '\\':
      if (taken(reader, 'A')) return { kind: 'start' };
      if (taken(reader, 'z')) return { kind: 'end' };
      return { kind: 'one', takes: folded(escaped(reader).takes, flags), cost: 1 };
    default:
      return { kind: 'one', takes: folded(exactly(character), flags), cost: 1 };
  }
}

function group(reader: Reader, flags: Flags): Pattern {
  const head = /^\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|([a-zA-Z-]*):)/.exec(rest(reader));
  if (head === null && reader.text[reader.at] === '?') throw new Unreadable('an unknown kind of group');
  reader.at += head?.[0].length ?? 0;
  const inside = alternatives(reader, withFlags(flags, head?.[1] ?? ''));
  if (!taken(reader, ')')) throw new Unreadable('a group is not closed');
  return inside;
}

/** `(?i)` and the like, which change what follows. */
function flagsAlone(reader: Reader, flags: Flags): Flags | null {
  const head = /^\(\?([a-zA-Z-]+)\)/.exec(rest(reader));
  if (head === null) return null;
  reader.at += head[0].length;
  return withFlags(flags, head[1] ?? '');
}

function withFlags(flags: Flags, letters: string): Flags {
  const [, on = '', off = ''] = /^([is]*)(?:-([is]+))?$/.exec(letters) ?? [];
  if (on.length + off.length + (off === '' ? 0 : 1) !== letters.length)
    throw new Unreadable('an unknown flag');
  const flag = (letter: string, before: boolean) => !off.includes(letter) && (on.includes(letter) || before);
  return { ignoreCase: flag('i', flags.ignoreCase), dotTakesNewline: flag('s', flags.dotTakesNewline) };
}

function characterClass(reader: Reader, flags: Flags): Pattern {
  const negated = taken(reader, '^');
  const members: Takes[] = [];
  // A bracket that comes first is one of the characters.
  while (members.length === 0 || reader.text[reader.at] !== ']') members.push(member(reader));
  reader.at += 1;
  const takes = folded((character) => members.some((one) => one(character)), flags);
  return {
    kind: 'one',
    takes: negated ? (character) => !takes(character) : takes,
    cost: members.length,
  };
}

function member(reader: Reader): Takes {
  const from = bound(reader);
  if (reader.text[reader.at] !== '-' || reader.text[reader.at + 1] === ']') return from.takes;
  reader.at += 1;
  const to = bound(reader);
  const [low, high] = [from.character, to.character];
  if (low === null || high === null || high < low) throw new Unreadable('a range is out of order');
  return (character) => low <= character && character <= high;
}

function bound(reader: Reader): Escape {
  const character = next(reader);
  if (character === '[' && reader.text[reader.at] === ':') throw new Unreadable('a named class');
  if (character === '\\') return escaped(reader);
  return { takes: exactly(character), character: character.codePointAt(0) ?? null };
}

interface Escape {
  readonly takes: Takes;
  /** The one character it stands for; null where it stands for several. */
  readonly character: number | null;
}

const CLASSES: Readonly<Record<string, RegExp>> = { d: /[0-9]/, s: /[\t\n\f\r ]/, w: /[0-9A-Za-z_]/ };
const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 };

function escaped(reader: Reader): Escape {
  const letter = next(reader);
  const known = CLASSES[letter.toLowerCase()];
  if (known !== undefined) {
    const negated = letter !== letter.toLowerCase();
    return { takes: (other) => known.test(String.fromCodePoint(other)) !== negated, character: null };
  }
  const hex = letter === 'x' ? /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest(reader)) : null;
  reader.at += hex?.[0].length ?? 0;
  const given = hex === null ? CONTROLS[letter] : Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
  if (given === undefined && !/^[!-/:-@[-`{-~]$/.test(letter)) throw new Unreadable('an unknown escape');
  const character = given ?? letter.codePointAt(0) ?? 0;
  return { takes: (other) => other === character, character };
}

function exactly(character: string): Takes {
  const wanted = character.codePointAt(0);
  return (other) => other === wanted;
}

function folded(takes: Takes, { ignoreCase }: Flags): Takes {
  if (!ignoreCase) return takes;
  return (character) => {
    const text = String.fromCodePoint(character);
    return [text, text.toLowerCase(), text.toUpperCase()].some(
      (form) => Array.from(form).length === 1 && takes(form.codePointAt(0) ?? -1),
    );
  };
}

function next(reader: Reader): string {
  const character = reader.text[reader.at];
  if (character === undefined) throw new Unreadable('it ends too early');
  reader.at += 1;
  return character;
}

function taken(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function rest(reader: Reader): string {
  return reader.text.slice(reader.at, reader.at + 100).join('');
}
