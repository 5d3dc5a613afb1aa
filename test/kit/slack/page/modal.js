import { useMemo, useState } from 'preact/hooks';
import { api } from './api.js';
import { Blocks } from './blocks/blocks.js';
import { formErrors } from './blocks/state.js';
import { SurfaceContext, useSurface } from './blocks/surface.js';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { plainText } from './mrkdwn.js';
import { useWorkspace } from './workspace.js';

/** @import {View} from './types.js' */

const generic = 'We had some trouble connecting. Try again?';

/**
 * A modal of an app. Its form is checked here as Slack checks it, then by the app; what is wrong stands beside its
 * field. What follows a good answer (closing, another view) comes from the server's events.
 * @param {{view: View, isPushed: boolean}} props
 */
export function Modal({ view, isPushed }) {
  const { me, dispatch } = useWorkspace();
  const [found, setFound] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const errors = useMemo(() => ({ ...view.errors, ...found }), [view.errors, found]);
  const place = useMemo(() => ({ user: me.id, view_id: view.id }), [me.id, view.id]);
  const { surface, values } = useSurface(view.blocks, place, errors);

  const close = () => {
    dispatch({ type: 'view_closed', user: me.id, view_id: view.id });
    api.closeView({ user: me.id, view_id: view.id });
  };
  const closeAll = () => {
    dispatch({ type: 'views_loaded', user: me.id, views: [] });
    api.closeViews({ user: me.id });
  };
  /** Puts what is wrong beside its fields, and the reader into the first of them. @param {Record<string, string>} wrong */
  const show = (wrong) => {
    setFound(wrong);
    requestAnimationFrame(() => {
      const field = document.querySelector('.has-problem :is(input, select, textarea, button)');
      if (field instanceof HTMLElement) field.focus();
    });
  };
  const submit = async () => {
    const filled = values();
    const wrong = formErrors(view.blocks, filled);
    show(wrong);
    setProblem('');
    if (!view.submit || busy || Object.keys(wrong).length > 0) return;
    setBusy(true);
    const result = await api.submitView({ user: me.id, view_id: view.id, values: filled });
    setBusy(false);
    if (!result.ok) {
      show(result.errors ?? {});
      if (!result.errors) setProblem(result.error ?? generic);
    }
  };
  return html`<${Dialog} title=${plainText(view.title?.text)} kind="modal" onClose=${close} onCross=${closeAll} onSubmit=${submit}>
    <div class="dialog-body">
      <${SurfaceContext.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//>
      ${problem && html`<p class="element-problem" role="alert">${problem}</p>`}
    </div>
    <footer class="dialog-foot">
      <button type="button" class="button" data-default=${!view.submit || undefined} onClick=${close}>
        ${plainText(view.close?.text ?? (isPushed ? 'Back' : 'Close'))}
      </button>
      ${
        view.submit &&
        html`<button type="submit" class="button button-primary" data-default disabled=${busy || view.submit_disabled} aria-busy=${busy}>
        ${busy && html`<span class="spinner" aria-hidden="true"></span>`}<span>${plainText(view.submit.text)}</span>
      </button>`
      }
    </footer>
  <//>`;
}
