import { join, resolve } from 'node:path';
import type { Knowledge } from '../../../src/app/replay/walk.ts';
import type { Fault } from '../../../src/diagnosis/faults/fault.ts';
import { libraryOf } from '../../../src/diagnosis/faults/library.ts';
import { readLibrary } from '../../../src/diagnosis/faults/load.ts';
import { CatalogError, FAULTS, readCatalog } from '../../../src/playbooks/catalog.ts';

/** Medic's own catalog. */
export const FOLDER = resolve(import.meta.dirname, '..', '..', '..', 'playbooks');

/** Throws where anything in it is wrong. @param folder of a catalog; Medic's own where none is given */
export function loadKnowledge(folder: string = FOLDER): Knowledge {
  const { library, mistakes: ofFaults } = readLibrary(join(folder, FAULTS));
  const { catalog, mistakes: ofPlaybooks } = readCatalog(folder, [...library.faults.keys()]);
  const wrong = [...ofPlaybooks, ...ofFaults].filter(({ kind }) => kind === 'wrong');
  if (wrong.length > 0) throw new CatalogError(wrong);
  return { catalog, library };
}

/** The same with other faults. */
export function withFaults(knowledge: Knowledge, faults: readonly Fault[]): Knowledge {
  return { ...knowledge, library: libraryOf(faults) };
}

export function faultsOf({ library }: Knowledge): readonly Fault[] {
  return [...library.faults.values()].map(({ fault }) => fault);
}
