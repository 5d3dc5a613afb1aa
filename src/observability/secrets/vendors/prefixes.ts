import { type Hide, mark } from '../rule.ts';
import { createCodes } from '../text/codes.ts';

/** A token is known by how it begins: a prefix and what has to follow it, as the source of a pattern. */
export type Prefix = readonly [prefix: string, rest: string];

/**
 * Tries each prefix where a word begins. The first characters of a word choose the few patterns that are worth trying,
 * so that a long table costs ordinary text next to nothing. A word begins after anything that is neither letter nor digit.
 */
export function byPrefix(table: readonly Prefix[]): Hide {
  const starts: (Start | undefined)[] = Array.from({ length: 128 * 128 });
  for (const [start, rows] of Map.groupBy(table, ([prefix]) => prefix.slice(0, 2)))
    starts[pair(start.charCodeAt(0), start.charCodeAt(1))] = startOf(rows);

  const codesOf = createCodes();
  return (text) => {
    const codes = codesOf(text);
    let out = '';
    let done = 0;
    let inWord = false;
    for (let at = 0; at < text.length - 11; at += 1) {
      const code = codes[at] ?? 0;
      const begins = !inWord;
      inWord = WORD[code] === 1;
      if (!begins || !inWord) continue;
      const start = starts[pair(code, codes[at + 1] ?? 0)];
      if (start === undefined || start.thirds[codes[at + 2] ?? 0] !== 1) continue;
      const { pattern } = start;
      pattern.lastIndex = at;
      if (!pattern.test(text)) continue;
      out += text.slice(done, at) + mark('token');
      done = pattern.lastIndex;
      at = done - 1;
      inWord = WORD[codes[at] ?? 0] === 1;
    }
    return done === 0 ? text : out + text.slice(done);
  };
}

/** The prefixes that begin with the same two characters. */
interface Start {
  readonly pattern: RegExp;
  /** By its code, whether a character may be the third. */
  readonly thirds: Uint8Array;
}

function startOf(rows: readonly Prefix[]): Start {
  const source = rows.map(([prefix, rest]) => escaped(prefix) + rest).join('|');
  const thirds = new Uint8Array(128);
  for (const [prefix] of rows) {
    if (prefix.length < 3) thirds.fill(1);
    else thirds[prefix.charCodeAt(2)] = 1;
  }
  return { pattern: new RegExp(`(?:${source})`, 'y'), thirds };
}

/** The letters and digits, by their codes. */
const WORD = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) WORD[code] = /[A-Za-z0-9]/.test(String.fromCharCode(code)) ? 1 : 0;

function pair(first: number, second: number): number {
  return first * 128 + second;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
