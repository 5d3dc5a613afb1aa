import type { Range } from '../rule.ts';
import { bareExtent, QUOTE, quotedExtent } from '../text/extent.ts';
import { looksSecret } from '../text/values.ts';
import { elementText } from './element.ts';
import { hidden, matchAt } from './hidden.ts';
import type { Name } from './name.ts';

const PAIR = new RegExp(
  `(?:${QUOTE})[ \\t]{0,4}(?:[,;>/]|\\s)[^\\n<{}]{0,60}?(?:\\n[ \\t]{0,40})?(?<![\\w])(?:\\w{0,16}value|val|content|default|string|plaintext)(?:${QUOTE})?\\s{0,4}[:=]\\s{0,4}(${QUOTE})?`,
  'iy',
);
const PAIR_LINE =
  /[ \t]{0,20}(?:,[ \t]{0,4}|\r?\n[+>|-]?[ \t]{1,60})(?:\w{0,16}value|val)[ \t]{0,4}[:=][ \t]{0,20}(["'])?/iy;
const PAIR_ELEMENT =
  /["'][^<>\n]{0,80}>|<\/(?:key|name|param-name)>\s{0,40}<(?:string|value|data|param-value)>(?:\s{0,40}<string>)?/y;
const ATOM = /[ \t]{0,4},[ \t]{0,4}(?:<<)?(["'])/y;
/** A message of protobuf that holds nothing but the value. */
const WRAPPED = /\s{0,4}\{\s{0,40}(?:value|val|data):\s{0,4}"/y;
/** A part of a form as browsers send it. */
const PART =
  /["'](?:;[^\r\n\\]{0,200})?(?:(?:\r\n|\n|\\r\\n)[\w-]{1,40}: [^\r\n\\]{0,200}){0,4}(?:\r\n|\n|\\r\\n){2}/y;
const TUPLE = new RegExp(
  `(${QUOTE})(?:[ \\t]{0,8},[ \\t\\n]{0,40}|[ \\t]{1,4}(?:a\\d{1,3}=)?)(${QUOTE})`,
  'y',
);

/** A name that is a value itself, beside the value that it names: `{"name": "DB_PASSWORD", "value": "x"}`. */
export function pairedWith(text: string, name: Name): Range | null {
  const { to } = name;
  const meaning = name.meaning === 'header' || name.meaning === 'cookie' ? 'password' : name.meaning;
  const element = matchAt(PAIR_ELEMENT, text, to);
  const inTag =
    /<[^<>\n]{0,80}[=]["']$/.test(text.slice(Math.max(0, name.from - 90), name.from)) || text[to] === '<';
  if (element !== null && inTag && !element[0].endsWith('/>')) {
    const value = hidden(text, elementText(text, to + element[0].length), meaning, { quoted: true });
    if (value !== null && value.to - value.from < 4000) return value;
  }
  const part = matchAt(PART, text, to);
  if (part !== null) {
    const at = to + part[0].length;
    return hidden(text, bareExtent(text, at, { line: false, query: false }), meaning, { quoted: true });
  }
  const pair = matchAt(PAIR, text, to) ?? matchAt(PAIR_LINE, text, to);
  if (pair !== null) {
    const at = to + pair[0].length;
    const quote = pair[1];
    const value =
      quote === undefined
        ? bareExtent(text, at, { line: false, query: false })
        : quotedExtent(text, at, quote);
    return hidden(text, value, meaning, { quoted: quote !== undefined });
  }
  if (text[name.from - 1] === '{' || text[name.from - 1] === '[') {
    const atom = matchAt(ATOM, text, to);
    if (atom !== null) {
      const value = quotedExtent(text, to + atom[0].length, atom[1] ?? '"');
      return looksSecret(text.slice(value.from, value.to))
        ? hidden(text, value, meaning, { quoted: true })
        : null;
    }
  }
  const wrapped = matchAt(WRAPPED, text, to);
  if (wrapped !== null)
    return hidden(text, quotedExtent(text, to + wrapped[0].length, '"'), meaning, { quoted: true });
  const tuple = matchAt(TUPLE, text, to);
  if (tuple === null || tuple[1] !== tuple[2]) return null;
  const value = quotedExtent(text, to + tuple[0].length, tuple[2] ?? '"');
  return looksSecret(text.slice(value.from, value.to).replace(/^\w+ /, ''))
    ? hidden(text, value, meaning, { quoted: true })
    : null;
}
