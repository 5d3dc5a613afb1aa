import type { Evidence } from '../../../evidence/evidence.ts';

/** Below this an item says too little to be worth its place. */
const SMALLEST_SHARE = 240;

/** What fits, in the order given, with the ids of the items that did not. */
export interface Fitted {
  readonly items: readonly Evidence[];
  readonly leftOut: readonly string[];
}

/**
 * Fits the texts of all items into `maxChars` characters: short items stay whole, and long ones share what remains evenly.
 *
 * When even that leaves too little for each, whole items go: those of dependencies first, then the oldest, the alerts last.
 */
export function fitEvidence(items: readonly Evidence[], maxChars: number): Fitted {
  const ranked = [...items].sort(byWorth);
  while (ranked.length > 1 && largestShare(ranked, maxChars) < SMALLEST_SHARE) ranked.pop();
  const share = largestShare(ranked, maxChars);
  const kept = new Set(ranked);
  return {
    items: items
      .filter((item) => kept.has(item))
      .map((item) => ({ ...item, text: clip(item.text, share, keepsEnd(item)) })),
    leftOut: items.filter((item) => !kept.has(item)).map((item) => item.id),
  };
}

function byWorth(a: Evidence, b: Evidence): number {
  const alerts = Number(b.kind === 'alert') - Number(a.kind === 'alert');
  if (alerts !== 0) return alerts;
  const own = Number(a.dependency !== undefined) - Number(b.dependency !== undefined);
  return own !== 0 ? own : b.observedAt - a.observedAt;
}

/** The length at which texts are cut so that all of them together fit; Infinity when nothing has to be cut. */
function largestShare(items: readonly Evidence[], maxChars: number): number {
  let left = maxChars;
  const lengths = items.map((item) => item.text.length).sort((a, b) => a - b);
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - index));
    if (length > share) return share;
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

/** Logs, events and traces are written oldest first; everything else states what matters most, or is newest, first. */
function keepsEnd(item: Evidence): boolean {
  return item.kind === 'log' || item.kind === 'event' || item.kind === 'trace';
}

function clip(text: string, length: number, keepEnd: boolean): string {
  if (text.length <= length) return text;
  const mark = `[... ${text.length} characters, cut to fit ...]`;
  const room = Math.max(0, length - mark.length - 1);
  if (room === 0) return mark.slice(0, length);
  return keepEnd
    ? `${mark}\n${text.slice(text.length - room).toWellFormed()}`
    : `${text.slice(0, room).toWellFormed()}\n${mark}`;
}
