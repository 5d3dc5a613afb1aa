import type { Redis } from 'ioredis';
import type { RunCoordinator } from 'node-cron';
import type { Logger } from '../../../../observability/logger.ts';
import type { Keys } from '../keys.ts';

/** Lets one replica run each tick of a schedule: the first to set the tick's key. Where Redis is away, none does. */
export function createRunCoordinator(redis: Redis, keys: Keys, log: Logger): RunCoordinator {
  return {
    async shouldRun(key, ttlMs) {
      try {
        return (await redis.set(keys.tick(key), '1', 'PX', ttlMs, 'NX')) === 'OK';
      } catch (err) {
        // The scheduler would write it to the console, past the redactor.
        log.warn({ err, tick: key }, 'a tick is left out: nobody can be chosen for it');
        return false;
      }
    },
  };
}
