import { render } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { ChannelPane, titleOf, visibleTo } from './channel.js';
import { Directory, displayName } from './directory.js';
import { HomePane } from './home.js';
import { html } from './html.js';
import { recall, remember } from './memory.js';
import { Modal } from './modal.js';
import { formatRoute, parseRoute } from './route.js';
import { Sidebar } from './sidebar.js';
import { threadKey } from './store.js';
import { ThreadPane } from './thread.js';
import { useReading } from './use-reading.js';
import { useServer } from './use-server.js';
import { WorkspaceContext } from './workspace.js';

/** @import {Route, State, User} from './types.js' */
/** @import {Workspace} from './workspace.js' */

/** The address's hash is where the reader is; going somewhere is writing it. @returns {[Route, (to: Partial<Route>) => void]} */
function useRoute() {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const read = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  const go = useCallback((/** @type {Partial<Route>} */ to) => {
    location.hash = formatRoute({ ...parseRoute(location.hash), ...to });
  }, []);
  return [route, go];
}

/** The channels a person may look into. @param {State} state @param {User | undefined} me */
const channelsOf = (state, me) =>
  state.channels.filter(
    (channel) =>
      me && (channel.is_im ? channel.user === me.id : !channel.is_private || channel.members.includes(me.id)),
  );

/**
 * Tells a screen reader of new messages, and only of new ones: edits would never let it rest.
 * @param {{state: State, me: User, channel: string, thread: string | null}} props
 */
function Announcer({ state, me, channel, thread }) {
  const seen = [state.messages[channel], thread ? state.threads[threadKey(channel, thread)] : []];
  const newest = seen
    .flatMap((list) => visibleTo(list, me))
    .sort((a, b) => Number(a.ts) - Number(b.ts))
    .at(-1);
  const author = state.users.find((user) => user.id === newest?.user);
  const words = newest && newest.user !== me.id ? `${displayName(author, newest.user)}: ${newest.text}` : '';
  return html`<p class="visually-hidden" aria-live="polite">${words}</p>`;
}

/** Escape closes the thread, unless something nearer wanted it. @param {Route} route @param {(to: Partial<Route>) => void} go */
function useEscape(route, go) {
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ event) => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        route.thread &&
        !document.querySelector('dialog[open]')
      )
        go({ thread: null });
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, [route.thread, go]);
}

function App() {
  const [route, go] = useRoute();
  const known = recall('user', null);
  const { state, dispatch, load, reload } = useServer(route.user ?? known);
  const people = state.users.filter((user) => !user.is_bot);
  const me = people.find((user) => user.id === (route.user ?? known)) ?? people[0];
  const channels = channelsOf(state, me);
  const channel = channels.find((each) => each.id === route.channel) ?? channels[0];
  const read = useReading(state, me, route);
  const [words, say] = useState('');
  const [dismissed, dismiss] = useState(/** @type {string[]} */ (recall('dismissed', [])));
  useEscape(route, go);

  useEffect(() => {
    if (!me || !channel) return;
    remember('user', me.id);
    document.title = `${route.screen === 'home' ? (state.bot?.name ?? 'Home') : titleOf(channel, state).name} · ${state.team.name}`;
    // The address is read anew: the reader may have gone elsewhere since this was drawn.
    const here = parseRoute(location.hash);
    const isKnown = channels.some((each) => each.id === here.channel);
    const place =
      here.screen !== 'channel' || isKnown ? here : { ...here, channel: channel.id, thread: null };
    const hash = formatRoute({
      ...place,
      user: people.some((each) => each.id === here.user) ? here.user : me.id,
    });
    if (hash === location.hash) return;
    history.replaceState(null, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }, [me?.id, channel?.id, route]);
  useEffect(() => {
    if (!words) return;
    const timer = setTimeout(() => say(''), 6000);
    return () => clearTimeout(timer);
  }, [words]);

  const act = useCallback((/** @type {any} */ event) => {
    if (event.type !== 'dismissed') return dispatch(event);
    dispatch({ ...event, type: 'message_deleted' });
    dismiss((before) => {
      const after = [...before, event.ts].slice(-200);
      remember('dismissed', after);
      return after;
    });
  }, []);
  const shown = useMemo(
    () => ({ ...without(state, dismissed), channels: channelsOf(state, me) }),
    [state, dismissed, me],
  );
  const names = useMemo(
    () => ({
      users: state.users,
      channels: state.channels,
      groups: state.user_groups,
      me: me?.id ?? '',
      openChannel: (/** @type {string} */ id) => go({ screen: 'channel', channel: id, thread: null }),
    }),
    [state.users, state.channels, state.user_groups, me?.id],
  );

  if (state.phase !== 'ready' || !me || !channel) return html`<${Waiting} state=${state} />`;
  /** @type {Workspace} */
  const workspace = { state: shown, me, route, go, dispatch: act, load, reload, say };
  const views = state.views[me.id] ?? [];
  const view = views.at(-1);
  const thread = route.screen === 'channel' ? route.thread : null;
  return html`<${Directory.Provider} value=${names}><${WorkspaceContext.Provider} value=${workspace}>
    <div class=${`app screen-${thread ? 'thread' : route.screen}`}>
      <${Sidebar} read=${read} />
      ${route.screen === 'home' ? html`<${HomePane} />` : html`<${ChannelPane} channel=${channel} />`}
      ${thread && html`<${ThreadPane} channel=${channel} ts=${thread} />`}
    </div>
    ${view && html`<${Modal} key=${view.id} view=${view} isPushed=${views.length > 1} />`}
    ${!state.online && html`<p class="toast toast-offline" role="status"><span class="spinner"></span> The connection is lost. Trying again…</p>`}
    ${words && html`<p class="toast" role="alert">${words}</p>`}
    <${Announcer} state=${shown} me=${me} channel=${channel.id} thread=${thread} />
  <//><//>`;
}

/** Ephemeral notes that were put away stay away after a reload. @param {State} state @param {string[]} dismissed @returns {State} */
function without(state, dismissed) {
  if (dismissed.length === 0) return state;
  const keep = (/** @type {Record<string, import('./types.js').Message[]>} */ lists) =>
    Object.fromEntries(
      Object.entries(lists).map(([key, list]) => [
        key,
        list.filter((message) => !message.ephemeral_to || !dismissed.includes(message.ts)),
      ]),
    );
  return { ...state, messages: keep(state.messages), threads: keep(state.threads) };
}

/** @param {{state: State}} props */
const Waiting = ({ state }) => html`<div class="waiting" role="status">
  ${state.phase === 'failed' ? 'The local Slack did not answer. Is it still running? Trying again…' : html`<span class="spinner"></span> Opening the workspace…`}
</div>`;

const root = document.getElementById('root');
if (root) render(html`<${App} />`, root);
