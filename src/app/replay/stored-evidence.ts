import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Evidence } from '../../evidence/evidence.ts';
import { isFactName } from '../../evidence/facts/vocabulary.ts';
import { readAs } from '../../lib/schema/explain.ts';
import { pathOf } from '../../lib/schema/mistake.ts';

const KINDS = ['alert', 'metric', 'log', 'trace', 'event', 'change', 'state', 'history', 'probe'] as const;

const StoredFact = z.looseObject({
  name: z.string(),
  of: z.string().regex(/^[a-z][a-z0-9]*\/./),
  within: z.array(z.string()).default([]),
  value: z.union([z.string(), z.number(), z.boolean()]),
  at: z.number(),
  quote: z.string(),
});

/** An item as it was stored, with what is reckoned with: somebody else may have written it. */
const StoredItem = z.looseObject({
  id: z.string().min(1),
  kind: z.enum(KINDS),
  title: z.string(),
  source: z.string(),
  query: z.string().default(''),
  window: z.object({ from: z.number(), to: z.number() }).nullable().default(null),
  observedAt: z.number(),
  text: z.string(),
  data: z.looseObject({ type: z.string() }).nullable().default(null),
  facts: z.array(StoredFact).optional(),
  link: z.string().nullable().default(null),
  environment: z.string(),
  dependency: z.string().exactOptional(),
  witness: z.string(),
  status: z.enum(['ok', 'failed']),
  hash: z.string().default(''),
});

/** Evidence as it was stored, or what keeps it from being read. */
export type ReadEvidence =
  | {
      readonly evidence: readonly Evidence[];
      /** Words for facts that today's vocabulary no longer has. */
      readonly forgotten: readonly string[];
      /** Ids of items that state nothing typed: an older Medic found them. */
      readonly untyped: number;
    }
  | { readonly why: string };

/** Reads what was stored of a round. A fact that today's vocabulary has no word for is left out, and named. */
export function readEvidence(items: readonly object[]): ReadEvidence {
  const evidence: Evidence[] = [];
  const forgotten = new Set<string>();
  for (const [place, item] of items.entries()) {
    const read = readAs(StoredItem, item);
    if ('flaws' in read) {
      const [flaw] = read.flaws;
      return {
        why: `item ${place + 1} of its evidence cannot be read: ${pathOf(flaw?.path ?? [])} ${flaw?.message}`,
      };
    }
    const { facts, ...rest } = read.value;
    for (const { name } of facts ?? []) if (!isFactName(name)) forgotten.add(name);
    const known = facts?.filter(({ name }) => isFactName(name));
    evidence.push({ ...rest, ...(known === undefined ? {} : { facts: known }) } as unknown as Evidence);
  }
  const untyped = evidence.every(({ facts }) => facts === undefined) ? evidence.length : 0;
  return { evidence, forgotten: [...forgotten].toSorted(), untyped };
}

/** Whether a text is the one that its hash was taken of. */
export function isAsHashed({ text, hash }: Pick<Evidence, 'text' | 'hash'>): boolean {
  return createHash('sha256').update(text).digest('hex') === hash;
}
