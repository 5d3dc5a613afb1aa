import { Composer } from './composer.js';
import { html } from './html.js';
import { MessageList } from './message-list.js';
import { threadKey } from './store.js';
import { useWorkspace } from './workspace.js';

/** @import {Channel, Message, State, User} from './types.js' */

/** What an ephemeral message is to everybody else: nothing. @param {Message[] | undefined} messages @param {User} me */
export const visibleTo = (messages, me) =>
  (messages ?? []).filter((message) => !message.ephemeral_to || message.ephemeral_to === me.id);

/** "Medic is reading the log", or nothing. @param {State} state @param {string} channel @param {string | null} thread */
export function statusWords(state, channel, thread) {
  const status = state.status[threadKey(channel, thread)];
  if (!status) return '';
  return /^is\b/i.test(status)
    ? `${state.bot?.name ?? 'The app'} ${status}`
    : `${state.bot?.name ?? 'The app'} is ${status}`;
}

/** A channel's name and mark; a direct message is named for the app on its other side. @param {Channel} channel @param {State} state */
export const titleOf = (channel, state) =>
  channel.is_im
    ? { mark: '', name: state.bot?.name ?? channel.name }
    : { mark: channel.is_private ? '🔒' : '#', name: channel.name };

/** @param {{channel: Channel}} props */
export function ChannelPane({ channel }) {
  const { state, me, go } = useWorkspace();
  const messages = visibleTo(state.messages[channel.id], me);
  const { mark, name } = titleOf(channel, state);
  const intro = html`<div class="intro">
    <h2>${mark} ${name}</h2>
    <p>This is the very beginning of ${mark}${name}. ${channel.topic}</p>
  </div>`;
  return html`<main class="pane channel-pane" aria-label=${`Channel ${name}`}>
    <header class="pane-head">
      <button type="button" class="icon-button only-narrow" aria-label="All channels" onClick=${() => go({ screen: 'list' })}>‹</button>
      <div class="pane-title">
        <h1><span class="mark">${mark}</span>${name} ${channel.is_ext_shared && html`<span class="badge" title="Shared with another workspace">SHARED</span>`}</h1>
        ${channel.topic && html`<p class="hint">${channel.topic}</p>`}
      </div>
      <span class="members" title="Members">${channel.members.length} members</span>
    </header>
    ${
      state.bot &&
      !state.bot.connected &&
      html`<p class="notice" role="status">
      ${state.bot.name} is not connected. Buttons and commands will fail until it is.
    </p>`
    }
    <${MessageList} key=${`${channel.id} ${me.id}`} messages=${messages} label=${`Messages in ${name}`} intro=${intro} />
    <${Composer} key=${channel.id} channel=${channel.id} placeholder=${`Message ${mark}${name}`} status=${statusWords(state, channel.id, null)} />
  </main>`;
}
