import type { Range } from '../rule.ts';
import { blockExtent, QUOTE, quotedExtent } from '../text/extent.ts';
import { looksSecret } from '../text/values.ts';
import { hidden, leadOf, matchAt } from './hidden.ts';
import type { Meaning } from './meaning.ts';
import type { Name } from './name.ts';

const NEXT_LINE = new RegExp(`[ \\t]{0,60}\\r?\\n\\s{0,200}(${QUOTE})`, 'y');
/** A name as a heading, as `kubectl describe` shows a ConfigMap. */
const UNDERLINE = /[ \t]{0,20}\r?\n-{3,80}\r?\n(?=\S)/y;
const BLOCK = /[ \t]{0,60}(?:!!?\w{1,20}[ \t]{1,4})?([|>][-+\d]{0,2})?[ \t]{0,20}(?:#[^\n]{0,200})?\r?\n/y;

/** What stands below a name: a block of YAML, or the value on the next line. Undefined where the value is on the same line. */
export function valueBelow(
  text: string,
  start: number,
  { from, meaning }: Name,
  operator: string,
): Range | null | undefined {
  const heading = operator === ':' ? matchAt(UNDERLINE, text, start) : null;
  if (heading !== null) {
    const at = start + heading[0].length;
    const end = text.slice(at, at + 20_000).search(/\r?\n\r?\n|\r?\n={3}/);
    return hidden(text, { from: at, to: end < 0 ? Math.min(text.length, at + 20_000) : at + end }, meaning, {
      quoted: true,
    });
  }
  const next = matchAt(NEXT_LINE, text, start);
  if (next !== null && operator === ':') {
    const at = start + next[0].length;
    const value = quotedExtent(text, at, next[1] ?? '"');
    // The next pair of a YAML document begins with a quotation mark too.
    return /^\\{0,7}["'][ \t]{0,4}:/.test(text.slice(value.to, value.to + 12))
      ? null
      : hidden(text, value, meaning, { quoted: true });
  }
  const block = matchAt(BLOCK, text, start);
  if (block === null || operator !== ':') return undefined;
  const lead = leadOf(text, from);
  if (lead === null || !/^[ \t]*(?:- )?["']?$/.test(lead)) return null;
  const at = start + block[0].length;
  // A mapping or a list below a name is no value, unless a sign says that it is text.
  if (block[1] === undefined && /^\s*(?:- |[\w."'-]{1,80}:(?:\s|$)|\{|\[)/.test(text.slice(at, at + 300)))
    return null;
  const value = blockExtent(text, at, lead.replace(/["']$/, '').length);
  if (value === null) return null;
  return hidden(text, value, meaning === 'secret' ? 'token' : meaning, { quoted: true });
}

/** `["a", "b"]`, and `[Bearer x]` as Go prints a header. */
export function arrayValue(text: string, start: number, meaning: Meaning): Range | null {
  const first = matchAt(new RegExp(`\\s{0,40}(${QUOTE})`, 'y'), text, start);
  if (first === null) {
    const end = /^[^\]\n]{0,4000}/.exec(text.slice(start, start + 4000))?.[0].length ?? 0;
    return hidden(text, { from: start, to: start + end }, meaning === 'secret' ? 'secret' : 'weak', {
      quoted: true,
    });
  }
  const quote = first[1] ?? '"';
  const from = start + first[0].length;
  let value = quotedExtent(text, from, quote);
  const told = hidden(text, value, meaning, { quoted: true, prose: true });
  if (told === null || (meaning !== 'password' && !looksSecret(text.slice(told.from, told.to)))) return null;
  const comma = new RegExp(`${QUOTE.split('|')[0]}\\s{0,40},\\s{0,40}(${QUOTE})`, 'y');
  for (let next = matchAt(comma, text, value.to); next !== null; next = matchAt(comma, text, value.to)) {
    value = quotedExtent(text, value.to + next[0].length, quote);
  }
  return { from, to: value.to };
}

/** `{p;w}` of ODBC, and an object that holds nothing but the value. */
export function bracedValue(text: string, start: number, meaning: Meaning, operator: string): Range | null {
  const object = matchAt(
    new RegExp(
      `\\s{0,40}(?:${QUOTE})(?:value|plaintext|string|s|data|\\$t|#text|_text|secret)(?:${QUOTE})\\s{0,4}:\\s{0,4}(${QUOTE})`,
      'iy',
    ),
    text,
    start,
  );
  if (object !== null) {
    return hidden(text, quotedExtent(text, start + object[0].length, object[1] ?? '"'), meaning, {
      quoted: true,
    });
  }
  if (operator !== '=') return null;
  const braced = /^[^{}\n]{1,200}(?=\}(?:;|$|["']))/.exec(text.slice(start, start + 202))?.[0];
  return braced === undefined
    ? null
    : hidden(text, { from: start, to: start + braced.length }, meaning, { quoted: true });
}
