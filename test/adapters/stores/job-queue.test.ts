import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BullJobQueue, createJobQueue } from '../../../src/adapters/stores/bullmq/job-queue.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { type JobHandlers, PERFORMERS } from '../../../src/engine/job-queue.ts';
import type { Effect, OutboxEffect } from '../../../src/incident/model/effect.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { until } from '../../kit/stack/process.ts';
import { startRedis } from '../../kit/stack/redis.ts';

const log = createLogger({ level: 'silent', redact: (text) => text });
const KINDS = Object.keys(PERFORMERS) as Effect['kind'][];

let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let closing: (() => Promise<unknown>)[] = [];
let prefix = '';
beforeAll(async () => {
  scratch = await scratchDir('jobQueue');
  server = await startRedis({ dir: scratch.path });
});
afterAll(async () => {
  await server.stop();
  await scratch.remove();
});
beforeEach(({ task }) => {
  prefix = `{${task.id}}`;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  closing = [];
});

/** An owed effect; what else it holds is none of the job queue's business. */
const owed = (kind: string, name = kind): OutboxEffect =>
  ({ id: `inc-1-${name}`, incident: 'inc-1', effect: { kind } }) as unknown as OutboxEffect;

/** A replica of one role, with what it was asked to do. */
function replica(
  role: 'brain' | 'runner',
  projections = 5,
  draw = async (): Promise<null> => null,
): { jobQueue: BullJobQueue; asked: string[]; shown: string[] } {
  const redis = connect(server.url, { failFast: false });
  closing.push(async () => redis.disconnect());
  const jobQueue = createJobQueue({ redis, prefix, log });
  closing.push(() => jobQueue.close());
  const asked: string[] = [];
  const shown: string[] = [];
  const deliveries: JobHandlers = {
    async effect({ effect }) {
      asked.push(effect.kind);
      return null;
    },
    async projection(incident) {
      shown.push(incident);
      return draw();
    },
  };
  jobQueue.work(deliveries, role === 'brain' ? { effects: 5, projections } : { hands: 5, attempts: 5 });
  return { jobQueue, asked, shown };
}

const performedBy = (role: 'brain' | 'runner') => KINDS.filter((kind) => PERFORMERS[kind] === role).sort();

describe('the job queue', () => {
  it.each(['brain', 'runner'] as const)(
    'brings each to its role, whoever delivers: here the %s',
    async (by) => {
      const replicas = { brain: replica('brain'), runner: replica('runner') };
      for (const kind of KINDS) await replicas[by].jobQueue.deliver(owed(kind), 0);
      await replicas[by].jobQueue.show('inc-1', 1, 0);
      const { brain, runner } = replicas;
      await until(
        () => brain.asked.length + runner.asked.length === KINDS.length && brain.shown.length === 1,
        {
          what: 'everything to be delivered',
          ms: 10_000,
        },
      );
      expect(brain.asked.sort()).toEqual(performedBy('brain'));
      expect(runner.asked.sort()).toEqual(performedBy('runner'));
      expect(runner.shown).toEqual([]);
    },
  );

  it('lets what belongs to an absent role wait, and brings it when that role is there', async () => {
    const brain = replica('brain');
    await brain.jobQueue.deliver(owed('execute'), 0);
    await brain.jobQueue.deliver(owed('claim'), 0);
    await until(() => brain.asked.includes('claim'), { what: 'the claim', ms: 10_000 });
    const runner = replica('runner');
    await until(() => runner.asked.length > 0, { what: 'the attempt to come', ms: 10_000 });
    expect(runner.asked).toEqual(['execute']);
    expect(brain.asked).toEqual(['claim']);
  });

  it('hands on what lies in the wrong queue, and does not do it there', async () => {
    const redis = connect(server.url, { failFast: false });
    closing.push(async () => redis.disconnect());
    const effects = new Queue('effects', { connection: redis, prefix });
    closing.push(() => effects.close());
    await effects.add('execute', owed('execute'), { jobId: 'inc-1-execute' });
    const brain = replica('brain');
    const runner = replica('runner');
    await until(() => runner.asked.length > 0, { what: 'the attempt to come', ms: 10_000 });
    expect(runner.asked).toEqual(['execute']);
    expect(brain.asked).toEqual([]);
  });

  it('leaves what only a newer Medic knows to that one, and is not held up by it', async () => {
    const brain = replica('brain');
    await brain.jobQueue.deliver(owed('dream'), 0);
    await brain.jobQueue.deliverAll([owed('dream', 'again'), owed('claim')], {});
    await until(() => brain.asked.length > 0, { what: 'the claim', ms: 10_000 });
    expect(brain.asked).toEqual(['claim']);
  });

  it('shows a first card before what stands already, and more of the same together', async () => {
    const runner = replica('runner');
    for (const version of [2, 3, 4]) await runner.jobQueue.show('inc-old', version, 0, 'routine');
    await runner.jobQueue.show('inc-old', 5, 0);
    await runner.jobQueue.show('inc-new', 1, 0);
    const brain = replica('brain', 1);
    await until(() => brain.shown.length === 3, { what: 'everything to be shown', ms: 10_000 });
    expect(brain.shown).toEqual(['inc-new', 'inc-old', 'inc-old']);
  });

  it('shows once more what came while it was being drawn, however much that was', async () => {
    const drawing = Promise.withResolvers<null>();
    const brain = replica('brain', 5, () => drawing.promise);
    await brain.jobQueue.show('inc-1', 2, 0, 'routine');
    await until(() => brain.shown.length === 1, { what: 'the drawing to begin', ms: 10_000 });
    for (const version of [3, 4, 5]) await brain.jobQueue.show('inc-1', version, 0, 'routine');
    drawing.resolve(null);
    await until(() => brain.shown.length === 2, { what: 'what came meanwhile to be shown', ms: 10_000 });
    await brain.jobQueue.show('inc-1', 6, 0, 'routine');
    await until(() => brain.shown.length === 3, { what: 'the next one to be shown', ms: 10_000 });
    expect(brain.shown).toEqual(['inc-1', 'inc-1', 'inc-1']);
  });
});
