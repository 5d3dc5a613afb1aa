import { useCallback, useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { api, follow } from './api.js';
import { newFeed } from './feed.js';
import { initialState, reduce } from './store.js';

/** What the page knows, loaded at each connect and kept true by the server's events. @param {string | null} user */
export function useServer(user) {
  const [state, dispatch] = useReducer(reduce, initialState);
  const known = useRef(state);
  known.current = state;
  const feed = useMemo(() => newFeed(dispatch), []);
  const reload = useCallback(
    () =>
      feed.load(api.state(), ({ ok, ...loaded }) =>
        ok === false ? { type: 'failed' } : { type: 'loaded', state: loaded },
      ),
    [feed],
  );
  useEffect(() => {
    const onEvent = (/** @type {any} */ event) => {
      feed.stream(event);
      const channel = event.message?.channel;
      if (channel && !known.current.channels.some((each) => each.id === channel)) reload();
    };
    return follow(onEvent, (online) => {
      dispatch({ type: 'online', online });
      if (online) reload();
    });
  }, []);
  const channels = state.channels.map((channel) => channel.id).join(' ');
  useEffect(() => {
    if (!user || !state.online) return;
    for (const channel of channels.split(' ').filter(Boolean)) {
      feed.load(
        api.messages(channel, user),
        ({ messages }) => messages && { type: 'messages_loaded', channel, messages },
      );
    }
    feed.load(api.modals(user), ({ views }) => views && { type: 'views_loaded', user, views });
  }, [channels, user, state.online]);
  return { state, dispatch, load: feed.load, reload };
}
