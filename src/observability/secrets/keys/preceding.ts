import type { Range } from '../rule.ts';
import { QUOTE } from '../text/extent.ts';
import { looksSecret } from '../text/values.ts';
import { hidden } from './hidden.ts';
import type { Name } from './name.ts';

const VALUE = '(?:\\w{0,16}value|val|content|data)';
const NAME = '(?:\\w{0,16}name|\\w{0,16}key|id)';

/** A value that a name follows: `{"value": "x", "name": "DB_PASSWORD"}`. Read backwards from the name. */
const BEFORE_PAIR = new RegExp(
  `(?<=(?:${QUOTE})${VALUE}(?:${QUOTE})\\s{0,4}:\\s{0,4}(?:${QUOTE})(?<value>[^"'\\\\\\n]{1,400})(?:${QUOTE})\\s{0,4},\\s{0,40}(?:${QUOTE})${NAME}(?:${QUOTE})\\s{0,4}:\\s{0,4}(?:${QUOTE}))`,
  'iyd',
);
const BEFORE_LINE = new RegExp(
  `(?<=(?:^|\\n)[+ \\t-]{0,40}${VALUE}:[ \\t]{1,20}["']?(?<value>[^\\s"'][^\\n"']{0,399})["']?\\r?\\n[+ \\t-]{1,40}${NAME}:[ \\t]{1,20}["']?)`,
  'iyd',
);
/** `x (password)`. */
const IN_BRACKETS =
  /(?<=(?:^|[\s:=,("'`])(?<value>[^\s"'`()=]{6,200})["'`]? {1,2}[([](?:[A-Za-z]{1,12} ){0,2})/dy;
/** `x as the API token`, `x is your new password`. */
const IN_WORDS =
  /(?<=(?:^|[\s:=,("'`])(?<value>[^\s"'`()=]{6,200})["'`]? (?:as|is|was|being) (?:(?:the|a|an|my|your|our|his|her|its|their|new|old|root|initial|temporary|default|[A-Z]{2,5}) ){1,3})/dy;

/** The value before a name that has none after it. */
export function valueBefore(text: string, name: Name, least: number): Range | null {
  if (name.meaning !== 'password' && name.meaning !== 'token' && name.meaning !== 'secret') return null;
  const before = text[name.from - 1] ?? '';
  if (/["'`\s]/.test(before)) {
    const pair = found(BEFORE_PAIR, text, name.from, least) ?? found(BEFORE_LINE, text, name.from, least);
    if (pair !== null) return hidden(text, pair, name.meaning, { quoted: true });
  }
  if (!/[ ([]/.test(before)) return null;
  const closed = /[)\]]/.test(text[name.to] ?? '');
  const said =
    (closed ? found(IN_BRACKETS, text, name.from, least) : null) ?? found(IN_WORDS, text, name.from, least);
  return said !== null && looksSecret(text.slice(said.from, said.to))
    ? hidden(text, said, name.meaning, { quoted: true })
    : null;
}

function found(pattern: RegExp, text: string, at: number, least: number): Range | null {
  pattern.lastIndex = at;
  const [from, to] = pattern.exec(text)?.indices?.groups?.value ?? [-1, -1];
  return from >= least ? { from, to } : null;
}
