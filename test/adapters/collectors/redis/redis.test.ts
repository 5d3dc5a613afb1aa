import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRedisCollector } from '../../../../src/adapters/collectors/redis/collector.ts';
import type { Finding } from '../../../../src/evidence/collector.ts';
import { askedOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { freePort, until } from '../../../kit/stack/process.ts';
import { startRedis } from '../../../kit/stack/redis.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('redis-source');
});
afterAll(() => scratch?.remove());

let count = 0;
async function redisWith(settings: Readonly<Record<string, string>>) {
  count += 1;
  const dir = join(scratch.path, String(count));
  await mkdir(dir);
  const running = await startRedis({ dir, appendfsync: 'no', settings });
  onTestFinished(() => running.stop());
  const client = new Redis({ port: running.port, retryStrategy: () => null });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return { port: running.port, client, dir };
}

async function read(
  port: number,
  login?: { readonly user: string; readonly password: string },
): Promise<Finding> {
  const source = { name: 'cache', address: `127.0.0.1:${port}`, tls: 'off', timeout: 3000 } as const;
  const service = serviceOf({
    name: 'shop',
    redis: [{ ...source, ...(login === undefined ? {} : { user: login.user }) }],
  });
  const passwords = login === undefined ? {} : { cache: login.password };
  const [item] = await askedOf(createRedisCollector({ passwords }), inquiryOf({ service }), {
    now: Date.now(),
  });
  if (item === undefined) throw new Error('it answered nothing');
  const lines = item.text.split('\n');
  for (const { quote } of item.facts ?? []) expect(lines).toContain(quote);
  return item;
}
const valuesOf = ({ facts = [] }: Finding) =>
  Object.fromEntries(facts.map(({ name, value }) => [name, value]));

describe('a Redis', () => {
  it('that is well says so of everything, in the name of the database and within its service', async () => {
    // On a busy machine an ordinary command may take longer than what is slow by default.
    const { port, client } = await redisWith({
      ...{ maxmemory: '100mb', maxclients: '100' },
      'slowlog-log-slower-than': '10000000',
    });
    const isAlone = async () =>
      String(await client.client('LIST'))
        .trim()
        .split('\n').length === 1;
    await until(isAlone, { what: 'whoever waited for its start to be gone', ms: 10_000 });
    const item = await read(port);
    expect(valuesOf(item)).toMatchObject({
      'database.connect': 'accepted',
      'redis.refusal': 'none',
      'redis.loading': false,
      'redis.memory.used': expect.any(Number),
      'redis.memory.limit': 104_857_600,
      'redis.memory.policy': 'noeviction',
      'redis.clients.used': 0.02,
      'redis.connections.rejected': 0,
      'redis.save.ok': true,
      'redis.aof.ok': true,
      'redis.writes.stopped': false,
      'redis.role': 'primary',
      'redis.primary.link': 'none',
      'redis.replicas': 0,
      'redis.slowest': 0,
    });
    expect(item).toMatchObject({ witness: 'database/cache' });
    expect(item.facts?.[0]).toMatchObject({ of: 'database/cache', within: ['service/shop'] });
  });

  it('whose memory is full says so', async () => {
    const { port, client } = await redisWith({ maxmemory: '3mb' });
    await expect(
      (async () => {
        for (let n = 0; n < 100; n += 1) await client.set(`key:${n}`, 'x'.repeat(100_000));
      })(),
    ).rejects.toThrow('OOM command not allowed');
    expect(valuesOf(await read(port))['redis.memory.used']).toBeGreaterThan(0.95);
  });

  it('that takes no more clients refuses, and that is an answer', async () => {
    const { port, client } = await redisWith({ maxclients: '1' });
    await client.ping();
    expect(valuesOf(await read(port))).toEqual({
      'database.connect': 'accepted',
      'redis.refusal': 'MAXCLIENTS',
    });
  });

  it('that cannot save refuses writes, and says why', async () => {
    const { port, client, dir } = await redisWith({ appendonly: 'no' });
    await client.config('SET', 'save', '3600 1');
    await client.set('key', 'value');
    await rm(dir, { recursive: true });
    await client.bgsave();
    const values = await until(
      async () => {
        const found = valuesOf(await read(port));
        return found['redis.save.ok'] === false ? found : false;
      },
      { what: 'a snapshot to fail', ms: 10_000 },
    );
    expect(values['redis.writes.stopped']).toBe(true);
  });

  it('that lost its primary says that it is a replica, and that its link is down', async () => {
    const { port, client } = await redisWith({});
    await client.replicaof('127.0.0.1', await freePort());
    expect(valuesOf(await read(port))).toMatchObject({
      'redis.role': 'replica',
      'redis.primary.link': 'down',
    });
  });

  it('is read by a user with the least rights, and a wrong password is an answer that does not repeat it', async () => {
    const { port, client } = await redisWith({});
    // As the README beside the collector says.
    await client.call(
      'ACL',
      'SETUSER',
      'medic',
      'on',
      '>read-only',
      '+info',
      '+slowlog|get',
      '+config|get',
      '+ping',
      '+client|setname',
    );
    await client.call('ACL', 'SETUSER', 'default', 'resetpass', '>of-another');
    expect(valuesOf(await read(port, { user: 'medic', password: 'read-only' }))).toMatchObject({
      'redis.refusal': 'none',
      'redis.role': 'primary',
      'redis.slowest': 0,
    });
    const wrong = await read(port, { user: 'medic', password: 'guessed-and-wrong' });
    expect(valuesOf(wrong)).toEqual({ 'database.connect': 'accepted', 'redis.refusal': 'WRONGPASS' });
    expect(wrong.text).not.toContain('guessed');
    expect(valuesOf(await read(port))).toMatchObject({ 'redis.refusal': 'NOAUTH' });
  });

  it('whose port nothing listens on refuses the connection, and one that is silent says nothing', async () => {
    expect(valuesOf(await read(await freePort()))).toEqual({ 'database.connect': 'refused' });
    const port = await freePort();
    const server = createServer(() => {}).listen(port, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const silent = await read(port);
    expect(silent.failed).toBe(true);
    expect(silent.facts).toBeUndefined();
  });
});
