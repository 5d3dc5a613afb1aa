import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keys, keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../../src/adapters/stores/redis/store.ts';
import type { Commit } from '../../../../src/engine/store/store.ts';
import type { Incident } from '../../../../src/incident/model/incident.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { startRedis } from '../../../kit/stack/redis.ts';
import { applied, emptyModel, inLine, type Model, wordsOf } from '../../../kit/store/model.ts';
import {
  type Act,
  act,
  type Choice,
  commitOf,
  order,
  SLOTS,
  type Writer,
} from '../../../kit/store/writers.ts';

describe('two writers at once', () => {
  let scratch: Scratch;
  let server: Awaited<ReturnType<typeof startRedis>>;
  let connections: Redis[];
  beforeAll(async () => {
    scratch = await scratchDir('interleaving');
    server = await startRedis({ dir: scratch.path, appendfsync: 'no' });
    connections = [0, 1].map(() => connect(server.url, { failFast: true }));
  });
  afterAll(async () => {
    for (const connection of connections) connection.disconnect();
    await server.stop();
    await scratch.remove();
  });

  it('get answers, and leave a memory, that one of the two orders explains, and every promise holds', {
    timeout: 300_000,
  }, async () => {
    const seen = new Map<string, number>();
    const play = async (acts: readonly Act[]) => {
      const keys = keysOf(`race-${randomUUID()}`);
      const [one, two] = connections.map((redis) => ({
        store: createRedisStore(redis, keys),
        read: new Map(),
      }));
      if (one === undefined || two === undefined || connections[0] === undefined)
        throw new Error('no writers');
      let model = emptyModel();
      for (const [turn, each] of acts.entries()) {
        model =
          each.kind === 'order'
            ? await order(one.store, model, each.what, turn)
            : await race([one, two], model, each.choices, turn, seen);
        await compare(connections[0], keys, model);
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 25, maxLength: 60 }), play), {
      seed: 20_261_122,
      numRuns: 40,
    });
    // The walk went everywhere, or it would show nothing.
    const answers = ['committed', 'conflict', 'answered', 'duplicate', 'elsewhere', 'storm'];
    const obstacles = ['paused', 'tripped', 'upstream', 'locked', 'cooling-down', 'busy'].map(
      (why) => `refused: ${why}`,
    );
    expect([...answers, ...obstacles].filter((answer) => !seen.has(answer))).toEqual([]);
  });
});

async function race(
  writers: readonly [Writer, Writer],
  model: Model,
  choices: readonly [Choice, Choice],
  turn: number,
  seen: Map<string, number>,
): Promise<Model> {
  const commits = await Promise.all(
    choices.map((each, place) => commitOf(writers[place] as Writer, model, each, `${turn}-${place}`)),
  );
  const [first = null, second = null] = commits;
  const answers = await Promise.all(
    commits.map((each, place) => (each === null ? null : writers[place]?.store.commit(each))),
  );
  const said = answers.map((answer) => (answer ? wordsOf(answer) : ''));
  for (const words of said) {
    const kind = words.startsWith('committed') ? 'committed' : words;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  const orders = [
    [first, second],
    [second, first],
  ].map((sequence) => inOrder(model, sequence, first));
  const explained = orders.find(({ says }) => JSON.stringify(says) === JSON.stringify(said));
  expect(
    explained,
    `${JSON.stringify(said)} is neither ${JSON.stringify(orders.map(({ says }) => says))}`,
  ).toBeDefined();
  commits.forEach((each, place) => {
    if (each === null) return;
    if (answers[place]?.kind === 'committed') writers[place]?.read.set(each.incident.id, each.incident);
    else writers[place]?.read.delete(each.incident.id);
  });
  return explained?.model ?? model;
}

/** The answers in the order of the writers, and the model after both. */
function inOrder(model: Model, sequence: readonly (Commit | null)[], first: Commit | null) {
  const says = new Map<boolean, string>();
  let now = model;
  for (const each of sequence) {
    if (each === null) continue;
    const after = applied(now, each);
    now = after.model;
    says.set(each === first, after.says);
  }
  return { model: now, says: [says.get(true) ?? '', says.get(false) ?? ''] };
}

/** What Redis holds is what the model holds, and keeps the promises by itself. */
async function compare(redis: Redis, keys: Keys, model: Model): Promise<void> {
  const [open, attached, owed, locks, running, ill, queue, tripped, fences] = await Promise.all([
    redis.hgetall(keys.open),
    redis.hgetall(keys.attached),
    redis.hkeys(keys.owed),
    redis.hgetall(keys.locks),
    redis.hgetall(keys.running),
    redis.hgetall(keys.ill),
    redis.zrange(keys.queue, '0', '-1'),
    redis.hkeys(keys.tripped),
    redis.hgetall(keys.fences),
  ]);
  expect(open).toEqual(Object.fromEntries(model.open));
  expect(attached).toEqual(Object.fromEntries(model.attached));
  expect(owed.toSorted()).toEqual([...model.owed].toSorted());
  expect(ill).toEqual(Object.fromEntries(model.ill));
  expect(queue).toEqual(inLine(model));
  expect(tripped.toSorted()).toEqual([...model.tripped].toSorted());
  const holders = Object.entries(locks).map(([lock, held]) => [lock, held.split(' ')[0]]);
  expect(Object.fromEntries(holders)).toEqual(
    Object.fromEntries([...model.locks].map(([lock, { holder }]) => [lock, holder])),
  );
  expect(Object.keys(running).toSorted()).toEqual([...model.running.keys()].toSorted());
  // The promises themselves, whatever the model thinks.
  expect(Object.keys(running).length).toBeLessThanOrEqual(SLOTS);
  for (const [id, held] of Object.entries(running))
    for (const lock of JSON.parse(held) as string[]) expect(locks[lock]).toBe(id);
  expect(new Set(Object.values(open)).size).toBe(Object.keys(open).length);
  for (const owner of Object.values(attached)) expect(Object.values(open)).toContain(owner);
  const { '~last': last = '0', ...held } = fences;
  expect(Object.keys(held).toSorted()).toEqual(Object.keys(running).toSorted());
  for (const fence of Object.values(held)) expect(Number(fence)).toBeLessThanOrEqual(Number(last));
  for (const [id, version] of model.versions) {
    const [stored, state] = await redis.hmget(keys.incident(id), 'version', 'state');
    expect([stored, (JSON.parse(state ?? '{}') as Incident).title]).toEqual([
      `${version}`,
      model.titles.get(id),
    ]);
  }
}
