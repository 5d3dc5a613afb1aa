import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { about, claim, closed, commit, inTurn, next, rigFor, WRITTEN } from '../../../kit/store/rig.ts';

/** Everything that stands in Redis, by key, as a hash of what it holds. */
async function everything(redis: ReturnType<typeof rigFor>['redis']): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const key of (await redis.keys('*')).toSorted()) {
    const dump = await redis.dumpBuffer(key);
    all[key] = createHash('sha256').update(dump).digest('hex');
  }
  return all;
}

describe('a Redis whose memory is full', () => {
  const rig = rigFor('one server');
  const effect = { kind: 'collect', round: 1 } as const;
  const heard = {
    status: 'firing',
    name: 'Small',
    startsAt: 1,
    endsAt: null,
    fires: 1,
    changedAt: 1,
  } as const;

  it('refuses a change as a whole, whatever it would have taken or given back', async () => {
    const { store, redis } = rig;
    const [a, b, c] = [about('a'), about('b'), about('c')];
    const owed = { id: 'inc-a-1-0', incident: 'inc-a', effect };
    await store.commit(commit({ incident: a, outbox: [owed] }));
    await store.commit(commit({ incident: b }));
    await store.commit(commit({ incident: next(b), claim: claim(['y']) }));
    const change = {
      crowd: { more: heard },
      strikes: [{ target: 'z', attempt: 'a1' }],
      breaker: { strikes: 1, window: 60_000 },
    };
    const waiting = next(a, { phase: inTurn() });
    const changes = {
      opens: commit({ incident: c, outbox: [{ ...owed, id: 'inc-c-1-0', incident: 'inc-c' }], ...change }),
      answers: commit({ incident: next(a), answers: owed.id, ...change }),
      claims: commit({ incident: next(a), answers: owed.id, claim: claim(['x', 'area:x']), ...change }),
      'is refused its claim': commit({ incident: waiting, answers: owed.id, claim: claim(['y']), ...change }),
      'gives back': commit({ incident: next(next(b)), release: { at: 0 }, ...change }),
      'gives back later': commit({ incident: next(next(b)), release: { at: Date.now() + 60_000 } }),
      'gives back and closes': commit({ incident: closed(next(b)), release: { at: 0 }, ...change }),
    };
    const before = await everything(redis);
    await redis.config('SET', 'maxmemory', '1');
    try {
      for (const [what, one] of Object.entries(changes)) {
        await expect(store.commit({ ...one, once: what }), what).rejects.toThrow(/OOM/);
        expect(await everything(redis), what).toEqual(before);
      }
      await expect(store.tryQueueClaim(a, claim(['y']))).rejects.toThrow(/OOM/);
      await expect(store.beginAttempt('inc-a-a1', 'worker')).rejects.toThrow(/OOM/);
      await expect(store.heartbeat()).rejects.toThrow(/OOM/);
      expect(await everything(redis)).toEqual(before);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(await store.commit(changes.opens)).toEqual(WRITTEN);
    expect((await store.commit(changes.claims)).kind).toBe('committed');
    expect((await store.commit(changes['gives back and closes'])).kind).toBe('committed');
    expect(await store.tripped()).toEqual(['z']);
  });

  it('is no reason to claim before it is known whether the memory is a new one', async () => {
    const { store, redis } = rig;
    const a = about('a');
    await store.commit(commit({ incident: a }));
    const before = await everything(redis);
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(store.commit(commit({ incident: next(a), claim: claim(['x']) }))).rejects.toThrow(/OOM/);
      expect(await everything(redis)).toEqual(before);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect((await store.commit(commit({ incident: next(a), claim: claim(['x']) }))).kind).toBe('committed');
  });
});
