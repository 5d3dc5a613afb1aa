import { createHash } from 'node:crypto';

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What became of each path (a JSON pointer) from one value to the next: its new value, or undefined where it is gone. */
export type Changes = ReadonlyMap<string, Json | undefined>;

/** What JSON makes of a value: what is undefined is not there. */
export function plainly(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Short, and the same for the same value in whatever order its fields were written. */
export function digestOf(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_key, one: Json) => (isRecord(one) ? sorted(one) : one));
}

function sorted(record: { readonly [name: string]: Json }): Json {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isRecord(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The least that says how one value differs from the other: a part that is new or of another kind stands there whole. */
export function changesOf(before: Json | undefined, after: Json | undefined): Changes {
  const changes = new Map<string, Json | undefined>();
  collect(before, after, '', changes);
  return changes;
}

function collect(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  changes: Map<string, Json | undefined>,
): void {
  if (before === after) return;
  const both =
    (isRecord(before) && isRecord(after)) || (isList(before) && isList(after))
      ? ([before, after] as readonly { readonly [name: string]: Json }[])
      : null;
  if (both === null) {
    changes.set(path, after);
    return;
  }
  for (const name of new Set(both.flatMap((one) => Object.keys(one)))) {
    const place = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    collect(both[0]?.[name], both[1]?.[name], place, changes);
  }
}
