import { person, say } from '../lib/text/text.ts';
import type { Manifest, Parameter, ParameterSource } from './manifest.ts';
import type { GroundedValue, Requester } from './plan.ts';
import { ambiguous, formless, missing, outOfRange, type Problem, unknown, unlisted } from './problem.ts';
import { fits, type Grounds, isClosed, isListed, knownTo, ownOf, valuesFor } from './sources.ts';

export type Grounding =
  | { readonly kind: 'grounded'; readonly values: Readonly<Record<string, GroundedValue>> }
  | { readonly kind: 'ungrounded'; readonly problems: readonly Problem[] };

/**
 * Gives every parameter of a playbook a value with an origin, or says what is wrong with which. A proposed value counts only if one
 * of the parameter's sources bears it out, or a person gave it; whoever gives it, it must look as the manifest demands.
 */
export function ground(
  manifest: Manifest,
  proposed: Readonly<Record<string, string>>,
  given: Grounds,
  by: Requester,
): Grounding {
  const grounds = { ...given, playbook: manifest.name };
  const values: Record<string, GroundedValue> = {};
  const problems: Problem[] = Object.keys(proposed)
    .filter((name) => !Object.hasOwn(manifest.parameters, name))
    .map((parameter) => ({ parameter, words: `${manifest.name} has no such parameter` }));
  for (const [name, parameter] of Object.entries(manifest.parameters)) {
    const value = ownOf(proposed, name);
    const standing = standingFor(parameter, ownOf(grounds.standing ?? {}, name));
    const found =
      value === undefined
        ? byDefault(parameter, standing, grounds)
        : weigh(parameter, value, standing, grounds, by);
    if ('words' in found) problems.push({ parameter: name, words: found.words });
    else values[name] = found;
  }
  return problems.length > 0 ? { kind: 'ungrounded', problems } : { kind: 'grounded', values };
}

type Found = GroundedValue | { readonly words: string };

/** The value a parameter has where nobody names one: the standing one, or the only one that is known. */
export function byDefault(parameter: Parameter, standing: GroundedValue | null, grounds: Grounds): Found {
  if (standing !== null) return standing;
  const fitting = parameter.from
    .flatMap((source) =>
      'range' in source ? [numbered(source.range.default, source.range)] : knownTo(source, grounds),
    )
    .filter(({ value }) => fits(parameter, value));
  const [first, ...rest] = fitting.filter(({ value }) => isListed(parameter, value, grounds));
  if (first === undefined) {
    const [known] = fitting;
    return {
      words: known === undefined ? missing(parameter) : unlisted(known.value, valuesFor(parameter, grounds)),
    };
  }
  const others = new Set(rest.filter(({ origin }) => origin === first.origin).map(({ value }) => value));
  others.delete(first.value);
  return others.size === 0 ? first : { words: ambiguous([first.value, ...others]) };
}

function weigh(
  parameter: Parameter,
  proposed: string,
  standing: GroundedValue | null,
  grounds: Grounds,
  by: Requester,
): Found {
  const known = valuesFor(parameter, grounds);
  const borneOut =
    [standing, ...known].find((one) => one?.value === proposed) ?? numberIn(parameter, proposed);
  if (borneOut !== null) return borneOut;
  const [range] = rangesOf(parameter);
  if (range !== undefined && known.length === 0) return { words: outOfRange(proposed, range) };
  if (!fits(parameter, proposed)) return { words: formless(parameter, proposed) };
  if (parameter.among !== undefined) return { words: unlisted(proposed, known) };
  return by.kind === 'person' && !isClosed(parameter)
    ? { value: proposed, origin: say`given by ${person(by.user)}` }
    : { words: unknown(parameter, proposed, known) };
}

/** What stood in the plan before counts as long as anybody could give it now; what the manifest closed is looked up again. */
export function standingFor(parameter: Parameter, value: GroundedValue | undefined): GroundedValue | null {
  return value !== undefined && !isClosed(parameter) && fits(parameter, value.value) ? value : null;
}

type Range = Extract<ParameterSource, { readonly range: unknown }>['range'];

/** The ranges that a parameter's value may come from. */
export function rangesOf(parameter: Parameter): readonly Range[] {
  return parameter.from.flatMap((source) => ('range' in source ? [source.range] : []));
}

/** A number within one of the parameter's ranges, written as numbers are; null where it is none. */
function numberIn(parameter: Parameter, proposed: string): GroundedValue | null {
  if (!/^-?\d{1,15}(\.\d{1,15})?$/.test(proposed)) return null;
  const number = Number(proposed);
  const range = rangesOf(parameter).find(({ min, max }) => number >= min && number <= max);
  const value = range === undefined ? null : numbered(number, range);
  return value !== null && fits(parameter, value.value) ? value : null;
}

function numbered(number: number, { min, max }: Range): GroundedValue {
  return { value: String(number), origin: `the range ${min} to ${max}` };
}

/** Whether a value could ever be this parameter's: it looks as the manifest demands, and is in the list or range where that is all there is. */
export function admits(parameter: Parameter, value: string): boolean {
  const open = parameter.from.some((source) => !('oneOf' in source) && !('range' in source));
  return fits(parameter, value) && (open || parameter.from.some((source) => contains(source, value)));
}

function contains(source: ParameterSource, value: string): boolean {
  if ('oneOf' in source) return source.oneOf.includes(value);
  return 'range' in source && Number(value) >= source.range.min && Number(value) <= source.range.max;
}
