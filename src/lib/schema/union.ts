import type { z } from 'zod';
import { nearest } from '../text/nearest.ts';
import { kindOf, listed, noneOf, wordsOf } from '../text/words.ts';

type Issue = z.core.$ZodIssue;

/** Which member of a union was meant, by the names that are there, or what can be said where nobody knows. */
export type Meant =
  | { readonly kind: 'member'; readonly issues: readonly Issue[] }
  /** Names that no member has, and those that members begin with. */
  | { readonly kind: 'unknown'; readonly keys: readonly string[]; readonly known: readonly string[] }
  | { readonly kind: 'words'; readonly message: string };

export function membersOf(issue: z.core.$ZodIssueInvalidUnion): Meant {
  const members = issue.errors.filter((one) => one.length > 0);
  const fitting = members.filter((one) => !one.some(isOfItself));
  const [only] = fitting;
  if (only === undefined) return { kind: 'words', message: wordsTogether(issue, members) };
  const input = issue.input;
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return { kind: 'member', issues: only };
  const keys = Object.keys(input);
  const recognising = fitting.filter((one) => unknownTo(one).length < keys.length);
  const [first, second] = recognising.toSorted((one, other) => distance(one) - distance(other));
  if (first === undefined) {
    const known = [...new Set(fitting.flatMap((one) => missingIn(one).slice(0, 1)))];
    if (fitting.length === 1 || known.length === 0) return { kind: 'member', issues: only };
    const near = keys.filter((key) => nearest(key, known) !== null);
    if (near.length > 0) return { kind: 'unknown', keys: near, known };
    const instead = keys.length === 0 ? 'is empty' : `nobody knows ${listed(keys, 'and')} here`;
    return { kind: 'words', message: `${instead}: write ${listed(known)}` };
  }
  if (second !== undefined && missingIn(first).length === 0 && missingIn(second).length === 0) {
    const foreign = [...new Set([...unknownTo(first), ...unknownTo(second)])];
    return { kind: 'words', message: `write only one of ${listed(foreign)}` };
  }
  return { kind: 'member', issues: first };
}

/** Whether it is the value itself that a member does not take, and not something in it. */
function isOfItself({ path, code }: Issue): boolean {
  return path.length === 0 && code !== 'unrecognized_keys';
}

function unknownTo(issues: readonly Issue[]): readonly string[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
}

/** The names that a member must have and that are not there. */
function missingIn(issues: readonly Issue[]): readonly string[] {
  return issues.flatMap(({ path, input, code }) =>
    path.length === 1 && input === undefined && code !== 'unrecognized_keys' ? [String(path[0])] : [],
  );
}

const distance = (issues: readonly Issue[]) => 2 * unknownTo(issues).length + missingIn(issues).length;

function wordsTogether(
  { message, input }: z.core.$ZodIssueInvalidUnion,
  members: readonly (readonly Issue[])[],
): string {
  const own = members.flat().filter(isOfItself);
  const literals = own.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  const better = own.filter((issue) => issue.code !== 'invalid_value' && isSpecific(issue));
  const said = [...new Set(better.map((issue) => issue.message))];
  const or = literals.length === 0 ? '' : `, or ${listed(literals)}`;
  if (typeof input === 'string' && nearest(input, literals) !== null) return noneOf(literals, input);
  if (said.length === 1) return `${said[0]}${or}`;
  if (message !== '') return message;
  const kinds = own.flatMap((issue) => /: write (.*)$/.exec(issue.message)?.[1] ?? []);
  return `is ${kindOf(input)}: write ${listed([...new Set([...literals, ...kinds])])}`;
}

/** Whether a member takes this kind of value and says what is wrong with this one, or has words of its own for it. */
function isSpecific(issue: Issue): boolean {
  return issue.code !== 'invalid_type' || issue.message !== wordsOf(issue as z.core.$ZodRawIssue, {});
}
