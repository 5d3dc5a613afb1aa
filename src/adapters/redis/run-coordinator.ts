import type { Redis } from 'ioredis';
import type { RunCoordinator } from 'node-cron';
import type { Keys } from './keys.ts';

/** Lets one replica run each tick of a schedule: the first to set the tick's key. */
export function createRunCoordinator(redis: Redis, keys: Keys): RunCoordinator {
  return {
    async shouldRun(key, ttlMs) {
      return (await redis.set(keys.tick(key), '1', 'PX', ttlMs, 'NX')) === 'OK';
    },
  };
}
