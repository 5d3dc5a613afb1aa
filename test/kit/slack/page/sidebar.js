import { Avatar } from './avatar.js';
import { titleOf, visibleTo } from './channel.js';
import { displayName } from './directory.js';
import { html } from './html.js';
import { Menu } from './menu.js';
import { Panel } from './panel.js';
import { useTheme } from './theme.js';
import { useWorkspace } from './workspace.js';

/** @import {Channel, Message} from './types.js' */

const themes = /** @type {const} */ ({
  auto: ['◐', 'Theme: as the system'],
  light: ['☀', 'Theme: light'],
  dark: ['☾', 'Theme: dark'],
});

function ThemeButton() {
  const { theme, next } = useTheme();
  const [glyph, words] = themes[theme];
  return html`<button type="button" class="icon-button" aria-label=${words} title=${words} data-testid="theme" onClick=${next}>${glyph}</button>`;
}

/** Whose eyes and hands the reader borrows. */
function UserSwitcher() {
  const { state, me, go } = useWorkspace();
  const people = state.users.filter((user) => !user.is_bot);
  const button = html`<${Avatar} id=${me.id} size="medium" />
    <span class="switcher-words"><span class="switcher-name"><small>Acting as</small> ${displayName(me, me.id)}</span><small>${me.title}</small></span>
    <span class="chevron" aria-hidden="true">›</span>`;
  return html`<div class="switcher">
    <${Menu} label=${`Acting as ${displayName(me, me.id)}. Change user`} button=${button}
      buttonClass="switcher-button" menuClass="switcher-menu" up testId="user-switcher">
      ${(/** @type {() => void} */ close) =>
        people.map(
          (
            user,
          ) => html`<button type="button" key=${user.id} role="menuitemradio" aria-checked=${user.id === me.id}
            class="menu-item menu-person" data-user=${user.id} onClick=${() => {
              close();
              go({ user: user.id });
            }}>
            <${Avatar} id=${user.id} size="medium" />
            <span><strong>${displayName(user, user.id)}</strong><small>${user.title}</small></span>
          </button>`,
        )}
    <//>
  </div>`;
}

/** One channel to go to, and how much of it is unread. @param {{channel: Channel, readTo: string | undefined}} props */
function Place({ channel, readTo }) {
  const { state, me, route, go } = useWorkspace();
  const { mark, name } = titleOf(channel, state);
  const current = route.screen === 'channel' && route.channel === channel.id;
  const isNew = (/** @type {Message} */ message) =>
    Number(message.ts) > Number(readTo ?? 0) && message.user !== me.id;
  const unread = current ? 0 : visibleTo(state.messages[channel.id], me).filter(isNew).length;
  return html`<li>
    <button type="button" class=${`place ${unread ? 'unread' : ''}`} aria-current=${current ? 'page' : undefined} data-channel=${channel.id}
      onClick=${() => go({ screen: 'channel', channel: channel.id, thread: null })}>
      ${channel.is_im && state.bot ? html`<${Avatar} id=${state.bot.user_id} size="small" />` : html`<span class="mark" aria-hidden="true">${mark}</span>`}
      <span class="place-name">${name}</span>
      ${unread > 0 && html`<span class="count" aria-label=${`${unread} unread`}>${unread}</span>`}
    </button>
  </li>`;
}

/** The way to the app's Home, with whether the app is there. */
function App() {
  const { state, route, go } = useWorkspace();
  const { bot } = state;
  if (!bot) return null;
  const words = bot.connected ? 'Connected' : 'Not connected';
  return html`<button type="button" class="place" aria-current=${route.screen === 'home' ? 'page' : undefined}
    data-testid="home-tab" onClick=${() => go({ screen: 'home' })}>
    <${Avatar} id=${bot.user_id} size="small" /><span class="place-name">${bot.name}</span>
    <span class=${`presence ${bot.connected ? 'presence-on' : ''}`} role="img" aria-label=${words} title=${words}></span>
  </button>`;
}

/** @param {{read: Record<string, string>}} props `read` holds the newest read ts by channel */
export function Sidebar({ read }) {
  const { state } = useWorkspace();
  const { bot } = state;
  const places = (/** @type {string} */ title, /** @type {Channel[]} */ list) =>
    list.length > 0 &&
    html`<section aria-label=${title}>
      <h2>${title}</h2>
      <ul>${list.map((channel) => html`<${Place} key=${channel.id} channel=${channel} readTo=${read[channel.id]} />`)}</ul>
    </section>`;
  return html`<nav class="sidebar" aria-label="Workspace">
    <header class="sidebar-head">
      <span class="team">${state.team.name}</span>
      <${ThemeButton} />
    </header>
    <div class="sidebar-scroll">
      ${places(
        'Channels',
        state.channels.filter((channel) => !channel.is_im && !channel.is_archived),
      )}
      ${
        bot &&
        html`<section aria-label="Apps"><h2>Apps</h2>
        <ul><li><${App} /></li></ul>
      </section>`
      }
      ${places(
        'Direct messages',
        state.channels.filter((channel) => channel.is_im),
      )}
      <${Panel} />
    </div>
    <${UserSwitcher} />
  </nav>`;
}
