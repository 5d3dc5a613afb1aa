import { createContext } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { api } from '../api.js';
import { ConfirmDialog } from '../dialog.js';
import { html } from '../html.js';
import { collectValues, initialElementState, quietFields, stateKey } from './state.js';

/** @import {Result} from '../types.js' */
/** @import {ElementState} from './state.js' */

/**
 * What the elements inside one message or view share.
 * @typedef {{
 *   chosen: Record<string, ElementState>,
 *   choose: (blockId: string, element: any, state: ElementState) => void,
 *   act: (blockId: string, element: any, state?: ElementState) => Promise<Result>,
 *   ask: (blockId: string, element: any, typed: string) => Promise<any>,
 *   errors: Record<string, string>,
 * }} Surface
 */

const inert = /** @type {Surface} */ ({
  chosen: {},
  choose: () => {},
  act: async () => ({ ok: false, error: 'Nothing listens here.' }),
  ask: async () => ({ ok: false, error: 'Nothing listens here.' }),
  errors: {},
});

/** @type {Record<string, string>} */
const noErrors = {};

export const SurfaceContext = createContext(inert);

/** Whose hands act, and in which message or view. @typedef {{user: string} & Record<string, string>} Place */

/**
 * A surface for the given blocks. Fields that stay quiet while they are
 * filled in are told to the server just before an interaction, as an app is given the state of all of them with it.
 * @param {any[]} blocks
 * @param {Place} place the same object for as long as it names the same place
 * @param {Record<string, string>} [errors] by block id
 */
export function useSurface(blocks, place, errors = noErrors) {
  const [chosen, setChosen] = useState(/** @type {Record<string, ElementState>} */ ({}));
  const surface = useMemo(() => {
    /** @type {Surface['choose']} */
    const choose = (blockId, element, state) =>
      setChosen((before) => ({ ...before, [stateKey(blockId, element)]: state }));
    /** @type {Surface['act']} */
    const act = async (blockId, element, state) => {
      for (const field of quietFields(blocks, chosen)) await api.action({ ...place, ...field });
      const action = { block_id: blockId, action_id: element.action_id, ...(state && { value: state }) };
      return api.action({ ...place, ...action });
    };
    /** @type {Surface['ask']} */
    const ask = (blockId, element, value) =>
      api.options({ ...place, block_id: blockId, action_id: element.action_id, value });
    return { chosen, choose, act, ask, errors };
  }, [blocks, chosen, errors, place]);
  return { surface, values: () => collectValues(blocks, chosen) };
}

/**
 * The state of one element, and how to change it. Inside an input block a change is only kept; elsewhere, or where
 * the block asks for it, the app hears of it at once.
 * @param {string} blockId
 * @param {any} element
 */
export function useElement(blockId, element) {
  const surface = useContext(SurfaceContext);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [asking, setAsking] = useState(/** @type {{next?: ElementState} | null} */ (null));
  const state = surface.chosen[stateKey(blockId, element)] ?? initialElementState(element);

  /** @param {ElementState} [next] */
  const send = async (next) => {
    setBusy(true);
    setProblem('');
    const result = await surface.act(blockId, element, next);
    setBusy(false);
    if (!result.ok) setProblem(result.error ?? 'The app did not answer.');
  };
  /** Tells the app, after the reader confirmed where the app wants that. @param {ElementState} [next] */
  const act = (next) => {
    if (element.confirm) setAsking({ next });
    else send(next);
  };
  /** @param {ElementState} next */
  const choose = (next) => surface.choose(blockId, element, next);
  return { state, busy, act, choose, aside: aside({ element, asking, setAsking, send, problem }) };
}

/** What an element may show beside itself: the confirmation it asks for, and why the app could not be told. @param {any} of */
const aside = ({ element, asking, setAsking, send, problem }) => html`
  ${
    asking &&
    html`<${ConfirmDialog} confirm=${element.confirm} onDeny=${() => setAsking(null)}
    onConfirm=${() => {
      setAsking(null);
      send(asking.next);
    }} />`
  }
  ${problem && html`<p class="element-problem" role="alert">${problem}</p>`}
`;
