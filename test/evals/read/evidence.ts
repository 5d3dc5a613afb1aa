import { z } from 'zod';
import type { Finding } from '../../../src/evidence/collector.ts';
import type { ObjectId } from '../../../src/evidence/facts/fact.ts';
import { isFactName } from '../../../src/evidence/facts/vocabulary.ts';

const KINDS = ['alert', 'metric', 'log', 'trace', 'event', 'change', 'state', 'history', 'probe'] as const;
const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const Id = z.custom<ObjectId>(
  (value) => typeof value === 'string' && /^[a-z][a-z0-9]*\/./.test(value),
  'must be an object such as pod/shop/cart-1',
);

const RecordedFact = z.object({
  name: z.string().min(1),
  of: Id,
  within: z.array(Id).default([]),
  value: z.union([z.string(), z.number(), z.boolean()]),
  at: Time.optional(),
  quote: z.string(),
  usual: z.boolean().default(false),
});

/** A line of `evidence.jsonl`: what no source of the format could record, as a collector would have found it. */
export const RecordedEvidence = z
  .object({
    kind: z.enum(KINDS),
    source: z.string().min(1),
    witness: z.string().min(1),
    title: z.string().min(1),
    query: z.string().default(''),
    at: Time,
    text: z.string(),
    facts: z.array(RecordedFact).optional(),
    usual: z.boolean().default(false),
  })
  .transform(findingFrom);

interface Read {
  readonly kind: Finding['kind'];
  readonly source: string;
  readonly witness: string;
  readonly title: string;
  readonly query: string;
  readonly at: number;
  readonly text: string;
  readonly facts?: readonly z.infer<typeof RecordedFact>[] | undefined;
  readonly usual: boolean;
}

function findingFrom({ kind, source, witness, title, query, at, text, facts, usual }: Read): Finding {
  const seen = { kind, source, witness, title, query, text, window: null, observedAt: at };
  // A recording outlives the words of its day: what the vocabulary no longer has is text and no fact.
  const stated = facts?.flatMap(({ at: since = at, usual: was, name, ...fact }) =>
    isFactName(name)
      ? [{ ...fact, name, at: since, ...(was || usual ? ({ usual: true } as const) : {}) }]
      : [],
  );
  return {
    ...seen,
    data: null,
    link: null,
    ...(stated === undefined ? {} : { facts: stated }),
    ...(usual ? { supportsNothing: 'it was already so before' } : {}),
  };
}
