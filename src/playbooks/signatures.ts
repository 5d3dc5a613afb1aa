import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Signature, SignatureFile } from '../evidence/facts/signatures.ts';
import { readAs } from '../lib/schema/explain.ts';
import { type Mistake, mistake, whyUnreadable } from '../lib/schema/mistake.ts';
import { readYaml } from '../lib/schema/yaml.ts';
import { FAULTS } from './catalog.ts';

const FILE = 'signatures.yml';

/** The messages that a catalog knows, and what is wrong with its table of them. A catalog without one knows none. */
export function readSignatures(catalog: string): {
  readonly signatures: readonly Signature[];
  readonly mistakes: readonly Mistake[];
} {
  const file = join(catalog, FAULTS, FILE);
  try {
    const written = readYaml(readFileSync(file, 'utf8'), file);
    if ('broken' in written) return { signatures: [], mistakes: written.broken };
    const read = readAs(SignatureFile, written.value ?? []);
    return 'value' in read
      ? { signatures: read.value, mistakes: [] }
      : { signatures: [], mistakes: written.place(read.flaws) };
  } catch (error) {
    const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    return { signatures: [], mistakes: isThere ? [mistake(file, '', whyUnreadable(error))] : [] };
  }
}
