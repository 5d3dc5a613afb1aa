import { useState } from 'preact/hooks';
import { api } from './api.js';
import { html } from './html.js';
import { useWorkspace } from './workspace.js';

/** @import {PanelItem} from './types.js' */

/** One thing the host of this Slack can do, such as a fault to make. @param {{item: PanelItem}} props */
function Item({ item }) {
  const { me } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState({ ok: true, words: '' });
  const run = async () => {
    setBusy(true);
    setAnswer({ ok: true, words: '' });
    const result = await api.panel(item.id, me.id);
    setBusy(false);
    setAnswer({
      ok: result.ok,
      words: result.ok ? (result.message ?? 'Done.') : (result.error ?? 'That did not work.'),
    });
  };
  return html`<li>
    <button type="button" class="panel-item" disabled=${!item.available || busy} aria-busy=${busy} data-panel-id=${item.id} onClick=${run}>
      <span class="panel-label">${busy && html`<span class="spinner" aria-hidden="true"></span>`}${item.label}</span>
      <span class="panel-detail">${item.detail}</span>
      ${!item.available && item.reason && html`<span class="panel-reason">${item.reason}</span>`}
    </button>
    <p class=${`panel-answer ${answer.ok ? '' : 'panel-failed'}`} role="status">${answer.words}</p>
  </li>`;
}

/** "Break something": what the host offers beside Slack itself. */
export function Panel() {
  const { panel } = useWorkspace().state;
  if (!panel) return null;
  return html`<section class="panel" aria-label=${panel.title}>
    <h2>${panel.title}</h2>
    <ul>${panel.items.map((item) => html`<${Item} key=${item.id} item=${item} />`)}</ul>
  </section>`;
}
