import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPresence } from '../../../../src/adapters/stores/redis/beside/presence.ts';
import { keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { startRedis } from '../../../kit/stack/redis.ts';

let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
beforeAll(async () => {
  scratch = await scratchDir('presence');
  server = await startRedis({ dir: scratch.path });
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
  await scratch?.remove();
});

describe('runners', () => {
  it('keep their secrets apart where each of them does, whichever spoke last', async () => {
    const presence = createPresence(redis, keysOf('several'));
    expect(await presence.runner()).toBe(null);
    await presence.tellRunner(true);
    expect(await presence.runner()).toBe('apart');
    await presence.tellRunner(false);
    await presence.tellRunner(true);
    expect(await presence.runner()).toBe('shared');
    // One that has gone is waited for no longer than for any.
    const left = await redis.pttl(keysOf('several').sharing);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(10_000);
  });

  it('of an older Medic, which say nothing of it, are not said to keep anything apart', async () => {
    const keys = keysOf('older');
    await redis.set(keys.runners, '1', 'PX', 10_000);
    expect(await createPresence(redis, keys).runner()).toBe('shared');
  });
});

describe('replicas', () => {
  it('each know their place in the order in which they came, and those that are gone hold none', async () => {
    const keys = keysOf('places');
    const [one, two, three] = [0, 1, 2].map(() => createPresence(redis, keys));
    expect(await one?.place()).toEqual({ place: 0, replicas: 1 });
    expect(await two?.place()).toEqual({ place: 1, replicas: 2 });
    expect(await three?.place()).toEqual({ place: 2, replicas: 3 });
    expect(await one?.place()).toEqual({ place: 0, replicas: 3 });
    const [first = ''] = (await redis.hkeys(keys.replicas)).sort();
    await redis.hset(keys.replicas, first, String(Date.now() - 21_000));
    expect(await two?.place()).toEqual({ place: 0, replicas: 2 });
    expect(await three?.place()).toEqual({ place: 1, replicas: 2 });
  });
});
