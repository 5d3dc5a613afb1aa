import type { z } from 'zod';
import { nearest } from '../text/nearest.ts';
import { listed, type Saying, wordsOf } from '../text/words.ts';
import type { Flaw } from './mistake.ts';
import { homeOf, keysAt } from './schema-keys.ts';
import { membersOf } from './union.ts';

export type Read<T> = { readonly value: T } | { readonly flaws: readonly Flaw[] };

/** Reads a value as a schema wants it, or says in plain words everything that is wrong with it, each by its path. */
export function readAs<T extends z.ZodType>(
  schema: T,
  value: unknown,
  saying: Saying = {},
): Read<z.infer<T>> {
  const parsed = schema.safeParse(value, {
    error: (issue) => wordsOf(issue, saying),
    reportInput: true,
  });
  if (parsed.success) return { value: parsed.data };
  const said = parsed.error.issues.flatMap((issue) => flatten(issue, []));
  return { flaws: named(schema, withoutDoubles(schema, said)) };
}

/** A flaw, or a name that nobody knows, for which words are found once it is clear which names are known there. */
type Said = Flaw & {
  readonly unknown?: string;
  readonly known?: readonly string[];
  readonly missing?: boolean;
};

function flatten(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly Said[] {
  const path = [...above, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: '', unknown: key }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message: `this name will not do: ${message}` }));
    case 'invalid_union': {
      if (issue.input === undefined) return [{ path, message: 'is missing', missing: true }];
      const meant = membersOf(issue);
      if (meant.kind === 'member') return meant.issues.flatMap((inner) => flatten(inner, path));
      if (meant.kind === 'unknown')
        return meant.keys.map((key) => ({
          path: [...path, key],
          message: '',
          unknown: key,
          known: meant.known,
        }));
      return [{ path, message: meant.message }];
    }
    default:
      return [{ path, message: issue.message, missing: issue.input === undefined }];
  }
}

/** A name that is missing because another was written in its place is one mistake, not two. */
function withoutDoubles(schema: z.ZodType, said: readonly Said[]): readonly Said[] {
  const meant = said.flatMap(({ path, unknown, known }) => {
    const above = path.slice(0, -1);
    const near = unknown === undefined ? null : nearest(unknown, known ?? keysAt(schema, above));
    return near === null ? [] : [JSON.stringify([...above, near])];
  });
  return said.filter(({ path, missing }) => !(missing === true && meant.includes(JSON.stringify(path))));
}

function named(schema: z.ZodType, said: readonly Said[]): readonly Flaw[] {
  return said.map(({ path, message, unknown, known }) => ({
    path,
    message: unknown === undefined ? message : unknownKey(schema, path.slice(0, -1), unknown, known),
  }));
}

function unknownKey(
  schema: z.ZodType,
  above: readonly PropertyKey[],
  key: string,
  known: readonly string[] = keysAt(schema, above),
): string {
  const near = nearest(key, known);
  if (near !== null) return `is not known: did you mean ${near}?`;
  const home = homeOf(schema, key);
  if (home !== null && !known.includes(key))
    return `is not known here: it belongs ${home === '' ? 'at the top, not under another name' : `under ${home}`}`;
  return known.length === 0
    ? 'is not known: nothing may stand here'
    : `is not known: it can be ${listed(known)}`;
}
