import { MARKERS, mark, type Range } from './rule.ts';
import { createCodes } from './text/codes.ts';
import { encodings } from './text/forms.ts';

/** `demo` and `test` are placeholders and ordinary words; a real secret is longer. */
const MIN_LENGTH = 6;

/** So many characters of a secret at a cut give it away; of fewer, such as the first four of `test-key`, ordinary words are made. */
const FRAGMENT = 8;

/** Where a text was cut, as people and programs write it. */
const CUT_AFTER = /…|\.\.\.|\[…|\[\.\.\.|\[truncated|<truncated|\(truncated/y;
const CUT_BEFORE = /(?:…|\.\.\.|(?:cut|truncated)[^\n[\]<>()]{0,30}[\])>])[ \t]{0,4}\n?$/;

/** Base64 as mail and PEM wrap it: whole lines of it, also with the line breaks written out. */
const WRAPPED =
  /(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{16,200}(?:\\r)?(?:\r?\n|\\n)[ \t]{0,20}){1,2000}[A-Za-z0-9+/_-]{0,200}={0,2}/g;

const MASK = 0x7fff;

interface Form {
  readonly text: string;
}

export interface Registered {
  add(secret: string): void;
  hide(text: string): string;
}

/** Finds each registered secret in every form of it, by the form's first and last three characters: one pass, however many there are. */
export function createRegistered(): Registered {
  const forms = new Map<string, Form>();
  const heads = new Map<number, Form[]>();
  const tails = new Map<number, Form[]>();
  // One bit for a head and one for a tail that may begin with these three characters: most places need no more than this look.
  const begins = new Uint8Array(MASK + 1);
  let longest = 0;

  const index = (by: Map<number, Form[]>, key: number, form: Form) => {
    const same = [...(by.get(key) ?? []), form].sort((a, b) => b.text.length - a.text.length);
    by.set(key, same);
  };

  const search = { heads, tails, begins };
  return {
    add(secret) {
      const value = secret.trim();
      if (value.length < MIN_LENGTH || MARKERS.includes(value)) return;
      for (const text of encodings(value)) {
        if (forms.has(text)) continue;
        const form = { text };
        forms.set(text, form);
        index(heads, keyAt(text, 0), form);
        index(tails, keyAt(text, text.length - 3), form);
        const [head, tail] = [keyAt(text, 0) & MASK, keyAt(text, text.length - 3) & MASK];
        begins[head] = (begins[head] ?? 0) | 1;
        begins[tail] = (begins[tail] ?? 0) | 2;
        longest = Math.max(longest, text.length);
      }
    },
    hide(text) {
      if (forms.size === 0) return text;
      const unwrapped =
        text.length > 40 && (text.includes('\n') || text.includes('\\n')) ? hideWrapped(text, search) : text;
      return withoutRanges(unwrapped, found(unwrapped, search, longest));
    },
  };
}

interface Index {
  readonly heads: ReadonlyMap<number, readonly Form[]>;
  readonly tails: ReadonlyMap<number, readonly Form[]>;
  readonly begins: Uint8Array;
}

function keyOf(first: number, second: number, third: number): number {
  return (first * 961 + second * 31 + third) | 0;
}

function keyAt(text: string, at: number): number {
  return keyOf(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2));
}

/** With these a note of what was cut ends: the two signs of a bracket, of a tag, and a dot. */
const CUT_SIGNS = new Uint8Array(128);
for (const sign of '.]>)') CUT_SIGNS[sign.charCodeAt(0)] = 1;

const codesOf = createCodes();

function found(text: string, index: Index, longest: number): readonly Range[] {
  const { begins } = index;
  const ranges: Range[] = [];
  let window = longest;
  const codes = codesOf(text);
  let second = codes[0] ?? 0;
  let third = codes[1] ?? 0;
  for (let at = 0; at <= text.length - 3; at += 1) {
    const first = second;
    second = third;
    third = codes[at + 2] ?? 0;
    // A tail is looked for only where a cut stands close enough before it.
    if (first < 128 ? CUT_SIGNS[first] === 1 : first === 0x2026) window = at + longest + 8;
    const key = keyOf(first, second, third);
    const begun = begins[key & MASK] ?? 0;
    if (begun === 0) continue;
    if (at < window && begun >= 2) {
      const tail = tailAt(text, at + 3, index.tails.get(key));
      if (tail !== null) ranges.push(tail);
    }
    const head = headAt(text, at, index.heads.get(key));
    if (head === null) continue;
    ranges.push(head);
    at = head.to - 1;
    second = codes[at + 1] ?? 0;
    third = codes[at + 2] ?? 0;
  }
  return ranges;
}

/** The form that stands in the text from a place on, whole or cut. */
function headAt(text: string, at: number, forms: readonly Form[] = []): Range | null {
  const head = forms.find((form) => isThere(text, at, form));
  return head === undefined ? null : { from: at, to: at + common(text, at, head.text, false) };
}

/** The form whose end stands in the text up to a place, after a cut. */
function tailAt(text: string, end: number, forms: readonly Form[] = []): Range | null {
  const tail = forms.find((form) => isTail(text, end, form));
  return tail === undefined ? null : { from: end - common(text, end, tail.text, true), to: end };
}

function isThere(text: string, at: number, form: Form): boolean {
  if (text.startsWith(form.text, at)) return true;
  const length = common(text, at, form.text, false);
  return length >= FRAGMENT && isCutAfter(text, at + length);
}

function isTail(text: string, end: number, form: Form): boolean {
  const length = common(text, end, form.text, true);
  return length >= FRAGMENT && length < form.text.length && isCutBefore(text, end - length);
}

function isCutAfter(text: string, at: number): boolean {
  if (at === text.length) return true;
  CUT_AFTER.lastIndex = text[at] === '\n' ? at + 1 : text[at] === ' ' ? at + 1 : at;
  return CUT_AFTER.test(text);
}

function isCutBefore(text: string, at: number): boolean {
  return at === 0 || CUT_BEFORE.test(text.slice(Math.max(0, at - 60), at));
}

/** How many characters of the form stand in the text, from its first on, or from its last back. */
function common(text: string, at: number, form: string, backwards: boolean): number {
  let length = 0;
  const last = form.length - 1;
  while (
    length <= last &&
    (backwards
      ? at - 1 - length >= 0 && text[at - 1 - length] === form[last - length]
      : text[at + length] === form[length])
  ) {
    length += 1;
  }
  return length;
}

function hideWrapped(text: string, index: Index): string {
  return text.replace(WRAPPED, (block) => {
    const joined = block.replace(/(?:\\r)?(?:\r?\n|\\n)[ \t]*/g, '');
    const whole = { ...index, tails: new Map<number, readonly Form[]>() };
    return found(joined, whole, 0).length > 0 ? mark('secret') + (/\n$/.test(block) ? '\n' : '') : block;
  });
}

function withoutRanges(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  let out = '';
  let done = 0;
  for (const { from, to } of ranges) {
    if (to <= done) continue;
    out += text.slice(done, Math.max(from, done)) + mark('secret');
    done = to;
  }
  return out + text.slice(done);
}
