import { describe, expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/redis/keys.ts';
import { createRedisStore } from '../../src/adapters/redis/store.ts';
import type { Alert } from '../../src/intake/alert.ts';
import { alert, shop, T0 } from '../incident/fixtures.ts';
import { rigFor } from './rig.ts';

const rig = rigFor('one server');

const firing = (startsAt: number): Alert => alert('Small', { startsAt });
const over = (startsAt: number, endsAt: number): Alert => ({
  ...firing(startsAt),
  status: 'resolved',
  endsAt,
});

/** What a bag holds of one alert after hearing of it in this order. */
async function heard(name: string, ...alerts: readonly Alert[]): Promise<string> {
  const keys = keysOf(`bags-${name}`);
  const store = createRedisStore(rig.redis, keys);
  for (const one of alerts) await store.keepBack(shop, [one], 60_000);
  const [stored = '{}'] = await rig.redis.hvals(keys.bag('production/service/shop'));
  const { status, startsAt } = JSON.parse(stored) as Alert;
  return `${status} ${startsAt - T0}`;
}

describe('an alert that is kept back', () => {
  it('is ended by its own end, and not by that of an earlier beginning which comes late', async () => {
    expect(await heard('a', firing(T0), over(T0, T0 + 500))).toBe('resolved 0');
    expect(await heard('b', firing(T0 + 1000), over(T0, T0 + 500))).toBe('firing 1000');
  });

  it('does not fire again by a late word of the time before it ended, and does when it begins anew', async () => {
    expect(await heard('c', over(T0, T0 + 500), firing(T0))).toBe('resolved 0');
    expect(await heard('d', over(T0, T0 + 500), firing(T0 + 1000))).toBe('firing 1000');
  });
});

describe('the present', () => {
  it('is not called alive by a process that only looks', async () => {
    const keys = keysOf('peeking');
    const brain = createRedisStore(rig.redis, keys);
    const runner = createRedisStore(rig.redis, keys, { isAlive: false });
    const before = await runner.clock();
    expect(before.aliveSince).toBe(before.now);
    const { now } = await brain.clock();
    expect((await runner.clock()).aliveSince).toBeGreaterThanOrEqual(before.now);
    expect((await runner.clock()).aliveSince).toBeLessThanOrEqual(now);
  });

  it('comes with the silences that hold, also when they were changed by another process', async () => {
    const keys = keysOf('silences');
    const [one, two] = [createRedisStore(rig.redis, keys), createRedisStore(rig.redis, keys)];
    const who = { source: 'slack', by: 'UBOB', reason: '', service: 'shop', environment: null } as const;
    const silence = { id: 's-1', ...who, from: 0, until: Date.now() + 60_000, matchers: [] };
    expect((await one.clock()).silences.list).toEqual([]);
    await two.silence(silence);
    expect((await one.clock()).silences.list).toEqual([silence]);
    expect((await one.clock()).silences.list).toEqual([silence]);
    await two.unsilence('s-1');
    expect((await one.clock()).silences.list).toEqual([]);
  });
});
