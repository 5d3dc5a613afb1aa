import { z } from 'zod';
import { type FactName, isFactName, VOCABULARY } from '../../evidence/facts/vocabulary.ts';
import { Duration } from '../../lib/schema/schemas.ts';
import { nearest } from '../../lib/text/nearest.ts';

const Name = z.string().refine(isFactName, {
  error: ({ input }) => {
    const near = nearest(String(input), Object.keys(VOCABULARY));
    return `${JSON.stringify(input)} is no fact of the vocabulary${near === null ? '' : `: did you mean ${near}?`}`;
  },
}) as z.ZodType<FactName, string>;

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const OneOrMore = z.union([Scalar, z.array(Scalar).min(1)]);
/** A number, or what another fact of the same object says, so many times. */
const Bound = z.union([
  z.number(),
  z.strictObject({
    fact: Name,
    times: z.number().default(1),
  }),
]);

/**
 * What one fact must say. All that is given must hold, and at least one comparison is given.
 *
 * A fact that was already so while all was well holds nowhere, unless `usual` allows it.
 */
export const Predicate = z.strictObject({
  fact: Name,
  is: OneOrMore.optional(),
  not: OneOrMore.optional(),
  /** A regular expression of RE2 that has to match somewhere. */
  matches: z.string().min(1).optional(),
  above: Bound.optional(),
  at_least: Bound.optional(),
  below: Bound.optional(),
  at_most: Bound.optional(),
  /** It became so no earlier than this before the first alert. */
  newer: Duration.optional(),
  /** It became so earlier than this before the first alert; nowhere where no alert has come. */
  older: Duration.optional(),
  /** So many different objects have to say so. */
  objects: z.int().positive().default(1),
  usual: z.literal(true).optional(),
});
export type Predicate = z.infer<typeof Predicate>;

/** Something that has to be seen, by one of several facts. */
export const Sign = z.strictObject({
  /** A sentence that people read, which the facts bear out. `{object}` and `{value}` are filled in. */
  claim: z.string().min(1),
  any: z.array(Predicate).min(1),
});
export type Sign = z.infer<typeof Sign>;

/** What excludes the fault: a fact that its confusable has, and it has not. */
const Unless = z.strictObject({
  /** The fault that it is then, where the library has it. */
  fault: z.string().optional(),
  /** Why, in words. */
  because: z.string().min(1),
  any: z.array(Predicate).min(1),
});

const FAULT_NAME = /^[a-z][a-z0-9_]{1,60}$/;

/** A class of cause, `playbooks/faults/<section>/<name>.yml`. */
export const Fault = z.strictObject({
  name: z.string().regex(FAULT_NAME),
  title: z.string().min(1).max(80),
  /** The kinds of object in which it lies. Signs are joined where they are about one such object or about what is within it. */
  object: z.union([z.string(), z.array(z.string()).min(1)]),
  /**
   * Kinds of parts that cannot stand for one another: signs that are about such parts have to be about one and the same, as a full disk and
   * a mount that an exporter names.
   */
  same: z.array(z.string()).default([]),
  /** What is broken, and why, in a sentence each; `{object}` is filled in. */
  summary: z.string().min(1),
  cause: z.string().min(1),
  prevention: z.string().min(1),
  /** What a person can do, where no playbook mends it. */
  steps: z.array(z.string().min(1)).default([]),
  /** All of them, by at least two instruments. */
  signs: z.array(Sign).min(1),
  unless: z.array(Unless).default([]),
  /** Any of them speaks against it: it is cited and lowers the confidence. */
  against: z.array(Sign).default([]),
  /** Faults that it brings about, here or in what depends on it: they are its consequences, and no rivals. */
  explains: z.array(z.string()).default([]),
});
export type Fault = z.infer<typeof Fault>;
