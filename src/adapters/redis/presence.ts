import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

/** A runner that has not been heard of for this long counts as gone, milliseconds. */
const SILENCE = 10_000;

/** What processes of different roles know of each other. */
export interface Presence {
  /** A brain says whether it has a model to ask. It stands until another brain says otherwise: facts may come in while none lives. */
  tellModel(has: boolean): Promise<void>;
  /** Whether a brain has a model to ask. Without any brain's word, it has none. */
  hasModel(): Promise<boolean>;
  /** A runner says that it lives. */
  tellRunner(): Promise<void>;
  /** Whether any runner lives. */
  hasRunner(): Promise<boolean>;
}

export function createPresence(redis: Redis, keys: Keys): Presence {
  return {
    async tellModel(has) {
      await redis.set(keys.model, has ? 'yes' : 'no');
    },
    hasModel: async () => (await redis.get(keys.model)) === 'yes',
    async tellRunner() {
      await redis.set(keys.runners, '1', 'PX', SILENCE);
    },
    hasRunner: async () => (await redis.exists(keys.runners)) === 1,
  };
}
