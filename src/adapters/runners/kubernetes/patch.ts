/** One change of RFC 6902. */
export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** A part of an object, by the names that lead to it; places in lists are numbers. */
export type Route = readonly (string | number)[];

function pointer(route: Route): string {
  return route.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The names of a pointer. */
export function routeOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function valueAt(object: unknown, route: Route): unknown {
  return route.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    object,
  );
}

/** Puts a value there, with whatever leads to it that is not there yet. */
export function put(object: unknown, route: Route, value: unknown): PatchStep {
  const missing = route.findIndex((_, place) => valueAt(object, route.slice(0, place + 1)) === undefined);
  if (missing === -1) return { op: 'replace', path: pointer(route), value };
  const rest = route.slice(missing + 1);
  const whole = rest.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  return { op: 'add', path: pointer(route.slice(0, missing + 1)), value: whole };
}

/** Takes away what is there; nothing where nothing is. */
export function take(object: unknown, route: Route): readonly PatchStep[] {
  return valueAt(object, route) === undefined ? [] : [{ op: 'remove', path: pointer(route) }];
}

/** Puts several values under one name that may not be there yet, in one go: a second `add` would take the place of the first. */
export function putAll(
  object: unknown,
  route: Route,
  values: Readonly<Record<string, unknown>>,
): readonly PatchStep[] {
  if (Object.keys(values).length === 0) return [];
  if (valueAt(object, route) === undefined) return [put(object, route, values)];
  return Object.entries(values).map(([name, value]) => put(object, [...route, name], value));
}
