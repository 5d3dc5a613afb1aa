import { mark } from '../rule.ts';

/** A word of a command line: quoted, or to the next space. */
export const WORD = `(?:"[^"\\n]{1,400}"|'[^'\\n]{1,400}'|[^\\s"'\`;|&<>\\\\\\0]{1,400})`;
/** Between two words of a command line that is shown as a list, by auditd, or with zeros between. */
const LISTED = `\\\\{0,7}["'],?\\s{0,20}(?:a\\d{1,3}=)?\\\\{0,7}["']|\\0`;
/** What stands between two words of a command line. */
export const GAP = `(?:[ \\t]{1,3}|${LISTED})`;
/** How a flag and its value are written: joined alone, joined or apart, or apart. */
export const AFTER_FLAG = {
  joined: `(?!\\\\{0,7}["'](?:[\\s,\\]\\\\]|$))`,
  either: `(?:${LISTED}|\\s{0,3})`,
  apart: `(?:${LISTED}|[ =]\\s{0,3})`,
} as const;
/** What may stand between a command and its flag. */
export const BETWEEN = `(?:[^\\n;|&]{0,300}?[ \\t",'\\[\\0])?`;

/** Words that are no secret even there. */
export const NO_SECRET =
  /^(?:["']?(?:\$\{?\w+\}?|\$\(.*|<[^>]*>|\*+|-|\[redacted:[^\]]*\]?|stdin|true|false|file:.*|env:.*|fd:.*|pass:\[redacted:.*)["']?|--?[a-z].*)$/i;

/** The mark in the quotation marks that a value had. */
export function quoted(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? '';
  return quote + mark('password') + quote;
}

/** Hides a word that follows what was matched, unless it says that there is no secret there. */
export function word(whole: string, head = '', value = ''): string {
  return NO_SECRET.test(value) ? whole : head + quoted(value);
}

/** Hides the password in `user:password`. */
export const user = (whole: string, head = '', name = '', password = '', tail = '') =>
  name.endsWith('[redacted') || /^(?:\[redacted:|\$\{?\w+\}?$|\$\(|\*+$|<|\{\{|\d{1,5}$)/.test(password)
    ? whole
    : `${head}${name}:${mark('password')}${tail}`;
