import type { Redis } from 'ioredis';
import type { Seal } from '../../engine/seal.ts';
import type { ModeOrder, Present, Store } from '../../engine/store.ts';
import type { Silence } from '../../intake/silence.ts';
import { createAttemptStore } from './attempt-store.ts';
import { createDebtStore } from './debt-store.ts';
import { createIncidentStore } from './incident-store.ts';
import type { Keys } from './keys.ts';
import { createBagStore, createOrderStore } from './order-store.ts';
import { keysFor } from './scripts.ts';

/** Without a sign of life for this long, the time in between does not count for windows. */
const GAP = '5000';

/**
 * The store on Redis.
 *
 * @param options.seal signs what is stored, and is asked for when it is read; without one nothing is signed
 * @param options.isAlive whether a look at the present says that Medic is alive: a process that reaches nobody does not count
 */
export function createRedisStore(
  redis: Redis,
  keys: Keys,
  { isAlive = true, seal = null }: { readonly isAlive?: boolean; readonly seal?: Seal | null } = {},
): Store {
  let orders: Pick<Present, 'silences' | 'modes'> = { silences: { version: -1, list: [] }, modes: [] };
  const look = (whose: 'look' | 'chat' | 'peek') =>
    redis.medicClock(...keysFor('clock', keys), GAP, whose, String(orders.silences.version));
  return {
    ...createIncidentStore(redis, keys, seal),
    ...createDebtStore(redis, keys),
    ...createAttemptStore(redis, keys, seal),
    ...createOrderStore(redis, keys),
    ...createBagStore(redis, keys),
    async clock() {
      const [now, aliveSince, chatSince, version, list, modes] = await look(isAlive ? 'look' : 'peek');
      // Read once for each version, of which no two lists bear the same.
      if (list !== null)
        orders = {
          silences: { version, list: readAll<Silence>(list) },
          modes: readAll<ModeOrder>(modes ?? '[]'),
        };
      return { now, aliveSince, reachableSince: Math.max(aliveSince, chatSince), ...orders };
    },
    async chatAlive() {
      await look('chat');
    },
  };
}

/** A list of things, each of them JSON in itself: Redis hands them on as they are. */
function readAll<One>(list: string): readonly One[] {
  return (JSON.parse(list) as string[]).map((one) => JSON.parse(one) as One);
}
