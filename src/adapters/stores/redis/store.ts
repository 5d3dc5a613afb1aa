import type { Redis } from 'ioredis';
import type { Seal } from '../../../engine/orders/seal.ts';
import { RULES, type Rules } from '../../../engine/store/rules.ts';
import type { ModeOrder, Snapshot } from '../../../engine/store/snapshot.ts';
import type { Store } from '../../../engine/store/store.ts';
import type { Silence } from '../../../silence/silence.ts';
import { createAttemptStore } from './attempt-store.ts';
import { createBagStore } from './batch-window-store.ts';
import type { Keys } from './keys.ts';
import { createOrderStore } from './order-store.ts';
import { createDebtStore } from './outbox-store.ts';
import { createIncidentStore } from './record/incident-store.ts';
import { keysFor } from './scripts.ts';

interface StoreOptions {
  /** Whether a look at the present says that Medic is alive: a process that reaches nobody does not count. */
  readonly isAlive?: boolean;
  /** Signs what is stored, and is asked for when it is read; without one nothing is signed. */
  readonly seal?: Seal | null;
  readonly rules?: Rules;
}

/** The store on Redis. */
export function createRedisStore(
  redis: Redis,
  keys: Keys,
  { isAlive = true, seal = null, rules = RULES }: StoreOptions = {},
): Store {
  let orders: Pick<Snapshot, 'silences' | 'modes'> = { silences: { version: -1, list: [] }, modes: [] };
  const look = (whose: 'look' | 'chat' | 'peek') =>
    redis.medicClock(...keysFor('clock', keys), String(rules.gap), whose, String(orders.silences.version));
  return {
    ...createIncidentStore(redis, keys, seal, rules),
    ...createDebtStore(redis, keys),
    ...createAttemptStore(redis, keys, seal),
    ...createOrderStore(redis, keys, rules),
    ...createBagStore(redis, keys),
    async heartbeat() {
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
