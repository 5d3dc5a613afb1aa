import { beforeEach, describe, expect, it } from 'vitest';
import { createRedisStore } from '../../../../src/adapters/stores/redis/store.ts';
import { sealOf } from '../../../../src/engine/orders/seal.ts';
import type { Store } from '../../../../src/engine/store/store.ts';
import type { Incident } from '../../../../src/incident/model/incident.ts';
import { step } from '../../../../src/incident/step.ts';
import { alert, given } from '../../../kit/incident/fixtures.ts';
import { about, commit, incident, rigFor } from '../../../kit/store/rig.ts';

const seal = sealOf(['the key of these tests, 32 bytes or more'], 'medic');
const rig = rigFor('one server');

/** An incident in a storm: some alerts in full, and so many that are only counted. */
function stormy(version: number, total: number, changes: Partial<Incident> = {}): Incident {
  const crowd = { total, firing: total, names: { Small: total }, toldAt: 0 };
  return { ...about('shop'), alerts: held, version, crowd, ...changes };
}

const held = about('shop').alerts;
const [one] = Object.values(held);
if (one === undefined) throw new Error('the example holds no alert');
const resolved: Incident['alerts'] = {
  'fp-shop': { ...one, alert: { ...one.alert, status: 'resolved', endsAt: 1 } },
};

describe.each([
  ['without a key', null],
  ['with a key', seal],
] as const)('the alerts of an incident that only counts further ones, stored %s', (_how, key) => {
  let store: Store;
  const other = () => createRedisStore(rig.redis, rig.keys, { seal: key });
  const write = async (next: Incident, by = store) =>
    expect((await by.commit(commit({ incident: next }))).kind).toBe('committed');
  const lying = async (field: string) => (await rig.redis.hget(rig.keys.incident('inc-shop'), field)) ?? '';
  beforeEach(() => {
    store = other();
  });

  it('are written when they change, and not with every alert that is counted', async () => {
    await write(stormy(1, 1));
    const first = await lying('alerts');
    expect(JSON.parse(first)).toEqual(held);
    // What nobody writes stays as it was put there.
    await rig.redis.hset(rig.keys.incident('inc-shop'), 'alerts', 'untouched');
    await write(stormy(2, 2));
    expect(await lying('alerts')).toBe('untouched');
    expect(await lying('state')).not.toContain('fp-shop');
    await write(stormy(3, 3, { alerts: resolved }));
    expect(JSON.parse(await lying('alerts'))).toEqual(resolved);
  });

  it('are read with it by whichever process, alone and in a list', async () => {
    await write(stormy(1, 1));
    await write(stormy(2, 2));
    for (const reader of [store, other()]) {
      expect(await reader.load('inc-shop')).toEqual(stormy(2, 2));
      expect(await reader.loadMany(['inc-shop'])).toEqual([stormy(2, 2)]);
    }
  });

  it('are those of its newest state when two processes write in turns', async () => {
    const second = other();
    await write(stormy(1, 1));
    expect(await second.load('inc-shop')).toEqual(stormy(1, 1));
    await write(stormy(2, 2, { alerts: resolved }), second);
    expect(await store.load('inc-shop')).toEqual(stormy(2, 2, { alerts: resolved }));
    await write(stormy(3, 3));
    expect(await second.load('inc-shop')).toEqual(stormy(3, 3));
    // This process has not heard that it was written meanwhile.
    expect((await second.commit(commit({ incident: stormy(3, 4) }))).kind).toBe('conflict');
    expect(await other().load('inc-shop')).toEqual(stormy(3, 3));
  });

  it('are written again with the next change where Redis has others or none by then', async () => {
    await write(stormy(1, 1));
    await rig.redis.hdel(rig.keys.incident('inc-shop'), 'alerts', 'alertsHash');
    await write(stormy(2, 2));
    expect(await other().load('inc-shop')).toEqual(stormy(2, 2));
  });

  it('are part of its state until there are any to count, as an older Medic reads it', async () => {
    const single = { ...about('shop'), version: 1 };
    await write(single);
    expect(JSON.parse(await lying('state'))).toEqual(single);
    expect(await lying('alerts')).toBe('');
    await write(stormy(2, 1));
    expect(await other().load('inc-shop')).toEqual(stormy(2, 1));
  });

  it('are found in a state that an older Medic stored in one, and lie beside the next one', async () => {
    const state = JSON.stringify(stormy(1, 1));
    const mac = key === null ? [] : ['seal', key.sign('incident inc-shop', state)];
    await rig.redis.hset(rig.keys.incident('inc-shop'), 'version', '1', 'state', state, ...mac);
    expect(await store.load('inc-shop')).toEqual(stormy(1, 1));
    await write(stormy(2, 2));
    expect(JSON.parse(await lying('alerts'))).toEqual(held);
    expect(await other().load('inc-shop')).toEqual(stormy(2, 2));
  });
});

it('an incident that bears its seal has no plan any more once the alerts beside it are others', async () => {
  const writer = createRedisStore(rig.redis, rig.keys, { seal });
  await writer.commit(commit({ incident: stormy(1, 1) }));
  const key = rig.keys.incident('inc-shop');
  for (const forge of [
    () => rig.redis.hset(key, 'alerts', JSON.stringify(resolved)),
    () => rig.redis.hdel(key, 'alerts'),
  ]) {
    await forge();
    const reader = createRedisStore(rig.redis, rig.keys, { seal });
    expect(await reader.load('inc-shop')).toMatchObject({ unsigned: true, phase: { at: 'escalated' } });
    expect(await reader.loadMany(['inc-shop'])).toMatchObject([{ unsigned: true }]);
  }
  const reader = createRedisStore(rig.redis, rig.keys, { seal });
  expect(await reader.load('inc-shop')).toMatchObject({ unsigned: true });
  expect((await reader.commit(commit({ incident: stormy(2, 2) }))).kind).toBe('committed');
  expect(await createRedisStore(rig.redis, rig.keys, { seal }).load('inc-shop')).toEqual(stormy(2, 2));
});

it('alerts that are only counted leave those that are held in full the very same, so that nothing of them is written', () => {
  const full = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [
      `fp-${index}`,
      { ...one, alert: alert('Small', { fingerprint: `fp-${index}` }) },
    ]),
  );
  const before = incident({ alerts: full });
  const hear = (fingerprint: string, changes = {}) => {
    const alerts = [alert('Small', { fingerprint, ...changes })];
    const made = step(before, { type: 'alerts', subject: before.subject, alerts }, given());
    if (made.kind !== 'next') throw new Error('it changed nothing');
    return made.incident;
  };
  const counted = hear('fp-more');
  expect(counted.crowd.total).toBe(1);
  expect(counted.alerts).toBe(full);
  expect(hear('fp-3', { status: 'resolved', endsAt: given().now }).alerts).not.toEqual(full);
});
