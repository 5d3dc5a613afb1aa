import { html } from './html.js';

/** @param {any} children @param {number} size */
const outline = (
  children,
  size,
) => html`<svg viewBox="0 0 20 20" width=${size} height=${size} fill="none" stroke="currentColor" stroke-width="1.6"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${children}</svg>`;

/** A face with a plus: add a reaction. */
export const addReactionIcon = outline(
  html`<path d="M12 3.2A7 7 0 1 0 16.8 9" /><path d="M6.8 11.5a3.4 3.4 0 0 0 5.6 0" /><path d="M7.6 8v.4M11.6 8v.4" /><path d="M16 1.8v5M13.5 4.3h5" />`,
  18,
);

/** A speech bubble: reply in a thread. */
export const replyIcon = outline(
  html`<path d="M4 4.5h12A1.5 1.5 0 0 1 17.5 6v6.5A1.5 1.5 0 0 1 16 14H9.5L6 17v-3H4a1.5 1.5 0 0 1-1.5-1.5V6A1.5 1.5 0 0 1 4 4.5z" />`,
  18,
);

/** Three dots: more. */
export const moreIcon = outline(
  html`<circle cx="4.5" cy="10" r=".6" /><circle cx="10" cy="10" r=".6" /><circle cx="15.5" cy="10" r=".6" />`,
  18,
);

/** A sheet of paper: a file. */
export const fileIcon = outline(
  html`<path d="M5 2.5h6.5L15.5 6.5V17a.5.5 0 0 1-.5.5H5a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5z" /><path d="M11.5 2.5v4h4M7.5 10.5h5M7.5 13.5h5" />`,
  20,
);

/** An eye: only you see it. */
export const eyeIcon = outline(
  html`<path d="M1.8 10S4.8 4.8 10 4.8 18.2 10 18.2 10 15.2 15.2 10 15.2 1.8 10 1.8 10z" /><circle cx="10" cy="10" r="2.4" />`,
  15,
);

/** A paper plane: send. */
export const sendIcon = html`<svg viewBox="0 0 20 20" width="18" height="18" fill="currentColor" aria-hidden="true">
  <path d="M2.5 3.2 17.6 10 2.5 16.8l1.9-6L12 10 4.4 9.2z" />
</svg>`;
