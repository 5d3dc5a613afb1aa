import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FAULTS, loadCatalog } from './catalog.ts';
import type { Catalog } from './manifest.ts';

/** A catalog that follows its folder. */
export interface LivingCatalog {
  current(): Catalog;
  /**
   * Reads the folder again where anything in it was written since. A catalog with problems is not taken: the one before stays, and the
   * problems are thrown, each time.
   */
  refresh(): void;
}

/** Loads a catalog that can be read again later. Throws `CatalogError` when the first reading finds problems. */
export function livingCatalog(folder: string): LivingCatalog {
  let seen = stampOf(folder);
  let catalog = loadCatalog(folder);
  return {
    current: () => catalog,
    refresh() {
      const stamp = stampOf(folder);
      if (stamp !== null && stamp === seen) return;
      // What is written while it is read has another stamp next time.
      seen = null;
      catalog = loadCatalog(folder);
      seen = stamp;
    },
  };
}

/** Within this time two changes of a file may bear the same time, on file systems that count coarsely; milliseconds. */
const COARSE = 2_000;

/**
 * What tells whether anything was written in a folder: the name, the file, the size and the times of all that is in it. Reading and hashing
 * a hundred files every few seconds is a pause that everything else waits for. Null where it cannot be told.
 */
function stampOf(folder: string): string | null {
  try {
    const now = Date.now();
    const parts = partsOf(folder).map((path) => ({ path, ...statSync(path) }));
    // A file's time of change cannot be set by who writes it, as its time of writing can.
    if (parts.some(({ ctimeMs }) => Math.abs(now - ctimeMs) < COARSE)) return null;
    return parts
      .map(({ path, ino, size, mode, ctimeMs }) => [path, ino, size, mode, ctimeMs].join(' '))
      .join('\n');
  } catch {
    return null;
  }
}

/** A playbook's own folder may be a link, and what a link leads to counts. */
function partsOf(folder: string): readonly string[] {
  const children = readdirSync(folder).map((name) => join(folder, name));
  const inside = children
    .filter((path) => basename(path) !== FAULTS && statSync(path).isDirectory())
    .flatMap((path) => readdirSync(path, { recursive: true }).map((name) => join(path, String(name))));
  return [folder, ...children, ...inside];
}
