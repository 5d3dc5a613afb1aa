import { optionSource, plainOption, plainOptions, richOption, startsListed } from './option-schemas.ts';
import { richText } from './rich-text-schemas.ts';
import { anything, array, boolean, type Check, integer, object, oneOf, string, where } from './schema.ts';
import { address, plain, text, url } from './text-schemas.ts';

const type = anything;
const actionId = string({ min: 1, max: 255 });
const confirm = object(
  { text: text(300) },
  { title: plain(100), confirm: plain(30), deny: plain(30), style: oneOf('primary', 'danger') },
);
const placeholder = plain(150);
const style = oneOf('primary', 'danger');
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

/** The elements of these types, as a table for `byType`. */
export function only(...types: string[]): () => Record<string, Check> {
  const table = Object.fromEntries(types.map((name) => [name, ELEMENTS[name] ?? anything]));
  return () => table;
}
