import { readFileSync } from 'node:fs';
import { Redis, type Result } from 'ioredis';

/** Medic's own atomic changes, as commands of the connection. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    medicCommit(...args: string[]): Result<string, Context>;
    medicClock(life: string, gap: string): Result<[number, number], Context>;
    medicShown(unshown: string, incident: string, version: string): Result<number, Context>;
  }
}

const script = (name: string) => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');

/** How many keys `commit.lua` takes. */
const COMMIT_KEYS = 11;

/**
 * Connects to Redis with Medic's scripts defined. Reconnects for ever; a command waits for the connection unless `failFast`,
 * where it fails within about a second so that a caller can say so.
 */
export function connect(url: string, options: { readonly failFast: boolean }): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: options.failFast ? 1 : null,
    enableOfflineQueue: true,
    connectTimeout: 5000,
    ...(options.failFast ? { commandTimeout: 5000 } : {}),
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
  });
  redis.defineCommand('medicCommit', { numberOfKeys: COMMIT_KEYS, lua: script('commit') });
  redis.defineCommand('medicClock', { numberOfKeys: 1, lua: script('clock') });
  redis.defineCommand('medicShown', { numberOfKeys: 1, lua: script('shown') });
  return redis;
}
