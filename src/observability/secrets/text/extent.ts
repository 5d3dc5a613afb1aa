import type { Range } from '../rule.ts';

/** A quotation mark as it stands in code, in JSON within JSON, in HTML and in a URL. */
export const QUOTE = '\\\\{0,7}["\'`]|&quot;|&#3[49];|&#x2[27];|%2[27]';

/** Whether the quotation that begins with `mark` ends at a sign; what is between is the value. Reads no further than the value. */
export function quotedExtent(text: string, from: number, mark: string): Range & { readonly closed: boolean } {
  if (mark.length > 1 && !mark.startsWith('\\')) {
    const line = text.slice(from, from + 4096);
    const end = line.indexOf(mark);
    return end >= 0
      ? { from, to: from + end, closed: true }
      : { from, to: from + (/^[^\s&<>"']*/.exec(line)?.[0].length ?? 0), closed: false };
  }
  const sign = mark.charCodeAt(mark.length - 1);
  const depth = mark.length - 1;
  let slashes = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) return { from, to: at, closed: false };
    if (code === 0x5c) {
      slashes += 1;
      continue;
    }
    // Within JSON in JSON the quotation ends with as many strokes as it began, or with fewer where the outer one ends.
    if (code === sign && (depth === 0 ? slashes % 2 === 0 : slashes <= depth)) {
      return { from, to: at - slashes * (depth === 0 ? 0 : 1), closed: true };
    }
    slashes = 0;
  }
  return { from, to: text.length, closed: false };
}

export interface Surroundings {
  /** The name begins its line, so that the value may have spaces: YAML and files of properties. */
  readonly line: boolean;
  /** Within the query of a URL or a form. */
  readonly query: boolean;
}

/** The signs that may end a value, by their code. */
const STOPS = new Uint8Array(128);
for (const sign of '\0 \t\n\r\v\f"\'`<>&;,\\)]}|%{([') STOPS[sign.charCodeAt(0)] = 1;

/** How far a value is read to see what it is. One that is to be hidden is read to its end. */
export const GLANCE = 400;

/** A value without quotation marks: to a space, or to a sign after which something else begins. */
export function bareExtent(text: string, from: number, { line, query }: Surroundings, most = GLANCE): Range {
  const limit = Math.min(text.length, from + most);
  let at = from;
  let open = 0;
  for (; at < limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128 ? STOPS[code] !== 1 : !(code === 0xa0 || code === 0x3000 || code === 0x2028)) continue;
    const sign = text[at] ?? '';
    if (sign === '\n' || sign === '\r') break;
    if (sign === '{' || sign === '(' || sign === '[') {
      open += 1;
      continue;
    }
    // What the value opened itself ends with it.
    if (open > 0 && (sign === '}' || sign === ')' || sign === ']')) {
      open -= 1;
      continue;
    }
    if (sign === '%' && !text.startsWith('%26', at) && !text.startsWith('%2526', at)) continue;
    if (query ? !/[,)\]};|]/.test(sign) : endsHere(text, at, sign, line)) break;
    if (query && /[\s"'`<>&\\]/.test(sign)) break;
  }
  if (at - from >= GLANCE && most === GLANCE) return { from, to: at };
  let to = at;
  while (
    to > from &&
    /[ \t\r.,;:!?]/.test(text[to - 1] ?? '') &&
    (to === text.length || /\s/.test(text[to] ?? ''))
  )
    to -= 1;
  return { from, to };
}

function endsHere(text: string, at: number, sign: string, line: boolean): boolean {
  const next = text.slice(at + 1, at + 49);
  switch (sign) {
    case ' ':
    case '\t':
      // A value at the line's end may have spaces; a comment and another setting are not of it.
      return !line || /^\s*(?:#|\/\/|$|[\w.-]{1,40}\s?[=:])/.test(next) || /^[^\n]*[=]/.test(next);
    case ',':
      return next === '' || /^\s|^["'{[\]})]|^[\w.-]+\\{0,4}["']?[=:]/.test(next);
    case ';':
      return next === '' || /^\s|^["']|^[\w .-]{1,40}=/.test(next);
    case '&':
      return next === '' || /^\s|^amp;|^&|^[\w.[\]%-]{1,40}=|^(?:quot|lt|gt|#\d)/.test(next);
    case ')':
    case ']':
    case '}':
      return (
        next === '' ||
        /^[)\]}"'`]*(?:[.,;:!?]*(?:\s|$|["'`])|[,;]|\\[nrt"'])/.test(next) ||
        /^[)\]}]{1,4}$/.test(next)
      );
    case '|':
      return line ? /^\s/.test(next) : /^\s|^$/.test(next);
    case '\\':
      return /^(?:["'`nrt\\]|$|\n)/.test(next);
    case '"':
    case "'":
    case '`':
      return true;
    case '<':
      return /^[/!?a-zA-Z]/.test(next) || next === '';
    case '>':
      return true;
    default:
      return true;
  }
}

/** A value that stands in lines of its own below its name, more deeply indented: a block of YAML. */
export function blockExtent(text: string, from: number, indent: number): Range | null {
  let at = from;
  let first = -1;
  let last = -1;
  while (at < text.length) {
    const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    let start = at;
    while (start < end && (text[start] === ' ' || text[start] === '\t')) start += 1;
    if (start < end && text[start] !== '\r') {
      if (start - at <= indent) break;
      if (first < 0) first = start;
      last = text[end - 1] === '\r' ? end - 1 : end;
    }
    at = end + 1;
  }
  return first < 0 ? null : { from: first, to: last };
}
