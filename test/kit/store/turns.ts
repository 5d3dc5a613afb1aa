import { describe, expect, it } from 'vitest';
import type { Claim, Commit } from '../../../src/engine/store/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { about, claim, closed, commit, inTurn, next, type Rig, WRITTEN } from './rig.ts';

const NOW = { at: 0 };

/** What holds of those who wait for a slot, of targets that are not helped, and of premises that are too old. */
export function turnRules(rig: Rig): void {
  const write = (changes: Parameters<typeof commit>[0]) => rig.store.commit(commit(changes));
  const open = async (name: string): Promise<Incident> => {
    const one = about(name);
    await write({ incident: one });
    return next(one);
  };
  const take = (one: Incident, how: Claim, more: Partial<Commit> = {}) =>
    write({ incident: one, claim: how, ...more });
  const free = (how: Partial<Claim> = {}) => claim(['x'], { cooldown: 0, ...how });

  describe('those who wait for a slot', () => {
    const waiting = async (name: string): Promise<Incident> => {
      const one = await open(name);
      const waits = { ...one, phase: inTurn() };
      await write({ incident: waits });
      return next(waits);
    };
    const only = (target: string, priority: number) =>
      claim([target], { maxConcurrent: 1, priority, cooldown: 0 });

    it('go in the order of their priority, and are named to whoever gives one back', async () => {
      const a = await open('a');
      await take(a, only('x', 0));
      const [late, early] = [await waiting('late'), await waiting('early')];
      expect(await take(late, only('y', 200))).toMatchObject({
        obstacle: { kind: 'busy', running: 1, ahead: 0 },
      });
      expect(await take(early, only('z', 100))).toMatchObject({ obstacle: { kind: 'busy' } });
      expect(await write({ incident: next(a), release: NOW })).toEqual({
        kind: 'committed',
        next: ['inc-early', 'inc-late'],
      });
      expect(await take(late, only('y', 200))).toMatchObject({
        obstacle: { kind: 'busy', running: 0, ahead: 1 },
      });
      expect((await take(early, only('z', 100))).kind).toBe('committed');
    });

    it('hold nobody up where something else is in their way, or where they no longer wait', async () => {
      const a = await open('a');
      await take(a, only('x', 0));
      const [first, second, third] = [
        await waiting('first'),
        await waiting('second'),
        await waiting('third'),
      ];
      // Locked, and not for want of a slot.
      expect(await take(first, only('x', 1))).toMatchObject({ obstacle: { kind: 'locked' } });
      expect(await take(second, only('y', 2))).toMatchObject({ obstacle: { kind: 'busy' } });
      await write({ incident: closed({ ...second, version: second.version - 1 }) });
      await write({ incident: next(a), release: NOW });
      await rig.redis.hset(rig.keys.locks, 'x', 'inc-someone');
      expect((await take(third, only('z', 3))).kind).toBe('committed');
    });
  });

  describe('the breaker of a target', () => {
    const breaker = { strikes: 2, window: 60_000 };
    const strike = (target: string, attempt: string) => ({ target, attempt });

    it('stops its automation after enough fixes that did not help or last, each counted once, until it is reset', async () => {
      let a = await open('a');
      const struck = async (...strikes: ReturnType<typeof strike>[]) => {
        expect(await write({ incident: a, strikes, breaker })).toEqual(WRITTEN);
        a = next(a);
      };
      await struck(strike('x', 'a1'), strike('y', 'a1'));
      // It did not help, and did not last: one fix all the same.
      await struck(strike('x', 'a1'));
      expect(await rig.store.tripped()).toEqual([]);
      await struck(strike('x', 'a2'));
      expect(await rig.store.tripped()).toEqual(['x']);
      expect(await take(a, claim(['y', 'x']))).toMatchObject({ obstacle: { kind: 'tripped', target: 'x' } });
      expect(await rig.store.resetBreaker(['x', 'y'])).toEqual(['x']);
      expect(await rig.store.resetBreaker([])).toEqual([]);
      expect(await rig.store.tripped()).toEqual([]);
      await struck(strike('x', 'a3'));
      expect(await rig.store.tripped()).toEqual([]);
      expect((await take(a, claim(['y', 'x']))).kind).toBe('committed');
    });

    it('forgets what is longer ago than its window', async () => {
      const a = await open('a');
      await write({ incident: a, strikes: [strike('x', 'a1')], breaker: { strikes: 2, window: 100 } });
      await expect
        .poll(async () => (await rig.store.heartbeat()).now - (await strickenAt('x')), { timeout: 5_000 })
        .toBeGreaterThan(100);
      await write({ incident: next(a), strikes: [strike('x', 'a2')], breaker: { strikes: 2, window: 100 } });
      expect(await rig.store.tripped()).toEqual([]);
    });

    const strickenAt = async (target: string): Promise<number> => {
      const strikes = JSON.parse((await rig.redis.hget(rig.keys.strikes, target)) ?? '[]') as {
        at: number;
      }[];
      return strikes[0]?.at ?? 0;
    };
  });

  describe('premises', () => {
    it('that were read before Redis was restarted are read again', async () => {
      const [a, b] = [await open('a'), await open('b')];
      const before = (await rig.store.heartbeat()).now;
      await take(a, free({ provenAt: before }));
      await write({ incident: next(a), release: NOW });
      await rig.restart();
      const proven = free({ provenAt: before });
      expect(await take(b, proven)).toMatchObject({ kind: 'refused', obstacle: { kind: 'new-memory' } });
      expect(await take(b, proven), 'it stays refused').toMatchObject({ obstacle: { kind: 'new-memory' } });
      const again = free({ provenAt: (await rig.store.heartbeat()).now });
      expect((await take(b, again)).kind).toBe('committed');
    });

    it('that were read long ago are read again, whatever the claim has waited for', async () => {
      const a = await open('a');
      const { now } = await rig.store.heartbeat();
      expect(await take(a, free({ provenAt: now - 61_000 }))).toMatchObject({
        obstacle: { kind: 'new-memory' },
      });
      expect((await take(a, free({ provenAt: now - 1_000 }))).kind).toBe('committed');
    });
  });
}
