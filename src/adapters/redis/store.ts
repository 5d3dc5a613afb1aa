import type { Redis } from 'ioredis';
import type { Present, Store } from '../../engine/store.ts';
import type { Silence } from '../../intake/silence.ts';
import { createAttemptStore } from './attempt-store.ts';
import { createDebtStore } from './debt-store.ts';
import { createIncidentStore } from './incident-store.ts';
import type { Keys } from './keys.ts';
import { createBagStore, createOrderStore } from './order-store.ts';

/** Without a sign of life for this long, the time in between does not count for windows. */
const GAP = '5000';

/**
 * The store on Redis.
 *
 * @param options.isAlive whether a look at the present says that Medic is alive: a process that reaches nobody does not count
 */
export function createRedisStore(
  redis: Redis,
  keys: Keys,
  { isAlive = true }: { readonly isAlive?: boolean } = {},
): Store {
  let silences: Present['silences'] = { version: -1, list: [] };
  const look = (whose: 'look' | 'chat' | 'peek') =>
    redis.medicClock(keys.life, keys.chatLife, keys.silences, GAP, whose, String(silences.version));
  return {
    ...createIncidentStore(redis, keys),
    ...createDebtStore(redis, keys),
    ...createAttemptStore(redis, keys),
    ...createOrderStore(redis, keys),
    ...createBagStore(redis, keys),
    async clock() {
      const [now, aliveSince, chatSince, version, list] = await look(isAlive ? 'look' : 'peek');
      // Read once for each version, of which no two lists bear the same.
      if (list !== null) silences = { version, list: readSilences(list) };
      return { now, aliveSince, reachableSince: Math.max(aliveSince, chatSince), silences, modes: [] };
    },
    closed: async () => [],
    orderMode: async () => undefined,
    async chatAlive() {
      await look('chat');
    },
  };
}

/** A list of silences, each of them JSON in itself: Redis hands them on as they are. */
function readSilences(list: string): readonly Silence[] {
  return (JSON.parse(list) as string[]).map((silence) => JSON.parse(silence) as Silence);
}
