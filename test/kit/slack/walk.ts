import { randomBytes } from 'node:crypto';
import type { Block, ElementState, StateValues } from './types.ts';

/** An interactive element where it stands in a message or view. */
export interface Placed {
  block: Block;
  element: Block & { action_id: string };
}

/** An unknown value as a list of objects; anything else counts as empty. */
export function objects(value: unknown): Block[] {
  return Array.isArray(value)
    ? value.filter((item): item is Block => typeof item === 'object' && item !== null)
    : [];
}

function elementsOf(block: Block): Block[] {
  if (block.type === 'section') return objects([block.accessory]);
  if (block.type === 'input') return objects([block.element]);
  if (block.type === 'card') return objects(block.actions);
  return block.type === 'actions' || block.type === 'context_actions' ? objects(block.elements) : [];
}

function childrenOf(block: Block): Block[] {
  if (block.type === 'carousel') return objects(block.elements);
  return block.type === 'container' ? objects(block.child_blocks) : [];
}

/** Every element with an `action_id`, in reading order, nested blocks included. */
export function placedElements(blocks: Block[]): Placed[] {
  return blocks.flatMap((block) => [
    ...elementsOf(block)
      .filter((element): element is Placed['element'] => typeof element.action_id === 'string')
      .map((element) => ({ block, element })),
    ...placedElements(childrenOf(block)),
  ]);
}

function randomId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}

const WITHOUT_ACTION = new Set(['image', 'mrkdwn', 'plain_text']);

/** A copy in which every block and interactive element has an id, as Slack gives them on arrival. */
export function withIds(blocks: Block[]): Block[] {
  const copy = structuredClone(blocks);
  const visit = (block: Block) => {
    block.block_id ??= randomId();
    for (const element of elementsOf(block)) {
      if (!WITHOUT_ACTION.has(element.type)) element.action_id ??= randomId();
    }
    childrenOf(block).forEach(visit);
  };
  copy.forEach(visit);
  return copy;
}

/** For each stateful element type: its field in `state.values`, the field it starts from, and its empty value. */
const STATE_FIELDS: Record<string, [field: string, initial: string, empty: null | []]> = {
  plain_text_input: ['value', 'initial_value', null],
  email_text_input: ['value', 'initial_value', null],
  url_text_input: ['value', 'initial_value', null],
  number_input: ['value', 'initial_value', null],
  rich_text_input: ['rich_text_value', 'initial_value', null],
  static_select: ['selected_option', 'initial_option', null],
  external_select: ['selected_option', 'initial_option', null],
  radio_buttons: ['selected_option', 'initial_option', null],
  checkboxes: ['selected_options', 'initial_options', []],
  multi_static_select: ['selected_options', 'initial_options', []],
  multi_external_select: ['selected_options', 'initial_options', []],
  users_select: ['selected_user', 'initial_user', null],
  multi_users_select: ['selected_users', 'initial_users', []],
  channels_select: ['selected_channel', 'initial_channel', null],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
  conversations_select: ['selected_conversation', 'initial_conversation', null],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
  datepicker: ['selected_date', 'initial_date', null],
  timepicker: ['selected_time', 'initial_time', null],
  datetimepicker: ['selected_date_time', 'initial_date_time', null],
  file_input: ['files', 'initial_files', []],
};

/** The field of `state.values` that holds this element's value; undefined for buttons and the like. */
export function stateField(type: string): string | undefined {
  return STATE_FIELDS[type]?.[0];
}

/** The values a fresh message or view holds before anybody touches it. */
export function initialValues(blocks: Block[]): StateValues {
  const values: StateValues = {};
  for (const { block, element } of placedElements(blocks)) {
    const fields = STATE_FIELDS[element.type];
    if (!fields || !block.block_id) continue;
    const [field, initial, empty] = fields;
    values[block.block_id] ??= {};
    const inBlock = values[block.block_id];
    if (inBlock) inBlock[element.action_id] = { type: element.type, [field]: element[initial] ?? empty };
  }
  return values;
}

/** All options of a select, radio, checkbox or overflow element, groups flattened. */
export function optionsOf(element: Block): Block[] {
  return [
    ...objects(element.options),
    ...objects(element.option_groups).flatMap((group) => objects(group.options)),
  ];
}

function asListed(element: Block, chosen: unknown): Block {
  const value = (chosen as { value?: unknown } | null)?.value;
  const listed = optionsOf(element).find((option) => option.value === value);
  if (!listed) {
    throw new Error(
      `${String(element.action_id)} has no option with the value ${JSON.stringify(value) ?? 'undefined'}`,
    );
  }
  return structuredClone(listed);
}

/**
 * The state a person's choice leaves in an element. Options are replaced by the ones the app listed, so that an
 * option nobody offered cannot be chosen.
 * @throws Error in words when the choice does not fit the element
 */
export function chosenState(element: Block, given: Record<string, unknown>): ElementState {
  const field = stateField(element.type);
  if (!field) throw new Error(`${element.type} holds no state`);
  const value = given[field] ?? STATE_FIELDS[element.type]?.[2] ?? null;
  const external = element.type.includes('external');
  if (field === 'selected_option' && value !== null && !external) {
    return { type: element.type, selected_option: asListed(element, value) };
  }
  if (field === 'selected_options' && !external) {
    return {
      type: element.type,
      selected_options: objects(value).map((option) => asListed(element, option)),
    };
  }
  return { type: element.type, [field]: value };
}
