import { api } from './api.js';
import { emojiOf, quickReactions } from './emoji.js';
import { html } from './html.js';
import { moreIcon } from './icons.js';
import { Menu } from './menu.js';
import { useReact } from './reactions.js';
import { useWorkspace } from './workspace.js';

/** @import {Message} from './types.js' */

/**
 * What else can be done with a message: the app's shortcuts, the thread, its address. A narrow screen has nothing
 * else, so there the reactions are in it too.
 * @param {{message: Message, inThread: boolean}} props
 */
export function MessageMenu({ message, inThread }) {
  const { state, me, say, go } = useWorkspace();
  const { channel, ts } = message;
  const react = useReact(message);
  const run = async (/** @type {string} */ callback_id) => {
    const result = await api.shortcut({ user: me.id, callback_id, channel, message_ts: ts });
    if (!result.ok) say(result.error ?? 'The app was not told.');
  };
  const copy = async () => {
    const thread =
      message.thread_ts && message.thread_ts !== ts ? `?thread_ts=${message.thread_ts}&cid=${channel}` : '';
    try {
      await navigator.clipboard.writeText(
        `${location.origin}/archives/${channel}/p${ts.replace('.', '')}${thread}`,
      );
      say('Link copied.');
    } catch {
      say('The browser did not let the link be copied.');
    }
  };
  const item = (/** @type {any} */ label, /** @type {string} */ detail, /** @type {() => void} */ act) =>
    html`<button type="button" role="menuitem" class="menu-item" onClick=${act}><span>${label}</span>${detail && html`<small>${detail}</small>`}</button>`;
  return html`<${Menu} label="More actions" button=${moreIcon} buttonClass="icon-button" testId="message-menu">
    ${(/** @type {() => void} */ close) => {
      const and = (/** @type {() => void} */ act) => () => {
        close();
        act();
      };
      return html`
        <span class="menu-reactions only-narrow">${quickReactions.slice(0, 6).map(
          (
            name,
          ) => html`<button type="button" role="menuitem" class="icon-button emoji" aria-label=${`React with ${name.replaceAll('_', ' ')}`}
            onClick=${and(() => react(name))}>${emojiOf(name)}</button>`,
        )}</span>
        ${state.shortcuts
          .filter((each) => each.type === 'message')
          .map((each) =>
            item(
              each.name,
              `${state.bot?.name ?? 'App'} · ${each.description}`,
              and(() => run(each.callback_id)),
            ),
          )}
        ${
          !inThread &&
          item(
            'Reply in thread',
            '',
            and(() => go({ thread: message.thread_ts ?? ts })),
          )
        }
        ${item('Copy link', '', and(copy))}`;
    }}
  <//>`;
}
