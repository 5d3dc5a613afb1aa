import { describe, expect, it } from 'vitest';
import { supersedes } from '../../../src/alerts/supersede.ts';
import type { Silence } from '../../../src/silence/silence.ts';
import { alert, shop } from '../incident/fixtures.ts';
import type { Rig } from './rig.ts';

/** What holds of attempts, of the clock of record, of what people order and of alerts that are kept back. */
export function otherRules(rig: Rig): void {
  describe('an attempt', () => {
    it('begins once, whoever asks', async () => {
      const asked = await Promise.all(
        ['w1', 'w2', 'w3'].map((worker) => rig.store.beginAttempt('inc-a1', worker)),
      );
      expect(asked.filter((begun) => begun)).toHaveLength(1);
    });

    it('keeps how it ended for whoever has to tell it', async () => {
      expect(await rig.store.loadResult('inc-a1')).toBeNull();
      await rig.store.saveResult('inc-a1', { kind: 'succeeded', summary: 'done' });
      expect(await rig.store.loadResult('inc-a1')).toEqual({ kind: 'succeeded', summary: 'done' });
    });

    it('is lost when it has begun and its worker no longer says that it lives', async () => {
      expect(await rig.store.attemptState('inc-a1')).toBe('not-begun');
      await rig.store.renewLease('inc-a1', 10_000);
      await rig.store.beginAttempt('inc-a1', 'w1');
      expect(await rig.store.attemptState('inc-a1')).toBe('running');
      await rig.redis.del(rig.keys.lease('inc-a1'));
      expect(await rig.store.attemptState('inc-a1')).toBe('lost');
    });
  });

  describe('the clock of record', () => {
    it('counts time for people only while the chat lives as well', async () => {
      const alone = await rig.store.heartbeat();
      expect(alone.reachableSince).toBe(alone.now);
      await rig.store.chatAlive();
      const reached = await rig.store.heartbeat();
      await rig.store.chatAlive();
      expect((await rig.store.heartbeat()).reachableSince).toBe(reached.reachableSince);
    });

    it('counts a life from the first sign after a silence', async () => {
      const first = await rig.store.heartbeat();
      expect(first.aliveSince).toBe(first.now);
      expect((await rig.store.heartbeat()).aliveSince).toBe(first.aliveSince);
      await rig.redis.hset(rig.keys.life, 'last', String(first.now - 60_000));
      const later = await rig.store.heartbeat();
      expect(later.aliveSince).toBe(later.now);
    });
  });

  describe('silences', () => {
    const silence = (id: string, changes: Partial<Silence> = {}): Silence => ({
      id,
      source: 'slack',
      by: 'UALICE',
      reason: 'a move',
      from: 0,
      until: Date.now() + 60_000,
      service: 'shop',
      environment: null,
      matchers: [{ name: 'job', value: 'a|b', isRegex: true, isEqual: true }],
      ...changes,
    });
    const ids = async () => (await rig.store.heartbeat()).silences.list.map(({ id }) => id);

    it('of one source are replaced together, and those of others stay', async () => {
      await rig.store.silence(silence('s-1'));
      const theirs = (id: string) => silence(`alertmanager:${id}`, { source: 'alertmanager' });
      await rig.store.syncSilences('alertmanager', [theirs('1'), theirs('2')]);
      await rig.store.syncSilences('alertmanager', [theirs('2'), theirs('3')]);
      expect((await ids()).toSorted()).toEqual(['alertmanager:2', 'alertmanager:3', 's-1']);
      await rig.store.syncSilences('alertmanager', []);
      expect(await ids()).toEqual(['s-1']);
    });

    it('that are over are dropped, and one of the same id takes the place of the one before', async () => {
      await rig.store.silence(silence('s-1', { until: Date.now() - 1 }));
      await rig.store.silence(silence('s-2'));
      await rig.store.silence(silence('s-2', { reason: 'another' }));
      const { list } = (await rig.store.heartbeat()).silences;
      expect(list.map(({ id, reason }) => [id, reason])).toEqual([['s-2', 'another']]);
    });

    it('change their version with every change', async () => {
      const versions: number[] = [];
      for (const change of [
        () => rig.store.silence(silence('s-1')),
        () => rig.store.silence(silence('s-2')),
        () => rig.store.unsilence('s-1'),
      ]) {
        await change();
        versions.push((await rig.store.heartbeat()).silences.version);
      }
      expect(new Set(versions).size).toBe(3);
      expect(versions.toSorted((one, other) => one - other)).toEqual(versions);
    });
  });

  describe('a bag', () => {
    const [one, two] = [alert('Small'), alert('Middling')];
    const dueBag = async () => {
      const [bag] = await rig.store.dueBatches();
      if (bag === undefined) throw new Error('no bag is due');
      return rig.store.openBatch(bag, 10);
    };
    const untilDue = () => expect.poll(() => rig.store.dueBatches(), { timeout: 5_000 });

    it('is due when the window of its first alert has passed, with all that came meanwhile', async () => {
      await rig.store.defer(shop, [one], { window: 200, supersedes });
      await rig.store.defer(shop, [two, { ...one, status: 'resolved' }], { window: 60_000, supersedes });
      expect(await rig.store.dueBatches()).toEqual([]);
      await untilDue().toHaveLength(1);
      const bag = await dueBag();
      expect(bag.subject).toEqual(shop);
      expect(bag.alerts.map(({ name, status }) => [name, status]).toSorted()).toEqual([
        ['Middling', 'firing'],
        ['Small', 'resolved'],
      ]);
    });

    it('keeps what changed while it was handed on, and is gone when nothing is left', async () => {
      await rig.store.defer(shop, [one, two], { window: 0, supersedes });
      await untilDue().toHaveLength(1);
      const bag = await dueBag();
      await rig.store.defer(shop, [{ ...two, status: 'resolved' }], { window: 0, supersedes });
      expect(await rig.store.removeBatch(bag)).toBe(1);
      const left = await dueBag();
      expect(left.alerts.map(({ name, status }) => [name, status])).toEqual([['Middling', 'resolved']]);
      await rig.store.removeBatch(left);
      expect(await rig.store.dueBatches()).toEqual([]);
      expect(await rig.redis.hlen(rig.keys.bagsDue)).toBe(0);
    });
  });

  describe('a pause', () => {
    it('is known by who ordered it, until it is over', async () => {
      expect(await rig.store.paused()).toBeNull();
      await rig.store.pause('UALICE');
      expect(await rig.store.paused()).toBe('UALICE');
      await rig.store.resume();
      expect(await rig.store.paused()).toBeNull();
    });
  });

  describe('evidence', () => {
    it('is kept by round', async () => {
      await rig.store.saveEvidence('inc-a', 1, []);
      expect(await rig.store.loadEvidence('inc-a', 1)).toEqual([]);
      expect(await rig.store.loadEvidence('inc-a', 2)).toEqual([]);
    });
  });
}
