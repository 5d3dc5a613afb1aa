/** @import {Message, Result, View} from './types.js' */

/**
 * Asks the local Slack's server. A server that is away or answers something else than JSON is an `ok: false` with a
 * sentence for the reader, so callers have one way to show failure.
 * @param {string} path
 * @param {object} [body] sent as JSON by POST; without it the request is a GET
 * @returns {Promise<any>}
 */
async function ask(path, body) {
  /** @type {RequestInit} */
  const init = body
    ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    : {};
  try {
    const response = await fetch(path, init);
    return await response.json();
  } catch {
    return { ok: false, error: 'The local Slack did not answer. Is it still running?' };
  }
}

const segment = encodeURIComponent;

export const api = {
  /** @returns {Promise<any>} */
  state: () => ask('/ui/state'),
  /** @param {string} channel @param {string} user @returns {Promise<{ok: boolean, messages?: Message[]}>} */
  messages: (channel, user) => ask(`/ui/channels/${segment(channel)}/messages?user=${segment(user)}`),
  /**
   * @param {string} channel @param {string} ts @param {string} user
   * @returns {Promise<{ok: boolean, messages?: Message[]}>}
   */
  thread: (channel, ts, user) =>
    ask(`/ui/channels/${segment(channel)}/threads/${segment(ts)}?user=${segment(user)}`),
  /** The modals a user has open, bottom first. @param {string} user @returns {Promise<{ok: boolean, views?: View[]}>} */
  modals: (user) => ask(`/ui/modals?user=${segment(user)}`),
  /** @param {string} user @returns {Promise<{ok: boolean, view?: View | null}>} */
  home: (user) => ask(`/ui/home?user=${segment(user)}`),
  /** @param {string} user @returns {Promise<Result>} */
  openHome: (user) => ask('/ui/home', { user }),
  /** @param {{user: string, channel: string, text: string, thread_ts?: string}} body @returns {Promise<Result>} */
  post: (body) => ask('/ui/message', body),
  /** @param {{user: string, channel: string, command: string, text: string}} body @returns {Promise<Result>} */
  command: (body) => ask('/ui/command', body),
  /** @param {object} body @returns {Promise<Result>} */
  action: (body) => ask('/ui/action', body),
  /**
   * @param {{user: string, channel: string, ts: string, name: string, add: boolean}} body
   * @returns {Promise<Result>}
   */
  react: (body) => ask('/ui/reaction', body),
  /** @param {{user: string, view_id: string, values: object}} body @returns {Promise<Result>} */
  submitView: (body) => ask('/ui/view/submit', body),
  /** @param {{user: string, view_id: string}} body @returns {Promise<Result>} */
  closeView: (body) => ask('/ui/view/close', body),
  /** Closes the whole stack. @param {{user: string}} body @returns {Promise<Result>} */
  closeViews: (body) => ask('/ui/view/close-all', body),
  /** What the app offers for what is typed into a menu. @param {object} body @returns {Promise<any>} */
  options: (body) => ask('/ui/options', body),
  /**
   * @param {{user: string, callback_id: string, channel?: string, message_ts?: string}} body
   * @returns {Promise<Result>}
   */
  shortcut: (body) => ask('/ui/shortcut', body),
  /** @param {string} id @param {string} user @returns {Promise<Result>} */
  panel: (id, user) => ask(`/ui/panel/${segment(id)}`, { user }),
};

/**
 * Follows the server's events for as long as the page lives. EventSource reconnects by itself, but gives up after
 * some failures; then it is opened anew, so a restarted server is found again.
 * @param {(event: any) => void} onEvent
 * @param {(online: boolean) => void} onOnline called at each connect, after which the reader must load what it missed
 * @returns {() => void} stops following
 */
export function follow(onEvent, onOnline) {
  let source = /** @type {EventSource | null} */ (null);
  let retry = 0;
  const open = () => {
    source = new EventSource('/ui/stream');
    source.onopen = () => onOnline(true);
    source.onmessage = (message) => onEvent(JSON.parse(message.data));
    source.onerror = () => {
      onOnline(false);
      if (source?.readyState === EventSource.CLOSED) retry = window.setTimeout(open, 1000);
    };
  };
  open();
  return () => {
    window.clearTimeout(retry);
    source?.close();
  };
}
