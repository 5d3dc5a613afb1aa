import { createHash } from 'node:crypto';
import { accessSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readAs } from '../lib/schema/explain.ts';
import { type Mistake, mistake, sentenceOf, whyUnreadable } from '../lib/schema/mistake.ts';
import { readYaml } from '../lib/schema/yaml.ts';
import { filesNamed, manifestFlaws, unknownFaults, unknownPatterns } from './flaws.ts';
import { type Catalog, Manifest, type Playbook } from './manifest.ts';

/** Every problem of a catalog at once, each with its file and path. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
  readonly mistakes: readonly Mistake[];
  readonly problems: readonly string[];

  constructor(mistakes: readonly Mistake[]) {
    const problems = mistakes.map(sentenceOf);
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`the playbook catalog has ${count}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.mistakes = mistakes;
    this.problems = problems;
  }
}

/** Loads every `<folder>/<name>/playbook.yml`. Throws `CatalogError` that lists everything wrong with any of them. */
export function loadCatalog(folder: string): Catalog {
  const { catalog, mistakes } = readCatalog(folder);
  const wrong = mistakes.filter(({ kind }) => kind === 'wrong');
  if (wrong.length > 0) throw new CatalogError(wrong);
  return catalog;
}

/**
 * Reads a catalog: the playbooks that are in order, and whatever is wrong or doubtful with any. Never throws.
 *
 * @param faults the names that the library has; null where nobody asks what they mend
 */
export function readCatalog(
  folder: string,
  faults: readonly string[] | null = null,
): {
  readonly catalog: Catalog;
  readonly mistakes: readonly Mistake[];
} {
  const names = namesIn(folder);
  if ('why' in names)
    return {
      catalog: new Map(),
      mistakes: [mistake(folder, '', `${names.why}; set MEDIC_PLAYBOOKS to where playbooks are`)],
    };
  const read = names.folders.map((name) => [name, readPlaybook(join(folder, name), name)] as const);
  const catalog = new Map(
    read.flatMap(([name, one]) => ('playbook' in one ? [[name, one.playbook] as const] : [])),
  );
  const doubts = unknownPatterns(catalog);
  const unknown = faults === null ? new Map() : unknownFaults(catalog, faults);
  const mistakes = read.flatMap(([name, one]) =>
    'playbook' in one
      ? one.place([...(doubts.get(name) ?? []), ...(unknown.get(name) ?? [])], 'doubtful')
      : one.mistakes,
  );
  return { catalog, mistakes };
}

/** The folder in which the library of faults lies, beside the playbooks. */
export const FAULTS = 'faults';

/** The folder of what several playbooks include: it is part of each of them. */
const SHARED = 'shared';

function namesIn(folder: string): { readonly folders: readonly string[] } | { readonly why: string } {
  try {
    const folders = readdirSync(folder)
      .filter(
        (name) =>
          !name.startsWith('.') &&
          name !== FAULTS &&
          name !== SHARED &&
          statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory(),
      )
      .sort();
    return { folders };
  } catch (error) {
    return { why: whyUnreadable(error) };
  }
}

type Loaded =
  | {
      readonly playbook: Playbook;
      readonly place: (flaws: Parameters<Place>[0], kind: Mistake['kind']) => readonly Mistake[];
    }
  | { readonly mistakes: readonly Mistake[] };
type Place = Exclude<ReturnType<typeof readYaml>, { readonly broken: unknown }>['place'];

function readPlaybook(path: string, name: string): Loaded {
  const file = join(path, 'playbook.yml');
  try {
    const written = readYaml(readFileSync(file, 'utf8'), file);
    if ('broken' in written) return { mistakes: written.broken };
    const read = readAs(Manifest, written.value);
    if (!('value' in read)) return { mistakes: written.place(read.flaws) };
    const manifest = read.value;
    const absent = filesNamed(manifest).flatMap(({ path: at, file: named }) => {
      const why = whyNotThere(join(path, named));
      return why === null ? [] : [{ path: at, message: `${named} ${why}` }];
    });
    const flaws = [...manifestFlaws(manifest, name), ...absent];
    if (flaws.length > 0) return { mistakes: written.place(flaws) };
    return { playbook: { manifest, folder: path, hash: hashOf(path) }, place: written.place };
  } catch (error) {
    const at =
      error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : file;
    const why =
      at === file && whyUnreadable(error) === 'is not there'
        ? 'missing; a playbook needs its manifest'
        : whyUnreadable(error);
    return { mistakes: [mistake(at, '', why)] };
  }
}

function whyNotThere(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return 'is not in the folder';
  if (!found.isFile()) return 'is no file';
  try {
    accessSync(file, READ);
    return null;
  } catch (error) {
    return whyUnreadable(error);
  }
}

const READ = 4;

/** SHA-256 over the names and contents of every file of a playbook's folder, and of what it may include from the one beside it. */
export function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const shared = join(folder, '..', SHARED);
  for (const file of [...filesIn(folder), ...(existsSync(shared) ? filesIn(shared) : [])]) {
    const content = readFileSync(file);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
