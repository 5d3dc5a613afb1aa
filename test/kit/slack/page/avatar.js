import { displayName } from './directory.js';
import { html } from './html.js';
import { useWorkspace } from './workspace.js';

/** Medic's own mark: a red cross on a rosy ground. */
const medicMark = html`<svg viewBox="0 0 36 36" aria-hidden="true">
  <path d="M18 8v20M8 18h20" stroke="#d7263d" stroke-width="8.6" stroke-linecap="butt" />
</svg>`;

/** @param {string} name at most two letters of it */
const initials = (name) =>
  name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join('');

/** Server colours come with or without the number sign. @param {string | undefined} color */
const cssColor = (color) => (color && /^[0-9a-f]{3,8}$/i.test(color) ? `#${color}` : color);

/** @param {{id: string, size?: 'small' | 'medium' | 'large'}} props */
export function Avatar({ id, size = 'large' }) {
  const { state } = useWorkspace();
  const user = state.users.find((known) => known.id === id);
  if (state.bot?.user_id === id)
    return html`<span class=${`avatar avatar-${size} avatar-medic`}>${medicMark}</span>`;
  return html`<span class=${`avatar avatar-${size}`} style=${{ background: cssColor(user?.color) }} aria-hidden="true">
    ${initials(displayName(user, id))}
  </span>`;
}
