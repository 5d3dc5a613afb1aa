import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/redis/connect.ts';
import { keysOf } from '../../src/adapters/redis/keys.ts';
import { createRedisStore } from '../../src/adapters/redis/store.ts';
import type { Commit, Store } from '../../src/engine/store.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { subjectKey } from '../../src/intake/alert.ts';
import { shop } from '../incident/fixtures.ts';
import { opened } from '../incident/walk.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { startRedis } from '../stack/redis.ts';

let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let keys: ReturnType<typeof keysOf>;
let store: Store;

beforeAll(async () => {
  scratch = await scratchDir('store');
  server = await startRedis({ dir: scratch.path });
  redis = connect(server.url, { failFast: true });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await scratch.remove();
});
beforeEach(() => {
  keys = keysOf(`test-${randomUUID()}`);
  store = createRedisStore(redis, keys);
});

const incident = (changes: Partial<Incident> = {}): Incident => ({ ...opened('Small').incident, ...changes });
const commit = (changes: Partial<Commit> & { readonly incident: Incident }): Commit => ({
  expected: changes.incident.version - 1,
  entries: [],
  owe: [],
  answers: null,
  once: null,
  claim: null,
  release: null,
  ...changes,
});
const next = (one: Incident): Incident => ({ ...one, version: one.version + 1 });
const claim = (targets: readonly string[]) => ({ targets, cooldown: 60_000, maxConcurrent: 2 });

describe('a commit', () => {
  it('is refused when someone else changed the incident first', async () => {
    const first = incident();
    expect(await store.commit(commit({ incident: first }))).toEqual({ kind: 'committed' });
    expect(await store.commit(commit({ incident: next(first) }))).toEqual({ kind: 'committed' });
    expect(await store.commit(commit({ incident: next(first) }))).toEqual({ kind: 'conflict' });
    expect((await store.load(first.id))?.version).toBe(2);
  });

  it('decides a race of many writers for exactly one', async () => {
    const first = incident();
    await store.commit(commit({ incident: first }));
    const results = await Promise.all(
      Array.from({ length: 50 }, () => store.commit(commit({ incident: next(first) }))),
    );
    expect(results.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
  });

  it('opens at most one incident for a subject', async () => {
    const [a, b] = [incident({ id: 'inc-a' }), incident({ id: 'inc-b' })];
    expect(await store.commit(commit({ incident: a }))).toEqual({ kind: 'committed' });
    expect(await store.commit(commit({ incident: b }))).toEqual({ kind: 'conflict' });
    expect(await store.findOpen(subjectKey(shop), [])).toBe('inc-a');
  });

  it('takes one delivery once, however often it comes', async () => {
    const first = incident();
    await store.commit(commit({ incident: first, once: 'click-1' }));
    expect(await store.commit(commit({ incident: next(first), once: 'click-1' }))).toEqual({
      kind: 'duplicate',
    });
    expect(await store.commit(commit({ incident: next(first), once: 'click-2' }))).toEqual({
      kind: 'committed',
    });
  });

  it('keeps what it owes until exactly one result answers it', async () => {
    const first = incident();
    const owed = {
      id: `${first.id}-1-0`,
      incident: first.id,
      effect: { kind: 'collect', round: 1 },
    } as const;
    await store.commit(commit({ incident: first, owe: [owed] }));
    expect(await store.owed()).toEqual([owed]);
    const second = next(first);
    expect(await store.commit(commit({ incident: second, answers: owed.id }))).toEqual({ kind: 'committed' });
    expect(await store.owed()).toEqual([]);
    expect(await store.commit(commit({ incident: next(second), answers: owed.id }))).toEqual({
      kind: 'answered',
    });
  });

  it('forgets the subject and the alerts of an incident that closed, and only of that one', async () => {
    const first = incident();
    await store.commit(commit({ incident: first }));
    expect(await store.findOpen('elsewhere', ['fp-Small'])).toBe(first.id);
    const closed = { ...next(first), phase: { at: 'closed', how: 'recovered', reason: 'it did' } } as const;
    await store.commit(commit({ incident: closed }));
    expect(await store.findOpen(subjectKey(shop), ['fp-Small'])).toBeNull();
    expect(await store.open()).toEqual([]);
  });

  it('marks the incident as not shown until that very version is', async () => {
    const first = incident();
    await store.commit(commit({ incident: first }));
    await store.commit(commit({ incident: next(first) }));
    await store.markShown(first.id, 1);
    expect(await store.unshown()).toEqual({ [first.id]: 2 });
    await store.markShown(first.id, 2);
    expect(await store.unshown()).toEqual({});
  });
});

describe('a claim', () => {
  const open = async (id: string) => {
    const one = incident({ id, subject: { ...shop, name: id } });
    await store.commit(commit({ incident: one }));
    return next(one);
  };

  it('takes all targets or none', async () => {
    const [a, b] = [await open('inc-a'), await open('inc-b')];
    expect((await store.commit(commit({ incident: a, claim: claim(['x', 'y']) }))).kind).toBe('committed');
    const refused = await store.commit(commit({ incident: b, claim: claim(['z', 'y']) }));
    expect(refused).toMatchObject({
      kind: 'refused',
      obstacle: { kind: 'locked', target: 'y', holder: 'inc-a' },
    });
    expect(await redis.hget(keys.locks, 'z')).toBeNull();
    expect((await store.load('inc-b'))?.version).toBe(1);
  });

  it('leaves the target of a lost attempt alone until that attempt can no longer be running', async () => {
    const [a, b] = [await open('inc-a'), await open('inc-b')];
    await store.commit(commit({ incident: a, claim: { ...claim(['x']), cooldown: 0 } }));
    const { now } = await store.clock();
    await store.commit(commit({ incident: next(a), release: { at: now + 60_000 } }));
    const later = { ...claim(['x']), cooldown: 0 };
    expect(await store.commit(commit({ incident: b, claim: later }))).toMatchObject({
      kind: 'refused',
      obstacle: { kind: 'locked', target: 'x', holder: 'inc-a', retryAt: now + 60_000 },
    });
    const again = { ...(await store.load('inc-a')), version: 4 } as Incident;
    expect(await store.commit(commit({ incident: again, claim: later }))).toMatchObject({ kind: 'refused' });
    await redis.hset(keys.locks, 'x', 'inc-a 1');
    expect((await store.commit(commit({ incident: b, claim: later }))).kind).toBe('committed');
  });

  it('leaves a target alone while it cools down, whoever asks', async () => {
    const [a, b] = [await open('inc-a'), await open('inc-b')];
    await store.commit(commit({ incident: a, claim: claim(['x']) }));
    await store.commit(commit({ incident: next(a), release: { at: 0 } }));
    const refused = await store.commit(commit({ incident: b, claim: claim(['x']) }));
    expect(refused).toMatchObject({ kind: 'refused', obstacle: { kind: 'cooling-down', target: 'x' } });
  });

  it('is refused beyond the limit of concurrent fixes, and had again once one gave back its slot', async () => {
    const [a, b, c] = [await open('inc-a'), await open('inc-b'), await open('inc-c')];
    await store.commit(commit({ incident: a, claim: claim(['x']) }));
    await store.commit(commit({ incident: b, claim: claim(['y']) }));
    expect(await store.commit(commit({ incident: c, claim: claim(['z']) }))).toMatchObject({
      obstacle: { kind: 'busy', running: 2 },
    });
    await store.commit(commit({ incident: next(a), release: { at: 0 } }));
    expect((await store.commit(commit({ incident: c, claim: claim(['z']) }))).kind).toBe('committed');
  });

  it('is refused while Medic is paused', async () => {
    const a = await open('inc-a');
    await store.pause('UALICE');
    expect(await store.commit(commit({ incident: a, claim: claim(['x']) }))).toMatchObject({
      obstacle: { kind: 'paused', by: 'UALICE' },
    });
    await store.resume();
    expect((await store.commit(commit({ incident: a, claim: claim(['x']) }))).kind).toBe('committed');
  });
});

describe('an attempt', () => {
  it('begins once, whoever asks', async () => {
    const asked = await Promise.all(['w1', 'w2', 'w3'].map((worker) => store.beginAttempt('inc-a1', worker)));
    expect(asked.filter((begun) => begun)).toHaveLength(1);
  });

  it('keeps how it ended for whoever has to tell it', async () => {
    expect(await store.loadResult('inc-a1')).toBeNull();
    await store.saveResult('inc-a1', { kind: 'succeeded', summary: 'done' });
    expect(await store.loadResult('inc-a1')).toEqual({ kind: 'succeeded', summary: 'done' });
  });

  it('is lost when it has begun and its worker no longer says that it lives', async () => {
    expect(await store.attemptState('inc-a1')).toBe('not-begun');
    await store.renewLease('inc-a1', 10_000);
    await store.beginAttempt('inc-a1', 'w1');
    expect(await store.attemptState('inc-a1')).toBe('running');
    await redis.del(keys.lease('inc-a1'));
    expect(await store.attemptState('inc-a1')).toBe('lost');
  });
});

describe('the clock of record', () => {
  it('counts time for people only while the chat lives as well', async () => {
    const alone = await store.clock();
    expect(alone.reachableSince).toBe(alone.now);
    await store.chatAlive();
    const reached = await store.clock();
    await store.chatAlive();
    expect((await store.clock()).reachableSince).toBe(reached.reachableSince);
  });

  it('counts a life from the first sign after a silence', async () => {
    const first = await store.clock();
    expect(first.aliveSince).toBe(first.now);
    expect((await store.clock()).aliveSince).toBe(first.aliveSince);
    await redis.hset(keys.life, 'last', String(first.now - 60_000));
    const later = await store.clock();
    expect(later.aliveSince).toBe(later.now);
  });
});
