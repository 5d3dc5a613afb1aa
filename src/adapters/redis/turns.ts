import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Turns } from '../../engine/show.ts';
import type { Keys } from './keys.ts';

/** A turn that is not renewed ends by itself after this long, milliseconds. */
const TURN = 6_000;

/** Turns taken by a key that expires. They save work and double posts; nothing that must not happen twice rests on them. */
export function createTurns(redis: Redis, keys: Keys): Turns {
  return {
    async exclusively(name, work) {
      const key = keys.turn(name);
      const token = randomUUID();
      if ((await redis.set(key, token, 'PX', TURN, 'NX')) !== 'OK') return false;
      const renewal = setInterval(() => void redis.pexpire(key, TURN).catch(() => undefined), TURN / 3);
      try {
        await work();
        return true;
      } finally {
        clearInterval(renewal);
        await giveBack(redis, key, token);
      }
    },
  };
}

/** One that cannot be given back now ends by itself; what was done in it is done. */
async function giveBack(redis: Redis, key: string, token: string): Promise<void> {
  try {
    if ((await redis.get(key)) === token) await redis.del(key);
  } catch {
    // Redis is away.
  }
}
