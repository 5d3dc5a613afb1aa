import type { Redis } from 'ioredis';

/** Redis is set up so that it may throw away what Medic must remember. */
class EvictingRedis extends Error {
  override readonly name = 'EvictingRedis';
}

/** What Redis promises of an acknowledged write, in words for `/readyz`. */
export interface Guarantee {
  readonly durable: boolean;
  readonly words: string;
}

/** Reads what Redis promises. Throws `EvictingRedis` where memory pressure may silently delete incidents. */
export async function guaranteeOf(redis: Redis): Promise<Guarantee> {
  const setting = async (name: string): Promise<string | null> => {
    const answer = (await redis.config('GET', name)) as string[];
    return answer[1] ?? null;
  };
  let settings: (string | null)[];
  try {
    settings = await Promise.all([
      setting('maxmemory-policy'),
      setting('appendonly'),
      setting('appendfsync'),
    ]);
  } catch {
    // Managed services forbid CONFIG; that is no reason not to start, and none to promise anything.
    return { durable: false, words: 'Redis does not say how durable it is (CONFIG is not allowed)' };
  }
  const [eviction, appendonly, fsync] = settings;
  if (eviction !== null && eviction !== 'noeviction') {
    throw new EvictingRedis(
      `Redis has maxmemory-policy ${eviction}: under memory pressure it would delete incidents. Set it to noeviction`,
    );
  }
  if (appendonly !== 'yes')
    return {
      durable: false,
      words: 'appendonly is off: a crash of Redis loses what came since its last snapshot',
    };
  if (fsync === 'always')
    return { durable: true, words: 'appendfsync always: an acknowledged event survives a crash of Redis' };
  return {
    durable: false,
    words: `appendfsync ${fsync}: up to a second of acknowledged events may be lost in a crash of Redis`,
  };
}
