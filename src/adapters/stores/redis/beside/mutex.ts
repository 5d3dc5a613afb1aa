import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import type { Mutex } from '../../../../engine/showing/show.ts';
import type { Keys } from '../keys.ts';
import { keysFor } from '../scripts.ts';

/** A turn that is not renewed ends by itself after this long, milliseconds. */
const TURN = 6_000;
/** Whoever was away for so long, milliseconds, does not count on having it any more: what they send takes time as well. */
const SURE = 5_000;

/** Turns taken by a key that expires. They save work and double posts; nothing that must not happen twice rests on them. */
export function createMutex(redis: Redis, keys: Keys): Mutex {
  return {
    async withLock(name, work) {
      const key = keys.turn(name);
      const named = keysFor('turn', { turn: key });
      const token = randomUUID();
      // Counted from before it is asked for. A process that is frozen finds afterwards how long it was.
      let since = performance.now();
      if ((await redis.set(key, token, 'PX', TURN, 'NX')) !== 'OK') return false;
      const renew = async () => {
        const asked = performance.now();
        if ((await redis.medicTurn(...named, token, String(TURN))) === 1) since = asked;
      };
      const renewal = setInterval(() => void renew().catch(() => undefined), TURN / 3);
      try {
        await work(() => performance.now() - since < SURE);
        return true;
      } finally {
        clearInterval(renewal);
        // One that cannot be given back now ends by itself; what was done in it is done.
        await redis.medicTurn(...named, token, '0').catch(() => undefined);
      }
    },
  };
}
