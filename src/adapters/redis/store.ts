import type { Redis } from 'ioredis';
import type { Store } from '../../engine/store.ts';
import type { Silence } from '../../intake/silence.ts';
import { createAttemptStore } from './attempt-store.ts';
import { createDebtStore } from './debt-store.ts';
import { createIncidentStore } from './incident-store.ts';
import type { Keys } from './keys.ts';
import { createBagStore, createOrderStore } from './order-store.ts';

/** Without a sign of life for this long, the time in between does not count for windows. */
const GAP = '5000';

/** The store on Redis. */
export function createRedisStore(redis: Redis, keys: Keys): Store {
  const look = (whose: 'look' | 'chat') =>
    redis.medicClock(keys.life, keys.chatLife, keys.silences, GAP, whose);
  return {
    ...createIncidentStore(redis, keys),
    ...createDebtStore(redis, keys),
    ...createAttemptStore(redis, keys),
    ...createOrderStore(redis, keys),
    ...createBagStore(redis, keys),
    async clock() {
      const [now, aliveSince, chatSince, version, list] = await look('look');
      return {
        now,
        aliveSince,
        reachableSince: Math.max(aliveSince, chatSince),
        silences: { version, list: readSilences(list) },
      };
    },
    async chatAlive() {
      await look('chat');
    },
  };
}

/** A list of silences, each of them JSON in itself: Redis hands them on as they are. */
function readSilences(list: string): readonly Silence[] {
  return (JSON.parse(list) as string[]).map((silence) => JSON.parse(silence) as Silence);
}
