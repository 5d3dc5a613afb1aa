import { describe, expect, it } from 'vitest';
import { subjectKey } from '../../../src/alerts/alert.ts';
import type { Claim, Commit } from '../../../src/engine/store/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import type { Silence } from '../../../src/silence/silence.ts';
import { about, claim, commit, next, type Rig } from './rig.ts';

const NOW = { at: 0 };

/** What holds of the claim that starts a fix, and of what it takes. */
export function claimRules(rig: Rig): void {
  const write = (changes: Parameters<typeof commit>[0]) => rig.store.commit(commit(changes));
  const open = async (name: string): Promise<Incident> => {
    const one = about(name);
    await write({ incident: one });
    return next(one);
  };
  const take = (one: Incident, how: Claim, more: Partial<Commit> = {}) =>
    write({ incident: one, claim: how, ...more });
  const look = (one: Incident) => rig.store.tryQueueClaim({ ...one, version: one.version - 1 }, free());
  const free = (how: Partial<Claim> = {}) => claim(['x'], { cooldown: 0, ...how });

  describe('a claim', () => {
    it('takes all locks or none', async () => {
      const [a, b] = [await open('a'), await open('b')];
      expect((await take(a, claim(['x', 'y']))).kind).toBe('committed');
      expect(await take(b, claim(['z', 'y']))).toMatchObject({
        kind: 'refused',
        obstacle: { kind: 'locked', lock: 'y', holder: 'inc-a' },
      });
      expect(await rig.redis.hget(rig.keys.locks, 'z')).toBeNull();
      expect((await rig.store.load('inc-b'))?.version).toBe(1);
    });

    it('locks neighbourhoods as it locks targets, and lets go of them together', async () => {
      const [a, b] = [await open('a'), await open('b')];
      const near = (target: string) => claim([target], { locks: [target, 'area:shop'] });
      await take(a, near('x'));
      expect(await take(b, near('y'))).toMatchObject({ obstacle: { kind: 'locked', lock: 'area:shop' } });
      await write({ incident: next(a), release: NOW });
      expect((await take(b, near('y'))).kind).toBe('committed');
    });

    it('leaves the target of a lost attempt alone until that attempt can no longer be running', async () => {
      const [a, b] = [await open('a'), await open('b')];
      await take(a, free());
      const { now } = await rig.store.heartbeat();
      await write({ incident: next(a), release: { at: now + 60_000 } });
      expect(await take(b, free())).toMatchObject({
        obstacle: { kind: 'locked', lock: 'x', holder: 'inc-a', retryAt: now + 60_000 },
      });
      // Nor may its own incident touch it.
      expect(await take(next(next(a)), free())).toMatchObject({ kind: 'refused' });
      await rig.redis.hset(rig.keys.locks, 'x', 'inc-a 1');
      expect((await take(b, free())).kind).toBe('committed');
    });

    it('leaves a target alone while it cools down, whoever asks', async () => {
      const [a, b] = [await open('a'), await open('b')];
      await take(a, claim(['x']));
      await write({ incident: next(a), release: NOW });
      expect(await take(b, claim(['x']))).toMatchObject({ obstacle: { kind: 'cooling-down', target: 'x' } });
      expect(await take(next(next(a)), claim(['x']))).toMatchObject({ obstacle: { kind: 'cooling-down' } });
    });

    it('is refused beyond the limit of concurrent fixes, and had again once one gave back its slot', async () => {
      const [a, b, c] = [await open('a'), await open('b'), await open('c')];
      await take(a, claim(['x']));
      await take(b, claim(['y']));
      expect(await take(c, claim(['z']))).toMatchObject({ obstacle: { kind: 'busy', running: 2 } });
      await write({ incident: next(a), release: NOW });
      expect((await take(c, claim(['z']))).kind).toBe('committed');
    });

    it('is refused while Medic is paused', async () => {
      const a = await open('a');
      await rig.store.pause('UALICE');
      expect(await take(a, claim(['x']))).toMatchObject({ obstacle: { kind: 'paused', by: 'UALICE' } });
      await rig.store.resume();
      expect((await take(a, claim(['x']))).kind).toBe('committed');
    });

    it('waits while what its subject depends on is ill, and no longer', async () => {
      const [a, b] = [await open('a'), await open('b')];
      const upstream = [subjectKey(a.subject)];
      expect(await take(b, free({ upstream }))).toMatchObject({
        obstacle: { kind: 'upstream', subject: upstream[0], holder: 'inc-a' },
      });
      const resolved = Object.fromEntries(
        Object.entries(a.alerts).map(([fingerprint, one]) => [
          fingerprint,
          { ...one, alert: { ...one.alert, status: 'resolved', endsAt: 1 } as const },
        ]),
      );
      // Its incident is still open, and nothing of it fires.
      await write({ incident: { ...a, alerts: resolved } });
      expect((await take(b, free({ upstream }))).kind).toBe('committed');
    });

    it('is numbered, and every later one has a higher number', async () => {
      const [a, b] = [await open('a'), await open('b')];
      expect(await rig.store.fence('inc-a')).toBeNull();
      await take(a, free());
      const first = (await rig.store.fence('inc-a')) ?? 0;
      expect(first).toBeGreaterThan(0);
      await write({ incident: next(a), release: NOW });
      expect(await rig.store.fence('inc-a')).toBeNull();
      await take(b, free());
      expect(await rig.store.fence('inc-b')).toBeGreaterThan(first);
      await write({ incident: next(b), release: NOW });
      await take(next(next(a)), free());
      expect(await rig.store.fence('inc-a')).toBeGreaterThan(first + 1);
    });

    it('looks again where a silence was added, lifted or changed since it was looked at', async () => {
      const a = await open('a');
      const silence: Silence = {
        id: 's-1',
        source: 'slack',
        by: 'UALICE',
        reason: 'a move',
        from: 0,
        until: Date.now() + 60_000,
        service: null,
        environment: null,
        matchers: [],
      };
      await rig.store.silence(silence);
      const { silences } = await rig.store.heartbeat();
      expect(silences.list).toEqual([silence]);
      expect(await take(a, free({ silences: silences.version - 1 }))).toEqual({ kind: 'conflict' });
      expect(await rig.store.unsilence('s-1')).toBe(true);
      expect(await rig.store.unsilence('s-1')).toBe(false);
      expect(await take(a, free({ silences: silences.version }))).toEqual({ kind: 'conflict' });
      const now = (await rig.store.heartbeat()).silences;
      expect(now.list).toEqual([]);
      expect((await take(a, free({ silences: now.version }))).kind).toBe('committed');
    });
  });

  describe('a claim of an older Medic', () => {
    it('is given back by this one, though it was written down otherwise', async () => {
      const a = await open('a');
      await take(a, free({ locks: ['x', 'y'] }));
      await rig.redis.hset(rig.keys.running, 'inc-a', 'x\ny');
      await write({ incident: next(a), release: NOW });
      expect(await rig.redis.hlen(rig.keys.locks)).toBe(0);
      expect(await rig.redis.hlen(rig.keys.running)).toBe(0);
    });
  });

  describe('a look', () => {
    it('says what would stand in the way, and takes nothing', async () => {
      const [a, b] = [await open('a'), await open('b')];
      expect(await look(b)).toBeNull();
      await take(a, free());
      expect(await look(b)).toMatchObject({ kind: 'locked', lock: 'x' });
      await write({ incident: next(a), release: NOW });
      expect(await look(b)).toBeNull();
      expect(await rig.redis.hlen(rig.keys.locks)).toBe(0);
      expect((await take(b, free())).kind).toBe('committed');
    });
  });
}
