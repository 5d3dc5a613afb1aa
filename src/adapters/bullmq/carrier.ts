import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Again, Carrier, Deliveries } from '../../engine/carrier.ts';
import type { OwedEffect } from '../../incident/effect.ts';
import type { Logger } from '../../observability/logger.ts';

/** A job names what is owed; the store holds what it is. */
const EffectJob = z.object({ id: z.string(), incident: z.string(), effect: z.unknown() });
const ShowJob = z.object({ incident: z.string() });

/** A worker that dies in the middle of a job is replaced after about this long, milliseconds. */
const LOST_AFTER = 6_000;
const QUEUES = ['effects', 'attempts', 'projections'] as const;
type QueueName = (typeof QUEUES)[number];

export interface CarrierOptions {
  /** A connection that waits for Redis (`maxRetriesPerRequest: null`). */
  readonly redis: Redis;
  /** The prefix of all queue keys. */
  readonly prefix: string;
  readonly log: Logger;
}

/** Jobs are dropped when done: a retained name would swallow a later delivery of the same effect. */
const JOB = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 8,
  backoff: { type: 'exponential', delay: 250 },
} as const;

export interface BullCarrier extends Carrier {
  /** Starts handling deliveries in this process. */
  work(deliveries: Deliveries, concurrency: Readonly<Record<QueueName, number>>): void;
  /** Begins no more attempts, and waits for those that run. Everything else goes on, so that people see them and can stop them. */
  stopAttempts(): Promise<void>;
  /** Takes no more deliveries, and waits for those being handled. */
  stopWork(): Promise<void>;
  close(): Promise<void>;
}

export function createCarrier({ redis, prefix, log }: CarrierOptions): BullCarrier {
  const queue = (name: QueueName) => new Queue(name, { connection: redis, prefix, defaultJobOptions: JOB });
  const queues = {
    effects: queue('effects'),
    attempts: queue('attempts'),
    projections: queue('projections'),
  };
  const workers = new Map<QueueName, Worker>();
  const stop = async (names: readonly QueueName[]) => {
    await Promise.all(names.map((name) => workers.get(name)?.close()));
  };
  for (const one of Object.values(queues))
    one.on('error', (err) => log.warn({ err }, 'a queue lost its connection'));
  return {
    async deliver(owed, delay) {
      const target = owed.effect.kind === 'execute' ? queues.attempts : queues.effects;
      await target.add(owed.effect.kind, owed, { jobId: owed.id, delay: Math.ceil(delay) });
    },
    async show(incident, version, delay) {
      // A refresh is asked for by the refresh before, whose name is still taken: it is named by when it is due.
      const what = delay === 0 ? 'show' : `refresh-${Math.round((Date.now() + delay) / 1000)}`;
      const jobId = `${incident}-${version}-${what}`;
      await queues.projections.add('show', { incident }, { jobId, delay: Math.ceil(delay) });
    },
    work(deliveries, concurrency) {
      const effect = (job: Job) => deliveries.effect(EffectJob.parse(job.data) as OwedEffect);
      const projection = (job: Job) => deliveries.projection(ShowJob.parse(job.data).incident);
      const handlers = { effects: effect, attempts: effect, projections: projection };
      for (const name of QUEUES) {
        workers.set(name, startWorker(name, handlers[name], concurrency[name], { redis, prefix, log }));
      }
    },
    stopAttempts: () => stop(['attempts']),
    stopWork: () => stop(QUEUES),
    async close() {
      await stop(QUEUES);
      await Promise.all(Object.values(queues).map((one) => one.close()));
    },
  };
}

function startWorker(
  name: QueueName,
  handle: (job: Job) => Promise<Again>,
  concurrency: number,
  { redis, prefix, log }: CarrierOptions,
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
