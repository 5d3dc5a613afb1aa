import { describe, expect, it } from 'vitest';
import { createMutex } from '../../../../src/adapters/stores/redis/beside/mutex.ts';
import { until } from '../../../kit/stack/process.ts';
import { rigFor } from '../../../kit/store/rig.ts';

const rig = rigFor('one server');

describe('a turn', () => {
  it('is had by one at a time, and by the next when it is given back', async () => {
    const mutex = createMutex(rig.redis, rig.keys);
    const inner: boolean[] = [];
    const outer = await mutex.withLock('inc-a', async () => {
      inner.push(await mutex.withLock('inc-a', async () => undefined));
    });
    expect([outer, inner, await mutex.withLock('inc-a', async () => undefined)]).toEqual([
      true,
      [false],
      true,
    ]);
  });

  it('that somebody else has by now is held no more, is not renewed, and is not given back in their place', async () => {
    const mutex = createMutex(rig.redis, rig.keys);
    await mutex.withLock('inc-b', async (held) => {
      expect(held()).toBe(true);
      await rig.redis.set(rig.keys.turn('inc-b'), 'somebody else', 'PX', 60_000);
      await until(() => !held(), { what: 'the turn to count as lost', ms: 10_000 });
    });
    expect(await rig.redis.get(rig.keys.turn('inc-b'))).toBe('somebody else');
    expect(await rig.redis.pttl(rig.keys.turn('inc-b'))).toBeGreaterThan(40_000);
  });
});
