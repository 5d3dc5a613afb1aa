import type { Redis } from 'ioredis';
import type { ControlStore } from '../../../engine/orders/herald.ts';
import type { Keys } from './keys.ts';
import { keysFor } from './scripts.ts';

export function createControlStore(redis: Redis, keys: Keys): ControlStore {
  return {
    read: () => redis.get(keys.control),
    replace: async (before, after) =>
      (await redis.medicReplace(...keysFor('replace', { text: keys.control }), before ?? '', after)) === 1,
  };
}
