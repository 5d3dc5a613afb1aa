import type { Range } from '../rule.ts';
import { bareExtent, QUOTE, quotedExtent } from '../text/extent.ts';
import { cookieValue, headerValue } from './headers.ts';
import { beginsLine, hidden, matchAt } from './hidden.ts';
import type { Name } from './name.ts';
import { arrayValue, bracedValue, valueBelow } from './nested.ts';
import { OPENS } from './opening.ts';

/** What may close a name before its sign of assignment: quotation marks, brackets, stars of Markdown, an end tag. */
const ASSIGNS = new RegExp(
  `((?:${QUOTE}|\\]|%(?:25)?5[Dd]|\\*\\*|__|</\\w{1,12}>){0,4})[ \\t]{0,60}(=>|->|:=|={1,3}(?![~=])|::(?=[ \\t])|:(?![:/=])|：|%(?:25)?3[DdAa]|\\|(?!\\|))`,
  'y',
);
const TAG = /^v?\d+(?:\.\d+)+(?:[\w.-]*)(?:@sha256:|\s|$|["',;)])|^[\w.-]{1,70}@sha256:/;
const TYPE = /(?:string|str|text|bytes|secretstr|any|optional\[str\])[ \t]{0,4}=[ \t]{0,4}(["'])/iy;

/** `name=value`, `name: value`, and their relatives in JSON, YAML and code. */
export function assignedTo(text: string, name: Name): Range | null {
  const sign = matchAt(ASSIGNS, text, name.to);
  if (sign === null) return null;
  const [whole, closing = '', operator = ''] = sign;
  const start = name.to + whole.length;
  const meaning = operator === '|' && name.meaning !== 'none' ? 'weak' : name.meaning;
  if (meaning === 'header') return headerValue(text, start);
  if (meaning === 'cookie') return cookieValue(text, start);
  // What a test suite prints: `PASS: TestLogin`.
  if (text.slice(name.from, name.to) === 'PASS' && operator === ':') return null;
  // The tag of an image: `example/secret-sync:1.2.0`.
  if (operator === ':' && text[name.from - 1] === '/' && TAG.test(text.slice(start, start + 80))) return null;
  return valueAt(text, start, { ...name, meaning }, operator, closing !== '');
}

function valueAt(text: string, start: number, name: Name, operator: string, closed: boolean): Range | null {
  const { meaning } = name;
  const typed = matchAt(TYPE, text, start + (text[start] === ' ' ? 1 : 0));
  if (typed !== null) {
    const at = typed.index + typed[0].length;
    return hidden(text, quotedExtent(text, at, typed[1] ?? '"'), meaning, { quoted: true });
  }
  if (operator === ':' || operator === '=') {
    const below = valueBelow(text, start, name, operator);
    if (below !== undefined) return below;
  }
  const opening = matchAt(OPENS, text, start);
  const quote = opening?.[1];
  const opened = start + (opening?.[0].length ?? 0);
  const at =
    quote !== undefined && text.startsWith(quote + quote, opened) ? opened + 2 * quote.length : opened;
  const colon = operator === ':' || operator === '：';
  if (quote !== undefined) {
    const label = operator === '=' && /[{,]\s?$/.test(text.slice(Math.max(0, name.from - 2), name.from));
    return hidden(text, quotedExtent(text, at, quote), meaning, { quoted: true, prose: true, label });
  }
  if (text[at] === '[') return arrayValue(text, at + 1, meaning);
  if (text[at] === '{') return bracedValue(text, at + 1, meaning, operator);
  const line = beginsLine(text, name.from) && (colon ? text[start] === ' ' : meaning === 'password');
  const query = !colon && !closed && /[?&]$/.test(text.slice(Math.max(0, name.from - 1), name.from));
  const percent = operator.startsWith('%');
  const value = bareExtent(text, at, { line: line && !percent, query: query || percent });
  return hidden(text, value, meaning, { prose: colon && at > start });
}
