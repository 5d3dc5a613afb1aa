import { describe, expect, it } from 'vitest';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { about, claim, closed, commit, next, type Rig } from './rig.ts';

/** When an incident closed, as it says itself. */
function closedAt(one: Incident, at: number): Incident {
  const ended = closed(one);
  return { ...ended, milestones: { ...ended.milestones, closed: at } };
}

/** What holds of incidents that are over, of modes that people set, and of what is dropped in time. */
export function pastRules(rig: Rig): void {
  const open = (one: Incident) => rig.store.commit(commit({ incident: one }));
  /** An hour ago: a time that those that are kept lie after. */
  const past = Date.now() - 3_600_000;
  const end = (one: Incident, at: number) => rig.store.commit(commit({ incident: closedAt(one, past + at) }));

  it('the name of an order is taken once', async () => {
    expect(await rig.store.takeOnce('slack-command-1')).toBe(true);
    expect(await rig.store.takeOnce('slack-command-1')).toBe(false);
    expect(await rig.store.takeOnce('slack-command-2')).toBe(true);
  });

  describe('incidents that closed', () => {
    it('are known by when they closed, the newest first', async () => {
      const [a, b, c] = [about('a'), about('b'), about('c')];
      for (const one of [a, b, c]) await open(one);
      await end(b, 1_000);
      await end(a, 2_000);
      expect(await rig.store.closed(10)).toEqual(['inc-a', 'inc-b']);
      expect(await rig.store.closed(1)).toEqual(['inc-a']);
      expect(await rig.store.closed(0)).toEqual([]);
    });

    it('keep their place when people still say something about them', async () => {
      const [a, b] = [about('a'), about('b')];
      for (const one of [a, b]) await open(one);
      await end(a, 1_000);
      await end(b, 2_000);
      const judged = next(closedAt(a, past + 1_000));
      await rig.store.commit(commit({ incident: judged }));
      expect(await rig.store.closed(10)).toEqual(['inc-b', 'inc-a']);
    });

    it('are all listed for as long as they are kept, and leave the list then', async () => {
      const adding = rig.redis.pipeline();
      for (let index = 0; index < 1_500; index += 1)
        adding.zadd(rig.keys.closed, String(past + index), `inc-${index}`);
      adding.zadd(rig.keys.closed, String(past - 91 * 24 * 3600 * 1000), 'inc-ancient');
      await adding.exec();
      const one = about('z');
      await open(one);
      await end(one, 5_000);
      expect(await rig.redis.zcard(rig.keys.closed)).toBe(1_501);
      expect(await rig.redis.zscore(rig.keys.closed, 'inc-ancient')).toBeNull();
    });

    it('are no longer named once they are gone', async () => {
      const [a, b] = [about('a'), about('b')];
      for (const one of [a, b]) await open(one);
      await end(a, 1_000);
      await end(b, 2_000);
      await rig.redis.del(rig.keys.incident('inc-b'));
      expect(await rig.store.closed(10)).toEqual(['inc-a']);
    });
  });

  describe('many incidents read at once', () => {
    it('come in the order in which they were asked for, without those that are gone or that a newer Medic wrote', async () => {
      const all = Array.from({ length: 60 }, (_, index) => about(`s${index}`));
      for (const one of all) await open(one);
      const newer = JSON.stringify({ ...about('s1'), schema: 99 });
      await rig.redis.hset(rig.keys.incident('inc-s1'), 'state', newer);
      const ids = ['inc-gone', ...all.map(({ id }) => id)];
      const read = await rig.store.loadMany(ids);
      expect(read.map((one) => one?.id ?? null)).toEqual(
        ids.map((id) => (id === 'inc-gone' || id === 'inc-s1' ? null : id)),
      );
      expect(await rig.store.loadMany([])).toEqual([]);
    });
  });

  describe('modes that people set', () => {
    const observe = { service: 'shop', environment: 'test', mode: 'observe', by: 'UBOB', at: 1 } as const;
    const order = async (modes: readonly (typeof observe)[], once: string) => {
      const { silences } = await rig.store.heartbeat();
      return rig.store.orderModes(modes, { since: silences.version, once });
    };

    it('are read with the clock, in every replica', async () => {
      const other = createRedisStore(rig.redis, rig.keys);
      expect((await other.heartbeat()).modes).toEqual([]);
      expect(await order([observe], 'o1')).toBe('ordered');
      expect((await other.heartbeat()).modes).toEqual([observe]);
      expect((await rig.store.heartbeat()).modes).toEqual([observe]);
      expect(await order([], 'o2')).toBe('ordered');
      expect((await other.heartbeat()).modes).toEqual([]);
    });

    it('are not set over what somebody else has changed meanwhile', async () => {
      const { silences } = await rig.store.heartbeat();
      const since = silences.version;
      expect(await rig.store.orderModes([observe], { since, once: 'o1' })).toBe('ordered');
      expect(await rig.store.orderModes([], { since, once: 'o2' })).toBe('conflict');
      expect((await rig.store.heartbeat()).modes).toEqual([observe]);
    });

    it('are set once for one delivery, also where another was set in between', async () => {
      await order([observe], 'o1');
      await order([], 'o2');
      expect(await order([observe], 'o1')).toBe('repeated');
      expect((await rig.store.heartbeat()).modes).toEqual([]);
    });

    it('stay when silences come and go', async () => {
      await order([observe], 'o1');
      await rig.store.syncSilences('alertmanager', []);
      await rig.store.unsilence('s-1');
      expect((await rig.store.heartbeat()).modes).toEqual([observe]);
    });

    it('are seen by the next claim: one that was prepared before is not taken', async () => {
      const a = about('a');
      await open(a);
      const { silences } = await rig.store.heartbeat();
      await order([observe], 'o1');
      const take = (version: number) =>
        rig.store.commit(commit({ incident: next(a), claim: claim(['x'], { silences: version }) }));
      expect(await take(silences.version)).toEqual({ kind: 'conflict' });
      expect((await take((await rig.store.heartbeat()).silences.version)).kind).toBe('committed');
    });
  });

  describe('what is over', () => {
    it('is dropped by the claims that come later: cooldowns that have passed and locks that are free again', async () => {
      const past = Date.now() - 60_000;
      const later = Date.now() + 60_000;
      for (let index = 0; index < 50; index += 1) {
        await rig.redis.hset(rig.keys.cooldowns, `old-${index}`, String(past));
        await rig.redis.hset(rig.keys.locks, `old-${index}`, `inc-old ${past}`);
      }
      await rig.redis.hset(rig.keys.cooldowns, 'warm', String(later));
      await rig.redis.hset(rig.keys.locks, 'held', 'inc-other', 'waited', `inc-other ${later}`);
      let one = about('a');
      await open(one);
      for (let turn = 0; turn < 8; turn += 1) {
        one = next(one);
        const how = claim(['x'], { cooldown: 0, silences: 0 });
        expect((await rig.store.commit(commit({ incident: one, claim: how }))).kind).toBe('committed');
        one = next(one);
        await rig.store.commit(commit({ incident: one, release: { at: 0 } }));
      }
      expect(await rig.redis.hkeys(rig.keys.cooldowns)).toEqual(expect.arrayContaining(['warm']));
      expect(await rig.redis.hlen(rig.keys.cooldowns)).toBeLessThanOrEqual(2);
      expect((await rig.redis.hkeys(rig.keys.locks)).toSorted()).toEqual(['held', 'waited']);
    });
  });
}
