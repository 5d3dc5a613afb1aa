import { type Hide, mark } from './rule.ts';

/** A token is known by how it begins: a prefix and what has to follow it, as the source of a pattern. */
export type Prefix = readonly [prefix: string, rest: string];

/**
 * Tries each prefix where a word begins. The first two characters of a word choose the few patterns that are worth trying,
 * so that a long table costs ordinary text next to nothing. A word begins after anything that is neither letter nor digit.
 */
export function byPrefix(table: readonly Prefix[]): Hide {
  const patterns = new Map<number, RegExp>();
  const grouped = Map.groupBy(table, ([prefix]) => prefix.slice(0, 2));
  for (const [start, rows] of grouped) {
    const source = rows.map(([prefix, rest]) => escaped(prefix) + rest).join('|');
    patterns.set(pair(start.charCodeAt(0), start.charCodeAt(1)), new RegExp(`(?:${source})`, 'y'));
  }

  return (text) => {
    let out = '';
    let done = 0;
    let inWord = false;
    for (let at = 0; at < text.length - 11; at += 1) {
      const code = text.charCodeAt(at);
      const begins = !inWord;
      inWord = isWord(code);
      if (!begins || !inWord) continue;
      const pattern = patterns.get(pair(code, text.charCodeAt(at + 1)));
      if (pattern === undefined) continue;
      pattern.lastIndex = at;
      if (!pattern.test(text)) continue;
      out += text.slice(done, at) + mark('token');
      done = pattern.lastIndex;
      at = done - 1;
      inWord = isWord(text.charCodeAt(at));
    }
    return done === 0 ? text : out + text.slice(done);
  };
}

function pair(first: number, second: number): number {
  return first * 128 + second;
}

function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
