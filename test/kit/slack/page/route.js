/** @import {Route} from './types.js' */

/**
 * Reads the address's hash: `#/C1`, `#/C1/1700000000.000100`, `#/home`, `#/list`, each with `?as=U1`. Everything the
 * reader would want back after a reload is in it.
 * @param {string} hash
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first = '', second = ''] = path.split('/').map(decodeURIComponent);
  const user = new URLSearchParams(query).get('as');
  if (first === 'home' || first === 'list') return { screen: first, channel: null, thread: null, user };
  return { screen: 'channel', channel: first || null, thread: second || null, user };
}

/** @param {Route} route */
export function formatRoute({ screen, channel, thread, user }) {
  const path = screen === 'channel' ? [channel, thread].filter(Boolean).join('/') : screen;
  return `#/${path}${user ? `?as=${encodeURIComponent(user)}` : ''}`;
}
