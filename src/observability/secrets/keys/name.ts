import type { Range } from '../rule.ts';
import { pieceOf } from '../text/sight.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { HINTS } from './words.ts';

/** A name in a text, and what it says about its value. */
export interface Name {
  readonly from: number;
  readonly to: number;
  readonly meaning: Meaning;
}

const LONGEST_NAME = 120;

const HINT = new RegExp(HINTS.join('|'), 'iy');

/** By the first three characters, whether one of the hints may begin there. */
const BEGINS = new Uint8Array(16_384);
for (const hint of HINTS.flatMap((word) => [
  word,
  word.toUpperCase(),
  word[0]?.toUpperCase() + word.slice(1),
]))
  BEGINS[pieceOf(hint.charCodeAt(0), hint.charCodeAt(1), hint.charCodeAt(2))] = 1;

/** Letters, digits, and the signs that join words; a dot only where a word follows. */
const NAME_SIGNS = new Uint8Array(128);
for (const sign of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$') {
  NAME_SIGNS[sign.charCodeAt(0)] = 1;
}

const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);

/** The next place where a name of a secret may be: where one of the hints stands. */
export function nextHint(text: string, codes: Uint16Array, start: number): Range | null {
  let first = lower(codes[start] ?? 0);
  let second = lower(codes[start + 1] ?? 0);
  for (let at = start; at < text.length - 1; at += 1) {
    const third = at + 2 < text.length ? lower(codes[at + 2] ?? 0) : 0;
    // `pw` is the only hint of two letters, and the hints in other scripts may be as short.
    const begins = BEGINS[pieceOf(first, second, third)] === 1 || first > 127;
    if (begins || (first === 0x70 && second === 0x77)) {
      HINT.lastIndex = at;
      if (HINT.test(text)) return { from: at, to: HINT.lastIndex };
    }
    first = second;
    second = third;
  }
  return null;
}

/** Names of two words, of which the second alone says nothing. */
const BEFORE_KEY =
  /(?:^|[^\w-])((?:api|access|private|secret|signing|encryption|master|account|license|recovery|shared|auth|security|service|session|deploy|app|verification|backup|seed|unseal|mfa|login|one-time)(?: access)?[ ])$/i;

/** The whole name around a hint, not further back than `least`. */
export function nameAround(text: string, hint: Range, least: number): Name {
  const at = hint.from;
  let from = at;
  while (from > least && at - from < LONGEST_NAME && isNameSign(text, from - 1)) from -= 1;
  let to = hint.to;
  while (to < text.length && to - at < LONGEST_NAME && isNameSign(text, to)) to += 1;
  while (to > hint.to && isJoint(text.charCodeAt(to - 1))) to -= 1;
  if (text[from - 1] === ' ' && /^(?:key|code|phrase)s?$/i.test(text.slice(at, to))) {
    const before = BEFORE_KEY.exec(text.slice(Math.max(least, from - 24), from))?.[1] ?? '';
    from -= before.length;
  }
  if (text[to] === ' ') to += restOfName(text, at, to);
  return { from, to, meaning: meaningOf(text.slice(from, to)) };
}

/** `key 1: x` and `connection string: x`. */
function restOfName(text: string, at: number, to: number): number {
  const number = /^ \d{1,2}(?=\s?[:=])/.exec(text.slice(to, to + 6))?.[0] ?? '';
  if (number !== '' && /key$/i.test(text.slice(at, to))) return number.length;
  // Vault and Nomad call the secret half of a login so.
  if (/^ id\s{0,20}[:=]/i.test(text.slice(to, to + 24)) && /secret$/i.test(text.slice(at, to))) return 3;
  return /^ strings?\b/i.test(text.slice(to, to + 9)) ? 7 : 0;
}

function isJoint(code: number): boolean {
  return code === 0x24 || code === 0x2d || code === 0x2e;
}

function isNameSign(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return NAME_SIGNS[code] === 1 || (code === 0x2e && NAME_SIGNS[text.charCodeAt(at + 1)] === 1);
}
