import { z } from 'zod';
import { readAs } from '../lib/schema/explain.ts';
import { pathOf } from '../lib/schema/mistake.ts';
import { cutWholeWords } from '../lib/text/cut.ts';
import type { Report } from './change.ts';

/** How a sender names what it changed; the registry says which service that is. */
export interface Named {
  /** A service by its name in the registry, or by another one that it has there. */
  readonly service?: string;
  /** `owner/name`. */
  readonly repository?: string;
  /** Where it was changed; null where the sender does not say. */
  readonly environment: string | null;
  /** Of what no deploy is by itself: what it must be in the registry to count as one. */
  readonly by?: { readonly event: 'release' | 'push' } | { readonly workflow: string };
}

/** What a body says. */
export type Told =
  | { readonly kind: 'change'; readonly about: Named; readonly report: Report }
  /** It can be read, and changes no service. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** What is wrong, each by its path in the body. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

const MOST_PROBLEMS = 10;
const SHORT = 200;
const LONG = 500;

/** Reads a body by its schema; what it does not hold is answered by path. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  then: (read: z.infer<Schema>) => Told,
): Told {
  const read = readAs(schema, body);
  if ('value' in read) return then(read.value);
  const problems = read.flaws.map(
    ({ path, message }) => `${path.length === 0 ? '(body)' : pathOf(path)}: ${message}`,
  );
  return { kind: 'wrong', problems: problems.slice(0, MOST_PROBLEMS) };
}

/** One line of somebody's text; null where there is none. */
export function short(text: string | null | undefined, room = SHORT): string | null {
  const line = (text ?? '')
    .slice(0, 4 * LONG)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line === '' ? null : cutWholeWords(line, room).toWellFormed();
}

export const long = (text: string | null | undefined) => short(text, LONG);

/** Only to a web page, whole or not at all, and without credentials. */
export function linkIn(address: string | null | undefined): string | null {
  if (!address || address.length > LONG || !/^https?:\/\//.test(address) || !URL.canParse(address))
    return null;
  const { username, password } = new URL(address);
  return username === '' && password === '' && address.isWellFormed() ? address : null;
}

/** A commit is told by its beginning, and a version as it is. */
export function versionOf(text: string | null | undefined): string | null {
  const whole = short(text?.replace(/^refs\/tags\//, ''));
  return whole !== null && /^[0-9a-f]{40,64}$/.test(whole) ? whole.slice(0, 12) : whole;
}

/** A time as ISO 8601 with its offset, read as epoch milliseconds. */
export const Time = z.iso
  .datetime({ offset: true, error: 'write a time such as 2026-11-30T23:16:00Z' })
  .transform((text) => Date.parse(text));
