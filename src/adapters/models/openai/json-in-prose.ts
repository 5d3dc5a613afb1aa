import type { z } from 'zod';

/** How many beginnings of an object are tried in a text full of braces. */
const MOST_STARTS = 20;

export type Fitting<Value> =
  | { readonly kind: 'fits'; readonly value: Value }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Finds the object of an agreed shape in a model's words: bare JSON, fenced JSON, or JSON with prose or thinking around it. Where several
 * fit, the last one is the answer.
 */
export function lastFitting<Value>(content: string, shape: z.ZodType<Value>): Fitting<Value> {
  let why = 'it holds no JSON object';
  for (const value of [...fromLineStarts(content), ...objectsIn(content)].reverse()) {
    const parsed = shape.safeParse(value);
    if (parsed.success) return { kind: 'fits', value: parsed.data };
    why = `its JSON does not have the agreed shape (${firstIssue(parsed.error)})`;
  }
  return { kind: 'unreadable', why };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'no detail';
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** Every outermost JSON object in the text, in order. One pass over the characters: hostile text costs no more. */
function objectsIn(text: string): unknown[] {
  const found: unknown[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"' && depth > 0) {
      quoted = true;
    } else if (character === '{') {
      if (depth++ === 0) start = at;
    } else if (character === '}' && depth > 0 && --depth === 0) {
      const value = parsed(text.slice(start, at + 1));
      if (value !== undefined) found.push(value);
    }
  }
  return found;
}

/**
 * A stray brace in the prose before the answer would swallow it: objects that begin a line are also tried, up to the last
 * closing brace of the text.
 */
function fromLineStarts(text: string): unknown[] {
  const end = text.lastIndexOf('}') + 1;
  const starts = [...text.matchAll(/^[ \t]*\{/gm)].slice(0, MOST_STARTS);
  return starts.map((match) => parsed(text.slice(match.index, end))).filter((value) => value !== undefined);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
