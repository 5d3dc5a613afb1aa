import { loadCatalog } from './catalog.ts';
import type { Catalog } from './manifest.ts';

/** A catalog that follows its folder. */
export interface LivingCatalog {
  current(): Catalog;
  /** Reads the folder again. A catalog with problems is not taken: the one before stays, and the problems are thrown. */
  refresh(): void;
}

/** Loads a catalog that can be read again later. Throws `CatalogError` when the first reading finds problems. */
export function livingCatalog(folder: string): LivingCatalog {
  let catalog = loadCatalog(folder);
  return {
    current: () => catalog,
    refresh() {
      catalog = loadCatalog(folder);
    },
  };
}
