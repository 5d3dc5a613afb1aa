import type { Range } from '../rule.ts';
import { hidden, matchAt } from './hidden.ts';
import type { Name } from './name.ts';

const TAG =
  /(?:[ \t\n][^<>]{0,300})?(?:&gt;|>)(?:\s{0,40}<(?:value|string|text)>)?(?:\s{0,40}<!\[CDATA\[)?/iy;

/** `<password>x</password>`, with a namespace or attributes. */
export function elementOf(text: string, { from, to, meaning }: Name): Range | null {
  const before = text.slice(Math.max(0, from - 30), from);
  if (!/(?:<|&lt;)(?:[\w-]{1,20}:)?$/.test(before)) return null;
  const tag = matchAt(TAG, text, to);
  if (tag === null || /\/(?:&gt;|>)$/.test(tag[0])) return null;
  const start = to + tag[0].length;
  return hidden(text, elementText(text, start), meaning, { quoted: true });
}

export function elementText(text: string, from: number): Range {
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
