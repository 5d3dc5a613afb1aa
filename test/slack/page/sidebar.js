import { Avatar } from './avatar.js';
import { visibleTo } from './channel.js';
import { displayName } from './directory.js';
import { html } from './html.js';
import { Menu } from './menu.js';
import { Panel } from './panel.js';
import { useTheme } from './theme.js';
import { useWorkspace } from './workspace.js';

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
    <${Menu} label=${`Acting as ${displayName(me, me.id)}. Change user`} button=${button} buttonClass="switcher-button" menuClass="switcher-menu" up testId="user-switcher">
      ${(/** @type {() => void} */ close) =>
        people.map(
          (
            user,
          ) => html`<button type="button" key=${user.id} role="menuitemradio" aria-checked=${user.id === me.id} class="menu-item menu-person" data-user=${user.id}
            onClick=${() => {
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

/** @param {{read: Record<string, string>}} props `read` holds the newest read ts by channel */
function Channels({ read }) {
  const { state, me, route, go } = useWorkspace();
  return html`<ul>${state.channels.map((channel) => {
    const current = route.screen === 'channel' && route.channel === channel.id;
    const seen = Number(read[channel.id] ?? 0);
    const unread = visibleTo(state.messages[channel.id], me).filter(
      (message) => Number(message.ts) > seen && message.user !== me.id,
    ).length;
    const shows = unread > 0 && !current;
    return html`<li key=${channel.id}>
      <button type="button" class=${`place ${shows ? 'unread' : ''}`} aria-current=${current ? 'page' : undefined} data-channel=${channel.id}
        onClick=${() => go({ screen: 'channel', channel: channel.id, thread: null })}>
        <span class="mark" aria-hidden="true">${channel.is_private ? '🔒' : '#'}</span><span class="place-name">${channel.name}</span>
        ${shows && html`<span class="count" aria-label=${`${unread} unread`}>${unread}</span>`}
      </button>
    </li>`;
  })}</ul>`;
}

/** @param {{read: Record<string, string>}} props */
export function Sidebar({ read }) {
  const { state, route, go } = useWorkspace();
  const { bot } = state;
  return html`<nav class="sidebar" aria-label="Workspace">
    <header class="sidebar-head">
      <span class="team">${state.team.name}</span>
      <${ThemeButton} />
    </header>
    <div class="sidebar-scroll">
      <section aria-label="Channels"><h2>Channels</h2><${Channels} read=${read} /></section>
      ${
        bot &&
        html`<section aria-label="Apps"><h2>Apps</h2>
        <ul><li><button type="button" class="place" aria-current=${route.screen === 'home' ? 'page' : undefined} data-testid="home-tab" onClick=${() => go({ screen: 'home' })}>
          <${Avatar} id=${bot.user_id} size="small" /><span class="place-name">${bot.name}</span>
          <span class=${`presence ${bot.connected ? 'presence-on' : ''}`} role="img" aria-label=${bot.connected ? 'connected' : 'not connected'} title=${bot.connected ? 'Connected' : 'Not connected'}></span>
        </button></li></ul>
      </section>`
      }
      <${Panel} />
    </div>
    <${UserSwitcher} />
  </nav>`;
}
