import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Place } from '../../../../engine/health/memory-watch.ts';
import type { Keys } from '../keys.ts';
import { clockOf } from '../server/time.ts';

/** A runner that has not been heard of for this long counts as gone, milliseconds. */
const SILENCE = 10_000;

/** A replica that has not been heard of for this long holds no place any more, milliseconds. */
const PLACELESS = 20_000;

/** What processes of different roles know of each other. */
export interface Presence {
  /** A brain says whether it has a model to ask. It stands until another brain says otherwise: facts may come in while none lives. */
  tellModel(has: boolean): Promise<void>;
  /** Whether a brain has a model to ask. Without any brain's word, it has none. */
  hasModel(): Promise<boolean>;
  /** A runner says that it lives, and whether its commands are kept apart from its secrets. */
  tellRunner(apart: boolean): Promise<void>;
  /** How the runners keep their secrets: apart where all do; null where none lives. */
  runner(): Promise<'apart' | 'shared' | null>;
  /** Says that this process lives, and tells its place among those that talk to people, in the order in which they came. */
  place(): Promise<Place>;
}

export function createPresence(redis: Redis, keys: Keys): Presence {
  let me: string | null = null;
  return {
    async place() {
      const now = await clockOf(redis);
      // Names sort by when their processes came: all of the same length until the year 2286.
      me ??= `${now}-${randomUUID()}`;
      await redis.hset(keys.replicas, me, String(now));
      await redis.pexpire(keys.replicas, PLACELESS);
      const all = Object.entries(await redis.hgetall(keys.replicas));
      const gone = all.flatMap(([name, last]) => (now - Number(last) >= PLACELESS ? [name] : []));
      if (gone.length > 0) await redis.hdel(keys.replicas, ...gone);
      const living = all.flatMap(([name]) => (gone.includes(name) ? [] : [name])).sort();
      return { place: living.indexOf(me), replicas: living.length };
    },
    async tellModel(has) {
      await redis.set(keys.model, has ? 'yes' : 'no');
    },
    hasModel: async () => (await redis.get(keys.model)) === 'yes',
    async tellRunner(apart) {
      // Of several, each may keep it otherwise: what one says must not hide what another has said.
      if (!apart) await redis.set(keys.sharing, '1', 'PX', SILENCE);
      await redis.set(keys.runners, apart ? 'apart' : 'shared', 'PX', SILENCE);
    },
    async runner() {
      const [said, sharing] = await Promise.all([redis.get(keys.runners), redis.exists(keys.sharing)]);
      // Those of before say nothing of it, and keep nothing apart.
      return said === null ? null : said === 'apart' && sharing === 0 ? 'apart' : 'shared';
    },
  };
}
