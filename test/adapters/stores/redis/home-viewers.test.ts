import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHealthWarnings } from '../../../../src/adapters/stores/redis/beside/health-warnings.ts';
import { createHomeViewers } from '../../../../src/adapters/stores/redis/beside/home-viewers.ts';
import { keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../../src/adapters/stores/redis/server/connect.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { startRedis } from '../../../kit/stack/redis.ts';

const keys = keysOf('visits');
let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: ReturnType<typeof connect>;

beforeAll(async () => {
  scratch = await scratchDir('visits');
  server = await startRedis({ dir: scratch.path });
  redis = connect(server.url, { failFast: true });
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await scratch.remove();
});

describe('who came to look', () => {
  test('is known to every replica, the newest first, and once', async () => {
    const visitors = createHomeViewers(redis, keys);
    await visitors.came('U1');
    await redis.zadd(keys.visitors, Date.now() - 60_000, 'U2');
    await visitors.came('U1');
    expect(await createHomeViewers(redis, keys).present()).toEqual(['U1', 'U2']);
  });

  test('is forgotten half an hour later, and nothing of it is kept for ever', async () => {
    const visitors = createHomeViewers(redis, keys);
    await visitors.came('U1');
    await visitors.showed('U1', { mark: 'm', showing: 's' });
    await redis.zadd(keys.visitors, Date.now() - 1_801_000, 'U3');
    expect(await visitors.present()).not.toContain('U3');
    expect(await visitors.lastShown('U1')).toEqual({ mark: 'm', showing: 's' });
    expect(await redis.pttl(keys.visitors)).toBeGreaterThan(1_790_000);
    expect(await redis.pttl(keys.visited('U1'))).toBeGreaterThan(1_790_000);
  });
});

describe('what is wrong around Medic', () => {
  test('is known to every replica until somebody says that it is well, or nobody notices it any more', async () => {
    const troubles = createHealthWarnings(redis, keys);
    await troubles.tell('channel C1', 'It takes nothing.');
    await troubles.tell('model', 'It is away.');
    expect(await createHealthWarnings(redis, keys).list()).toEqual(['It takes nothing.', 'It is away.']);
    await troubles.tell('model', null);
    await redis.hset(keys.troubles, 'old', JSON.stringify({ at: Date.now() - 181_000, words: 'Long ago.' }));
    expect(await troubles.list()).toEqual(['It takes nothing.']);
  });
});
