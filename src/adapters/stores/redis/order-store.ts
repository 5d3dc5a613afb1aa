import type { Redis } from 'ioredis';
import type { Breakers, OnceNames, OrderStore } from '../../../engine/store/orders.ts';
import type { Rules } from '../../../engine/store/rules.ts';
import type { Keys } from './keys.ts';
import { keysFor } from './scripts.ts';

/** What people have ordered: pauses, silences, modes, and that automation may act on a target again. */
export function createOrderStore(
  redis: Redis,
  keys: Keys,
  { onceFor }: Pick<Rules, 'onceFor'>,
): OnceNames & OrderStore & Breakers {
  const change = (how: object) => redis.medicSilence(...keysFor('silence', keys), JSON.stringify(how));
  return {
    takeOnce: async (once) => (await redis.set(keys.once(once), '1', 'PX', onceFor, 'NX')) !== null,
    async pause(by) {
      await redis.set(keys.pause, by);
    },
    async resume() {
      await redis.del(keys.pause);
    },
    paused: () => redis.get(keys.pause),
    async silence(silence) {
      await change({ put: [JSON.stringify(silence)], without: { ids: [silence.id] } });
    },
    unsilence: async (id) => (await change({ put: [], without: { ids: [id] } })) > 0,
    async syncSilences(source, silences) {
      await change({ put: silences.map((silence) => JSON.stringify(silence)), without: { source } });
    },
    orderModes(modes, { since, once }) {
      const list = JSON.stringify(modes.map((mode) => JSON.stringify(mode)));
      const named = keysFor('mode', { silences: keys.silences, once: keys.once(once) });
      return redis.medicMode(...named, list, String(since), String(onceFor));
    },
    async resetBreaker(targets) {
      if (targets.length === 0) return [];
      const stopped = await redis.hmget(keys.tripped, ...targets);
      await redis
        .multi()
        .hdel(keys.tripped, ...targets)
        .hdel(keys.strikes, ...targets)
        .exec();
      return targets.filter((_, index) => typeof stopped[index] === 'string');
    },
    tripped: () => redis.hkeys(keys.tripped),
  };
}
