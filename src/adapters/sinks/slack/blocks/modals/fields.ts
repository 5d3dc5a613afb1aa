import type { InputBlock, NumberInput, PlainTextOption, StaticSelect } from '@slack/types';
import type { Text } from '../../../../../lib/text/text.ts';
import { plainly } from '../../../../../lib/text/text-read.ts';
import type { Field } from '../../../../../playbooks/fields.ts';
import { clip } from '../limits.ts';
import { oneLine } from '../text.ts';
import { MODAL, plain, textInput } from './parts.ts';

/** The id of a field's block. It names the playbook, so that a value typed for one playbook never slips into another. */
function fieldId(playbook: string, parameter: string): string {
  return `field:${playbook}:${parameter}`;
}

/** A box for each parameter, by its kind. */
export function fieldBlocks(playbook: string, fields: readonly Field[]): InputBlock[] {
  return fields.map((field, nth) => fieldBlock(fieldId(playbook, field.name), field, nth === 0));
}

function fieldBlock(id: string, field: Field, focus: boolean): InputBlock {
  const element = choiceOf(id, field) ?? numberOf(id, field);
  const label = labelOf(field);
  if (element === null) {
    const value = field.current?.value ?? '';
    return textInput({
      id,
      label,
      hint: hintOf(field),
      optional: false,
      lines: 'one',
      max: MODAL.input,
      value,
      focus,
    });
  }
  return {
    type: 'input',
    block_id: id,
    label: plain(label, MODAL.option),
    hint: plain(hintOf(field), MODAL.hint),
    element: { ...element, ...(focus ? { focus_on_load: true } : {}) },
  };
}

/** A menu, where Slack can show all that may be chosen in one. */
function choiceOf(id: string, { kind, options, current }: Field): StaticSelect | null {
  const fits = options.every((option) => option !== '' && option.length <= MODAL.optionValue);
  if (kind !== 'choice' || options.length === 0 || options.length > MODAL.options || !fits) return null;
  const offered = [...new Set(options)].map(
    (value): PlainTextOption => ({ text: plain(value, MODAL.option), value }),
  );
  const chosen = offered.find(({ value }) => value === current?.value);
  return {
    type: 'static_select',
    action_id: id,
    placeholder: plain('Choose one', MODAL.option),
    options: offered,
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
}

function numberOf(id: string, { kind, min, max, current }: Field): NumberInput | null {
  if (kind !== 'number') return null;
  const value =
    current === null ? null : decimal(current.value.trim() === '' ? Number.NaN : Number(current.value));
  const number = Number(value);
  const fits = value !== null && number >= (min ?? number) && number <= (max ?? number);
  const bounds = { min: min === null ? null : decimal(min), max: max === null ? null : decimal(max) };
  const whole = [min, max, fits ? number : null].every((one) => one === null || Number.isInteger(one));
  return {
    type: 'number_input',
    action_id: id,
    is_decimal_allowed: !whole,
    ...(bounds.min === null ? {} : { min_value: bounds.min }),
    ...(bounds.max === null ? {} : { max_value: bounds.max }),
    ...(fits ? { initial_value: value } : {}),
  };
}

/** A number as Slack takes it, without an exponent; null where it cannot be written so. */
function decimal(number: number): string | null {
  return /^-?\d+(\.\d+)?$/.test(String(number)) ? String(number) : null;
}

/** `previous_version` as people say it. */
function labelOf({ name }: Field): string {
  const spoken = name.replaceAll('_', ' ').trim() || name;
  return spoken.charAt(0).toUpperCase() + spoken.slice(1);
}

/** What it is for, what it is now and where that comes from, and what is accepted. */
function hintOf({ description, current, kind, options, min, max }: Field): string {
  const say = (text: string, most: number) => clip(oneLine(text), most);
  // Where a number stands because of its range, the range is said anyway.
  const obvious = current === null || (kind === 'number' && plainly(current.origin).startsWith('the range '));
  const origin = obvious ? '' : ` (${say(spoken(current.origin), 200)})`;
  const now = current === null ? [] : [`Now: ${say(current.value, 150)}${origin}.`];
  const range = kind === 'number' && min !== null && max !== null ? [`From ${min} to ${max}.`] : [];
  const known = kind === 'text' && options.length > 0 ? [`Known: ${listOf(options)}.`] : [];
  return [sentenceOf(say(description, 600)), ...now, ...range, ...known]
    .filter((part) => part !== '')
    .join(' ');
}

/** Plain words mention nobody. */
function spoken(origin: Text): string {
  return plainly(origin, () => 'a person').replaceAll('_', ' ');
}

function listOf(options: readonly string[]): string {
  const shown = options.slice(0, 12).map((option) => clip(oneLine(option), 60));
  const more = options.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function sentenceOf(text: string): string {
  if (text === '') return '';
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

/** What Slack says a person has entered, by block and action. */
export type Entered = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly value?: string | null;
          readonly selected_option?: { readonly value: string } | null;
          readonly selected_user?: string | null;
        }
      >
    >
  >
>;

/** What stands in one box or menu; null where nothing does. */
export function enteredIn(values: Entered, id: string): string | null {
  const state = values[id]?.[id];
  return state?.selected_option?.value ?? state?.selected_user ?? (state?.value?.trim() || null);
}

/** The values that were entered for a playbook, by parameter. */
export function parametersIn(values: Entered, playbook: string): Readonly<Record<string, string>> {
  const prefix = fieldId(playbook, '');
  return Object.fromEntries(
    Object.keys(values).flatMap((id) => {
      const value = id.startsWith(prefix) ? enteredIn(values, id) : null;
      return value === null ? [] : [[id.slice(prefix.length), value]];
    }),
  );
}

/** What is wrong, under the boxes of the dialog it is wrong in; what has no box there is left over. */
export function errorsUnder(
  playbook: string,
  fields: Readonly<Record<string, string>>,
  blocks: readonly { readonly type: string; readonly block_id?: string }[],
): { readonly errors: Readonly<Record<string, string>>; readonly left: readonly string[] } {
  const boxes = new Set(blocks.flatMap(({ type, block_id }) => (type === 'input' ? [block_id] : [])));
  const errors: Record<string, string> = {};
  const left: string[] = [];
  for (const [parameter, wrong] of Object.entries(fields)) {
    const id = fieldId(playbook, parameter);
    if (boxes.has(id)) errors[id] = plain(wrong, 300).text;
    else left.push(`${parameter}: ${wrong}`);
  }
  return { errors, left };
}
