import type { Raw } from '../../kubernetes/objects.ts';
import { canonical } from './capture.ts';
import { RESTARTED } from './operation.ts';

/** Lines of a difference; more than these nobody reads. */
const MOST = 60;
const LONGEST = 200;

/**
 * What would be other in what somebody wrote of an object, a line for each value: `template.spec.containers[cart].image: shop:2 -> shop:1`.
 * It says the same as long as the world does: no time, no version. What is in the environment of a container may be secret, and is not told.
 */
export function differences(before: Raw, after: Raw): readonly string[] {
  const [old, young] = [flat(before.spec, ''), flat(after.spec, '')];
  const names = [...new Set([...old.keys(), ...young.keys()])];
  const lines = names.flatMap((name) => {
    const [was, is] = [old.get(name), young.get(name)];
    return was === is ? [] : [lineOf(name, was, is)];
  });
  return lines.length <= MOST ? lines : [...lines.slice(0, MOST), `… and ${lines.length - MOST} more`];
}

function lineOf(name: string, was: string | undefined, is: string | undefined): string {
  if (name.endsWith(`[${RESTARTED}]`)) return `${name}: now`;
  if (/\.env\[[^\]]*\]\.value$/.test(name))
    return `${name}: ${is === undefined ? 'taken away' : was === undefined ? 'new' : 'another'}`;
  return `${name}: ${cut(was)} -> ${cut(is)}`;
}

function cut(value: string | undefined): string {
  if (value === undefined) return 'none';
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`;
}

/** Every value by the way to it. What a list holds is known by its name, where each has one, and by its place otherwise. */
function flat(value: unknown, name: string): ReadonlyMap<string, string> {
  if (Array.isArray(value)) {
    const names = value.map((one) => (typeof one?.name === 'string' ? one.name : null));
    const isNamed = names.every((one) => one !== null) && new Set(names).size === names.length;
    return merged(value.map((one, place) => flat(one, `${name}[${isNamed ? names[place] : place}]`)));
  }
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null ? new Map() : new Map([[name, String(value)]]);
  const entries = Object.entries(value);
  if (entries.length === 0) return new Map([[name, canonical(value)]]);
  return merged(
    entries.map(([key, inner]) =>
      flat(inner, /[./]/.test(key) ? `${name}[${key}]` : name === '' ? key : `${name}.${key}`),
    ),
  );
}

function merged(maps: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  return new Map(maps.flatMap((map) => [...map]));
}
