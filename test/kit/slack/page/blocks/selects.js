import { displayName, useDirectory } from '../directory.js';
import { html } from '../html.js';
import { Menu } from '../menu.js';
import { marks } from './buttons.js';
import { fieldOf, stateWith } from './state.js';
import { useElement } from './surface.js';

/** @import {ElementProps} from './buttons.js' */

/** One entry of a list: what the app gets, and what the reader sees. @typedef {{choice: any, key: string, label: string, group?: string}} Entry */

/** What a select offers: its own options, or people or channels. @param {any} element @returns {Entry[]} */
function useEntries(element) {
  const { users, channels } = useDirectory();
  if (element.type.includes('users')) {
    return users
      .filter((user) => !user.is_bot)
      .map((user) => ({ choice: user.id, key: user.id, label: displayName(user, user.id) }));
  }
  if (/channels|conversations/.test(element.type)) {
    return channels.map((channel) => ({ choice: channel.id, key: channel.id, label: `#${channel.name}` }));
  }
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap((/** @type {any} */ group) =>
    group.options.map((/** @type {any} */ option) => ({
      choice: option,
      key: option.value,
      label: option.text.text,
      ...(group.label && { group: group.label.text }),
    })),
  );
}

/** @param {any} choice */
const keyOf = (choice) => (typeof choice === 'object' && choice ? choice.value : choice) ?? '';

/** @typedef {ElementProps & {inForm?: boolean, dispatches?: boolean, labelId?: string, problemId?: string}} SelectProps */

/** @param {SelectProps} props */
export function Select({ element, blockId, inForm, dispatches, labelId, problemId }) {
  const { state, busy, act, choose, aside } = useElement(blockId, element);
  const entries = useEntries(element);
  const chosen = keyOf(state[fieldOf(element.type)]);
  const change = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    const next = stateWith(element, entries.find((entry) => entry.key === value)?.choice ?? null);
    choose(next);
    if (!inForm || dispatches) act(next);
  };
  const groups = Map.groupBy(entries, (entry) => entry.group ?? '');
  const option = (/** @type {Entry} */ entry) =>
    html`<option value=${entry.key} selected=${entry.key === chosen}>${entry.label}</option>`;
  return html`<span class="element">
    <select class="control select" value=${chosen} aria-busy=${busy}
      aria-label=${labelId ? undefined : (element.placeholder?.text ?? 'Choose')} aria-labelledby=${labelId} aria-describedby=${problemId}
      data-focus=${element.focus_on_load || undefined} ...${marks({ element, blockId })} onChange=${change}>
      <option value="" disabled=${!inForm}>${element.placeholder?.text ?? 'Choose…'}</option>
      ${[...groups].map(([label, list]) => (label ? html`<optgroup label=${label}>${list.map(option)}</optgroup>` : list.map(option)))}
    </select>
    ${busy && html`<span class="spinner" aria-hidden="true"></span>`}${aside}
  </span>`;
}

/** @param {SelectProps} props */
export function MultiSelect({ element, blockId, inForm, dispatches, labelId }) {
  const { state, busy, act, choose, aside } = useElement(blockId, element);
  const entries = useEntries(element);
  const field = fieldOf(element.type);
  const chosen = (state[field] ?? []).map(keyOf);
  const full = chosen.length >= (element.max_selected_items ?? Number.POSITIVE_INFINITY);
  const toggle = (/** @type {Entry} */ entry) => {
    const kept = state[field].filter((/** @type {any} */ choice) => keyOf(choice) !== entry.key);
    const next = stateWith(element, kept.length < state[field].length ? kept : [...kept, entry.choice]);
    choose(next);
    if (!inForm || dispatches) act(next);
  };
  const labels = entries
    .filter((entry) => chosen.includes(entry.key))
    .map((entry) => html`<span class="chip">${entry.label}</span>`);
  const button =
    labels.length > 0
      ? labels
      : html`<span class="placeholder">${element.placeholder?.text ?? 'Choose…'}</span>`;
  return html`<span class="element">
    <${Menu} label=${element.placeholder?.text ?? 'Choose'} role="dialog" button=${button} buttonClass="control multi-select" disabled=${busy}
      attributes=${{ ...marks({ element, blockId }), 'aria-labelledby': labelId }}>
      ${() =>
        entries.map(
          (entry) => html`<label class="menu-item menu-check">
            <input type="checkbox" checked=${chosen.includes(entry.key)} disabled=${full && !chosen.includes(entry.key)} onChange=${() => toggle(entry)} />
            <span>${entry.label}</span>
          </label>`,
        )}
    <//>
    ${aside}
  </span>`;
}
