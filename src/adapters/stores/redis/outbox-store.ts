import type { Redis } from 'ioredis';
import type { Outbox, PendingNotifications } from '../../../engine/store/outbox.ts';
import type { Effect, OutboxEffect } from '../../../incident/model/effect.ts';
import type { Keys } from './keys.ts';
import { keysFor } from './scripts.ts';

/** Its debts have a key of their own, since before there was any other sink. */
const SLACK = 'slack';

/** What is owed to incidents, and to the people who read about them. */
export function createDebtStore(redis: Redis, keys: Keys): Outbox & PendingNotifications {
  return {
    async outbox() {
      const owed: OutboxEffect[] = [];
      // A scan may see a field twice; that is harmless, jobs carry the effect's name.
      const seen = new Map<string, string>();
      let cursor = '0';
      do {
        const [next, fields] = await redis.hscan(keys.owed, cursor, 'COUNT', 500);
        for (let index = 0; index < fields.length; index += 2)
          seen.set(fields[index] ?? '', fields[index + 1] ?? '');
        cursor = next;
      } while (cursor !== '0');
      for (const [id, stored] of seen)
        owed.push({ id, ...(JSON.parse(stored) as { incident: string; effect: Effect }) });
      return owed;
    },
    isPending: async (effect) => (await redis.hexists(keys.owed, effect)) === 1,
    async ack(effect) {
      await redis.hdel(keys.owed, effect);
    },
    async pendingNotifications(sink = SLACK) {
      const versions = await redis.hgetall(sink === SLACK ? keys.unshown : keys.untold);
      const mine = sink === SLACK ? '' : `${sink} `;
      const named = Object.entries(versions).filter(([name]) => name.startsWith(mine));
      return Object.fromEntries(named.map(([name, version]) => [name.slice(mine.length), Number(version)]));
    },
    async markNotified(incident, version, sink = SLACK) {
      const [unshown, name] =
        sink === SLACK ? [keys.unshown, incident] : [keys.untold, `${sink} ${incident}`];
      await redis.medicShown(...keysFor('shown', { unshown }), name, String(version ?? ''));
    },
  };
}
