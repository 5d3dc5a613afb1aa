/**
 * The state of interactive elements, in the shape of Slack's `state.values[block_id][action_id]`. Pure.
 * @typedef {{type: string} & Record<string, any>} ElementState
 */

/**
 * For each type of element, the field of its state that holds what the reader chose and the field of the element
 * that gives it a start. A button has no state.
 * @type {Record<string, [field: string, initial: string, empty?: any[]]>}
 */
const fields = {
  plain_text_input: ['value', 'initial_value'],
  email_text_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  rich_text_input: ['rich_text_value', 'initial_value'],
  static_select: ['selected_option', 'initial_option'],
  external_select: ['selected_option', 'initial_option'],
  users_select: ['selected_user', 'initial_user'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  channels_select: ['selected_channel', 'initial_channel'],
  multi_static_select: ['selected_options', 'initial_options', []],
  multi_external_select: ['selected_options', 'initial_options', []],
  multi_users_select: ['selected_users', 'initial_users', []],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
  checkboxes: ['selected_options', 'initial_options', []],
  radio_buttons: ['selected_option', 'initial_option'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  datetimepicker: ['selected_date_time', 'initial_date_time'],
  file_input: ['files', 'initial_files', []],
};

/** @param {string} type the field of the state that holds the choice, e.g. `selected_option` */
export const fieldOf = (type) => fields[type]?.[0] ?? 'value';

/** @param {any} element @returns {ElementState} */
export function initialElementState(element) {
  const [field, initial, empty = null] = fields[element.type] ?? ['value', 'initial_value'];
  return { type: element.type, [field]: element[initial] ?? empty };
}

/** @param {any} element @param {any} choice @returns {ElementState} */
export const stateWith = (element, choice) => ({ type: element.type, [fieldOf(element.type)]: choice });

/** @param {ElementState} state */
function isEmpty(state) {
  const choice = state[fieldOf(state.type)];
  return (
    choice === null || choice === undefined || choice === '' || (Array.isArray(choice) && choice.length === 0)
  );
}

/** @param {any} block the elements of a block that carry state */
function statefulElements(block) {
  const elements = [block.element, block.accessory, ...(Array.isArray(block.elements) ? block.elements : [])];
  return elements.filter((element) => element && element.type in fields);
}

/** Blocks with those inside containers. @param {any[]} blocks @returns {any[]} */
const flat = (blocks) => blocks.flatMap((block) => [block, ...flat(block.child_blocks ?? [])]);

/**
 * What the reader has chosen, over what the blocks start with.
 * @param {any[]} blocks
 * @param {Record<string, ElementState>} chosen by `stateKey`
 */
export function collectValues(blocks, chosen) {
  /** @type {Record<string, Record<string, ElementState>>} */
  const values = {};
  for (const block of flat(blocks)) {
    for (const element of statefulElements(block)) {
      const state = chosen[stateKey(block.block_id, element)] ?? initialElementState(element);
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: state };
    }
  }
  return values;
}

/**
 * What the reader has put into input blocks that do not report by themselves.
 * @param {any[]} blocks
 * @param {Record<string, ElementState>} chosen by `stateKey`
 */
export function quietFields(blocks, chosen) {
  return flat(blocks).flatMap(({ type, block_id, element, dispatch_action }) => {
    const value = type === 'input' && !dispatch_action ? chosen[stateKey(block_id, element)] : undefined;
    return value ? [{ block_id, action_id: element.action_id, value }] : [];
  });
}

/**
 * Where an element's choice is kept. Its start value is part of the key: when an app redraws the element with another
 * start value, the reader's older choice no longer counts, as in Slack.
 * @param {string} blockId
 * @param {any} element
 */
export const stateKey = (blockId, element) =>
  JSON.stringify([blockId, element.action_id, element[fields[element.type]?.[1] ?? ''] ?? null]);

/**
 * What stops a form from being sent, by block: the checks that Slack makes before it asks the app.
 * @param {any[]} blocks
 * @param {Record<string, Record<string, ElementState>>} values
 */
export function formErrors(blocks, values) {
  /** @type {Record<string, string>} */
  const errors = {};
  for (const block of flat(blocks)) {
    const state = block.type === 'input' && values[block.block_id]?.[block.element.action_id];
    if (!state) continue;
    const problem = isEmpty(state) ? missing(block) : malformed(block.element, state[fieldOf(state.type)]);
    if (problem) errors[block.block_id] = problem;
  }
  return errors;
}

/** @param {any} block */
function missing(block) {
  if (block.optional) return null;
  return block.element.type.includes('select')
    ? 'Please select an option.'
    : 'Please complete this required field.';
}

/** @param {any} element @param {any} choice */
function malformed(element, choice) {
  switch (element.type) {
    case 'plain_text_input':
      if (choice.length < (element.min_length ?? 0))
        return `Please enter at least ${element.min_length} characters.`;
      if (choice.length > (element.max_length ?? 3000))
        return `Please enter at most ${element.max_length ?? 3000} characters.`;
      return null;
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(choice) ? null : 'Please enter an email address.';
    case 'url_text_input':
      return URL.canParse(choice) ? null : 'Please enter a full address, such as https://example.com.';
    case 'number_input':
      return numberProblem(element, choice);
    default:
      return null;
  }
}

/** @param {any} element @param {string} text */
function numberProblem(element, text) {
  const number = Number(text);
  if (!Number.isFinite(number)) return 'Please enter a number.';
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `Please enter ${element.max_value} or less.`;
  return null;
}
