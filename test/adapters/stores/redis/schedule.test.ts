import { randomUUID } from 'node:crypto';
import cron, { type ScheduledTask } from 'node-cron';
import { afterEach, expect, it } from 'vitest';
import { keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../../src/adapters/stores/redis/server/connect.ts';
import { createRunCoordinator } from '../../../../src/adapters/stores/redis/server/tick-lease.ts';
import { createLogger } from '../../../../src/observability/logger.ts';
import { scratchDir } from '../../../kit/stack/guardian.ts';
import { until } from '../../../kit/stack/process.ts';
import { startRedis } from '../../../kit/stack/redis.ts';

const EVERY_SECOND = '* * * * * *';
const REPLICAS = ['first', 'second', 'third'] as const;
const log = createLogger({ level: 'silent', redact: (text) => text });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The same job in three replicas, each with a connection and a coordinator of its own; tells of every run and of every refusal. */
async function scheduled(
  namespaceOf: (replica: string) => string,
  told: { ran(tick: string, by: string): void; skipped(tick: string): void },
): Promise<void> {
  const scratch = await scratchDir('schedule');
  closing.push(() => scratch.remove());
  const server = await startRedis({ dir: scratch.path });
  closing.push(() => server.stop());
  const task = (replica: string): ScheduledTask => {
    const redis = connect(server.url, { failFast: true });
    closing.push(() => redis.disconnect());
    const runCoordinator = createRunCoordinator(redis, keysOf(namespaceOf(replica)), log);
    const job = cron.schedule(EVERY_SECOND, ({ date }) => told.ran(date.toISOString(), replica), {
      name: 'a regular job',
      distributed: true,
      runCoordinator,
    });
    job.on('execution:skipped', ({ date }) => told.skipped(date.toISOString()));
    closing.push(() => job.destroy());
    return job;
  };
  for (const replica of REPLICAS) task(replica);
}

it('a scheduled job runs once for each tick, whichever replica is first', async () => {
  const runs: string[] = [];
  const refusals: string[] = [];
  const shared = `test-${randomUUID()}`;
  await scheduled(() => shared, {
    ran: (tick) => runs.push(tick),
    skipped: (tick) => refusals.push(tick),
  });
  // A tick is over when all replicas but one were told that it is not theirs.
  const over = () => {
    const times = (tick: string) => refusals.filter((one) => one === tick).length;
    return [...new Set(refusals)].filter((tick) => times(tick) === REPLICAS.length - 1);
  };
  await until(() => over().length >= 4, { what: 'four ticks to pass', ms: 15_000 });
  for (const tick of over()) expect([tick, runs.filter((one) => one === tick)]).toEqual([tick, [tick]]);
});

it('replicas that share no namespace do not take ticks from each other', async () => {
  const ran = new Map<string, Set<string>>();
  await scheduled((replica) => `test-${replica}-${randomUUID()}`, {
    ran: (tick, by) => ran.set(tick, (ran.get(tick) ?? new Set()).add(by)),
    skipped: (tick) => expect.unreachable(`nobody else could have run the tick at ${tick}`),
  });
  await until(() => [...ran.values()].some((by) => by.size === REPLICAS.length), {
    what: 'a tick that all of them ran',
    ms: 15_000,
  });
});
