import type { Redis } from 'ioredis';
import type { ControlStore } from '../../engine/herald.ts';
import type { Keys } from './keys.ts';

export function createControlStore(redis: Redis, keys: Keys): ControlStore {
  return {
    read: () => redis.get(keys.control),
    replace: async (before, after) => (await redis.medicReplace(keys.control, before ?? '', after)) === 1,
  };
}
