import { setTimeout as delay } from 'node:timers/promises';
import { type AuditSource, exportRecords } from '../../../src/audit/export.ts';
import type { HeldHead } from '../../../src/audit/known.ts';
import { createVerifier, type Verdict } from '../../../src/audit/verify.ts';

const EVERYTHING = { since: null, until: null, service: null };
/** How often the record is verified while a run goes on, milliseconds. */
const EVERY = 2_000;

/**
 * Verifies the record of a run again and again while everything goes wrong, holding the newest checkpoint it has seen, as the world outside
 * does. The answer ends that, and says what was found then and at the end.
 */
export function watchAudit(source: AuditSource): () => Promise<readonly string[]> {
  const found = new Set<string>();
  const ending = new AbortController();
  let held: HeldHead | null = null;
  const look = async () => {
    const verdict = await verdictOn(source, held);
    held = verdict.checkpoints.newest ?? held;
    for (const { incident, what } of verdict.problems) found.add(`${incident ?? 'the record'}: ${what}`);
  };
  const watching = (async () => {
    while (!ending.signal.aborted) {
      // Redis may be away, and nothing is said of it then.
      await look().catch(() => undefined);
      await delay(EVERY, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    ending.abort();
    await watching;
    await look();
    return [...found];
  };
}

async function verdictOn(source: AuditSource, held: HeldHead | null): Promise<Verdict> {
  const verifier = createVerifier({ held });
  for await (const record of exportRecords(source, EVERYTHING)) verifier.take(record);
  return verifier.verdict();
}
