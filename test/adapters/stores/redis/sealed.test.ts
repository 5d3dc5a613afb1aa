import { beforeEach, describe, expect, it } from 'vitest';
import { createControlStore } from '../../../../src/adapters/stores/redis/control-store.ts';
import { createRedisStore } from '../../../../src/adapters/stores/redis/store.ts';
import { type Control, issue, issued } from '../../../../src/engine/orders/control.ts';
import { createHerald, type Herald } from '../../../../src/engine/orders/herald.ts';
import { sealOf } from '../../../../src/engine/orders/seal.ts';
import type { Store } from '../../../../src/engine/store/store.ts';
import { SET_BACK, UNSIGNED } from '../../../../src/incident/model/incident.ts';
import { step } from '../../../../src/incident/step.ts';
import { plainly } from '../../../../src/lib/text/text-read.ts';
import { createLogger } from '../../../../src/observability/logger.ts';
import { given } from '../../../kit/incident/fixtures.ts';
import { starting } from '../../../kit/incident/walk.ts';
import { claim, commit, rigFor } from '../../../kit/store/rig.ts';

const seal = sealOf(['the key of these tests, 32 bytes or more'], 'medic');
const rig = rigFor('one server');
const log = createLogger({ level: 'silent', redact: (text) => text });

describe('what is stored with a key', () => {
  let store: Store;
  const { incident } = starting('Small');
  const write = (one = incident) => store.commit(commit({ incident: { ...one, version: 1 } }));
  const stateOf = async (id: string) =>
    JSON.parse((await rig.redis.hget(rig.keys.incident(id), 'state')) ?? '{}');
  beforeEach(async () => {
    store = createRedisStore(rig.redis, rig.keys, { seal });
    expect((await write()).kind).toBe('committed');
  });

  it('is read as it was written', async () => {
    expect(await store.load(incident.id)).toEqual({ ...incident, version: 1 });
    expect(await store.loadMany([incident.id])).toEqual([{ ...incident, version: 1 }]);
  });

  it('has no plan any more once anything of it is another, or another incident’s, or unsigned', async () => {
    const key = rig.keys.incident(incident.id);
    const state = (await rig.redis.hget(key, 'state')) ?? '';
    const mac = (await rig.redis.hget(key, 'seal')) ?? '';
    const found = async () => {
      const read = [await store.load(incident.id), ...(await store.loadMany([incident.id]))];
      for (const one of read)
        expect(one).toMatchObject({
          unsigned: true,
          phase: { at: 'escalated', reason: UNSIGNED, decided: null },
        });
    };
    await rig.redis.hset(
      key,
      'state',
      state.replace('"quiet":false', '"quiet":true').replace('shop', 'shoq'),
    );
    await found();
    await rig.redis.hset(key, 'state', state);
    await rig.redis.hdel(key, 'seal');
    await found();
    await rig.redis.hset(key, 'seal', mac);
    expect((await store.load(incident.id))?.phase.at).toBe('starting');
    await rig.redis.copy(key, rig.keys.incident('inc-other'));
    expect(await store.load('inc-other')).toMatchObject({ id: 'inc-other', unsigned: true });
  });

  it('is not believed under another key, and is under the one before', async () => {
    const [one, other] = ['another key of these tests, 32 bytes', 'the key of these tests, 32 bytes or more'];
    const foreign = createRedisStore(rig.redis, rig.keys, { seal: sealOf([one], 'medic') });
    expect(await foreign.load(incident.id)).toMatchObject({ unsigned: true });
    const rotated = createRedisStore(rig.redis, rig.keys, { seal: sealOf([one, other], 'medic') });
    expect((await rotated.load(incident.id))?.phase.at).toBe('starting');
  });

  it('that was set back starts nothing: a process that knows better calls a person, and goes on from there', async () => {
    const key = rig.keys.incident(incident.id);
    const before = await rig.redis.dumpBuffer(key);
    const later = { ...incident, version: 2 };
    expect((await store.commit(commit({ incident: later }))).kind).toBe('committed');
    await rig.redis.restore(key, 0, before as Buffer, 'REPLACE');
    const found = await store.load(incident.id);
    expect(found).toMatchObject({ version: 1, setBack: true });
    const next = step(found, { type: 'claimed', plan: 'inc-1-p1' }, given());
    if (next.kind !== 'next') throw new Error(plainly(next.reason));
    expect(next.incident.phase).toMatchObject({ at: 'escalated', reason: SET_BACK });
    expect((await store.commit(commit({ incident: next.incident }))).kind).toBe('committed');
    expect(await store.load(incident.id)).toEqual(next.incident);
  });

  it('also holds for evidence and results: what somebody else put there is not there', async () => {
    const result = { kind: 'succeeded', summary: 'done' } as const;
    await store.saveResult('inc-1-a1', result);
    expect(await store.loadResult('inc-1-a1')).toEqual(result);
    await rig.redis.set(rig.keys.result('inc-1-a1'), JSON.stringify(result));
    expect(await store.loadResult('inc-1-a1')).toBeNull();
    await rig.redis.set(rig.keys.evidence('inc-1', 1), '[{"id":"E1"}]');
    expect(await store.loadEvidence('inc-1', 1)).toEqual([]);
    expect(await store.saveEvidence('inc-1', 1, [])).toEqual([]);
    await store.saveEvidence('inc-1', 2, []);
    await rig.redis.rename(rig.keys.evidence('inc-1', 2), rig.keys.evidence('inc-1', 3));
    expect(await store.loadEvidence('inc-1', 3)).toEqual([]);
  });

  it('ends what was under way when it is found forged, whatever comes next, and is signed again after that', async () => {
    const forged = { ...(await stateOf(incident.id)), title: 'forged' };
    await rig.redis.hset(rig.keys.incident(incident.id), 'state', JSON.stringify(forged));
    const found = await store.load(incident.id);
    const next = step(found, { type: 'claimed', plan: 'inc-1-p1' }, given());
    if (next.kind !== 'next') throw new Error(plainly(next.reason));
    expect(next.incident).toMatchObject({ phase: { at: 'escalated', decided: null } });
    expect(next.entries.map(({ happening }) => happening.kind)).toEqual(['escalated']);
    expect(JSON.stringify(next.incident)).not.toContain('"unsigned"');
    expect(next.owed.filter(({ effect }) => effect.kind === 'execute')).toEqual([]);
  });
});

describe('a claim', () => {
  it('bears the number that it was signed with, and is made anew where another claim took that number meanwhile', async () => {
    const store = createRedisStore(rig.redis, rig.keys, { seal });
    const { incident } = starting('Small');
    const claimed = (fence: number, target: string, version: number) =>
      store.commit(commit({ incident: { ...incident, version }, claim: claim([target], { fence }) }));
    expect((await claimed(100, 'a', 1)).kind).toBe('committed');
    expect(await Promise.all([store.fence(incident.id), store.lastFence()])).toEqual([100, 100]);
    expect((await claimed(100, 'b', 2)).kind).toBe('conflict');
    expect((await claimed(101, 'b', 2)).kind).toBe('committed');
  });
});

describe('a brain that tells the runners what is ordered', () => {
  let brains: readonly [Herald<Store>, Herald<Store>];
  let base: Store;
  const lying = async (): Promise<Control | null> => issued(await rig.redis.get(rig.keys.control), seal);
  beforeEach(() => {
    base = createRedisStore(rig.redis, rig.keys, { seal });
    const brain = () =>
      createHerald({
        store: base,
        control: createControlStore(rig.redis, rig.keys),
        seal,
        catalog: () => given().catalog,
        troubles: { tell: async () => undefined },
        log,
      });
    brains = [brain(), brain()];
  });

  it('shares one record with every other brain, whose number only grows', async () => {
    const [one, other] = brains;
    const numbers: number[] = [];
    for (const order of [
      () => one.renew(),
      () => other.store.pause('U1'),
      () => one.store.resume(),
      () => other.renew(),
      () => Promise.all([one.store.pause('U2'), other.store.orderModes([], { since: -1, once: 'o' })]),
    ]) {
      await order();
      numbers.push((await lying())?.number ?? 0);
    }
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect((await lying())?.pausedBy).toBe('U2');
  });

  it('keeps to what was ordered where the record or the pause is taken away, forged or set back', async () => {
    const [one, other] = brains;
    await one.renew();
    const before = (await rig.redis.get(rig.keys.control)) ?? '';
    await one.store.pause('U1');
    await other.renew();
    const forged = issue(
      { ...((await lying()) as Control), pausedBy: null },
      sealOf(['x'.repeat(32)], 'medic'),
    );
    for (const brain of brains) {
      for (const wrong of ['', before, forged]) {
        await rig.redis.set(rig.keys.control, wrong);
        await rig.redis.del(rig.keys.pause);
        expect(await brain.store.paused()).toBe('U1');
        await brain.renew();
        expect((await lying())?.pausedBy).toBe('U1');
      }
    }
  });

  it('takes over what was paused before there was a key', async () => {
    await base.pause('U1');
    await brains[0].renew();
    expect(await lying()).toMatchObject({ pausedBy: 'U1' });
  });
});
