import type { Parameter, ParameterSource } from './manifest.ts';
import type { GroundedValue } from './plan.ts';

/** What is wrong with one value, in words that can stand under its field. */
export interface Problem {
  readonly parameter: string;
  readonly words: string;
}

/** How much of a value is repeated to whoever gave it, and how many that would do are named. */
const SHOWN = 60;
const NAMED = 6;

/** What is wrong with all values, for where no field stands beside it. */
export function sentenceOf(problems: readonly Problem[]): string {
  return problems.map(({ parameter, words }) => `for ${quoted(parameter)}, ${words}`).join('; ');
}

/** Problems by the parameter they belong to. */
export function byParameter(problems: readonly Problem[]): Readonly<Record<string, string>> {
  return Object.fromEntries(problems.map(({ parameter, words }) => [parameter, words]));
}

/** The value does not look as the manifest demands. */
export function formless({ pattern }: Parameter, value: string): string {
  const form =
    pattern === PLAIN
      ? 'use up to 63 letters, digits, dots, dashes and underscores, and begin with a letter or digit'
      : `it must match ${pattern}`;
  return `${quoted(value)} cannot be used: ${form}`;
}

/** The pattern that a parameter has where its manifest names none. */
const PLAIN = '[A-Za-z0-9][A-Za-z0-9._-]{0,62}';

/** Nothing that may say so knows the value. */
export function unknown(parameter: Parameter, value: string, known: readonly GroundedValue[]): string {
  const values = [...new Set(known.map((one) => one.value))];
  const [only] = values;
  if (only === undefined) return `${quoted(value)} is not known: ${missing(parameter)}`;
  return values.length === 1
    ? `${quoted(value)} is not known: only ${only} is`
    : `${quoted(value)} is not known: it can be ${oneOf(values)}`;
}

/** It is not one of those that its manifest confines it to. */
export function unlisted(value: string, known: readonly GroundedValue[]): string {
  const values = [...new Set(known.map((one) => one.value))];
  return values.length === 0
    ? `${quoted(value)} is not declared for this service in medic.yml, and nothing else is`
    : `${quoted(value)} is not declared for this service in medic.yml: it can be ${oneOf(values)}`;
}

export function outOfRange(
  value: string,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  return `${quoted(value)} cannot be used: give a number from ${min} to ${max}`;
}

/** Several values are equally good. */
export function ambiguous(values: readonly string[]): string {
  return `it could be ${oneOf(values)}: choose one`;
}

/** No value is known at all. */
export function missing({ from }: Parameter): string {
  return `nothing is found in ${from.map(placeOf).join(' or ')}`;
}

function placeOf(source: ParameterSource): string {
  if ('label' in source) return `the alert's label ${source.label}`;
  if ('registry' in source) return `the service registry (${source.registry})`;
  if ('fact' in source) return `the evidence (${source.fact})`;
  if ('look' in source) return 'what Medic’s own look shows';
  return 'oneOf' in source ? oneOf(source.oneOf) : `${source.range.min} to ${source.range.max}`;
}

function oneOf(values: readonly string[]): string {
  const named = values.slice(0, NAMED).map((value) => clipped(value));
  const left = values.length - named.length;
  if (left > 0) return `${named.join(', ')} or one of ${left} more`;
  return named.length === 1 ? String(named[0]) : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}

function quoted(text: string): string {
  return `“${clipped(text)}”`;
}

/** On one line, no longer than people read, and with nothing that could pass for a mention. */
function clipped(text: string): string {
  const line = text.replace(/[<>`\s]+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1).toWellFormed()}…` : line;
}
