import { describe, expect, it } from 'vitest';
import { keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { createRedisStore } from '../../../../src/adapters/stores/redis/store.ts';
import { type Alert, subjectKey } from '../../../../src/alerts/alert.ts';
import { supersedes } from '../../../../src/alerts/supersede.ts';
import { RULES } from '../../../../src/engine/store/rules.ts';
import { alert, shop, T0 } from '../../../kit/incident/fixtures.ts';
import { about, claim, closed, commit, next, rigFor } from '../../../kit/store/rig.ts';

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
  for (const one of alerts) await store.defer(shop, [one], { window: 60_000, supersedes });
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

describe('alerts that are kept back at the same time', () => {
  it('leave in the bag what came last of each, whoever was first', async () => {
    const keys = keysOf('bags-race');
    const stores = Array.from({ length: 4 }, () => createRedisStore(rig.redis, keys));
    const words = Array.from({ length: 24 }, (_, index) => firing(T0 + index * 1000));
    const shuffled = words.map((one, index) => words[(index * 7) % words.length] ?? one);
    await Promise.all(
      shuffled.map((one, index) => stores[index % 4]?.defer(shop, [one], { window: 60_000, supersedes })),
    );
    const [stored = '{}'] = await rig.redis.hvals(keys.bag('production/service/shop'));
    expect((JSON.parse(stored) as Alert).startsAt).toBe(T0 + 23_000);
  });
});

describe('the rules of the memory', () => {
  it('are given to it: how long a return is a relapse, how old premises may be, for how long an order is known', async () => {
    const keys = keysOf('rules');
    const rules = { ...RULES, relapseWithin: 5_000, freshFor: 1, onceFor: 5_000 };
    const store = createRedisStore(rig.redis, keys, { rules });
    const one = about('a');
    await store.commit(commit({ incident: one }));
    const proven = { provenAt: (await store.heartbeat()).now - 50 };
    const taken = await store.commit(commit({ incident: next(one), claim: claim(['x'], proven) }));
    expect(taken).toMatchObject({ kind: 'refused', obstacle: { kind: 'new-memory' } });
    expect((await store.commit(commit({ incident: closed(one), once: 'click' }))).kind).toBe('committed');
    await store.takeOnce('order');
    for (const key of [keys.recent(subjectKey(one.subject)), keys.once('click'), keys.once('order')]) {
      const left = await rig.redis.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(5_000);
    }
  });
});

describe('the present', () => {
  it('is not called alive by a process that only looks', async () => {
    const keys = keysOf('peeking');
    const brain = createRedisStore(rig.redis, keys);
    const runner = createRedisStore(rig.redis, keys, { isAlive: false });
    const before = await runner.heartbeat();
    expect(before.aliveSince).toBe(before.now);
    const { now } = await brain.heartbeat();
    expect((await runner.heartbeat()).aliveSince).toBeGreaterThanOrEqual(before.now);
    expect((await runner.heartbeat()).aliveSince).toBeLessThanOrEqual(now);
  });

  it('comes with the silences that hold, also when they were changed by another process', async () => {
    const keys = keysOf('silences');
    const [one, two] = [createRedisStore(rig.redis, keys), createRedisStore(rig.redis, keys)];
    const who = { source: 'slack', by: 'UBOB', reason: '', service: 'shop', environment: null } as const;
    const silence = { id: 's-1', ...who, from: 0, until: Date.now() + 60_000, matchers: [] };
    expect((await one.heartbeat()).silences.list).toEqual([]);
    await two.silence(silence);
    expect((await one.heartbeat()).silences.list).toEqual([silence]);
    expect((await one.heartbeat()).silences.list).toEqual([silence]);
    await two.unsilence('s-1');
    expect((await one.heartbeat()).silences.list).toEqual([]);
  });
});
