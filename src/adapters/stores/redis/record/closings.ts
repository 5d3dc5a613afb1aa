import type { Redis } from 'ioredis';
import type { Keys } from '../keys.ts';

/** The newest first, without those that are gone because their time was up. */
export async function closedLately(redis: Redis, keys: Keys, most: number): Promise<readonly string[]> {
  if (most < 1) return [];
  const ids = await redis.zrevrange(keys.closed, 0, most - 1);
  const there = await Promise.all(ids.map((id) => redis.exists(keys.incident(id))));
  return ids.filter((_, index) => there[index] === 1);
}
