import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { readAs } from '../../../src/lib/schema/explain.ts';

/** What the lines of a file hold, and what is wrong with those that hold something else, each by file and line. */
export interface Lines<T> {
  readonly values: readonly T[];
  readonly problems: readonly string[];
  /** Lines of sound JSON that are none of this format. */
  readonly foreign: number;
}

const NONE: Lines<never> = { values: [], problems: [], foreign: 0 };
const MOST_PROBLEMS = 5;

/**
 * Reads a file of JSON, an object a line; none where it is not there.
 *
 * @param isForeign whether a line is of another format altogether: it is counted and left alone
 */
export function readLines<T extends z.ZodType>(
  file: string,
  schema: T,
  isForeign: (line: object) => boolean = () => false,
): Lines<z.infer<T>> {
  if (!existsSync(file)) return NONE;
  const values: z.infer<T>[] = [];
  const problems: string[] = [];
  let foreign = 0;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const given = parsed(line);
    if (given === null) problems.push(`${file}:${index + 1}: this line is no JSON object`);
    else if (isForeign(given)) foreign += 1;
    else {
      const read = readAs(schema, given);
      if ('value' in read) values.push(read.value);
      else
        problems.push(
          ...read.flaws.map(
            ({ path, message }) => `${file}:${index + 1}: ${[...path, ''].join('.').slice(0, -1)} ${message}`,
          ),
        );
    }
  }
  return { values, problems: problems.slice(0, MOST_PROBLEMS), foreign };
}

function parsed(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
