import { readFileSync } from 'node:fs';
import { Redis, type Result } from 'ioredis';

/** Medic's own atomic changes, as commands of the connection. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    medicCommit(...args: string[]): Result<string, Context>;
    medicClock(
      life: string,
      chat: string,
      gap: string,
      what: 'look' | 'chat',
    ): Result<[number, number, number], Context>;
    medicShown(unshown: string, incident: string, version: string): Result<number, Context>;
  }
}

const script = (name: string) => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');

/** How many keys `commit.lua` takes. */
const COMMIT_KEYS = 11;

/** What went wrong last with each connection: a command that fails only says that it was tried in vain. */
const troubles = new WeakMap<Redis, Error>();

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
  redis.on('error', (error: Error) => troubles.set(redis, error));
  redis.defineCommand('medicCommit', { numberOfKeys: COMMIT_KEYS, lua: script('commit') });
  redis.defineCommand('medicClock', { numberOfKeys: 2, lua: script('clock') });
  redis.defineCommand('medicShown', { numberOfKeys: 1, lua: script('shown') });
  return redis;
}

/** Waits for the first answer. Throws an error with the address and what to check when there is none. */
export async function firstAnswer(redis: Redis): Promise<void> {
  try {
    await redis.ping();
  } catch (error) {
    throw new Error(`${unreachable(redis, error)}. Check REDIS_URL and that Redis runs`, { cause: error });
  }
}

/** That Redis does not answer, in words with its address and why. */
export function unreachable(redis: Redis, error: unknown): string {
  const { host, port } = redis.options;
  const why = error instanceof Error && error.name === 'ReplyError' ? error : (troubles.get(redis) ?? error);
  return `Redis at ${host}:${port} cannot be reached: ${why instanceof Error ? why.message : String(why)}`;
}
