import { createHash } from 'node:crypto';
import type { EvidenceSummary } from '../evidence/evidence.ts';

/** SHA-256 over the ids and hashes of an incident's evidence: what lay on the table when somebody decided. */
export function evidenceDigest(evidence: readonly Pick<EvidenceSummary, 'id' | 'hash'>[]): string {
  const items = evidence.map(({ id, hash }) => [id, hash]);
  return createHash('sha256').update(JSON.stringify(items)).digest('hex');
}
