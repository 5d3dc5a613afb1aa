import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** The schemas that stand behind what only wraps them: defaults, transformations, and every member of a union. */
function open(schema: Schema): readonly Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'default':
    case 'prefault':
    case 'optional':
    case 'nullable':
    case 'readonly':
      return open(def.innerType);
    case 'pipe':
      return open(def.in);
    case 'union':
      return def.options.flatMap(open);
    default:
      return [schema];
  }
}

/** What may stand under a name or a number of a schema. */
function under(schema: Schema, part: PropertyKey): readonly Schema[] {
  return open(schema).flatMap((one) => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    if (def.type === 'object')
      return Object.hasOwn(def.shape, part) ? [def.shape[String(part)] as Schema] : [];
    if (def.type === 'record') return [def.valueType];
    return def.type === 'array' ? [def.element] : [];
  });
}

/** The names that a schema has at a path. */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): readonly string[] {
  const there = path.reduce<readonly Schema[]>(
    (all, part) => all.flatMap((one) => under(one, part)),
    [schema],
  );
  return [...new Set(there.flatMap(open).flatMap((one) => Object.keys(shapeOf(one))))];
}

/** The one place where a schema has a name, such as `policy` or `services.<name>`, and `` for the top, which goes before others; null where there are none or several. */
export function homeOf(schema: Schema, key: string): string | null {
  const homes = [...new Set(placesOf(schema, key, []))];
  if (homes.includes('')) return '';
  return homes.length === 1 ? (homes[0] ?? null) : null;
}

function placesOf(schema: Schema, key: string, above: readonly string[]): readonly string[] {
  return open(schema).flatMap((one) => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    if (def.type === 'record') return placesOf(def.valueType, key, [...above, '<name>']);
    if (def.type === 'array') return placesOf(def.element, key, above);
    const shape = shapeOf(one);
    const deeper = Object.entries(shape).flatMap(([name, inner]) => placesOf(inner, key, [...above, name]));
    return Object.hasOwn(shape, key) ? [above.join('.'), ...deeper] : deeper;
  });
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? def.shape : {};
}
