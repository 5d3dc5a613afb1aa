import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Flaw, Mistake } from '../../../lib/schema/mistake.ts';
import { readYaml } from '../../../lib/schema/yaml.ts';

/** Where roles are found besides a playbook's own folder, when nobody says otherwise. */
const ROLES = [join(homedir(), '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
/** A playbook that includes more files than these is read no further. */
const MOST = 200;

/** One file that another includes. */
interface Named extends Flaw {
  readonly name: string;
  /** Where it may lie. */
  readonly places: readonly string[];
  /** Whether it holds tasks, which may include others. */
  readonly tasks: boolean;
  readonly kind: Mistake['kind'];
}

/**
 * What a playbook includes while it runs and is not there: Ansible finds that out only when it comes to it. Names with templates in them are
 * known to nobody before, and are left out.
 */
export function missingIncludes(folder: string, playbook: string): readonly Mistake[] {
  const start = join(folder, playbook);
  const seen = new Set([start]);
  const waiting = [start];
  const found: Mistake[] = [];
  for (let file = waiting.shift(); file !== undefined && seen.size < MOST; file = waiting.shift()) {
    const written = readYaml(textOf(file), file);
    // Ansible says best what is wrong with it.
    if ('broken' in written) continue;
    for (const named of namedIn(written.value, [], { folder, file })) {
      const place = named.places.find((one) => existsSync(one));
      if (place === undefined) found.push(...written.place([named], named.kind));
      else if (named.tasks && !seen.has(place)) {
        seen.add(place);
        waiting.push(place);
      }
    }
  }
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

interface Where {
  readonly folder: string;
  readonly file: string;
}

function namedIn(value: unknown, path: Flaw['path'], where: Where): readonly Named[] {
  if (Array.isArray(value)) return value.flatMap((item, place) => namedIn(item, [...path, place], where));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    const named = nameOf(key.replace(/^ansible\.(?:builtin|legacy)\./, ''), inner, at, where);
    return named === null ? namedIn(inner, at, where) : named;
  });
}

/** What a key of a play or a task includes; null where it is no such key. */
function nameOf(key: string, value: unknown, path: Flaw['path'], where: Where): readonly Named[] | null {
  const near = dirname(where.file);
  const { folder } = where;
  switch (key) {
    case 'include_tasks':
    case 'import_tasks': {
      const places = (name: string) => [join(near, name), join(folder, name), join(folder, 'tasks', name)];
      return fileOf(value, path, places, true);
    }
    case 'include_vars': {
      const beside = (name: string) =>
        [near, join(near, 'vars'), join(near, '..', 'vars'), folder, join(folder, 'vars')].map((one) =>
          join(one, name),
        );
      return fileOf(value, path, beside, false);
    }
    case 'vars_files': {
      const places = (name: string) => [join(near, name), join(near, 'vars', name)];
      return Array.isArray(value)
        ? value.flatMap((one, place) => fileOf(one, [...path, place], places, false))
        : [];
    }
    case 'include_role':
      return roleOf(value, path, where);
    default:
      return null;
  }
}

function fileOf(
  value: unknown,
  path: Flaw['path'],
  places: (name: string) => readonly string[],
  tasks: boolean,
): readonly Named[] {
  const file = typeof value === 'string' ? value : fieldOf(value, 'file');
  // More than one word holds arguments, and a template is filled in when it runs.
  if (file === null || !/^[^\s{}]+$/.test(file)) return [];
  const all = file.startsWith('/') ? [file] : places(file);
  return [
    {
      path,
      name: file,
      places: all,
      tasks,
      kind: 'wrong',
      message: `${file} is not there: it is included from here`,
    },
  ];
}

/** A role that is not beside the playbook may have been installed where this machine's configuration says. */
function roleOf(value: unknown, path: Flaw['path'], { folder }: Where): readonly Named[] {
  const name = fieldOf(value, 'name');
  if (name === null || !/^[\w-]+$/.test(name)) return [];
  const places = [join(folder, 'roles'), ...ROLES].map((one) => join(one, name));
  const message = `the role ${name} is neither in roles/ beside the playbook nor where roles are installed`;
  return [{ path, name, places, tasks: false, kind: 'wrong', message }];
}

function fieldOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : null;
}
