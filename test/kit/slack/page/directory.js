import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { html } from './html.js';

/** @import {Channel, User, UserGroup} from './types.js' */

/**
 * Who and what the reader's page can name.
 * @typedef {{users: User[], channels: Channel[], groups: UserGroup[], me: string,
 *   openChannel: (id: string) => void}} Names
 */

/** @type {Names} */
const nobody = { users: [], channels: [], groups: [], me: '', openChannel: () => {} };

export const Directory = createContext(nobody);

/** @returns {Names} */
export const useDirectory = () => useContext(Directory);

/** @param {User | undefined} user @param {string} id */
export const displayName = (user, id) => user?.real_name || user?.name || id;

/** @param {{id: string, label?: string}} props */
export function UserMention({ id, label }) {
  const { users, me } = useDirectory();
  const user = users.find((known) => known.id === id);
  const name = user ? displayName(user, id) : (label ?? id);
  return html`<span class=${`mention ${id === me ? 'mention-me' : ''}`} title=${user?.title}>@${name}</span>`;
}

/** @param {{id: string, label?: string}} props */
export function ChannelMention({ id, label }) {
  const { channels, openChannel } = useDirectory();
  const channel = channels.find((known) => known.id === id);
  const name = channel?.name ?? label ?? id;
  if (!channel) return html`<span class="mention">#${name}</span>`;
  return html`<button type="button" class="mention mention-link" onClick=${() => openChannel(id)}>#${name}</button>`;
}

/** @param {{id: string, label?: string}} props */
export function GroupMention({ id, label }) {
  const group = useDirectory().groups.find((known) => known.id === id);
  return html`<span class="mention" title=${group?.name}>${group ? `@${group.handle}` : (label ?? id)}</span>`;
}
