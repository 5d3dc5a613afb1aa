import { api } from './api.js';
import { displayName } from './directory.js';
import { emojiOf, quickReactions } from './emoji.js';
import { html } from './html.js';
import { addReactionIcon } from './icons.js';
import { Menu } from './menu.js';
import { useWorkspace } from './workspace.js';

/** @import {Message} from './types.js' */

/** Adds the reader's reaction to a message, or takes it back. @param {Message} message */
export function useReact(message) {
  const { me, say } = useWorkspace();
  return async (/** @type {string} */ name) => {
    const mine = message.reactions?.some(
      (reaction) => reaction.name === name && reaction.users.includes(me.id),
    );
    const result = await api.react({
      user: me.id,
      channel: message.channel,
      ts: message.ts,
      name,
      add: !mine,
    });
    if (!result.ok) say(result.error ?? 'The reaction was not taken.');
  };
}

/** @param {{message: Message, up?: boolean}} props */
export function ReactionPicker({ message, up = false }) {
  const react = useReact(message);
  return html`<${Menu} label="Add reaction" button=${addReactionIcon} buttonClass="icon-button" menuClass="menu-emoji" up=${up}>
    ${(/** @type {() => void} */ close) =>
      quickReactions.map(
        (
          name,
        ) => html`<button type="button" role="menuitem" class="icon-button emoji" aria-label=${name.replaceAll('_', ' ')} title=${`:${name}:`}
          onClick=${() => {
            close();
            react(name);
          }}>${emojiOf(name)}</button>`,
      )}
  <//>`;
}

/** @param {{message: Message}} props */
export function Reactions({ message }) {
  const { state, me } = useWorkspace();
  const react = useReact(message);
  if (!message.reactions?.length) return null;
  const nameOf = (/** @type {string} */ id) =>
    id === me.id
      ? 'you'
      : displayName(
          state.users.find((user) => user.id === id),
          id,
        );
  return html`<div class="reactions">
    ${message.reactions.map(({ name, users }) => {
      const who = `${users.map(nameOf).join(', ')} reacted with :${name}:`;
      return html`<button type="button" key=${name} class="reaction" aria-pressed=${users.includes(me.id)} aria-label=${who} title=${who}
        data-reaction=${name} onClick=${() => react(name)}>
        <span class="emoji">${emojiOf(name) ?? `:${name}:`}</span> ${users.length}
      </button>`;
    })}
    <${ReactionPicker} message=${message} />
  </div>`;
}
