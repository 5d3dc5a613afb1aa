import type { Redis } from 'ioredis';
import type { HealthWarnings } from '../../../../engine/health/health-warnings.ts';
import type { Keys } from '../keys.ts';
import { clockOf } from '../server/time.ts';

/** What is wrong is noticed again by the minute: what is older has been mended, or nobody needs it any more. Milliseconds. */
const STALE = 180_000;

/** Each is noted with its time; what nobody has noted anew for a while counts no more. */
export function createHealthWarnings(redis: Redis, keys: Keys): HealthWarnings {
  return {
    async tell(about, words) {
      if (words === null) {
        await redis.hdel(keys.troubles, about);
        return;
      }
      await redis.hset(keys.troubles, about, JSON.stringify({ at: await clockOf(redis), words }));
      await redis.pexpire(keys.troubles, STALE);
    },
    async list() {
      const [now, all] = await Promise.all([clockOf(redis), redis.hgetall(keys.troubles)]);
      return Object.entries(all)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, stored]) => JSON.parse(stored) as { at: number; words: string })
        .filter(({ at }) => now - at < STALE)
        .map(({ words }) => words);
    },
  };
}
