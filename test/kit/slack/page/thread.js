import { useEffect } from 'preact/hooks';
import { api } from './api.js';
import { statusWords, titleOf, visibleTo } from './channel.js';
import { Composer } from './composer.js';
import { html } from './html.js';
import { MessageList } from './message-list.js';
import { threadKey } from './store.js';
import { useWorkspace } from './workspace.js';

/** @import {Channel} from './types.js' */

/** The side pane with one thread; it takes the whole of a narrow screen. @param {{channel: Channel, ts: string}} props */
export function ThreadPane({ channel, ts }) {
  const { state, me, go, load } = useWorkspace();
  const { online } = state;
  const { mark, name } = titleOf(channel, state);
  useEffect(() => {
    const request = api.thread(channel.id, ts, me.id);
    load(request, ({ messages }) => messages && { type: 'thread_loaded', channel: channel.id, ts, messages });
  }, [channel.id, ts, me.id, online]);
  const messages = visibleTo(state.threads[threadKey(channel.id, ts)], me);
  return html`<aside class="pane thread-pane" aria-label="Thread">
    <header class="pane-head">
      <button type="button" class="icon-button only-narrow" aria-label="Back to the channel" onClick=${() => go({ thread: null })}>‹</button>
      <div class="pane-title"><h1>Thread</h1><p class="hint">${mark}${name}</p></div>
      <button type="button" class="icon-button only-wide" aria-label="Close thread" title="Close (Esc)" onClick=${() => go({ thread: null })}>✕</button>
    </header>
    <${MessageList} key=${`${ts} ${me.id}`} messages=${messages} inThread=${true} label="Messages in the thread" />
    <${Composer} key=${ts} channel=${channel.id} thread=${ts} placeholder="Reply…" takesFocus=${true} status=${statusWords(state, channel.id, ts)} />
  </aside>`;
}
