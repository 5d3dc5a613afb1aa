import { useId } from 'preact/hooks';
import { html } from '../html.js';
import { TextObject } from '../mrkdwn.js';
import { marks } from './buttons.js';
import { fieldOf, stateWith } from './state.js';
import { useElement } from './surface.js';

/** @import {ElementProps} from './buttons.js' */

/** An element may stand in an input block, which labels it and keeps its state until the form is sent.
 * @typedef {ElementProps & {inForm?: boolean, dispatches?: boolean, labelId?: string, problemId?: string}} FieldProps */

/** The attributes by which a field is named and its problem told. @param {FieldProps} props */
const named = ({ element, blockId, labelId, problemId }) => ({
  ...marks({ element, blockId }),
  'aria-labelledby': labelId,
  'aria-label': labelId ? undefined : (element.placeholder?.text ?? 'Value'),
  'aria-describedby': problemId,
  'aria-invalid': problemId ? 'true' : undefined,
  'data-focus': element.focus_on_load || undefined,
});

const inputTypes = /** @type {Record<string, string>} */ ({
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'text',
  datepicker: 'date',
  timepicker: 'time',
});

/** Text, address, email and number fields. @param {FieldProps} props */
export function TextInput(props) {
  const { element, blockId, inForm, dispatches } = props;
  const { state, act, choose, aside } = useElement(blockId, element);
  const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const sends = !inForm || dispatches;
  const change = (/** @type {any} */ event) => {
    const next = stateWith(element, event.target.value || null);
    choose(next);
    if (sends && on.includes('on_character_entered')) act(next);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || !sends || !on.includes('on_enter_pressed')) return;
    event.preventDefault();
    act(state);
  };
  const common = {
    class: 'control',
    value: state.value ?? '',
    placeholder: element.placeholder?.text ?? '',
    maxLength: element.max_length,
    onInput: change,
    ...named(props),
  };
  const field = element.multiline
    ? html`<textarea rows="4" ...${common}></textarea>`
    : html`<input type=${inputTypes[element.type]} inputmode=${element.type === 'number_input' ? 'decimal' : undefined}
        autocomplete="off" onKeyDown=${keys} ...${common} />`;
  return html`<span class="element element-wide">${field}${aside}</span>`;
}

/** The words of a rich text value. @param {any} value @returns {string} */
const wordsOf = (value) =>
  (value?.elements ?? [])
    .map((/** @type {any} */ part) => part.text ?? wordsOf(part))
    .join(value?.type === 'rich_text' ? '\n' : '');

/** @param {FieldProps} props */
export function RichTextInput(props) {
  const { element, blockId } = props;
  const { state, choose, aside } = useElement(blockId, element);
  const change = (/** @type {any} */ event) => {
    const text = event.target.value;
    const section = { type: 'rich_text_section', elements: [{ type: 'text', text }] };
    choose(stateWith(element, text ? { type: 'rich_text', elements: [section] } : null));
  };
  return html`<span class="element element-wide">
    <textarea class="control" rows=${element.min_lines ?? 4} placeholder=${element.placeholder?.text ?? ''} onInput=${change}
      value=${wordsOf(state.rich_text_value)} ...${named(props)}></textarea>${aside}
  </span>`;
}

/** Dates and times, by the browser's own pickers. @param {FieldProps} props */
export function Picker(props) {
  const { element, blockId, inForm, dispatches } = props;
  const { state, busy, act, choose, aside } = useElement(blockId, element);
  const both = element.type === 'datetimepicker';
  const chosen = state[fieldOf(element.type)];
  const change = (/** @type {any} */ event) => {
    const { value } = event.target;
    const moment = value && both ? Math.floor(new Date(value).getTime() / 1000) : value || null;
    const next = stateWith(element, moment);
    choose(next);
    if (!inForm || dispatches) act(next);
  };
  return html`<span class="element">
    <input class="control" type=${both ? 'datetime-local' : inputTypes[element.type]} aria-busy=${busy}
      value=${both ? localMinute(chosen) : (chosen ?? '')} onChange=${change} ...${named(props)} />
    ${element.timezone && html`<small class="hint">${element.timezone}</small>`}${aside}
  </span>`;
}

/** Unix seconds as the browser's field wants them. @param {number | null} seconds */
function localMinute(seconds) {
  if (!seconds) return '';
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Checkboxes and radio buttons. @param {FieldProps} props */
export function Choices(props) {
  const { element, blockId, inForm, dispatches, labelId } = props;
  const { state, busy, act, choose, aside } = useElement(blockId, element);
  const group = useId();
  const many = element.type === 'checkboxes';
  const chosen = many ? state.selected_options : [state.selected_option].filter(Boolean);
  const holds = (/** @type {any} */ option) =>
    chosen.some((/** @type {any} */ each) => each.value === option.value);
  const pick = (/** @type {any} */ option) => {
    const others = chosen.filter((/** @type {any} */ each) => each.value !== option.value);
    const next = stateWith(element, many ? (holds(option) ? others : [...others, option]) : option);
    choose(next);
    if (!inForm || dispatches) act(next);
  };
  return html`<fieldset class="element choices" role=${many ? 'group' : 'radiogroup'} aria-labelledby=${labelId} ...${marks(props)}>
    ${element.options.map(
      (/** @type {any} */ option) => html`<label class="choice">
        <input type=${many ? 'checkbox' : 'radio'} name=${group} value=${option.value} checked=${holds(option)}
          aria-busy=${busy} onChange=${() => pick(option)} />
        <span><${TextObject} of=${option.text} />
          ${option.description && html`<small class="hint"><${TextObject} of=${option.description} /></small>`}</span>
      </label>`,
    )}
    ${aside}
  </fieldset>`;
}

/** @param {FieldProps} props */
export const FileInput = (props) => html`<span class="element">
  <input class="control" type="file" disabled title="Files cannot be uploaded from this page." ...${named(props)} />
</span>`;
