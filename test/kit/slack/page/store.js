/** @import {Channel,Message, State, View} from './types.js' */

/** @type {State} */
export const initialState = {
  phase: 'loading',
  online: false,
  team: { id: '', name: '' },
  users: [],
  channels: [],
  user_groups: [],
  commands: [],
  shortcuts: [],
  bot: null,
  panel: null,
  messages: {},
  threads: {},
  views: {},
  home: {},
  status: {},
};

/** @param {string} channel @param {string | null | undefined} ts */
export const threadKey = (channel, ts) => (ts ? `${channel}/${ts}` : channel);

/** @param {Message} message */
export const isReply = (message) => message.thread_ts !== undefined && message.thread_ts !== message.ts;

/** A reply that its author also sent to the channel stands in both places. @param {Message} message */
const isInChannel = (message) => !isReply(message) || message.subtype === 'thread_broadcast';

/**
 * What the page knows after an event. Pure; unknown events change nothing.
 * @param {State} state
 * @param {any} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case 'online':
      return { ...state, online: event.online };
    case 'failed':
      return { ...state, phase: 'failed' };
    case 'loaded':
      return { ...state, ...event.state, phase: 'ready' };
    case 'messages_loaded':
      return { ...state, messages: { ...state.messages, [event.channel]: event.messages } };
    case 'thread_loaded':
      return put(state, 'threads', threadKey(event.channel, event.ts), event.messages);
    case 'message':
    case 'message_changed':
    case 'ephemeral':
      return withMessage(state, event.message);
    case 'message_deleted':
      return mapMessages(state, event.channel, (list) => list.filter((message) => message.ts !== event.ts));
    case 'reaction':
      return mapMessages(state, event.channel, (list) =>
        list.map((message) =>
          message.ts === event.ts ? { ...message, reactions: event.reactions } : message,
        ),
      );
    case 'views_loaded':
      return put(state, 'views', event.user, event.views);
    case 'view_opened':
      return put(state, 'views', event.user, [event.view]);
    case 'view_pushed':
      return put(state, 'views', event.user, [...(state.views[event.user] ?? []), event.view]);
    case 'view_updated':
      return withUpdatedView(state, event.user, event.view);
    case 'view_closed':
      return put(
        state,
        'views',
        event.user,
        (state.views[event.user] ?? []).filter((view) => view.id !== event.view_id),
      );
    case 'home':
      return put(state, 'home', event.user, event.view);
    case 'connected':
      return state.bot ? { ...state, bot: { ...state.bot, connected: event.connected } } : state;
    case 'channel':
      return { ...state, channels: withChannel(state.channels, event.channel) };
    case 'panel':
      return { ...state, panel: event.panel };
    case 'status':
      return put(state, 'status', threadKey(event.channel, event.thread_ts), event.status ?? '');
    default:
      return state;
  }
}

/**
 * @param {State} state
 * @param {'threads' | 'views' | 'home' | 'status'} part
 * @param {string} key
 * @param {any} value
 * @returns {State}
 */
const put = (state, part, key, value) => ({ ...state, [part]: { ...state[part], [key]: value } });

/** @param {Channel[]} channels @param {Channel} channel */
const withChannel = (channels, channel) =>
  channels.some((each) => each.id === channel.id)
    ? channels.map((each) => (each.id === channel.id ? channel : each))
    : [...channels, channel];

/** @param {State} state @param {Message} message @returns {State} */
function withMessage(state, message) {
  const { channel } = message;
  const threads = { ...state.threads };
  const key = threadKey(channel, message.thread_ts ?? message.ts);
  const thread = threads[key];
  if (thread) threads[key] = upsert(thread, message);
  const messages = isInChannel(message)
    ? { ...state.messages, [channel]: upsert(state.messages[channel] ?? [], message) }
    : state.messages;
  return { ...state, messages, threads };
}

/** @param {State} state @param {string} user @param {View} view @returns {State} */
function withUpdatedView(state, user, view) {
  if (view.type === 'home') return put(state, 'home', user, view);
  const stack = state.views[user] ?? [];
  return put(
    state,
    'views',
    user,
    stack.map((shown) => (shown.id === view.id ? view : shown)),
  );
}

/** Puts a message in its place by time, over an older version of itself. @param {Message[]} list @param {Message} message */
function upsert(list, message) {
  const at = list.findIndex((known) => known.ts === message.ts);
  if (at >= 0) return list.with(at, message);
  return [...list, message].sort((a, b) => Number(a.ts) - Number(b.ts));
}

/**
 * @param {State} state
 * @param {string} channel
 * @param {(list: Message[]) => Message[]} change
 * @returns {State}
 */
function mapMessages(state, channel, change) {
  const threads = Object.fromEntries(
    Object.entries(state.threads).map(([key, list]) => [
      key,
      key.startsWith(`${channel}/`) ? change(list) : list,
    ]),
  );
  const messages = { ...state.messages, [channel]: change(state.messages[channel] ?? []) };
  return { ...state, messages, threads };
}
