import type { Text } from '../lib/text/text.ts';
import { byDefault, rangesOf, standingFor } from './ground.ts';
import type { Manifest, Parameter } from './manifest.ts';
import { type Grounds, isClosed, ownOf, valuesFor } from './sources.ts';

/** One parameter of a playbook as a person may fill it in. */
export interface Field {
  readonly name: string;
  readonly description: string;
  /** `choice`: one of `options`; `number`: between `min` and `max`; `text`: must match `pattern`, and `options` are what is known. */
  readonly kind: 'choice' | 'number' | 'text';
  readonly options: readonly string[];
  readonly min: number | null;
  readonly max: number | null;
  readonly pattern: string;
  /** The present value, and where it comes from; null where there is none. */
  readonly current: { readonly value: string; readonly origin: Text } | null;
}

/** The parameters of a playbook as a person may fill them in, with the values they have or would have if nobody said anything. */
export function fieldsOf({ name: playbook, parameters }: Manifest, given: Grounds): readonly Field[] {
  const grounds = { ...given, playbook };
  return Object.entries(parameters).map(([name, parameter]) => ({
    name,
    description: parameter.description,
    ...shapeOf(parameter, grounds),
    pattern: parameter.pattern,
    current: currentOf(name, parameter, grounds),
  }));
}

/** Whether a playbook can be for this subject at all: whatever nobody may make up is known. */
export function canBeFor({ name: playbook, parameters }: Manifest, given: Grounds): boolean {
  const grounds = { ...given, playbook };
  return Object.values(parameters).every(
    (parameter) =>
      !isClosed(parameter) || rangesOf(parameter).length > 0 || valuesFor(parameter, grounds).length > 0,
  );
}

function shapeOf(parameter: Parameter, grounds: Grounds): Pick<Field, 'kind' | 'options' | 'min' | 'max'> {
  const options = [...new Set(valuesFor(parameter, grounds).map(({ value }) => value))];
  const ranges = rangesOf(parameter);
  if (ranges.length > 0 && ranges.length === parameter.from.length) {
    const min = Math.min(...ranges.map((range) => range.min));
    return { kind: 'number', options: [], min, max: Math.max(...ranges.map((range) => range.max)) };
  }
  const isChoice = isClosed(parameter) && ranges.length === 0 && options.length > 0;
  return { kind: isChoice ? 'choice' : 'text', options, min: null, max: null };
}

/** The value that stands, even one that may not be given any more: a person must see it in order to change it. */
function currentOf(name: string, parameter: Parameter, grounds: Grounds): Field['current'] {
  const stands = ownOf(grounds.standing ?? {}, name);
  if (stands !== undefined) return stands;
  const found = byDefault(parameter, standingFor(parameter, stands), grounds);
  return 'words' in found ? null : found;
}
