import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPostgresqlCollector } from '../../../../src/adapters/collectors/postgresql/collector.ts';
import type { Finding } from '../../../../src/evidence/collector.ts';
import { askedOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { type Postgresql, startPostgresql, startReplica } from '../../../kit/stack/postgresql.ts';
import { freePort, until } from '../../../kit/stack/process.ts';

const PASSWORD = 'read-only-and-no-more';
const SETTINGS = { max_connections: '12', superuser_reserved_connections: '2', wal_level: 'replica' };
let scratch: Scratch;
let server: Postgresql;

beforeAll(async () => {
  scratch = await scratchDir('postgresql');
  server = await startPostgresql(scratch.path, SETTINGS);
  const admin = await server.connect();
  // As the README beside the collector says.
  await admin.query(
    `CREATE ROLE medic LOGIN PASSWORD '${PASSWORD}' CONNECTION LIMIT 3; GRANT pg_monitor TO medic`,
  );
  await admin.query(
    `CREATE ROLE shop LOGIN PASSWORD 'shop'; CREATE TABLE orders (id int); GRANT ALL ON orders TO shop`,
  );
  await admin.query('INSERT INTO orders VALUES (1)');
  await admin.end();
});
afterAll(async () => {
  await server?.stop();
  await scratch?.remove();
});

async function read(port = server.port, { password = PASSWORD, timeout = 5000 } = {}): Promise<Finding> {
  const source = {
    name: 'orders-db',
    address: `127.0.0.1:${port}`,
    user: 'medic',
    database: 'postgres',
    tls: 'off',
    timeout,
  } as const;
  const service = serviceOf({ name: 'shop', postgresql: [source] });
  const [item] = await askedOf(
    createPostgresqlCollector({ passwords: { 'orders-db': password } }),
    inquiryOf({ service }),
  );
  if (item === undefined) throw new Error('it answered nothing');
  const lines = item.text.split('\n');
  for (const { quote } of item.facts ?? []) expect(lines).toContain(quote);
  return item;
}
const valuesOf = ({ facts = [] }: Finding) =>
  Object.fromEntries(facts.map(({ name, value }) => [name, value]));
async function shop(): Promise<pg.Client> {
  const client = await server.connect('shop', 'shop');
  onTestFinished(() => client.end());
  return client;
}

describe('a PostgreSQL', () => {
  it('that is well says so of everything, in the name of the database and within its service', async () => {
    const item = await read();
    expect(valuesOf(item)).toMatchObject({
      'database.connect': 'accepted',
      'postgresql.refusal': 'none',
      'postgresql.connections': 0,
      'postgresql.connections.used': 0,
      'postgresql.idle_in_transaction.age': 0,
      'postgresql.idle_in_transaction.blocks': 0,
      'postgresql.active.age': 0,
      'postgresql.in_recovery': false,
      'postgresql.replicas': 0,
      'postgresql.slots.inactive': 0,
      'postgresql.archive.failing': false,
      'postgresql.wal.size': expect.any(Number),
    });
    expect(item).toMatchObject({ witness: 'database/orders-db', title: 'PostgreSQL orders-db' });
    expect(item.facts?.[0]).toMatchObject({ of: 'database/orders-db', within: ['service/shop'] });
  });

  it('tells how many connections are taken of those that users may open, and by whom', async () => {
    for (let n = 0; n < 5; n += 1) await shop();
    expect(valuesOf(await read())).toMatchObject({
      'postgresql.connections': 5,
      'postgresql.connections.used': 0.5,
      'postgresql.connections.idle': 1,
      'postgresql.connections.greediest': 'shop',
    });
  });

  it('that has no connection left refuses, and that is an answer', async () => {
    for (let n = 0; n < 10; n += 1) await shop();
    expect(valuesOf(await read())).toEqual({ 'database.connect': 'accepted', 'postgresql.refusal': '53300' });
  });

  it('tells an idle transaction that others wait for from a query that runs', async () => {
    const [holder, waiter] = [await shop(), await shop()];
    await holder.query('BEGIN; UPDATE orders SET id = 2');
    const waiting = waiter.query('UPDATE orders SET id = 3');
    const values = await until(
      async () => {
        const found = valuesOf(await read());
        return found['postgresql.idle_in_transaction.blocks'] === 1 ? found : false;
      },
      { what: 'a session to wait', ms: 10_000 },
    );
    expect(values).toMatchObject({
      'postgresql.lock.waiting': 1,
      'postgresql.active.waits_for_lock': true,
      'postgresql.idle_in_transaction.age': expect.any(Number),
    });
    await holder.query('ROLLBACK');
    await waiting;
  });

  it('refuses a wrong password, and that is an answer that does not repeat it', async () => {
    const item = await read(server.port, { password: 'guessed-and-wrong' });
    expect(valuesOf(item)).toEqual({ 'database.connect': 'accepted', 'postgresql.refusal': '28P01' });
    expect(item.text).not.toContain('guessed-and-wrong');
  });

  it('whose port nothing listens on refuses the connection', async () => {
    expect(valuesOf(await read(await freePort()))).toEqual({ 'database.connect': 'refused' });
  });

  it('has a replica that tells what it receives, and keeps the log of one that is gone', async () => {
    const folder = join(scratch.path, 'replica');
    await mkdir(folder);
    const replica = await startReplica(server, folder, 'replica_1');
    const admin = await server.connect();
    try {
      await until(async () => valuesOf(await read())['postgresql.replicas'] === 1, {
        what: 'a replica',
        ms: 10_000,
      });
      expect(valuesOf(await read(replica.port))).toMatchObject({
        'postgresql.in_recovery': true,
        'postgresql.receiver': 'streaming',
        'postgresql.replay.lag.bytes': 0,
        'postgresql.replay.paused': false,
      });
      await replica.stop();
      await admin.query('INSERT INTO orders SELECT generate_series(1, 20000)');
      const values = await until(
        async () => {
          const found = valuesOf(await read());
          return found['postgresql.slots.inactive'] === 1 ? found : false;
        },
        { what: 'the slot to be inactive', ms: 10_000 },
      );
      expect(values['postgresql.slots.inactive.retained']).toBeGreaterThan(1e6);
      expect(values['postgresql.replicas']).toBe(0);
    } finally {
      await admin.end();
      await replica.stop();
    }
  });

  it('says what it may not show to a user without the right to see it, and states nothing of that', async () => {
    const admin = await server.connect();
    onTestFinished(async () => {
      await admin.query('GRANT pg_monitor TO medic');
      await admin.end();
    });
    await admin.query('REVOKE pg_monitor FROM medic');
    await shop();
    const item = await read();
    expect(item.text).toContain('grant pg_monitor to the user of Medic');
    expect(item.text).toMatch(/\(size could not be read: permission denied/);
    expect(valuesOf(item)).not.toHaveProperty(['postgresql.active.age']);
    expect(valuesOf(item)['postgresql.connections']).toBeGreaterThan(1);
  });
});
