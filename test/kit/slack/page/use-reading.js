import { useEffect, useState } from 'preact/hooks';
import { visibleTo } from './channel.js';
import { recall, remember } from './memory.js';

/** @import {Route, State, User} from './types.js' */

/** What each user has read, and which notes they put away, in this browser. @param {State} state @param {User | undefined} me @param {Route} route */
export function useReading(state, me, route) {
  const [read, setRead] = useState(
    /** @type {Record<string, Record<string, string>>} */ (recall('read', {})),
  );
  const channel = route.screen === 'channel' ? route.channel : null;
  const newest = me && channel ? visibleTo(state.messages[channel], me).at(-1)?.ts : undefined;
  useEffect(() => {
    if (!me || !channel || !newest) return;
    setRead((before) => {
      const after = { ...before, [me.id]: { ...before[me.id], [channel]: newest } };
      remember('read', after);
      return after;
    });
  }, [me?.id, channel, newest]);
  return (me && read[me.id]) ?? {};
}
