import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Before, Comparison } from '../../../execution/attempt.ts';
import { cutWholeWords, redactThenCut } from '../../../lib/text/cut.ts';

/** The tag of the tasks that read what a play is about to change, and that read it again after an undoing. */
export const BEFORE = 'medic_before';
export const NOTHING_KEPT = 'the fix left no word of what it found';
export const NOTHING_READ = `its rollback has no task with the tag ${BEFORE} that reads it again`;

const WORDS = 300;
const HOSTS = 100;

/** A hash over what was read, by host: it may hold what nobody else is to read. */
const Mark = z.record(z.string(), z.string());
type Mark = Readonly<z.infer<typeof Mark>>;

type Found = ReadonlyMap<string, string>;
type Redact = (text: string) => string;

/** What a run has read before it acted; nothing where it has no task for that. */
export function beforeOf(found: Found, redact: Redact): { readonly before?: Before } {
  if (found.size === 0 || found.size > HOSTS) return {};
  const mark = Object.fromEntries([...found].map(([host, text]) => [host, hashOf(text)]));
  return { before: { words: wordsOf(found, redact), mark: JSON.stringify(mark) } };
}

export function readMark(text: string): Mark | null {
  try {
    const mark = Mark.safeParse(JSON.parse(text)).data;
    return mark === undefined || Object.keys(mark).length === 0 ? null : mark;
  } catch {
    return null;
  }
}

/** What the same tasks read after an undoing, beside what they read before the fix. Hosts that the fix did not come to are none of its business. */
export function comparison(mark: Mark, was: string, found: Found, redact: Redact): Comparison {
  const silent = Object.keys(mark).filter((host) => !found.has(host));
  if (silent.length > 0) return unknown(redact(`nothing was read on ${silent.join(', ')}`));
  const others = new Map(
    [...found].filter(([host, text]) => Object.hasOwn(mark, host) && mark[host] !== hashOf(text)),
  );
  if (others.size === 0) return { kind: 'as-before', words: was };
  return { kind: 'differs', was, now: wordsOf(others, redact), lines: [] };
}

export function unknown(why: string): Comparison {
  return { kind: 'unknown', why: cutWholeWords(why, WORDS) };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function wordsOf(found: Found, redact: Redact): string {
  const said = [...found].map(([host, text]) => `${text.trim().replaceAll('\n', '; ')} on ${host}`);
  return redactThenCut(said.join('; '), WORDS, redact);
}
