import { bareExtent, blockExtent, GLANCE, QUOTE, quotedExtent } from './extent.ts';
import { BEFORE_KEY, HINT, HINT_WORDS, type Meaning, meaningOf } from './key-names.ts';
import { type Hide, mark, type Range } from './rule.ts';
import { isSecretValue, looksSecret } from './values.ts';

/** A name in a text, and what it says about its value. */
interface Name {
  readonly from: number;
  readonly to: number;
  readonly meaning: Meaning;
}

const LONGEST_NAME = 120;

/** What may close a name before its sign of assignment: quotation marks, brackets, stars of Markdown, an end tag. */
const ASSIGNS = new RegExp(
  `((?:${QUOTE}|\\]|%5[Dd]|\\*\\*|__|</\\w{1,12}>){0,4})[ \\t]{0,60}(=>|->|:=|={1,3}(?![~=])|:(?![:/=])|：|%3[DdAa]|\\|(?!\\|))`,
  'y',
);
const OPENS = new RegExp(
  `(?:\\*\\*|__|<\\w{1,10}>)?[ \\t]{0,60}(?:!!?\\w{1,20}[ \\t]{1,4}|&\\w{1,20}[ \\t]{1,4})?(?:(?:[A-Za-z_][\\w.]{0,40}[(\\[]){0,3}(?:[bBuUrRfFnN@$]{1,2})?(?=["'\`]|\\\\{1,7}["']))?(${QUOTE})?`,
  'y',
);
const NEXT_LINE = new RegExp(`[ \\t]{0,60}\\r?\\n\\s{0,200}(${QUOTE})`, 'y');
const BLOCK = /[ \t]{0,60}(?:!!?\w{1,20}[ \t]{1,4})?([|>][-+\d]{0,2})?[ \t]{0,20}(?:#[^\n]{0,200})?\r?\n/y;
const TYPE = /(?:string|str|text|bytes|secretstr|any|optional\[str\])[ \t]{0,4}=[ \t]{0,4}(["'])/iy;
const PAIR = new RegExp(
  `(?:${QUOTE})[ \\t]{0,4}(?:[,;>/]|\\s)[^\\n<{}]{0,60}?(?:\\n[ \\t]{0,40})?(?<![\\w])(?:\\w{0,16}value|val|content|default|string|plaintext)(?:${QUOTE})?\\s{0,4}[:=]\\s{0,4}(${QUOTE})?`,
  'iy',
);
const PAIR_LINE =
  /[ \t]{0,20}(?:,[ \t]{0,4}|\r?\n[ \t]{1,60})(?:\w{0,16}value|val)[ \t]{0,4}[:=][ \t]{0,20}(["'])?/iy;
const PAIR_ELEMENT =
  /["'][^<>\n]{0,80}>|<\/(?:key|name|param-name)>\s{0,40}<(?:string|value|data|param-value)>(?:\s{0,40}<string>)?/y;
const ATOM = /[ \t]{0,4},[ \t]{0,4}(?:<<)?(["'])/y;
const TUPLE = new RegExp(`(${QUOTE})[ \\t]{0,8},[ \\t\\n]{0,8}(${QUOTE})`, 'y');
const SPACED = new RegExp(`[ \\t]{1,60}(?:=[ \\t]{1,4})?(${QUOTE})?`, 'y');
const ANNOUNCED = /((?: [\w@.()'-]{1,40}){1,10}) ?[:=]\s{1,6}(["'`])?(?=\S{6,200}(?:["'`]?[ \t]*(?:\n|$)))/y;
const NEXT_ITEM = /["']?[ \t]*\r?\n[ \t]*- (["'])?/y;
const SAID =
  /[ \t]{1,4}(?:for [\w.@-]{1,40} )?(?:is|was|to|are|set to|changed to|reset to)[ \t]{1,4}(?:now )?(?::[ \t]{0,4})?(["'`])?/iy;
const TAG = /(?:[ \t\n][^<>]{0,300})?(?:&gt;|>)(?:\s{0,40}<!\[CDATA\[)?/y;

/** Hides the values whose name says that they are secret, however name and value are written. */
export const BY_KEY: Hide = (text, low) => {
  if (!HINT_WORDS.test(low)) return text;
  let out = '';
  let done = 0;
  HINT.lastIndex = 0;
  for (let hit = HINT.exec(text); hit !== null; hit = HINT.exec(text)) {
    const name = nameAround(text, hit.index, hit[0].length, done);
    const value = name.meaning === 'none' ? null : valueNamed(text, name);
    if (value !== null) {
      out += text.slice(done, value.from) + mark('password');
      done = value.to;
    }
    HINT.lastIndex = Math.max(name.to, done);
  }
  return done === 0 ? text : out + text.slice(done);
};

function nameAround(text: string, at: number, length: number, least: number): Name {
  let from = at;
  while (from > least && at - from < LONGEST_NAME && isNameSign(text, from - 1)) from -= 1;
  let to = at + length;
  while (to < text.length && to - at < LONGEST_NAME && isNameSign(text, to)) to += 1;
  while (to > at + length && /[$.-]/.test(text[to - 1] ?? '')) to -= 1;
  if (text[from - 1] === ' ' && /^(?:key|code|phrase)s?$/i.test(text.slice(at, to))) {
    const before = BEFORE_KEY.exec(text.slice(Math.max(least, from - 24), from))?.[1] ?? '';
    from -= before.length;
  }
  const number = /^ \d{1,2}(?=\s?[:=])/.exec(text.slice(to, to + 6))?.[0] ?? '';
  if (/key$/i.test(text.slice(at, to))) to += number.length;
  if (text[to] === ' ' && /^ strings?\b/i.test(text.slice(to, to + 9))) to += 7;
  return { from, to, meaning: meaningOf(text.slice(from, to)) };
}

/** Letters, digits, and the signs that join words; a dot only where a word follows. */
const NAME_SIGNS = new Uint8Array(128);
for (const sign of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$') {
  NAME_SIGNS[sign.charCodeAt(0)] = 1;
}

function isNameSign(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return NAME_SIGNS[code] === 1 || (code === 0x2e && NAME_SIGNS[text.charCodeAt(at + 1)] === 1);
}

function valueNamed(text: string, name: Name): Range | null {
  const before = text[name.from - 1] ?? '';
  const element = /[<:;]/.test(before) ? elementOf(text, name) : null;
  if (element !== null) return element;
  const assigned = assignedTo(text, name);
  if (assigned !== null) return assigned;
  const item = text.startsWith('-', name.from) ? matchAt(NEXT_ITEM, text, name.to) : null;
  if (item !== null) {
    const at = name.to + item[0].length;
    const value =
      item[1] === undefined
        ? bareExtent(text, at, { line: true, query: false })
        : quotedExtent(text, at, item[1]);
    return text[at] === '-' ? null : hidden(text, value, name.meaning);
  }
  return /[\s\w]/.test(text[name.to] ?? '') && text[name.to] !== '\n'
    ? spacedFrom(text, name)
    : pairedWith(text, name);
}

/** The value, if it is one to hide. */
function hidden(
  text: string,
  value: Range,
  meaning: Meaning,
  told: { quoted?: boolean; prose?: boolean; label?: boolean } = {},
): Range | null {
  if (value.to <= value.from) return null;
  const { quoted = false, prose = false, label = false } = told;
  if (!isSecretValue(text.slice(value.from, value.to), { meaning, quoted, prose, label })) return null;
  // A value that is longer than what was read of it goes on.
  if (value.to - value.from < GLANCE || quoted) return value;
  const whole = bareExtent(text, value.from, { line: false, query: false }, Number.POSITIVE_INFINITY);
  return { from: value.from, to: Math.max(value.to, whole.to) };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** `<password>x</password>`, with a namespace or attributes. */
function elementOf(text: string, { from, to, meaning }: Name): Range | null {
  const before = text.slice(Math.max(0, from - 30), from);
  if (!/(?:<|&lt;)(?:[\w-]{1,20}:)?$/.test(before)) return null;
  const tag = matchAt(TAG, text, to);
  if (tag === null || /\/(?:&gt;|>)$/.test(tag[0])) return null;
  const start = to + tag[0].length;
  return hidden(text, elementText(text, start), meaning, { quoted: true });
}

function elementText(text: string, from: number): Range {
  let to = from;
  while (
    to < text.length &&
    text[to] !== '<' &&
    !(text[to] === '&' && text.startsWith('&lt;', to)) &&
    !text.startsWith(']]>', to)
  )
    to += 1;
  let start = from;
  while (start < to && /\s/.test(text[start] ?? '')) start += 1;
  while (to > start && /\s/.test(text[to - 1] ?? '')) to -= 1;
  return { from: start, to };
}

/** `name=value`, `name: value`, and their relatives in JSON, YAML and code. */
function assignedTo(text: string, name: Name): Range | null {
  const sign = matchAt(ASSIGNS, text, name.to);
  if (sign === null) return null;
  const [whole, closing = '', operator = ''] = sign;
  const start = name.to + whole.length;
  const meaning = operator === '|' && name.meaning !== 'none' ? 'weak' : name.meaning;
  if (meaning === 'header') return headerValue(text, start);
  if (meaning === 'cookie') return cookieValue(text, start);
  // What a test suite prints: `PASS: TestLogin`.
  if (text.slice(name.from, name.to) === 'PASS' && operator === ':') return null;
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

/** What stands below a name: a block of YAML, or the value on the next line. Undefined where the value is on the same line. */
function valueBelow(
  text: string,
  start: number,
  { from, meaning }: Name,
  operator: string,
): Range | null | undefined {
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

/** Whether nothing but indentation, a dash or a word such as `export` stands before a name on its line. */
function beginsLine(text: string, from: number): boolean {
  return /^[ \t]*(?:- |export |set |setx |declare -x |ENV |ARG |#\s?|\* )?["']?$/.test(
    leadOf(text, from) ?? 'x',
  );
}

/** What stands on its line before a place, unless that is too much to be indentation. */
function leadOf(text: string, from: number): string | null {
  const start = Math.max(0, from - 120);
  const before = text.slice(start, from);
  const line = before.lastIndexOf('\n') + 1;
  return line === 0 && start > 0 ? null : before.slice(line);
}

/** `["a", "b"]`, and `[Bearer x]` as Go prints a header. */
function arrayValue(text: string, start: number, meaning: Meaning): Range | null {
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
function bracedValue(text: string, start: number, meaning: Meaning, operator: string): Range | null {
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

/** A name that is a value itself, beside the value that it names: `{"name": "DB_PASSWORD", "value": "x"}`. */
function pairedWith(text: string, name: Name): Range | null {
  const { to } = name;
  const meaning = name.meaning === 'header' || name.meaning === 'cookie' ? 'password' : name.meaning;
  const element = matchAt(PAIR_ELEMENT, text, to);
  const inTag =
    /<[^<>\n]{0,80}$/.test(text.slice(Math.max(0, name.from - 90), name.from)) || text[to] === '<';
  if (element !== null && inTag && !element[0].endsWith('/>')) {
    const value = hidden(text, elementText(text, to + element[0].length), meaning, { quoted: true });
    if (value !== null && value.to - value.from < 4000) return value;
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
  const tuple = matchAt(TUPLE, text, to);
  if (tuple === null || tuple[1] !== tuple[2]) return null;
  const value = quotedExtent(text, to + tuple[0].length, tuple[2] ?? '"');
  return looksSecret(text.slice(value.from, value.to).replace(/^\w+ /, ''))
    ? hidden(text, value, meaning, { quoted: true })
    : null;
}

/** "The password of the user elastic is: x", the value being the last of its line. */
function announcedBy(text: string, at: number): Range | null {
  const announced = matchAt(ANNOUNCED, text, at);
  if (
    announced === null ||
    /fail|error|\bid\b|request|trace|invalid|reject|denied|hash/i.test(announced[1] ?? '')
  )
    return null;
  const start = at + announced[0].length;
  const value =
    announced[2] === undefined
      ? bareExtent(text, start, { line: false, query: false })
      : quotedExtent(text, start, announced[2]);
  return looksSecret(text.slice(value.from, value.to))
    ? hidden(text, value, 'password', { prose: true })
    : null;
}

/** A flag and its value, a setting and its value, and what a sentence tells: the two are parted by a space alone. */
function spacedFrom(text: string, name: Name): Range | null {
  const { from, to, meaning } = name;
  const spaced = matchAt(SPACED, text, to);
  const written = text.slice(from, to);
  if (spaced === null) {
    return null;
  }
  const at = to + spaced[0].length;
  const quote = spaced[1];
  const flag = written.startsWith('-') && from + 1 < to;
  const value =
    quote === undefined ? bareExtent(text, at, { line: false, query: false }) : quotedExtent(text, at, quote);
  const told = text.slice(value.from, value.to);
  if (flag)
    return told.startsWith('-') && quote === undefined
      ? null
      : hidden(text, value, meaning === 'weak' && /auth$/.test(written) ? 'password' : meaning);
  if (/^pass$/i.test(written)) return told.length >= 8 && looksSecret(told) ? value : null;
  if (meaning === 'weak' || meaning === 'key' || meaning === 'cookie') return null;
  const announced = meaning === 'password' && quote === undefined ? announcedBy(text, to) : null;
  if (announced !== null) return announced;
  if (meaning === 'header')
    return quote === undefined
      ? schemeValue(text, at)
      : hidden(text, value, 'password', { prose: true, quoted: true });
  if (quote !== undefined) {
    return meaning === 'password' || (meaning === 'token' && looksSecret(told))
      ? hidden(text, value, meaning, { quoted: true, prose: true })
      : null;
  }
  const said = matchAt(SAID, text, to);
  if (said !== null) {
    const start = to + said[0].length;
    const it =
      said[1] === undefined
        ? bareExtent(text, start, { line: false, query: false })
        : quotedExtent(text, start, said[1]);
    return looksSecret(text.slice(it.from, it.to)) ? hidden(text, it, meaning, { prose: true }) : null;
  }
  // A line of a configuration file that holds the name and the value and nothing else, or words before a value like no word.
  const alone = beginsLine(text, from) && /^[ \t\r]*(?:\n|$|#)/.test(text.slice(value.to, value.to + 20));
  const own = /^(?:requirepass|masterauth|sentinel-pass|bindpw|rootpw)$/i.test(written);
  return own || (looksSecret(told) && (alone || meaning === 'password' || meaning === 'token'))
    ? hidden(text, value, meaning, { prose: true })
    : null;
}

const SCHEME =
  /[ \t]{0,8}(?:\[\s{0,4})?((?:\\{0,7}["'`])|&quot;)?[ \t]{0,4}(?:(Bearer|Basic|Token|ApiKey|Api-Key|Key|Negotiate|NTLM|SSWS|GenieKey|Splunk|Bot|Digest|OAuth|Hawk|AWS|[A-Z][\w-]{2,30})[ \t]{1,8})?/y;

/** The value of an Authorization header: its scheme may be read, what follows may not. */
function headerValue(text: string, start: number): Range | null {
  const scheme = matchAt(SCHEME, text, start);
  if (scheme === null) return null;
  const [whole, quote] = scheme;
  const at = start + whole.length;
  // Parts in the manner of Digest and AWS4 go on after commas; else the value is one word.
  const parts =
    quote === undefined &&
    scheme[2] !== undefined &&
    !/^(?:Bearer|Basic)$/i.test(scheme[2]) &&
    /^[^\s=,]{1,60}=["\w/+-]/.test(text.slice(at, at + 64));
  if (parts) return restOfLine(text, at);
  const value =
    quote === undefined ? bareExtent(text, at, { line: false, query: false }) : quotedExtent(text, at, quote);
  const told = text.slice(value.from, value.to);
  if (scheme[2] === undefined && /^(?:Bearer|Basic|Token)$/i.test(told)) return null;
  return hidden(text, value, 'password', { prose: true });
}

/** To the line's end, without the quotation mark that closes what the header stands in. */
function restOfLine(text: string, from: number): Range {
  let to = from;
  let inside = false;
  while (to < text.length && text[to] !== '\n' && text[to] !== '\r') {
    const sign = text[to];
    const before = text[to - 1];
    if (sign === "'" && !inside) break;
    if (sign === '"' && before !== '\\') {
      if (!inside && before !== '=') break;
      inside = !inside;
    }
    // The stroke of a quotation mark that ends the text which the header stands in.
    if (
      sign === '\\' &&
      text[to + 1] === '"' &&
      !inside &&
      before !== '=' &&
      /[\w)]/.test(before ?? '') &&
      /^\\"[},\]]/.test(text.slice(to, to + 3))
    )
      break;
    to += 1;
  }
  return { from, to };
}

function schemeValue(text: string, start: number): Range | null {
  return /^["'`]|^(?:Bearer|Basic|Token)\s/i.test(text.slice(start, start + 8))
    ? headerValue(text, start)
    : null;
}

/** A cookie header: every pair of it is a session to somebody. */
function cookieValue(text: string, start: number): Range | null {
  const opening = matchAt(OPENS, text, start);
  let at = start + (opening?.[0].length ?? 0);
  if (text[at] === '[') at += 1;
  const to = (most: number) => {
    let end = at;
    while (end < text.length && end - at < most && !/[\r\n"'`\]\\]/.test(text[end] ?? '')) end += 1;
    return end;
  };
  const quoted = opening?.[1];
  const value = quoted === undefined ? { from: at, to: to(300) } : quotedExtent(text, at, quoted);
  const told = text.slice(value.from, value.to);
  const session = /^[^\s=]{1,200}=[^\s;]{4,}/.test(told) || looksSecret(told);
  const found = session ? hidden(text, value, 'cookie', { quoted: true }) : null;
  return found === null || quoted !== undefined ? found : { from: at, to: to(Number.POSITIVE_INFINITY) };
}
