import type { Range } from '../rule.ts';
import { bareExtent, quotedExtent } from '../text/extent.ts';
import { looksSecret } from '../text/values.ts';
import { hidden, matchAt } from './hidden.ts';
import { OPENS } from './opening.ts';

const SCHEME =
  /[ \t]{0,8}(?:\[\s{0,4})?((?:\\{0,7}["'`])|&quot;)?[ \t]{0,4}(?:(Bearer|Basic|Token|ApiKey|Api-Key|Key|Negotiate|NTLM|SSWS|GenieKey|Splunk|Bot|Digest|OAuth|Hawk|AWS|[A-Z][\w-]{2,30})[ \t]{1,8})?/y;

/** The value of an Authorization header: its scheme may be read, what follows may not. */
export function headerValue(text: string, start: number): Range | null {
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

export function schemeValue(text: string, start: number): Range | null {
  return /^["'`]|^(?:Bearer|Basic|Token)\s/i.test(text.slice(start, start + 8))
    ? headerValue(text, start)
    : null;
}

/** A cookie header: every pair of it is a session to somebody. */
export function cookieValue(text: string, start: number): Range | null {
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
