import type { Service } from '../config/settings.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Alert, Subject } from '../intake/alert.ts';
import type { Manifest, Parameter, ParameterSource } from './manifest.ts';
import type { GroundedValue, Requester } from './plan.ts';

/** Where values may be found for one incident. */
export interface Grounds {
  readonly subject: Subject;
  readonly service: Service | null;
  readonly alerts: readonly Alert[];
  readonly evidence: readonly Evidence[];
}

export type Grounding =
  | { readonly kind: 'grounded'; readonly values: Readonly<Record<string, GroundedValue>> }
  | { readonly kind: 'ungrounded'; readonly problems: readonly string[] };

/**
 * Gives every parameter of a playbook a value with an origin, or says what is wrong. A proposed value counts only if one of
 * the parameter's sources bears it out, or a person gave it; whoever gives it, it must look as the manifest demands.
 */
export function ground(
  manifest: Manifest,
  proposed: Readonly<Record<string, string>>,
  grounds: Grounds,
  by: Requester,
): Grounding {
  const values: Record<string, GroundedValue> = {};
  const problems = Object.keys(proposed)
    .filter((name) => !Object.hasOwn(manifest.parameters, name))
    .map((name) => `${manifest.name} has no parameter "${name}"`);
  for (const [name, parameter] of Object.entries(manifest.parameters)) {
    const found = groundOne(name, parameter, proposed[name], grounds, by);
    if (typeof found === 'string') problems.push(found);
    else values[name] = found;
  }
  return problems.length > 0 ? { kind: 'ungrounded', problems } : { kind: 'grounded', values };
}

function groundOne(
  name: string,
  parameter: Parameter,
  proposed: string | undefined,
  grounds: Grounds,
  by: Requester,
): GroundedValue | string {
  const candidates = parameter.from.flatMap((source) => candidatesOf(source, proposed, grounds));
  const wellFormed = candidates.filter(({ value }) => fits(parameter, value));
  if (proposed === undefined) {
    const [first, ...rest] = wellFormed;
    if (first === undefined)
      return `"${name}" (${parameter.description}) has no value in ${sourcesOf(parameter)}`;
    const others = new Set(rest.filter(({ origin }) => origin === first.origin).map(({ value }) => value));
    others.delete(first.value);
    return others.size === 0
      ? first
      : `"${name}" could be ${[first.value, ...others].join(' or ')}: name one`;
  }
  if (!fits(parameter, proposed))
    return `"${name}" may not be "${proposed}": it must match ${parameter.pattern}`;
  const borneOut = wellFormed.find(({ value }) => value === proposed);
  if (borneOut !== undefined) return borneOut;
  if (by.kind === 'person' && !isClosed(parameter))
    return { value: proposed, origin: `given by <@${by.user}>` };
  return `"${name}" may not be "${proposed}": it is not among the values of ${sourcesOf(parameter)}`;
}

function candidatesOf(
  source: ParameterSource,
  proposed: string | undefined,
  grounds: Grounds,
): readonly GroundedValue[] {
  if ('label' in source) {
    const values = grounds.alerts.flatMap((alert) => alert.labels[source.label] ?? []);
    return values.map((value) => ({ value, origin: `alert label ${source.label}` }));
  }
  if ('registry' in source) {
    const origin = `service registry, ${source.registry}`;
    return registryValues(source.registry, grounds).map((value) => ({ value, origin }));
  }
  if ('fact' in source) return factValues(source.fact, grounds.evidence);
  if ('oneOf' in source)
    return source.oneOf.map((value) => ({ value, origin: 'the values its manifest allows' }));
  const { min, max, default: fallback } = source.range;
  const value = proposed === undefined ? fallback : Number(proposed);
  return Number.isFinite(value) && value >= min && value <= max
    ? [{ value: String(value), origin: `the range ${min} to ${max}` }]
    : [];
}

function registryValues(field: string, { subject, service }: Grounds): readonly string[] {
  if (service === null) return [];
  if (field === 'name') return [subject.name];
  if (field === 'environment') return [subject.environment];
  if (field === 'host') return service.hosts;
  const setting = field.startsWith('settings.')
    ? service.settings[field.slice('settings.'.length)]
    : undefined;
  return setting === undefined ? [] : [setting];
}

function factValues(name: string, evidence: readonly Evidence[]): readonly GroundedValue[] {
  return evidence.flatMap((item) => {
    const fact = item.data?.type === 'facts' && item.status === 'ok' ? item.data.facts[name] : undefined;
    return fact === undefined ? [] : [{ value: String(fact), origin: `${item.id}, ${name}` }];
  });
}

/** An enumeration or a range is the manifest's last word; a person cannot widen it. */
function isClosed(parameter: Parameter): boolean {
  return parameter.from.some((source) => 'oneOf' in source || 'range' in source);
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

function fits(parameter: Parameter, value: string): boolean {
  return new RegExp(`^(?:${parameter.pattern})$`).test(value);
}

function sourcesOf(parameter: Parameter): string {
  const names = parameter.from.map((source) => {
    if ('label' in source) return `alert label ${source.label}`;
    if ('registry' in source) return `service registry ${source.registry}`;
    if ('fact' in source) return `evidence ${source.fact}`;
    return 'oneOf' in source ? source.oneOf.join(', ') : `${source.range.min} to ${source.range.max}`;
  });
  return names.join(' or ');
}
