import { resolve } from 'node:path';
import { loadCatalog } from '../../../src/playbooks/catalog.ts';
import type { Catalog } from '../../../src/playbooks/manifest.ts';

/** What Medic knows: today's playbooks and faults. */
export interface Knowledge {
  readonly catalog: Catalog;
  /** The names of its faults. */
  readonly faults: ReadonlySet<string>;
}

const FOLDER = resolve(import.meta.dirname, '..', '..', '..', 'playbooks');

/** @param folder of a catalog; Medic's own where none is given */
export function loadKnowledge(folder: string = FOLDER): Knowledge {
  return { catalog: loadCatalog(folder), faults: new Set() };
}
