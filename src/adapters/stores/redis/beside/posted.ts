import type { Redis } from 'ioredis';
import type { Standing } from '../../../../notify/page.ts';
import type { Standings } from '../../../../notify/pager.ts';
import type { Keys } from '../keys.ts';
import { KEPT_SECONDS } from '../record/retention.ts';

/** What is known to stand at pagers, kept in Redis. */
export function createStandings(redis: Redis, keys: Keys): Standings {
  return {
    async read(sink, incident) {
      const stored = await redis.get(keys.standing(sink, incident));
      return stored === null ? null : (JSON.parse(stored) as Standing);
    },
    async write(sink, incident, standing) {
      await redis.set(keys.standing(sink, incident), JSON.stringify(standing), 'EX', KEPT_SECONDS);
    },
  };
}
