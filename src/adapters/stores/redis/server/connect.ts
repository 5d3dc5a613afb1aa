import { Redis, type RedisOptions, type Result } from 'ioredis';
import { defineScripts } from '../scripts.ts';
import { type RedisAddress, readAddress } from './address.ts';
import { leaveReplacedMaster } from './sentinels.ts';

/** Medic's own atomic changes, as commands of the connection: each takes its keys (`keysFor`), then its arguments. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    medicCommit(...args: string[]): Result<string, Context>;
    medicClock(
      ...args: string[]
    ): Result<[number, number, number, number, string | null, string | null], Context>;
    medicShown(...args: string[]): Result<number, Context>;
    medicSilence(...args: string[]): Result<number, Context>;
    medicMode(...args: string[]): Result<'ordered' | 'conflict' | 'repeated', Context>;
    medicReplace(...args: string[]): Result<number, Context>;
    medicTurn(...args: string[]): Result<number, Context>;
    medicChange(...args: string[]): Result<number, Context>;
    medicNotices(...args: string[]): Result<string | null, Context>;
    medicAudit(...args: string[]): Result<number, Context>;
    medicBag(...args: string[]): Result<number, Context>;
  }
}

/** How long one answer may take where the caller waits for it, milliseconds. */
const ANSWER = 5_000;
/**
 * A connection on which nothing comes for this long although something is due is given up, or a host that vanished would be
 * waited for until TCP lost its patience. BullMQ asks with questions that block for up to ten seconds.
 */
const DEAD = { failFast: 6_000, patient: 15_000 } as const;
/** The longest pause between two tries to connect. */
const PAUSE = 1_000;
/** What a server answers that is not the master, or not any more. */
const DEMOTED = /^(?:READONLY|MASTERDOWN)\b/;

/** What went wrong last with each connection: a command that fails only says that it was tried in vain. */
const troubles = new WeakMap<Redis, Error>();

/**
 * Connects to Redis with Medic's scripts defined; see `readAddress` for what `url` may be. Reconnects for ever, to whichever
 * server is the master then; a command waits for the connection unless `failFast`, where it fails within about a second (five,
 * where Redis is there but silent) so that a caller can say so.
 */
export function connect(url: string, options: { readonly failFast: boolean }): Redis {
  const { failFast } = options;
  const address = readAddress(url);
  const redis = createClient(address, {
    maxRetriesPerRequest: failFast ? 1 : null,
    enableOfflineQueue: true,
    connectTimeout: ANSWER,
    socketTimeout: failFast ? DEAD.failFast : DEAD.patient,
    ...(failFast ? { commandTimeout: ANSWER } : {}),
    retryStrategy: pauseBefore,
    // A master that was demoted is left for the new one; the command itself fails, as nothing is known of it.
    reconnectOnError: (error) => DEMOTED.test(error.message),
  });
  redis.on('error', (error: Error) => {
    // That all sentinels were asked in vain says less than what one of them answered.
    if (!/^All sentinels/.test(error.message) || !troubles.has(redis)) troubles.set(redis, error);
  });
  redis.on('sentinelError', (error: Error) => troubles.set(redis, error));
  redis.on('ready', () => troubles.delete(redis));
  if (address.kind === 'sentinels') leaveReplacedMaster(redis, address, pauseBefore);
  defineScripts(redis);
  return redis;
}

function createClient(address: RedisAddress, options: Omit<RedisOptions, 'replyMapping'>): Redis {
  if (address.kind === 'server') return new Redis(address.url, options);
  const { name, sentinels, tls, db, username, password, sentinelPassword } = address;
  return new Redis({
    ...options,
    name,
    sentinels: [...sentinels],
    role: 'master',
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    sentinelCommandTimeout: 1_000,
    sentinelRetryStrategy: pauseBefore,
  });
}

function pauseBefore(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 6), PAUSE);
}

/** Says goodbye where Redis hears it, and only hangs up where it is away: a goodbye would wait until it is back. */
export async function hangUp(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
}

/** Waits for the first answer. Throws an error with the address and what to check when there is none. */
export async function firstAnswer(redis: Redis): Promise<void> {
  try {
    await redis.ping();
  } catch (error) {
    throw new Error(`${unreachable(redis, error)}. Check REDIS_URL and that Redis runs`, { cause: error });
  }
}

/** Answers of a Redis that can be reached and takes no writes, with what they mean. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/\bOOM\b/, 'takes no writes, its memory is full (maxmemory)'],
  [/\bNOREPLICAS\b/, 'takes no writes, it has too few replicas (min-replicas-to-write)'],
  [/\bMISCONF\b/, 'takes no writes, it cannot save to its disk'],
  [/\bREADONLY\b/, 'takes no writes, it is a replica'],
  [/\bCLUSTERDOWN\b/, 'takes no writes, its cluster is not whole'],
  [/\bLOADING\b/, 'is still reading its data'],
];

/** What is wrong with Redis, in words with its address: that it does not answer, or that it takes no writes, and why. */
export function unreachable(redis: Redis, error: unknown): string {
  const where = addressOf(redis);
  const said = error instanceof Error ? error.message : String(error);
  const refusal = REFUSALS.find(([pattern]) => pattern.test(said));
  if (refusal !== undefined) return `${where} ${refusal[1]}: ${said}`;
  const isReply = error instanceof Error && error.name === 'ReplyError';
  return `${where} cannot be reached: ${isReply ? said : (troubles.get(redis)?.message ?? said)}`;
}

function addressOf({ options }: Redis): string {
  const { host, port, name, sentinels } = options;
  if (!sentinels) return `Redis at ${host}:${port}`;
  const asked = sentinels.map((sentinel) => `${sentinel.host}:${sentinel.port}`).join(', ');
  return `Redis master ${name}, known to the sentinels at ${asked},`;
}
