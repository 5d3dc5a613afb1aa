import type { Redis } from 'ioredis';
import type { Logger } from '../../../../observability/logger.ts';

/** Redis is set up so that it may throw away what Medic must remember, or so that Medic cannot use it. */
export class UnfitRedis extends Error {
  override readonly name = 'UnfitRedis';
}

/** What Redis promises of an acknowledged write, in words for `/readyz`. */
export interface Guarantee {
  /** Why it must not be used as it is, and what to change; null where it may. */
  readonly unfit: string | null;
  /** Whether what it acknowledged survives a crash of this server. */
  readonly durable: boolean;
  readonly words: string;
}

/** The guarantee as it is now, whichever server is the master and however it was set up meanwhile. */
export interface LivingGuarantee {
  /** Reads it afresh. Rejects where Redis does not answer. */
  read(): Promise<Guarantee>;
  stop(): void;
}

/** How often it is read again, whether or not anyone asks, milliseconds. */
const EVERY = 60_000;

/**
 * Reads what Redis promises, and again after each reconnection and every minute: after a failover another server answers, which may be
 * set up otherwise. Throws `UnfitRedis` where memory pressure may silently delete incidents.
 */
export async function livingGuarantee(redis: Redis, log: Logger): Promise<LivingGuarantee> {
  let last = await guaranteeOf(redis);
  if (last.unfit !== null) throw new UnfitRedis(last.unfit);
  const read = async () => {
    const now = await guaranteeOf(redis);
    if (now.words !== last.words) {
      const level = now.unfit === null ? 'info' : 'error';
      log[level]({ guarantee: now.words, before: last.words }, 'Redis promises something else than before');
    }
    last = now;
    return now;
  };
  // One that cannot be reached now is read again when it is back.
  const look = () => void read().catch(() => undefined);
  redis.on('ready', look);
  const regularly = setInterval(look, EVERY).unref();
  return {
    read,
    stop() {
      clearInterval(regularly);
      redis.off('ready', look);
    },
  };
}

/** Reads what Redis promises now. Rejects where it does not answer. */
export async function guaranteeOf(redis: Redis): Promise<Guarantee> {
  const [settings, facts] = await Promise.all([settingsOf(redis), factsOf(redis)]);
  if (facts === null) return unfitFor(SILENT);
  const unfit = (await oneOfMany(redis, facts)) ?? evicting(settings, facts);
  if (unfit !== null) return unfitFor(unfit);
  const { durable, words } = fsync(settings, facts);
  const all = [
    words,
    replication(settings, facts),
    ...(redis.options.sentinels ? ['found by Sentinel'] : []),
    ...(facts.cluster_enabled === '1' ? ['a cluster with one master'] : []),
  ];
  return { unfit: null, durable, words: all.join('; ') };
}

const SILENT =
  'Redis forbids INFO: Medic could not tell whether its memory was restarted since a plan was looked at. Allow it to this user';

function unfitFor(reason: string): Guarantee {
  return { unfit: reason, durable: false, words: reason };
}

type Facts = Readonly<Record<string, string>>;

const SETTINGS = ['maxmemory-policy', 'appendonly', 'appendfsync', 'save', 'min-replicas-to-write'] as const;

/** What CONFIG tells; null where it is forbidden, as managed services do. */
async function settingsOf(redis: Redis): Promise<Facts | null> {
  const flat = await unlessForbidden(redis.config('GET', ...SETTINGS));
  return flat === null ? null : pairs(flat as string[]);
}

/** What INFO tells; null where it is forbidden. */
async function factsOf(redis: Redis): Promise<Facts | null> {
  const info = await unlessForbidden(redis.info());
  return info === null ? null : factsIn(info);
}

/** Only a Redis that answers can forbid a question; any other error means that it did not. */
async function unlessForbidden<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && /^(?:ERR|NOPERM)\b/.test(error.message)) return null;
    throw error;
  }
}

function pairs(flat: readonly string[]): Facts {
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])),
  );
}

function factsIn(info: string): Facts {
  return Object.fromEntries([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
}

function evicting(settings: Facts | null, facts: Facts): string | null {
  const policy = settings?.['maxmemory-policy'] ?? facts.maxmemory_policy;
  if (policy === undefined || policy === 'noeviction') return null;
  return `Redis has maxmemory-policy ${policy}: under memory pressure it would delete incidents. Set it to noeviction`;
}

/** Medic talks to one server. One that holds a part of a cluster's slots would refuse a part of the keys. */
async function oneOfMany(redis: Redis, facts: Facts): Promise<string | null> {
  if (facts.cluster_enabled !== '1') return null;
  const state = factsIn((await redis.cluster('INFO')) as string);
  if (state.cluster_size === '1') return null;
  return `Redis is one of ${state.cluster_size} masters of a cluster, which share the keys. Give Medic a Redis of its own, or a cluster with one master`;
}

function fsync(settings: Facts | null, facts: Facts): { readonly durable: boolean; readonly words: string } {
  const aof = settings?.appendonly ?? (facts.aof_enabled === '1' ? 'yes' : 'no');
  if (aof !== 'yes') {
    const snapshots =
      settings !== null && settings.save === '' ? 'everything' : 'what came since its last snapshot';
    return { durable: false, words: `appendonly is off: a crash of Redis loses ${snapshots}` };
  }
  if (facts.aof_last_write_status === 'err')
    return { durable: false, words: 'appendonly is on, and Redis cannot write to its file' };
  switch (settings?.appendfsync) {
    case undefined:
      return {
        durable: false,
        words: 'appendonly is on; how often Redis syncs it, it does not say (CONFIG is not allowed)',
      };
    case 'always':
      return { durable: true, words: 'appendfsync always: an acknowledged event survives a crash of Redis' };
    case 'everysec':
      return {
        durable: false,
        words: 'appendfsync everysec: up to a second of acknowledged events may be lost in a crash of Redis',
      };
    default:
      return {
        durable: false,
        words: `appendfsync ${settings?.appendfsync}: half a minute of acknowledged events may be lost when the machine of Redis crashes`,
      };
  }
}

function replication(settings: Facts | null, facts: Facts): string {
  const replicas = Number(facts.connected_slaves ?? 0);
  const wanted = Number(settings?.['min-replicas-to-write'] ?? 0);
  if (facts.role === 'slave') return 'this is a replica, which takes no writes';
  if (replicas === 0) return 'no replica: what a lost disk held is lost';
  const follow = replicas === 1 ? '1 replica follows' : `${replicas} replicas follow`;
  const least = wanted > 0 ? `, writes are refused with fewer than ${wanted}` : '';
  return `${follow} asynchronously: a failover may lose the last moments${least}`;
}
