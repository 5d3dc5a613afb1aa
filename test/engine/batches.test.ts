import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.ts';
import { flushBatches } from '../../src/engine/intake/batches.ts';
import type { BatchWindow } from '../../src/engine/store/batch-windows.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { httpRig, type Rig } from '../adapters/http/rig.ts';
import { alert } from '../kit/incident/fixtures.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('batches');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});

const log = createLogger({ level: 'silent', redact: (text) => text });
const soon = { batch_window: '50ms' };
const due = ({ store }: Rig, count: number) =>
  until(async () => (await store.dueBatches()).length === count, { what: `${count} due bags`, ms: 5_000 });

/** The only bag that is due, with all that is in it. */
async function dueBag({ store }: Rig): Promise<BatchWindow> {
  const [bag] = await store.dueBatches();
  if (bag === undefined) throw new Error('no bag is due');
  return store.openBatch(bag, 1_000);
}

describe('what was kept back', () => {
  it('and handed on by a process that ended before it could say so is handed on again, which doubles nothing', async () => {
    const rig = await httpRig(redis.url, soon);
    await rig.intake.collect([alert('Slow', { severity: 'warning' }), alert('Full', { severity: 'info' })]);
    await due(rig, 1);
    const bag = await dueBag(rig);
    await rig.intake.accept(bag.alerts);
    const before = await rig.incident();
    expect(Object.keys(before?.alerts ?? {}).sort()).toEqual(['fp-Full', 'fp-Slow']);
    await Promise.all([flushBatches({ ...rig, log }), flushBatches({ ...rig, log })]);
    expect(await rig.incident()).toEqual(before);
    expect(await rig.store.dueBatches()).toEqual([]);
  });

  it('and changes while it is handed on stays for the next time', async () => {
    const rig = await httpRig(redis.url, soon);
    const slow = alert('Slow', { severity: 'warning' });
    await rig.intake.collect([slow]);
    await due(rig, 1);
    const bag = await dueBag(rig);
    const ended = { ...slow, status: 'resolved', endsAt: slow.startsAt + 1 } as const;
    // Nothing is open about it yet, so that its end is put into the same bag.
    expect(await rig.intake.collect([ended])).toMatchObject({ keptBack: 1 });
    await rig.intake.accept(bag.alerts);
    await rig.store.removeBatch(bag);
    const open = await rig.incident();
    expect(open?.alerts['fp-Slow']?.alert.status).toBe('firing');
    await due(rig, 1);
    await flushBatches({ ...rig, log });
    expect(await rig.incident()).toBeNull();
    expect((await rig.store.load(open?.id ?? ''))?.phase).toMatchObject({ at: 'closed', how: 'resolved' });
  });

  it('is one bag for each subject, each with a window of its own', async () => {
    const rig = await httpRig(redis.url, soon);
    const about = (service: string) =>
      alert('Slow', { severity: 'warning', fingerprint: service, labels: { service } });
    await rig.intake.collect(['shop', 'cart', 'cellar'].map(about));
    await due(rig, 3);
    await flushBatches({ ...rig, log });
    for (const service of ['shop', 'cart', 'cellar'])
      expect(Object.keys((await rig.incident(service))?.alerts ?? {})).toEqual([service]);
  });

  it('is handed on in slices when it is much, even while webhooks are refused', async () => {
    const rig = await httpRig(redis.url, { ...soon, under_way: { alerts: 10 } });
    const many = Array.from({ length: 1_201 }, (_, index) => alert(`Slow${index}`, { severity: 'warning' }));
    await rig.intake.collect(many);
    await due(rig, 1);
    const sizes: number[] = [];
    const forward = (alerts: readonly Alert[]) => {
      sizes.push(alerts.length);
      return rig.intake.forward(alerts);
    };
    // Something else is under way for as long as it takes.
    await rig.holdWrites(300);
    const busy = rig.intake.accept([alert('Other', { labels: { service: 'cart' } })]);
    expect(await rig.intake.accept(many)).toMatchObject({ kind: 'overloaded' });
    await flushBatches({ ...rig, log, intake: { forward } });
    await busy;
    expect(sizes).toEqual([500, 500, 201]);
    expect(await rig.store.dueBatches()).toEqual([]);
    const owners = await rig.store.attachedTo(many.map(({ fingerprint }) => fingerprint));
    expect(new Set(owners)).toEqual(new Set([(await rig.incident())?.id]));
  });

  it('and was handed on in part stays due with the rest', async () => {
    const rig = await httpRig(redis.url, soon);
    const many = Array.from({ length: 700 }, (_, index) => alert(`Slow${index}`, { severity: 'warning' }));
    await rig.intake.collect(many);
    await due(rig, 1);
    let turns = 0;
    const forward = async (alerts: readonly Alert[]) => {
      turns += 1;
      if (turns === 2) throw new Error('the memory cannot be reached');
      await rig.intake.forward(alerts);
    };
    await flushBatches({ ...rig, log, intake: { forward } });
    expect((await dueBag(rig)).alerts).toHaveLength(200);
    await flushBatches({ ...rig, log });
    expect(await rig.store.dueBatches()).toEqual([]);
  });
});
