import { anything, array, type Check, object, type Problem, problemsOf, string, where } from './schema.ts';
import { address, plain, text } from './text-schemas.ts';
import type { Block } from './types.ts';
import { objects, optionsOf } from './walk.ts';

function option(label: Check): Check {
  return object(
    { text: label, value: string({ min: 1, max: 150 }) },
    { description: plain(75), url: address },
  );
}
export const plainOption = option(plain(75));
export const richOption = option(text(75));
export const plainOptions = array(plainOption, { min: 1, max: 100 });
const optionGroups = array(object({ label: plain(75), options: plainOptions }), { min: 1, max: 100 });

/** What an element starts with must be one of the options it lists, to the letter. */
export function startsListed(element: Record<string, unknown>): string | undefined {
  const words = (entry: Block) => JSON.stringify([(entry.text as Block | undefined)?.text, entry.value]);
  const known = new Set(optionsOf(element as Block).map(words));
  const starts = objects(element.initial_options ?? [element.initial_option]);
  return starts.some((start) => !known.has(words(start)))
    ? 'initial options must exactly match the options'
    : undefined;
}

/** A menu that lists its options itself. */
export function optionSource(own: Record<string, Check>): Check {
  return where(
    object({ type: anything }, { ...own, options: plainOptions, option_groups: optionGroups }),
    (value) =>
      Boolean(value.options) === Boolean(value.option_groups)
        ? 'must define either `options` or `option_groups`'
        : startsListed(value),
  );
}

const suggestion = where(
  object({}, { options: array(plainOption, { max: 100 }), option_groups: optionGroups }),
  (answer) =>
    Boolean(answer.options) === Boolean(answer.option_groups)
      ? 'must define either `options` or `option_groups`'
      : undefined,
);

/** What Slack would refuse in an app's answer to `block_suggestion`. */
export function suggestionProblems(answer: unknown): Problem[] {
  return problemsOf(suggestion, answer, '');
}
