import { html } from '../html.js';
import { Button, FeedbackButtons, IconButton, Overflow, WorkflowButton } from './buttons.js';
import { ExternalSelect } from './external-select.js';
import { Choices, FileInput, Picker, RichTextInput, TextInput } from './inputs.js';
import { ElementImage } from './media.js';
import { MultiSelect, Select } from './selects.js';

/** Every interactive element of Block Kit, by its type. @type {Record<string, any>} */
const elements = {
  button: Button,
  workflow_button: WorkflowButton,
  icon_button: IconButton,
  feedback_buttons: FeedbackButtons,
  overflow: Overflow,
  static_select: Select,
  external_select: ExternalSelect,
  users_select: Select,
  conversations_select: Select,
  channels_select: Select,
  multi_static_select: MultiSelect,
  multi_external_select: ExternalSelect,
  multi_users_select: MultiSelect,
  multi_conversations_select: MultiSelect,
  multi_channels_select: MultiSelect,
  checkboxes: Choices,
  radio_buttons: Choices,
  datepicker: Picker,
  timepicker: Picker,
  datetimepicker: Picker,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  rich_text_input: RichTextInput,
  file_input: FileInput,
  image: ElementImage,
};

/** @param {{element: any, blockId: string} & Record<string, any>} props */
export function Element(props) {
  const Kind = elements[props.element.type];
  if (!Kind) return html`<em class="unknown">Unknown element: ${props.element.type}</em>`;
  return html`<${Kind} ...${props} />`;
}
