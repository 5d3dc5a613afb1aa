import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/redis/connect.ts';
import { keysOf } from '../../src/adapters/redis/keys.ts';
import { createTurns } from '../../src/adapters/redis/turns.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { until } from '../stack/process.ts';
import { startRedis } from '../stack/redis.ts';

const keys = keysOf('turns');
let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: ReturnType<typeof connect>;

beforeAll(async () => {
  scratch = await scratchDir('turns');
  server = await startRedis({ dir: scratch.path });
  redis = connect(server.url, { failFast: true });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await scratch.remove();
});

describe('a turn', () => {
  it('is had by one at a time, and by the next when it is given back', async () => {
    const turns = createTurns(redis, keys);
    const inner: boolean[] = [];
    const outer = await turns.exclusively('inc-a', async () => {
      inner.push(await turns.exclusively('inc-a', async () => undefined));
    });
    expect([outer, inner, await turns.exclusively('inc-a', async () => undefined)]).toEqual([
      true,
      [false],
      true,
    ]);
  });

  it('that somebody else has by now is held no more, is not renewed, and is not given back in their place', async () => {
    const turns = createTurns(redis, keys);
    await turns.exclusively('inc-b', async (held) => {
      expect(held()).toBe(true);
      await redis.set(keys.turn('inc-b'), 'somebody else', 'PX', 60_000);
      await until(() => !held(), { what: 'the turn to count as lost', ms: 10_000 });
    });
    expect(await redis.get(keys.turn('inc-b'))).toBe('somebody else');
    expect(await redis.pttl(keys.turn('inc-b'))).toBeGreaterThan(40_000);
  });
});
