import { join } from 'node:path';
import { playbooksFolder } from '../../config/load.ts';
import { readLibrary } from '../../diagnosis/faults/load.ts';
import type { Mistake } from '../../lib/schema/mistake.ts';
import { FAULTS, readCatalog } from '../../playbooks/catalog.ts';
import { readConfigAlone } from './check.ts';
import { syntaxOfAll } from './syntax.ts';

/** What is wrong with the playbooks, and with what Ansible reads of them, whatever else is configured. */
export async function lintPlaybooks(
  given: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<{ readonly mistakes: readonly Mistake[]; readonly playbooks: number }> {
  const folder = playbooksFolder(given);
  const { library } = readLibrary(join(folder, FAULTS));
  const { catalog, mistakes } = readCatalog(folder, [...library.faults.keys()]);
  const inventory = readConfigAlone(given).config?.hands?.inventory ?? '';
  const syntax = await syntaxOfAll([...catalog.values()], {
    ...{ inventory, environment: given, signal },
    redact: (text) => text,
  });
  return { mistakes: [...mistakes, ...syntax], playbooks: catalog.size };
}
