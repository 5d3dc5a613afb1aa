import { createPortal } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { html } from './html.js';
import { plainText, TextObject } from './mrkdwn.js';

/**
 * A modal window. The browser's own dialog keeps the focus inside. It stands at the end of the page, so the form of a
 * confirmation is never inside the form that asks for it.
 * `onCross` is what the cross does where that is more than closing.
 * @param {{title: any, onClose: () => void, onCross?: () => void, children?: any, kind?: string,
 *   onSubmit?: () => void}} props
 */
export function Dialog({ title, onClose, onCross = onClose, children, kind = '', onSubmit }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    const opener = document.activeElement;
    element.showModal();
    const fields = '.dialog-body :is(input, select, textarea):not([disabled])';
    const wanted = ['[data-focus]', fields, '[data-default]', '.dialog-head button'];
    const first = wanted.map((each) => element.querySelector(each)).find(Boolean);
    if (first instanceof HTMLElement) first.focus();
    return () => {
      element.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
    onClose();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    onSubmit?.();
  };
  const window = html`<dialog ref=${dialog} class=${`dialog ${kind}`} aria-labelledby=${titleId} onCancel=${cancel}>
    <form class="dialog-form" noValidate onSubmit=${submit}>
      <header class="dialog-head">
        <h2 id=${titleId}>${title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${onCross}>✕</button>
      </header>
      ${children}
    </form>
  </dialog>`;
  return createPortal(window, document.body);
}

/**
 * Slack's confirmation dialog object.
 * @param {{confirm: any, onConfirm: () => void, onDeny: () => void}} props
 */
export const ConfirmDialog = ({ confirm, onConfirm, onDeny }) => html`
  <${Dialog} title=${plainText(confirm.title?.text ?? 'Are you sure?')} kind="dialog-confirm" onClose=${onDeny} onSubmit=${onConfirm}>
    <div class="dialog-body"><${TextObject} of=${confirm.text} /></div>
    <footer class="dialog-foot">
      <button type="button" class="button" onClick=${onDeny}>${plainText(confirm.deny?.text ?? 'Cancel')}</button>
      <button type="submit" data-default class=${`button button-${confirm.style === 'danger' ? 'danger' : 'primary'}`}>
        ${plainText(confirm.confirm?.text ?? 'Yes')}
      </button>
    </footer>
  <//>`;
