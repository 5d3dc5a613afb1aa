import { displayName } from './directory.js';
import { html } from './html.js';
import { useWorkspace } from './workspace.js';

/** Medic's own mark: a red cross on a rosy ground. */
const medicMark = html`<svg viewBox="0 0 36 36" aria-hidden="true">
  <path d="M15.2 7.5h5.6a1.4 1.4 0 0 1 1.4 1.4v4.9h4.9a1.4 1.4 0 0 1 1.4 1.4v5.6a1.4 1.4 0 0 1-1.4 1.4h-4.9v4.9a1.4 1.4 0 0 1-1.4 1.4h-5.6a1.4 1.4 0 0 1-1.4-1.4v-4.9H8.9a1.4 1.4 0 0 1-1.4-1.4v-5.6a1.4 1.4 0 0 1 1.4-1.4h4.9V8.9a1.4 1.4 0 0 1 1.4-1.4z" fill="#d7263d" />
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
  return html`<span class=${`avatar avatar-${size}`} style=${{ background: cssColor(user?.color) }} aria-hidden="true">${initials(displayName(user, id))}</span>`;
}
