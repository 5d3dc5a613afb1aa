import { richText } from './rich-text-schemas.ts';
import {
  anything,
  array,
  boolean,
  byType,
  type Check,
  integer,
  object,
  oneOf,
  type Problem,
  problemsOf,
  string,
  where,
} from './schema.ts';
import type { Block } from './types.ts';
import { objects, optionsOf } from './walk.ts';

/** A `plain_text` object of 1 to `max` characters. */
export function plain(max = 3000): Check {
  return object({ type: oneOf('plain_text'), text: string({ min: 1, max }) }, { emoji: boolean });
}

/** A `mrkdwn` object of 1 to `max` characters. */
export function mrkdwn(max = 3000): Check {
  return object({ type: oneOf('mrkdwn'), text: string({ min: 1, max }) }, { verbatim: boolean });
}

/** A text object of either kind. */
export function text(max = 3000): Check {
  return byType(() => ({ plain_text: plain(max), mrkdwn: mrkdwn(max) }));
}

const type = anything;
const actionId = string({ min: 1, max: 255 });
const confirm = object(
  { text: text(300) },
  { title: plain(100), confirm: plain(30), deny: plain(30), style: oneOf('primary', 'danger') },
);
const placeholder = plain(150);
const style = oneOf('primary', 'danger');
const url = string({ min: 1, max: 3000 });

/** An address that a browser can open. */
export const address: Check = (value, pointer, report) => {
  url(value, pointer, report);
  const opens =
    typeof value === 'string' && URL.canParse(value) && /^(https?|mailto|slack|tel):/i.test(value);
  if (!opens) report({ pointer, code: 'failed_constraint', message: 'must be a valid URL' });
};

function option(label: Check): Check {
  return object(
    { text: label, value: string({ min: 1, max: 150 }) },
    { description: plain(75), url: address },
  );
}
const plainOption = option(plain(75));
const richOption = option(text(75));
const plainOptions = array(plainOption, { min: 1, max: 100 });
const optionGroups = array(object({ label: plain(75), options: plainOptions }), { min: 1, max: 100 });

const slackFile = where(object({}, { id: string(), url: string() }), (file) =>
  Boolean(file.id) === Boolean(file.url) ? 'must define either `id` or `url`' : undefined,
);

/** An image inside another block: a public URL or a Slack file, and words for those who cannot see it. */
export const image: Check = where(
  object({ type, alt_text: string({ min: 1, max: 2000 }) }, { image_url: url, slack_file: slackFile }),
  (value) =>
    Boolean(value.image_url) === Boolean(value.slack_file)
      ? 'must define either `image_url` or `slack_file`'
      : undefined,
);

/** Fields that every element of a kind may carry besides its own. */
const common = { action_id: actionId, confirm };
const focused = { ...common, focus_on_load: boolean };
const menu = { ...focused, placeholder };
const many = { ...menu, max_selected_items: integer(1, 100) };
const dispatch = object({
  trigger_actions_on: array(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1 }),
});
const typed = { action_id: actionId, placeholder, focus_on_load: boolean, dispatch_action_config: dispatch };
const initialText = { initial_value: string({ max: 3000 }) };
const numeral = string({ pattern: /^-?\d+(\.\d+)?$/ });
const users = array(string());
const filter = object(
  {},
  {
    include: array(oneOf('im', 'mpim', 'private', 'public'), { min: 1 }),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
);

/** What an element starts with must be one of the options it lists, to the letter. */
function startsListed(element: Record<string, unknown>): string | undefined {
  const known = new Set(
    optionsOf(element as Block).map((option) => JSON.stringify([option.text, option.value])),
  );
  const starts = objects(element.initial_options ?? [element.initial_option]);
  const stranger = starts.some((option) => !known.has(JSON.stringify([option.text, option.value])));
  return stranger ? 'initial options must exactly match the options' : undefined;
}

function optionSource(own: Record<string, Check>): Check {
  return where(object({ type }, { ...own, options: plainOptions, option_groups: optionGroups }), (value) =>
    Boolean(value.options) === Boolean(value.option_groups)
      ? 'must define either `options` or `option_groups`'
      : startsListed(value),
  );
}

export const button: Check = object(
  { type, text: plain(75) },
  { ...common, url: address, value: string({ max: 2000 }), style, accessibility_label: string({ max: 75 }) },
);
const feedbackButton = object(
  { text: plain(75), value: string({ min: 1, max: 2000 }) },
  { accessibility_label: string({ max: 75 }) },
);
const workflow = object({
  trigger: object({ url: string({ min: 1 }) }, { customizable_input_parameters: array(anything) }),
});
const conversation = { response_url_enabled: boolean, default_to_current_conversation: boolean, filter };

/** Every block element Slack knows, by type. */
const ELEMENTS: Record<string, Check> = {
  button,
  checkboxes: where(
    object(
      { type, options: array(richOption, { min: 1, max: 10 }) },
      { ...focused, initial_options: array(richOption, { min: 1, max: 10 }) },
    ),
    startsListed,
  ),
  radio_buttons: where(
    object(
      { type, options: array(richOption, { min: 1, max: 10 }) },
      { ...focused, initial_option: richOption },
    ),
    startsListed,
  ),
  overflow: object({ type, options: array(plainOption, { min: 1, max: 5 }) }, common),
  datepicker: object({ type }, { ...menu, initial_date: string({ pattern: /^\d{4}-\d\d-\d\d$/ }) }),
  timepicker: object(
    { type },
    { ...menu, initial_time: string({ pattern: /^\d\d:\d\d$/ }), timezone: string() },
  ),
  datetimepicker: object({ type }, { ...focused, initial_date_time: integer(1_000_000_000, 9_999_999_999) }),
  static_select: optionSource({ ...menu, initial_option: plainOption }),
  multi_static_select: optionSource({ ...many, initial_options: plainOptions }),
  external_select: object(
    { type },
    { ...menu, initial_option: plainOption, min_query_length: integer(0, 100) },
  ),
  multi_external_select: object(
    { type },
    { ...many, initial_options: plainOptions, min_query_length: integer(0, 100) },
  ),
  users_select: object({ type }, { ...menu, initial_user: string() }),
  multi_users_select: object({ type }, { ...many, initial_users: users }),
  channels_select: object({ type }, { ...menu, initial_channel: string(), response_url_enabled: boolean }),
  multi_channels_select: object({ type }, { ...many, initial_channels: users }),
  conversations_select: object({ type }, { ...menu, ...conversation, initial_conversation: string() }),
  multi_conversations_select: object(
    { type },
    { ...many, initial_conversations: users, default_to_current_conversation: boolean, filter },
  ),
  plain_text_input: object(
    { type },
    {
      ...typed,
      ...initialText,
      multiline: boolean,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
  ),
  email_text_input: object({ type }, { ...typed, ...initialText }),
  url_text_input: object({ type }, { ...typed, ...initialText }),
  number_input: object(
    { type, is_decimal_allowed: boolean },
    { ...typed, initial_value: numeral, min_value: numeral, max_value: numeral },
  ),
  rich_text_input: object(
    { type },
    { ...typed, initial_value: richText, min_lines: integer(1, 100), max_lines: integer(1, 100) },
  ),
  file_input: object({ type }, { action_id: actionId, filetypes: users, max_files: integer(1, 10) }),
  workflow_button: object(
    { type, text: plain(75), workflow },
    { ...common, style, accessibility_label: string({ max: 75 }) },
  ),
  feedback_buttons: object(
    { type, positive_button: feedbackButton, negative_button: feedbackButton },
    { action_id: actionId },
  ),
  icon_button: object(
    { type, icon: oneOf('trash'), text: plain(75) },
    {
      ...common,
      value: string({ max: 2000 }),
      accessibility_label: string({ max: 75 }),
      visible_to_user_ids: users,
    },
  ),
};

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

/** The elements of these types, as a table for `byType`. */
export function only(...types: string[]): () => Record<string, Check> {
  const table = Object.fromEntries(types.map((name) => [name, ELEMENTS[name] ?? anything]));
  return () => table;
}
