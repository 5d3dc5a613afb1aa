import { z } from 'zod';
import { linear } from '../../lib/linear.ts';
import { linearSet } from '../../lib/linear-set.ts';

/** A message that means something by itself, whoever writes it. */
export const Signature = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{1,60}$/, 'use small letters, digits and underscores'),
  /** A regular expression of RE2 that has to match somewhere in a line. */
  pattern: z
    .string()
    .min(1)
    .superRefine((pattern, context) => {
      const read = linear(pattern);
      if (read.kind === 'unreadable')
        context.addIssue({ code: 'custom', message: `cannot be read: ${read.reason}` });
      else if (read.linear.test('')) context.addIssue({ code: 'custom', message: 'matches any line' });
    }),
  /** What it means, in a clause: `a disk is full`. */
  means: z.string().min(1).max(120),
  /** The kind of database that the line is about. */
  speaks_of: z.enum(['postgresql', 'redis', 'mysql']).optional(),
});
export type Signature = z.infer<typeof Signature>;

/** What a file of them holds. */
export const SignatureFile = z.array(Signature).superRefine((signatures, context) => {
  const seen = new Set<string>();
  for (const [place, { name }] of signatures.entries()) {
    if (seen.has(name)) context.addIssue({ code: 'custom', path: [place, 'name'], message: 'stands twice' });
    seen.add(name);
  }
});

/** Which messages of a table a line is. */
export type Recognise = (line: string) => readonly Signature[];

/** So much of a line is looked at. */
const LONGEST = 2000;

/** Reads several tables, the later ones before the earlier: of two with one name the later counts. */
export function recogniserOf(tables: readonly (readonly Signature[])[]): Recognise {
  const byName = new Map(tables.flat().map((signature) => [signature.name, signature]));
  const signatures = [...byName.values()];
  const match = linearSet(signatures.map(({ pattern }) => pattern));
  return (line) => match(line.slice(0, LONGEST)).flatMap((place) => signatures[place] ?? []);
}
