import type { Redis } from 'ioredis';
import type { LastShown, Refusals, Visitors } from '../../engine/visitors.ts';
import type { Keys } from './keys.ts';

/** Whoever came longer ago has gone, for all that is known; milliseconds. */
const STAY = 1_800_000;
/** What a channel refused is tried again by the minute: a refusal that is older than this has been mended, or nobody needs it any more. */
const REFUSED = 180_000;

async function clock(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

export function createVisitors(redis: Redis, keys: Keys): Visitors {
  return {
    async came(user) {
      await redis.zadd(keys.visitors, await clock(redis), user);
      await redis.pexpire(keys.visitors, STAY);
    },
    async present() {
      await redis.zremrangebyscore(keys.visitors, 0, (await clock(redis)) - STAY);
      return redis.zrange(keys.visitors, 0, -1, 'REV');
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

/** Each is noted with its time; what nobody has noted anew for a while counts no more. */
export function createRefusals(redis: Redis, keys: Keys): Refusals {
  return {
    async tell(channel, words) {
      if (words === null) {
        await redis.hdel(keys.refusals, channel);
        return;
      }
      await redis.hset(keys.refusals, channel, JSON.stringify({ at: await clock(redis), words }));
      await redis.pexpire(keys.refusals, REFUSED);
    },
    async list() {
      const [now, all] = await Promise.all([clock(redis), redis.hgetall(keys.refusals)]);
      return Object.entries(all)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, stored]) => JSON.parse(stored) as { at: number; words: string })
        .filter(({ at }) => now - at < REFUSED)
        .map(({ words }) => words);
    },
  };
}
