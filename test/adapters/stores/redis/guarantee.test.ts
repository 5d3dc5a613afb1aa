import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../../src/adapters/stores/redis/server/connect.ts';
import {
  guaranteeOf,
  livingGuarantee,
  UnfitRedis,
} from '../../../../src/adapters/stores/redis/server/guarantee.ts';
import { createLogger } from '../../../../src/observability/logger.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { until } from '../../../kit/stack/process.ts';
import { startRedis } from '../../../kit/stack/redis.ts';
import { clusterSettings, giveSlots, LAST_SLOT } from '../../../kit/store/rig.ts';

type Server = Awaited<ReturnType<typeof startRedis>>;

let scratch: Scratch;
let server: Server;
let redis: Redis;
const lines: string[] = [];
const log = createLogger({
  level: 'info',
  redact: (text) => text,
  destination: { write: (line: string) => void lines.push(line) },
});

beforeAll(async () => {
  scratch = await scratchDir('guarantee');
  server = await startRedis({ dir: join(scratch.path, 'master') });
  redis = connect(server.url, { failFast: true });
  redis.on('error', () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await scratch.remove();
});

/** Redis set up like this for a while. */
async function set<T>(settings: Readonly<Record<string, string>>, look: () => Promise<T>): Promise<T> {
  const before = (await redis.config('GET', ...Object.keys(settings))) as string[];
  for (const [name, value] of Object.entries(settings)) await redis.config('SET', name, value);
  try {
    return await look();
  } finally {
    for (let index = 0; index < before.length; index += 2)
      await redis.config('SET', before[index] ?? '', before[index + 1] ?? '');
  }
}

const said = () => guaranteeOf(redis);

describe('what Redis guarantees', () => {
  it('is named by how often it syncs, and what a crash may lose otherwise', async () => {
    expect(await said()).toEqual({
      unfit: null,
      durable: true,
      words:
        'appendfsync always: an acknowledged event survives a crash of Redis; no replica: what a lost disk held is lost',
    });
    for (const [settings, words] of [
      [
        { appendfsync: 'everysec' },
        /^appendfsync everysec: up to a second of acknowledged events may be lost/,
      ],
      [{ appendfsync: 'no' }, /^appendfsync no: half a minute of acknowledged events may be lost/],
      [{ appendonly: 'no' }, /^appendonly is off: a crash of Redis loses everything/],
      [
        { appendonly: 'no', save: '3600 1' },
        /^appendonly is off: .* loses what came since its last snapshot/,
      ],
    ] as const) {
      const guarantee = await set(settings, said);
      expect(guarantee.durable).toBe(false);
      expect(guarantee.words).toMatch(words);
    }
  });

  it('tells of replicas, and that a failover may lose the last moments all the same', async () => {
    const replica = await startRedis({
      dir: join(scratch.path, 'replica'),
      settings: { replicaof: `127.0.0.1 ${server.port}`, 'repl-diskless-sync-delay': '0' },
    });
    try {
      await until(async () => /1 replica follows/.test((await said()).words), {
        what: 'a replica',
        ms: 10_000,
      });
      const { words } = await set({ 'min-replicas-to-write': '1' }, said);
      expect(words).toContain('1 replica follows asynchronously: a failover may lose the last moments');
      expect(words).toContain('writes are refused with fewer than 1');
    } finally {
      await replica.stop();
    }
  });

  it('is promised by nobody where Redis may not be asked', async () => {
    await redis.acl('SETUSER', 'kept-short', 'on', '>secret-1', '~*', '&*', '+@all', '-config');
    await redis.acl('SETUSER', 'kept-shorter', 'on', '>secret-2', '~*', '&*', '+@all', '-config', '-info');
    const asked = async (user: string, password: string) => {
      const one = connect(`redis://${user}:${password}@127.0.0.1:${server.port}`, { failFast: true });
      try {
        return await guaranteeOf(one);
      } finally {
        one.disconnect();
      }
    };
    expect(await asked('kept-short', 'secret-1')).toMatchObject({
      durable: false,
      words: expect.stringContaining('how often Redis syncs it, it does not say (CONFIG is not allowed)'),
    });
    // Without INFO no claim could be had.
    expect((await asked('kept-shorter', 'secret-2')).unfit).toMatch(
      /^Redis forbids INFO: .*Allow it to this user/,
    );
    await set({ 'maxmemory-policy': 'volatile-lru' }, async () => {
      expect((await asked('kept-short', 'secret-1')).unfit).toMatch(/maxmemory-policy volatile-lru/);
    });
  });

  it('refuses the start where Redis evicts, and is told when that changes later', async () => {
    const evicting = { 'maxmemory-policy': 'allkeys-lfu' };
    await set(evicting, async () => {
      await expect(livingGuarantee(redis, log)).rejects.toThrow(UnfitRedis);
      await expect(livingGuarantee(redis, log)).rejects.toThrow(/allkeys-lfu.*Set it to noeviction/);
    });
    const guarantee = await livingGuarantee(redis, log);
    try {
      expect((await guarantee.read()).unfit).toBeNull();
      lines.length = 0;
      await set(evicting, async () => {
        expect((await guarantee.read()).unfit).toMatch(/allkeys-lfu/);
        expect(lines.join('')).toMatch(
          /"level":"error".*allkeys-lfu.*"msg":"Redis promises something else than before"/,
        );
      });
    } finally {
      guarantee.stop();
    }
  });

  it('is read again after each reconnection, by itself', async () => {
    const guarantee = await livingGuarantee(redis, log);
    try {
      lines.length = 0;
      await server.kill();
      server = await startRedis({
        dir: join(scratch.path, 'master'),
        port: server.port,
        appendfsync: 'everysec',
      });
      await until(() => lines.some((line) => line.includes('appendfsync everysec')), {
        what: 'the new guarantee to be told',
        ms: 15_000,
      });
    } finally {
      guarantee.stop();
    }
  });
});

describe('a cluster', () => {
  it('with one master will do, and one whose masters share the keys is refused with what to do', async () => {
    const nodes = await Promise.all(
      ['one', 'two'].map(async (name) =>
        startRedis({ dir: join(scratch.path, name), settings: await clusterSettings() }),
      ),
    );
    const [first, second] = nodes as [Server, Server];
    const [one, two] = [new Redis(first.url), new Redis(second.url)];
    try {
      await giveSlots(first.url, 0, LAST_SLOT);
      expect(await guaranteeOf(one)).toMatchObject({
        unfit: null,
        words: expect.stringMatching(/appendfsync always: .*; a cluster with one master/),
      });
      await one.cluster('DELSLOTSRANGE', 8_000, LAST_SLOT);
      await two.cluster('ADDSLOTSRANGE', 8_000, LAST_SLOT);
      const bus = Number(((await two.config('GET', 'cluster-port')) as string[])[1]);
      await one.call('CLUSTER', 'MEET', '127.0.0.1', String(second.port), String(bus));
      await until(async () => (await guaranteeOf(one)).unfit !== null, {
        what: 'the nodes to have met',
        ms: 15_000,
      });
      expect((await guaranteeOf(one)).unfit).toMatch(/one of 2 masters of a cluster.*a Redis of its own/);
    } finally {
      one.disconnect();
      two.disconnect();
      await Promise.all(nodes.map((node) => node.stop()));
    }
  });
});
