import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { plainText } from '../mrkdwn.js';
import { marks } from './buttons.js';
import { fieldOf, stateWith } from './state.js';
import { SurfaceContext, useElement } from './surface.js';

/** @import {SelectProps} from './selects.js' */

const leastTyped = 3;
const pauseMs = 120;

/** @param {any} answer what the app offers, flat @returns {any[]} */
const listed = (answer) =>
  answer.options ?? (answer.option_groups ?? []).flatMap((/** @type {any} */ group) => group.options);

/**
 * What the app offers for the typed text, a moment after the last key.
 * @param {(typed: string) => Promise<any>} ask
 * @param {string} typed
 * @param {boolean} wanted
 */
function useOffer(ask, typed, wanted) {
  const [offer, setOffer] = useState(
    /** @type {{typed: string, list: any[], note: string}} */ ({ typed: '', list: [], note: '' }),
  );
  useEffect(() => {
    if (!wanted) return;
    let late = false;
    // What was offered for the same words stands until there is another answer: somebody may be about to take it.
    setOffer((before) =>
      before.typed === typed && before.list.length > 0 ? before : { typed, list: [], note: 'Looking…' },
    );
    const timer = setTimeout(async () => {
      const answer = await ask(typed);
      if (late) return;
      const list = answer.ok ? listed(answer) : [];
      setOffer({ typed, list, note: list.length > 0 ? '' : (answer.error ?? 'No results') });
    }, pauseMs);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [typed, wanted]);
  return offer;
}

/** The keys of a combobox: arrows move, Enter takes, Escape folds the list away. @param {any} box */
const keysOf = (box) => (/** @type {KeyboardEvent} */ event) => {
  const { open, list, at, setAt, take, show } = box;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (open && list.length > 0) setAt((at + step + list.length) % list.length);
    else show(true);
  } else if (event.key === 'Enter' && open && list[at]) {
    event.preventDefault();
    take(list[at]);
  } else if (event.key === 'Escape' && open) {
    event.preventDefault();
    event.stopPropagation();
    show(false);
  }
};

/**
 * A menu whose entries the app is asked for while the reader types. One that takes many keeps what was chosen before
 * its field.
 * @param {SelectProps} props
 */
export function ExternalSelect({ element, blockId, inForm, dispatches, labelId, problemId }) {
  const surface = useContext(SurfaceContext);
  const { state, busy, act, choose, aside } = useElement(blockId, element);
  const [typed, setTyped] = useState('');
  const [open, show] = useState(false);
  const [at, setAt] = useState(0);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const id = useId();
  const many = element.type === 'multi_external_select';
  const chosen = [state[fieldOf(element.type)]].flat().filter(Boolean);
  const least = element.min_query_length ?? leastTyped;
  const enough = typed.length >= least;
  const offer = useOffer((words) => surface.ask(blockId, element, words), typed, open && enough);
  const list = open && enough ? offer.list : [];

  const set = (/** @type {any[]} */ next) => {
    const after = stateWith(element, many ? next : (next[0] ?? null));
    choose(after);
    if (!inForm || dispatches) act(after);
  };
  const take = (/** @type {any} */ option) => {
    set(many ? [...chosen.filter((each) => each.value !== option.value), option] : [option]);
    setTyped('');
    show(false);
    field.current?.focus();
  };
  const drop = (/** @type {any} */ option) => {
    set(chosen.filter((each) => each.value !== option.value));
    field.current?.focus();
  };
  const type = (/** @type {any} */ event) => {
    setTyped(event.target.value);
    setAt(0);
    show(true);
  };
  const words = many ? '' : (chosen[0]?.text.text ?? '');
  const note = enough ? offer.note : `Type ${least === 1 ? 'a letter' : `${least} letters`} or more`;
  return html`<span class="element external">
    ${many && chosen.map((option) => html`<button type="button" class="chip" aria-label=${`Remove ${option.text.text}`} onClick=${() => drop(option)}>${plainText(option.text.text)} ✕</button>`)}
    <input ref=${field} class="control" type="text" role="combobox" autocomplete="off" aria-busy=${busy}
      aria-expanded=${open} aria-controls=${`${id}-list`} aria-autocomplete="list" aria-invalid=${problemId ? 'true' : undefined}
      aria-activedescendant=${list[at] ? `${id}-${at}` : undefined} aria-describedby=${problemId}
      aria-label=${labelId ? undefined : (element.placeholder?.text ?? 'Choose')} aria-labelledby=${labelId}
      data-focus=${element.focus_on_load || undefined} ...${marks({ element, blockId })}
      placeholder=${words || (element.placeholder?.text ?? 'Type to search…')} value=${open ? typed : words}
      onInput=${type} onClick=${() => show(true)} onBlur=${() => show(false)}
      onKeyDown=${keysOf({ open, list, at, setAt, take, show })} />
    ${
      open &&
      html`<ul class="menu external-list" id=${`${id}-list`} role="listbox" aria-label="Options">
      ${list.map(
        (
          option,
          index,
        ) => html`<li key=${option.value} id=${`${id}-${index}`} role="option" class="menu-item" aria-selected=${index === at}
          onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => take(option)}>
          <span>${plainText(option.text.text)}</span>
          ${option.description && html`<small>${plainText(option.description.text)}</small>`}
        </li>`,
      )}
      ${list.length === 0 && html`<li class="menu-note" role="status">${note}</li>`}
    </ul>`
    }
    ${busy && html`<span class="spinner" aria-hidden="true"></span>`}${aside}
  </span>`;
}
