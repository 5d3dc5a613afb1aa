import { join, resolve } from 'node:path';
import type { Library } from '../../../src/diagnosis/faults/library.ts';
import { readLibrary } from '../../../src/diagnosis/faults/load.ts';
import { FAULTS, loadCatalog } from '../../../src/playbooks/catalog.ts';
import type { Catalog } from '../../../src/playbooks/manifest.ts';

/** What Medic knows: today's playbooks and faults. */
export interface Knowledge {
  readonly catalog: Catalog;
  readonly library: Library;
  /** The names of its faults. */
  readonly faults: ReadonlySet<string>;
}

const FOLDER = resolve(import.meta.dirname, '..', '..', '..', 'playbooks');

/** @param folder of a catalog; Medic's own where none is given */
export function loadKnowledge(folder: string = FOLDER): Knowledge {
  const { library } = readLibrary(join(folder, FAULTS));
  return { catalog: loadCatalog(folder), library, faults: new Set(library.faults.keys()) };
}
