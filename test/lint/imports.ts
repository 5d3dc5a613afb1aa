import { dirname, join } from 'node:path/posix';
import {
  ADAPTER_ROLES,
  ALLOWANCES,
  IMPURE,
  IMPURE_CALLS,
  PACKAGE_HOMES,
  PURE,
  PURE_PACKAGES,
  SHARED_ADAPTERS,
} from './rules.ts';

export type Import = {
  readonly line: number;
  readonly from: string;
  /** Nothing of it is left when types are stripped. */
  readonly typeOnly: boolean;
};

// Formatted code begins every import and re-export at the start of a line. An `import('./x.ts')` counts as a value,
// also where it only names a type.
const STATIC =
  /^(?:import|export)\s+(?:(type)\s+(?!from\b))?(\*|[\w$*{][^'"();]*?)\s*\bfrom\s+['"]([^'"]+)['"]/gm;
const BARE = /^import\s+['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*(?:['"]([^'"]+)['"])?/g;

/** Every import and re-export of a module, in the order of the lines; a computed `import()` comes as `<computed>`. */
export function readImports(source: string): Import[] {
  const code = withoutComments(source);
  const at = (match: RegExpMatchArray) => code.slice(0, match.index).split('\n').length;
  return [
    ...[...code.matchAll(STATIC)].map((match) => ({
      line: at(match),
      from: match[3] ?? '',
      typeOnly: match[1] !== undefined || namesOnlyTypes(match[2] ?? ''),
    })),
    ...[...code.matchAll(BARE)].map((match) => ({ line: at(match), from: match[1] ?? '', typeOnly: false })),
    ...[...code.matchAll(DYNAMIC)].map((match) => ({
      line: at(match),
      from: match[1] ?? '<computed>',
      typeOnly: false,
    })),
  ].sort((one, other) => one.line - other.line);
}

function namesOnlyTypes(clause: string): boolean {
  const names = /^\{([^}]*)\}$/.exec(clause.trim())?.[1]?.split(',');
  const written = names?.map((name) => name.trim()).filter((name) => name !== '') ?? [];
  return written.length > 0 && written.every((name) => name.startsWith('type '));
}

/** Blanks comments, and keeps the lines. A comment begins a line or follows a space, as an address in a string does not. */
export function withoutComments(source: string): string {
  return source
    .replace(/(^|\s)\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

/**
 * What is wrong with the imports of one file, as `src/<file>:<line> <rule>`.
 *
 * @param file  its path under src/, such as `policy/decide.ts`
 */
export function violations(file: string, source: string): string[] {
  const imports = readImports(source).flatMap((each) => {
    const rule = each.from.startsWith('.')
      ? (refuseModule(file, join(dirname(file), each.from), each.typeOnly) ??
        refuseImpure(file, join(dirname(file), each.from), each.typeOnly))
      : refusePackage(file, each.from);
    return rule === null ? [] : [`src/${file}:${each.line} ${rule}`];
  });
  return [...imports, ...impureCalls(file, source)];
}

function refuseModule(file: string, target: string, typeOnly: boolean): string | null {
  const own = unitOf(file);
  const allowance = ALLOWANCES[own];
  if (!allowance) return `${own} has no rule yet: add it to test/lint/rules.ts`;
  if (target.startsWith('..')) return `nothing under src/ imports from outside it (${target})`;
  if (unitOf(target) === own) return own === 'adapters' ? refuseAdapter(file, target) : null;
  if (covers(allowance.values, target)) return null;
  if (!covers(allowance.types, target)) return `${own} may not import ${target}`;
  return typeOnly ? null : `${own} may import only types from ${target}`;
}

function refuseImpure(file: string, target: string, typeOnly: boolean): string | null {
  if (typeOnly || !isPure(file) || isPure(target)) return null;
  return `${unitOf(file)} is pure and may not import ${target}, which is not`;
}

/** A file directly under adapters/, or under the folder of a role, is shared, and may bring several adapters together. */
function refuseAdapter(file: string, target: string): string | null {
  const [own, other] = [adapterOf(file), adapterOf(target)];
  if (own === null || other === null || own === other || SHARED_ADAPTERS.includes(other)) return null;
  return `the adapter ${own} may not import another adapter (${target})`;
}

function refusePackage(file: string, name: string): string | null {
  const home = Object.entries(PACKAGE_HOMES).find(([known]) =>
    known.endsWith('/') ? name.startsWith(known) : name === known || name.startsWith(`${known}/`),
  );
  if (home && !covers(home[1], file)) return `only ${home[1].join(' and ')} may import ${name}`;
  if (isPure(file) && !PURE_PACKAGES.includes(name))
    return `${unitOf(file)} is pure and may not import ${name}`;
  return null;
}

function impureCalls(file: string, source: string): string[] {
  if (!isPure(file)) return [];
  return withoutComments(source)
    .split('\n')
    .flatMap((text, index) => {
      const call = IMPURE_CALLS.exec(text)?.[0];
      return call ? [`src/${file}:${index + 1} ${unitOf(file)} is pure and may not use ${call}`] : [];
    });
}

/** The folder directly under src/ that a file is in, or the file itself where it stands there. */
function unitOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** The adapter that a file belongs to, by its folder under adapters/; null where the file is shared by several. */
function adapterOf(file: string): string | null {
  const [, role = '', name = '', ...rest] = file.split('/');
  if (!ADAPTER_ROLES.includes(role)) return name === '' ? null : role;
  return rest.length > 0 ? `${role}/${name}` : null;
}

function isPure(file: string): boolean {
  return covers(PURE, file) && !IMPURE.includes(file);
}

function covers(places: readonly string[], file: string): boolean {
  return places.some((place) => file === place || file.startsWith(`${place}/`));
}
