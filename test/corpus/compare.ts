import { changesOf, type Json } from './changes.ts';
import type { Recording } from './format.ts';
import { type Led, play } from './play.ts';

/** More than these say no more. */
const MOST = 20;

/**
 * Where the core does otherwise than was recorded, at the first event at which it does, path by path: what comes after follows from it.
 * Empty where it does the same.
 */
export function differences({ name, happens, led }: Recording): readonly string[] {
  const now = play(happens);
  for (const [index, { event }] of happens.entries()) {
    const [before, after] = [led[index], now[index]];
    const found =
      before === undefined || after === undefined ? ['it is not recorded'] : between(before, after);
    if (found.length > 0)
      return found.slice(0, MOST).map((one) => `${name}, event ${index + 1} (${event.type}): ${one}`);
  }
  return [];
}

function between(before: Led, after: Led): readonly string[] {
  const paths = [...new Set([...before.changes.keys(), ...after.changes.keys()])];
  const found = paths.flatMap((path) => at(path, before.changes.get(path), after.changes.get(path)));
  if (found.length > 0) return found;
  const digests = Object.keys(before.digests) as (keyof Led['digests'])[];
  return digests
    .filter((name) => before.digests[name] !== after.digests[name])
    .map((name) => `${name} was ${before.digests[name]}, is ${after.digests[name]}`);
}

function at(path: string, before: Json | undefined, after: Json | undefined): readonly string[] {
  return [...changesOf(before, after).keys()].map(
    (inner) => `${path}${inner} was ${told(within(before, inner))}, is ${told(within(after, inner))}`,
  );
}

function within(value: Json | undefined, pointer: string): Json | undefined {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<Json | undefined>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? (inner as { readonly [name: string]: Json })[name]
        : undefined,
    value,
  );
}

function told(value: Json | undefined): string {
  return value === undefined ? 'not there or as before' : JSON.stringify(value);
}
