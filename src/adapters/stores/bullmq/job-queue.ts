import { setTimeout as pause } from 'node:timers/promises';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type JobHandlers, type JobQueue, PERFORMERS, type RetryAfter } from '../../../engine/job-queue.ts';
import type { Effect, OutboxEffect } from '../../../incident/model/effect.ts';
import type { Logger } from '../../../observability/logger.ts';

/** A job names what is owed; the store holds what it is. */
const EffectJob = z.object({
  id: z.string(),
  incident: z.string(),
  effect: z.looseObject({ kind: z.string() }),
});
/** The version tells a job that a newer one has taken its place; one that stands for many has none. */
const ShowJob = z.object({ incident: z.string(), version: z.int().optional() });

/** A worker that dies in the middle of a job is replaced after about this long, milliseconds. */
const LOST_AFTER = 6_000;
/** How long Redis has to be away until a stop no longer waits for it, and how often is looked, milliseconds. */
const AWAY = 2_000;
const LOOK = 100;
/**
 * A brain works on `effects`, which ask, wait or decide, and on `projections`; a runner on `hands`, which look and rehearse, and
 * on `attempts`.
 */
const QUEUES = ['effects', 'projections', 'hands', 'attempts'] as const;
export type QueueName = (typeof QUEUES)[number];
/** Each sink besides Slack has a queue of its own: one that is dead delays no other. */
type LaneName = `sink-${string}`;
/** How many incidents a sink is told of at a time. */
const SINK_WORK = 5;
type Handler = (job: Job) => Promise<RetryAfter>;

type BulkJob = Parameters<Queue['addBulk']>[0][number];
/** How many jobs go to Redis in one go. */
const BULK = 500;

export interface JobQueueOptions {
  /** A connection that waits for Redis (`maxRetriesPerRequest: null`). */
  readonly redis: Redis;
  /** The prefix of all queue keys. */
  readonly prefix: string;
  /** The names of the sinks besides Slack that this process has. */
  readonly sinks?: readonly string[];
  readonly log: Logger;
}

/** Jobs are dropped when done: a retained name would swallow a later delivery of the same effect. */
const JOB = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 8,
  backoff: { type: 'exponential', delay: 250 },
} as const;

export interface BullJobQueue extends JobQueue {
  /** Starts handling deliveries in this process: of the queues that are named, so many at a time. */
  work(deliveries: JobHandlers, concurrency: Readonly<Partial<Record<QueueName, number>>>): void;
  /** Begins no more attempts, and waits for those that run. Everything else goes on, so that people see them and can stop them. */
  stopAttempts(): Promise<void>;
  /** Takes no more deliveries, and waits for those being handled. */
  stopWork(): Promise<void>;
  close(): Promise<void>;
}

export function createJobQueue({ redis, prefix, sinks = [], log }: JobQueueOptions): BullJobQueue {
  const queue = (name: QueueName | LaneName) =>
    new Queue(name, { connection: redis, prefix, defaultJobOptions: JOB });
  const queues: Readonly<Record<QueueName, Queue>> = {
    effects: queue('effects'),
    projections: queue('projections'),
    hands: queue('hands'),
    attempts: queue('attempts'),
  };
  const lanes = new Map(sinks.map((sink) => [sink, queue(`sink-${sink}`)]));
  const workers = new Map<QueueName | LaneName, Worker>();
  let attempting = 0;
  const counted =
    (handle: Handler): Handler =>
    async (job) => {
      attempting += 1;
      try {
        return await handle(job);
      } finally {
        attempting -= 1;
      }
    };
  const stop = async (names: readonly (QueueName | LaneName)[]) => {
    const closing = Promise.all(names.map((name) => workers.get(name)?.close()));
    const done = new AbortController();
    await Promise.race([closing, memoryIsAway(redis, () => attempting === 0, done.signal)]);
    done.abort();
  };
  const all = [...Object.values(queues), ...lanes.values()];
  const everything = [...QUEUES, ...sinks.map((sink): LaneName => `sink-${sink}`)];
  for (const one of all) one.on('error', (err) => log.warn({ err }, 'a queue lost its connection'));
  const deliver = async (owed: OutboxEffect, delay: number) => {
    const name = queueOf(owed.effect);
    const options = { jobId: owed.id, delay: Math.ceil(delay) };
    if (name !== null) await queues[name].add(owed.effect.kind, owed, options);
  };
  const addAll = async (name: QueueName, jobs: readonly BulkJob[]) => {
    for (let start = 0; start < jobs.length; start += BULK)
      await queues[name].addBulk([...jobs.slice(start, start + BULK)]);
  };
  return {
    deliver,
    async show(incident, version, delay, news) {
      // A refresh is asked for by the refresh before, whose name is still taken: it is named by when it is due. What waits for the
      // one that is being drawn is put back under its own name, which must not be that of a job that is added again meanwhile.
      const now = news === 'routine' ? 'news' : 'show';
      const what = delay === 0 ? now : `refresh-${Math.round((Date.now() + delay) / 1000)}`;
      const options = {
        jobId: `${incident}-${version}-${what}`,
        delay: Math.ceil(delay),
        // Those without a priority go first: a card that is not there yet.
        ...(version === 1 ? {} : { priority: news === 'routine' ? 2 : 1 }),
        // It is shown by the one that waits already; where that one is being drawn, one waits for all that come meanwhile.
        ...(news === 'routine' ? { deduplication: { id: incident, keepLastIfActive: true } } : {}),
      };
      const job = news === 'routine' ? { incident } : { incident, version };
      await queues.projections.add('show', job, options);
    },
    async bring(sink, incident, version, delay) {
      const what = delay === 0 ? 'bring' : `again-${Math.round((Date.now() + delay) / 1000)}`;
      const options = { jobId: `${incident}-${version}-${what}`, delay: Math.ceil(delay) };
      await lanes.get(sink)?.add('bring', { incident, version }, options);
    },
    async deliverAll(owed, shows, untold = {}) {
      for (const name of QUEUES) {
        const mine = owed.filter(({ effect }) => queueOf(effect) === name);
        const jobs = mine.map((one) => ({ name: one.effect.kind, data: one, opts: { jobId: one.id } }));
        await addAll(name, jobs);
      }
      const projections = Object.entries(shows).map(([incident, version]) => ({
        name: 'show',
        data: { incident, version },
        opts: { jobId: `${incident}-${version}-show` },
      }));
      await addAll('projections', projections);
      for (const [sink, versions] of Object.entries(untold)) {
        const jobs = Object.entries(versions).map(([incident, version]) => ({
          name: 'bring',
          data: { incident, version },
          opts: { jobId: `${incident}-${version}-bring` },
        }));
        await lanes.get(sink)?.addBulk(jobs);
      }
    },
    work(deliveries, concurrency) {
      const effect = (name: QueueName) => async (job: Job) => {
        const owed = EffectJob.parse(job.data) as OutboxEffect;
        if (queueOf(owed.effect) === name) return deliveries.effect(owed);
        // Another version of Medic may sort otherwise. What lies in the wrong queue goes to the right one, and is not done here.
        await deliver(owed, 0);
        return null;
      };
      const projection = (sink: string) => (job: Job) => {
        const { incident, version } = ShowJob.parse(job.data);
        return deliveries.projection(incident, version ?? null, sink);
      };
      for (const sink of concurrency.projections === undefined ? [] : sinks)
        workers.set(
          `sink-${sink}`,
          startWorker(`sink-${sink}`, projection(sink), SINK_WORK, { redis, prefix, log }),
        );
      for (const name of QUEUES) {
        const atATime = concurrency[name];
        if (atATime === undefined) continue;
        const handle = name === 'projections' ? projection('slack') : effect(name);
        const watched = name === 'attempts' ? counted(handle) : handle;
        workers.set(name, startWorker(name, watched, atATime, { redis, prefix, log }));
      }
    },
    stopAttempts: () => stop(['attempts']),
    stopWork: () => stop(everything),
    async close() {
      await stop(everything);
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

/**
 * Settles when no attempt runs and Redis has been away for a while: a worker would wait until it is back, and what it holds is
 * finished by whoever comes next.
 */
async function memoryIsAway(redis: Redis, isIdle: () => boolean, done: AbortSignal): Promise<void> {
  for (let away = 0; away < AWAY && !done.aborted; ) {
    await pause(LOOK);
    away = redis.status === 'ready' || !isIdle() ? 0 : away + LOOK;
  }
}

/** Null for a kind that only a newer Medic knows: it stays owed, and a replica of that one delivers it. */
function queueOf(effect: Effect): QueueName | null {
  if (!Object.hasOwn(PERFORMERS, effect.kind)) return null;
  if (effect.kind === 'execute') return 'attempts';
  return PERFORMERS[effect.kind] === 'runner' ? 'hands' : 'effects';
}

function startWorker(
  name: QueueName | LaneName,
  handle: Handler,
  concurrency: number,
  { redis, prefix, log }: JobQueueOptions,
): Worker {
  const process = async (job: Job, token?: string) => {
    const again = await handle(job);
    if (again === null) return;
    await job.moveToDelayed(Date.now() + again, token);
    throw new DelayedError();
  };
  const worker = new Worker(name, process, {
    connection: redis,
    prefix,
    concurrency,
    lockDuration: LOST_AFTER,
    stalledInterval: LOST_AFTER / 2,
    // A lost attempt is not run again by the queue; the reconciler finds it and says that its outcome is unknown.
    maxStalledCount: name === 'attempts' ? 0 : 10,
  });
  worker.on('error', (err) => log.warn({ err, queue: name }, 'a worker had an error'));
  worker.on('failed', (job, err) => log.warn({ err, queue: name, job: job?.id }, 'a delivery failed'));
  return worker;
}
