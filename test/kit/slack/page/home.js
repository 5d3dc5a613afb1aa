import { useEffect, useMemo } from 'preact/hooks';
import { api } from './api.js';
import { Avatar } from './avatar.js';
import { Blocks } from './blocks/blocks.js';
import { SurfaceContext, useSurface } from './blocks/surface.js';
import { html } from './html.js';
import { useWorkspace } from './workspace.js';

/** @import {View} from './types.js' */

/** @param {{view: View}} props */
function HomeView({ view }) {
  const { me } = useWorkspace();
  const place = useMemo(() => ({ user: me.id, view_id: view.id }), [me.id, view.id]);
  const { surface } = useSurface(view.blocks, place);
  return html`<${SurfaceContext.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//>`;
}

/** The app's Home tab: opening it tells the app, which answers by publishing a view. An app that comes later is told then. */
export function HomePane() {
  const { state, me, go, load, reload, say } = useWorkspace();
  const isThere = state.online && state.bot?.connected;
  useEffect(() => {
    load(api.home(me.id), ({ view }) => view && { type: 'home', user: me.id, view });
    api.openHome(me.id).then((result) => {
      if (result.ok) reload();
      else say(result.error ?? 'The app was not told that its Home was opened.');
    });
  }, [me.id, isThere]);
  const view = state.home[me.id];
  const name = state.bot?.name ?? 'App';
  return html`<main class="pane home-pane" aria-label=${`${name} Home`}>
    <header class="pane-head">
      <button type="button" class="icon-button only-narrow" aria-label="All channels" onClick=${() => go({ screen: 'list' })}>‹</button>
      ${state.bot && html`<${Avatar} id=${state.bot.user_id} size="medium" />`}
      <div class="pane-title"><h1>${name}</h1><p class="hint">Home</p></div>
    </header>
    <div class="home-body" tabindex="0">
      ${view ? html`<${HomeView} key=${view.id} view=${view} />` : html`<p class="empty">${name} has not published a Home for ${me.real_name || me.name} yet.</p>`}
    </div>
  </main>`;
}
