import type { Redis } from 'ioredis';
import type { HomeViewers, LastShown } from '../../../../engine/showing/home-viewers.ts';
import type { Keys } from '../keys.ts';
import { clockOf } from '../server/time.ts';

/** Whoever came longer ago has gone, for all that is known; milliseconds. */
const STAY = 1_800_000;

export function createHomeViewers(redis: Redis, keys: Keys): HomeViewers {
  return {
    async came(user) {
      const now = await clockOf(redis);
      await redis.zadd(keys.visitors, now, user);
      await redis.zremrangebyscore(keys.visitors, 0, now - STAY);
      await redis.pexpire(keys.visitors, STAY);
    },
    async present() {
      return redis.zrevrangebyscore(keys.visitors, '+inf', `(${(await clockOf(redis)) - STAY}`);
    },
    async lastShown(user) {
      const shown = await redis.get(keys.visited(user));
      return shown === null ? null : (JSON.parse(shown) as LastShown);
    },
    async showed(user, { mark, showing }) {
      await redis.set(keys.visited(user), JSON.stringify({ mark, showing }), 'PX', STAY);
    },
  };
}
