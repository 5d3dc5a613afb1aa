import type { z } from 'zod';
import { nearest } from './nearest.ts';

export interface Saying {
  /** What is said of something that is not there. */
  readonly missing?: string;
  /** Whether values may not be repeated, as among them are secrets. */
  readonly secret?: boolean;
}

/** So many names are listed, and so much of a value is repeated. */
const NAMED = 12;
const SHOWN = 40;

type Issue = z.core.$ZodRawIssue;

/** What is wrong, in words that go after the path; what several members of a union say is put together later. */
export function wordsOf(issue: Issue, saying: Saying): string | undefined {
  const { input } = issue;
  const missing = saying.missing ?? 'is missing';
  if (input === undefined && issue.code !== 'invalid_union' && issue.code !== 'custom')
    return issue.code === 'invalid_value'
      ? `${missing}: write ${listed(issue.values.map(String), 'or')}`
      : missing;
  const show = (value: unknown) => (saying.secret === true ? 'the value' : shown(value));
  switch (issue.code) {
    case 'invalid_type':
      return ofAnotherKind(issue.expected, input, show);
    case 'invalid_value':
      return noneOf(issue.values.map(String), input, show);
    case 'too_small':
      return tooSmall(issue, show);
    case 'too_big':
      return `${sizeOf(issue.origin, show(input))} is too ${issue.origin === 'number' || issue.origin === 'int' ? 'large' : 'long'}: ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'url'
        ? `${show(input)} is no URL, such as https://example.com`
        : `${show(input)} has not the form that it must have${issue.pattern === undefined ? '' : ` (${issue.pattern})`}`;
    case 'unrecognized_keys':
    case 'invalid_union':
      return '';
    default:
      return undefined;
  }
}

function ofAnotherKind(expected: string, input: unknown, show: (value: unknown) => string): string {
  if (expected === 'int' && typeof input === 'number') return `${show(input)} is no whole number`;
  if (input === null) return `has no value: write ${WANTED[expected] ?? expected}`;
  if (expected === 'string' && typeof input === 'number')
    return `${show(input)} is read as a number: write it in quotes, '${input}'`;
  if (expected === 'string' && typeof input === 'boolean')
    return `${show(input)} is read as a yes or no: write it in quotes, '${input}'`;
  const list = expected === 'array' ? asList(input) : null;
  if (list !== null)
    return `is ${kindOf(input)}: write a list, ${show(input) === 'the value' ? '[...]' : list}`;
  return `is ${kindOf(input)}: write ${WANTED[expected] ?? expected}`;
}

/** One value or several with spaces between them, as a list of YAML; null where that is not so plain. */
function asList(input: unknown): string | null {
  const words = typeof input === 'string' || typeof input === 'number' ? String(input).split(/\s+/) : [];
  const isPlain = words.length > 0 && words.every((word) => /^[\w./@=-]+$/.test(word));
  const list = `[${words.join(', ')}]`;
  return isPlain && list.length <= 2 * SHOWN ? list : null;
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'names with values',
  record: 'names with values',
};

export function kindOf(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  switch (typeof input) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'names with values';
    default:
      return `a ${typeof input}`;
  }
}

export function noneOf(
  values: readonly string[],
  input: unknown,
  show: (value: unknown) => string = shown,
): string {
  // One sign is as near to any other.
  const near = typeof input === 'string' && input.length > 1 ? nearest(input, values) : null;
  if (near !== null) return `${show(input)} is not known: did you mean ${near}?`;
  const what = typeof input === 'object' ? `is ${kindOf(input)}` : `${show(input)} is not known`;
  return `${what}: write ${listed(values, 'or')}`;
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>, show: (value: unknown) => string): string {
  const { origin, minimum, inclusive, input } = issue;
  if (origin !== 'number' && origin !== 'int' && minimum === 1)
    return origin === 'array' ? 'is empty: write at least one' : 'is empty';
  const least = inclusive === false ? 'more than' : 'at least';
  const short = origin === 'number' || origin === 'int' ? 'small' : 'short';
  return `${sizeOf(origin, show(input))} is too ${short}: ${least} ${minimum}${unitOf(origin)}`;
}

const sizeOf = (origin: string, value: string) => (origin === 'array' ? 'the list' : value);
const unitOf = (origin: string) => (origin === 'string' ? ' characters' : '');

/** A value as it may be repeated, on one line and not too long. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return kindOf(value);
  if (typeof value !== 'string') return String(value);
  const line = value.replace(/\s+/g, ' ');
  return JSON.stringify(line.length > SHOWN ? `${line.slice(0, SHOWN - 1).toWellFormed()}…` : line);
}

/** `a, b or c`; of many, the first. */
export function listed(values: readonly string[], last: 'or' | 'and' = 'or'): string {
  const left = values.length - NAMED;
  if (left > 0) return `${values.slice(0, NAMED).join(', ')} ${last} one of ${left} more`;
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} ${last} ${values.at(-1)}`;
}
