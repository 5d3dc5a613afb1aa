import { type BullJobQueue, createJobQueue } from '../adapters/stores/bullmq/job-queue.ts';
import { createChangeStore } from '../adapters/stores/redis/beside/changes.ts';
import { createHealthWarnings } from '../adapters/stores/redis/beside/health-warnings.ts';
import { createMutex } from '../adapters/stores/redis/beside/mutex.ts';
import { createNotices } from '../adapters/stores/redis/beside/notices.ts';
import { createPresence, type Presence } from '../adapters/stores/redis/beside/presence.ts';
import { type Keys, keysOf } from '../adapters/stores/redis/keys.ts';
import { connect, firstAnswer, hangUp } from '../adapters/stores/redis/server/connect.ts';
import { type LivingGuarantee, livingGuarantee } from '../adapters/stores/redis/server/guarantee.ts';
import { createRedisStore } from '../adapters/stores/redis/store.ts';
import type { ChangeStore } from '../changes/change.ts';
import type { Config } from '../config/load.ts';
import { type Clock, createClock } from '../engine/clock.ts';
import { type See, seeing } from '../engine/health/blindness.ts';
import type { HealthWarnings } from '../engine/health/health-warnings.ts';
import type { Seal } from '../engine/orders/seal.ts';
import type { Mutex } from '../engine/showing/show.ts';
import type { Store } from '../engine/store/store.ts';
import type { Logger } from '../observability/logger.ts';
import { pagersOf } from './sinks.ts';

/** Everything of Medic that outlives its processes, and what several of them agree on: all of it lies in one Redis. */
export interface Memory {
  readonly redis: ReturnType<typeof connect>;
  readonly keys: Keys;
  readonly store: Store;
  readonly guarantee: LivingGuarantee;
  readonly clock: Clock;
  readonly presence: Presence;
  readonly notices: ReturnType<typeof createNotices>;
  readonly healthWarnings: HealthWarnings;
  /** Tells people and the replicas what can be seen and what cannot. */
  readonly see: See;
  readonly mutex: Mutex;
  /** What was told of changes. */
  readonly changes: ChangeStore;
  readonly jobQueue: BullJobQueue;
  /** The sinks beside Slack, by name. */
  readonly pagers: readonly string[];
}

/**
 * Opens it, and waits until it has answered.
 * @param undo takes what closes it, in the order in which it was opened
 */
export async function openMemory(
  { env, settings, role, contacts }: Config,
  { seal, log }: { readonly seal: Seal | null; readonly log: Logger },
  undo: (() => unknown)[],
): Promise<Memory> {
  const redis = connect(env.REDIS_URL, { failFast: true });
  undo.push(() => hangUp(redis));
  // The queues' connection waits for Redis where the other says at once that it is away.
  const waiting = connect(env.REDIS_URL, { failFast: false });
  undo.push(() => hangUp(waiting));
  for (const connection of [redis, waiting])
    connection.on('error', (err) => log.warn({ err }, 'Redis cannot be reached'));
  const keys = keysOf(env.MEDIC_NAMESPACE);
  const store = createRedisStore(redis, keys, { isAlive: role !== 'runner', seal });
  await firstAnswer(redis);
  const guarantee = await livingGuarantee(redis, log);
  undo.push(() => guarantee.stop());
  const clock = await createClock(store);
  const notices = createNotices(redis, keys);
  const healthWarnings = createHealthWarnings(redis, keys);
  const pagers = contacts === null ? [] : pagersOf(contacts, settings);
  const jobQueue = createJobQueue({ redis: waiting, prefix: keys.queues, sinks: pagers, log });
  undo.push(() => jobQueue.close());
  return {
    redis,
    keys,
    store,
    guarantee,
    clock,
    presence: createPresence(redis, keys),
    notices,
    healthWarnings,
    see: seeing(healthWarnings, notices),
    mutex: createMutex(redis, keys),
    changes: createChangeStore(redis, keys),
    jobQueue,
    pagers,
  };
}
