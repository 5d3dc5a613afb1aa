import { describe, expect, it } from 'vitest';
import { subjectKey } from '../../../src/alerts/alert.ts';
import { shop } from '../incident/fixtures.ts';
import { about, closed, commit, incident, next, type Rig, WRITTEN } from './rig.ts';

/** What holds of every change of an incident. */
export function commitRules(rig: Rig): void {
  const write = (changes: Parameters<typeof commit>[0]) => rig.store.commit(commit(changes));

  describe('a commit', () => {
    it('is refused when someone else changed the incident first', async () => {
      const first = incident();
      expect(await write({ incident: first })).toEqual(WRITTEN);
      expect(await write({ incident: next(first) })).toEqual(WRITTEN);
      expect(await write({ incident: next(first) })).toEqual({ kind: 'conflict' });
      expect((await rig.store.load(first.id))?.version).toBe(2);
    });

    it('decides a race of many writers for exactly one', async () => {
      const first = incident();
      await write({ incident: first });
      const results = await Promise.all(Array.from({ length: 50 }, () => write({ incident: next(first) })));
      expect(results.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
    });

    it('opens at most one incident for a subject', async () => {
      const [a, b] = [incident({ id: 'inc-a' }), incident({ id: 'inc-b', alerts: {} })];
      expect(await write({ incident: a })).toEqual(WRITTEN);
      expect(await write({ incident: b })).toEqual({ kind: 'conflict' });
      expect(await rig.store.findOpen(subjectKey(shop))).toBe('inc-a');
      expect(await rig.store.findOpenAbout([subjectKey(shop), 'elsewhere'])).toEqual(['inc-a', null]);
    });

    it('takes one delivery once, however often it comes', async () => {
      const first = incident();
      await write({ incident: first, once: 'click-1' });
      expect(await write({ incident: next(first), once: 'click-1' })).toEqual({ kind: 'duplicate' });
      expect(await write({ incident: next(first), once: 'click-2' })).toEqual(WRITTEN);
    });

    it('keeps what it owes until exactly one result answers it', async () => {
      const first = incident();
      const effect = { kind: 'collect', round: 1 } as const;
      const owed = { id: `${first.id}-1-0`, incident: first.id, effect };
      await write({ incident: first, outbox: [owed] });
      expect(await rig.store.outbox()).toEqual([owed]);
      const second = next(first);
      expect(await write({ incident: second, answers: owed.id })).toEqual(WRITTEN);
      expect(await rig.store.outbox()).toEqual([]);
      expect(await write({ incident: next(second), answers: owed.id })).toEqual({ kind: 'answered' });
    });

    it('forgets the subject and the alerts of an incident that closed, and only of that one', async () => {
      const [a, b] = [about('a'), about('b')];
      await write({ incident: a });
      await write({ incident: b });
      expect(await rig.store.attachedTo(['fp-a', 'fp-b', 'fp-c'])).toEqual(['inc-a', 'inc-b', null]);
      await write({ incident: closed(a) });
      expect(await rig.store.findOpenAbout([subjectKey(a.subject), subjectKey(b.subject)])).toEqual([
        null,
        'inc-b',
      ]);
      expect(await rig.store.attachedTo(['fp-a', 'fp-b'])).toEqual([null, 'inc-b']);
      expect(await rig.store.open()).toEqual(['inc-b']);
    });

    it('remembers for half an hour which incident about a subject closed last', async () => {
      const a = about('a');
      await write({ incident: a });
      expect(await rig.store.lately(subjectKey(a.subject))).toBeNull();
      await write({ incident: closed(a) });
      const { now } = await rig.store.heartbeat();
      const lately = await rig.store.lately(subjectKey(a.subject));
      expect(lately?.incident).toBe('inc-a');
      expect(now - (lately?.at ?? 0)).toBeLessThan(5_000);
      const ttl = await rig.redis.pttl(rig.keys.recent(subjectKey(a.subject)));
      expect(ttl).toBeGreaterThan(29 * 60_000);
      expect(ttl).toBeLessThanOrEqual(30 * 60_000);
    });

    it('marks the incident as not shown until that very version is', async () => {
      const first = incident();
      await write({ incident: first });
      await write({ incident: next(first) });
      await rig.store.markNotified(first.id, 1);
      expect(await rig.store.pendingNotifications()).toEqual({ [first.id]: 2 });
      await rig.store.markNotified(first.id, 2);
      expect(await rig.store.pendingNotifications()).toEqual({});
    });

    it('owes each sink the changes that it must learn of, until it shows that version or a later one', async () => {
      const first = incident();
      await write({ incident: first, sinks: ['pagerduty', 'webhook'] });
      const second = next(first);
      await write({ incident: second, sinks: ['pagerduty'] });
      await write({ incident: next(second) });
      const owed = async () => [
        await rig.store.pendingNotifications('pagerduty'),
        await rig.store.pendingNotifications('webhook'),
      ];
      expect(await owed()).toEqual([{ [first.id]: 2 }, { [first.id]: 1 }]);
      await rig.store.markNotified(first.id, 1, 'pagerduty');
      expect(await owed()).toEqual([{ [first.id]: 2 }, { [first.id]: 1 }]);
      await rig.store.markNotified(first.id, 3, 'pagerduty');
      expect(await owed()).toEqual([{}, { [first.id]: 1 }]);
      await rig.store.markNotified(first.id, null, 'webhook');
      expect([await owed(), await rig.store.pendingNotifications()]).toEqual([[{}, {}], { [first.id]: 3 }]);
    });
  });

  describe('an alert', () => {
    const heard = {
      status: 'firing',
      name: 'Small',
      startsAt: 1,
      endsAt: null,
      fires: 1,
      changedAt: 1,
    } as const;

    it('belongs to one open incident: another that brings it is told to look again', async () => {
      const [a, b] = [about('a'), about('b')];
      await write({ incident: a });
      expect(await write({ incident: b, attached: ['fp-b', 'fp-a'] })).toEqual({ kind: 'elsewhere' });
      expect(await rig.store.attachedTo(['fp-b'])).toEqual([null]);
      await write({ incident: closed(a) });
      expect(await write({ incident: b, attached: ['fp-b', 'fp-a'] })).toEqual(WRITTEN);
      expect(await rig.store.attachedTo(['fp-a'])).toEqual(['inc-b']);
    });

    it('of a crowd is remembered beside the incident, and let go when it closes', async () => {
      const a = about('a');
      await write({
        incident: a,
        attached: ['fp-a', 'fp-1', 'fp-2'],
        crowd: { 'fp-1': heard, 'fp-2': heard },
      });
      const resolved = { ...heard, status: 'resolved', endsAt: 2 } as const;
      await write({ incident: next(a), crowd: { 'fp-2': resolved } });
      expect(await rig.store.heard('inc-a', ['fp-1', 'fp-2', 'fp-3'])).toEqual({
        'fp-1': heard,
        'fp-2': resolved,
      });
      expect(await rig.store.heard('inc-a', [])).toEqual({});
      expect(await rig.store.attachedTo(['fp-1', 'fp-2'])).toEqual(['inc-a', 'inc-a']);
      await write({ incident: closed(next(a)) });
      expect(await rig.store.attachedTo(['fp-a', 'fp-1', 'fp-2'])).toEqual([null, null, null]);
    });
  });

  describe('a storm', () => {
    it('is what more new incidents are than the limit allows in its time; those that are open go on', async () => {
      const opening = { most: 2, window: 400 };
      const [a, b, c] = [about('a'), about('b'), about('c')];
      expect(await write({ incident: a, opening })).toEqual(WRITTEN);
      expect(await write({ incident: b, opening })).toEqual(WRITTEN);
      expect(await write({ incident: c, opening })).toEqual({ kind: 'storm' });
      expect(await rig.store.attachedTo(['fp-c'])).toEqual([null]);
      expect(await write({ incident: next(a), opening })).toEqual(WRITTEN);
      // What a person opens is never counted out.
      expect(await write({ incident: about('d'), opening: null })).toEqual(WRITTEN);
      await expect.poll(() => write({ incident: c, opening }), { timeout: 5_000 }).toEqual(WRITTEN);
    });
  });
}
