import { RE2Set } from 're2js';

/**
 * Tries many regular expressions of RE2 at once, in one pass over the text: which of them match somewhere in it, by their places in the
 * list. All of them must be readable (`linear`).
 */
export function linearSet(patterns: readonly string[]): (text: string) => readonly number[] {
  if (patterns.length === 0) return () => [];
  const set = new RE2Set();
  for (const pattern of patterns) set.add(pattern);
  set.compile();
  return (text) => set.match(text);
}
