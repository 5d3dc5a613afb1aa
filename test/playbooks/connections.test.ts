import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLooker } from '../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import { createRunners } from '../../src/adapters/runners/runners.ts';
import type { LookSpec } from '../../src/evidence/looks/look.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { serviceOf } from '../evidence/samples.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { type Postgresql, startPostgresql } from '../kit/stack/postgresql.ts';
import { until } from '../kit/stack/process.ts';
import { endedTasks, runOf } from './run-of.ts';

const playbook = loadCatalog(resolve('playbooks')).get('release_database_connections');
/** Of 23, three are for superusers. */
const SETTINGS = { max_connections: '23', superuser_reserved_connections: '3' };
const PARAMETERS = {
  ...{ service: 'orders-db', group: 'databases', hosts: '', database: 'orders', users: 'shop' },
  ...{ applications: '*', idle: '2', idle_in_transaction: '1' },
};

let scratch: Scratch;
let server: Postgresql;
let admin: pg.Client;
let hosts: ReturnType<typeof createHosts>;
let fix: ReturnType<typeof createRunners>;
const clients = new Set<pg.Client>();

beforeAll(async () => {
  scratch = await scratchDir('connections');
  server = await startPostgresql(scratch.path, SETTINGS);
  admin = await server.connect();
  for (const role of ['shop', 'reports'])
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}' CONNECTION LIMIT 17`);
  await admin.query(`CREATE ROLE copier LOGIN REPLICATION PASSWORD 'copier'`);
  await admin.query(
    `CREATE ROLE medic_fix LOGIN PASSWORD 'fix' IN ROLE pg_read_all_stats, pg_signal_backend`,
  );
  await admin.query('CREATE TABLE orders (id int); GRANT ALL ON orders TO shop, reports');
  const login = (name: string, user: string, password: string) =>
    `[${name}]\nhost=127.0.0.1\nport=${server.port}\ndbname=postgres\nuser=${user}\npassword=${password}\n`;
  const services = [login('orders', 'medic_fix', 'fix'), login('lesser', 'reports', 'reports')];
  await writeFile(join(scratch.path, '.pg_service.conf'), services.join('\n'), { mode: 0o600 });
  const inventory = join(scratch.path, 'inventory.ini');
  await writeFile(inventory, '[databases]\ndb-1 ansible_connection=local\n');
  const environment = { ...process.env, HOME: scratch.path };
  hosts = createHosts({ inventory, environment });
  fix = createRunners({ inventory, hosts, environment, redact: (text) => text });
}, 90_000);
afterEach(async () => {
  await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
  clients.clear();
});
afterAll(async () => {
  await admin?.end();
  await hosts?.close();
  await server?.stop();
  await scratch?.remove();
});

async function connect(count: number, user = 'shop', ...first: string[]): Promise<pg.Client[]> {
  const made = await Promise.all(Array.from({ length: count }, () => server.connect(user, user)));
  for (const client of made) {
    clients.add(client);
    for (const each of [`SET application_name = '${user}-web'`, ...first]) await client.query(each);
  }
  return made;
}

const sessions = async (user = 'shop') =>
  Number(
    (await admin.query('SELECT count(*) FROM pg_stat_activity WHERE usename = $1', [user])).rows[0].count,
  );

/** Until as many sessions as that are idle for longer than the limits of the test. */
const idle = (count: number, user = 'shop') =>
  until(
    async () => {
      const query = `SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND state LIKE 'idle%' AND state_change < clock_timestamp() - interval '2.1 s'`;
      return Number((await admin.query(query, [user])).rows[0].count) >= count;
    },
    { what: `${count} idle sessions`, ms: 20_000 },
  );

function orderOf(parameters: Record<string, string>) {
  if (playbook === undefined) throw new Error('there is no release_database_connections');
  const { manifest, folder } = playbook;
  return {
    ...{ id: 'release', folder, parameters, timeout: 60_000, fence: null, reportTo: null },
    run: runOf(manifest.run, parameters),
    dryRun: manifest.dry_run,
  };
}

async function release(change: Partial<typeof PARAMETERS> = {}) {
  const said: string[] = [];
  const { tasks, report } = endedTasks();
  const result = await fix.run(
    orderOf({ ...PARAMETERS, ...change }),
    (line) => {
      report(line);
      if (line.detail !== null && line.status !== 'running') said.push(line.detail);
    },
    new AbortController().signal,
  );
  return { result, tasks, said: said.join('\n') };
}

async function look(change: Partial<typeof PARAMETERS> = {}) {
  const spec = JSON.parse(
    JSON.stringify(playbook?.manifest.look).replace(
      /\{\{(\w+)\}\}/g,
      (_, name: keyof typeof PARAMETERS) => ({ ...PARAMETERS, ...change })[name],
    ),
  ) as LookSpec;
  const looker = createLooker({ hosts, now: Date.now, timeout: 15_000, environment: process.env });
  const service = serviceOf({ hosts: ['db-1'] });
  const [reading] = await looker.look(
    spec,
    { service, hosts: null, symptomAt: null },
    new AbortController().signal,
  );
  return reading;
}

describe('idle sessions of a real PostgreSQL', { timeout: 120_000 }, () => {
  it('are seen to hold its connections, ended by a role that is no superuser, and told by whose they were', async () => {
    expect(await look()).toMatchObject({ verdict: 'well', instrument: 'command/psql/db-1' });
    await connect(16);
    await idle(16);
    expect(await look()).toMatchObject({
      verdict: 'fault',
      words: expect.stringContaining(
        'fault: 17 of 20 connections are taken, 16 idle beyond the limits, 0 of them in a transaction',
      ),
    });
    const { result, said } = await release();
    expect(result).toMatchObject({ kind: 'succeeded', changed: 1 });
    expect(said).toMatch(/ended 16 sessions: 16 of shop \(shop-web\), idle for \d+ (to \d+ )?s/);
    expect(await sessions()).toBe(0);
    expect((await look())?.verdict).toBe('well');
  });

  it('are left alone where another user or program than the registry names has them, and the run says that nothing was changed', async () => {
    await connect(16, 'reports');
    await idle(16, 'reports');
    expect(await look()).toMatchObject({
      verdict: 'other',
      words: expect.stringContaining('nothing to end: 17 of 20 connections are taken, 0 idle'),
    });
    const { result } = await release();
    expect(result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: expect.stringContaining('No session of shop is idle beyond the limits in orders'),
    });
    expect((await release({ users: 'reports', applications: 'nightly' })).result).toMatchObject({
      kind: 'failed',
      untouched: true,
    });
    expect(await sessions('reports')).toBe(16);
  });

  it('are told from sessions at work, of superusers, of replication, and from those that listen or hold an advisory lock', async () => {
    await connect(1, 'shop', 'LISTEN news');
    await connect(1, 'shop', 'SELECT pg_advisory_lock(7)');
    await connect(1, 'copier');
    const [busy] = await connect(1);
    const [open] = await connect(1, 'shop', 'BEGIN', 'LOCK TABLE orders');
    const [waiter] = await connect(1, 'reports');
    await idle(3);
    const work = busy?.query('SELECT pg_sleep(3600)').catch((error: Error) => error.message);
    const waiting = waiter?.query('SELECT count(*) FROM orders');
    await until(async () => (await look({ users: 'shop,copier,postgres' }))?.verdict === 'fault', {
      what: 'the idle transaction to be seen to hold others up',
      ms: 30_000,
    });
    const { result, said } = await release({ users: 'shop,copier,postgres' });
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(said).toContain('ended 1 sessions: 1 of shop (shop-web), idle in transaction for');
    await waiting;
    expect(await sessions()).toBe(3);
    expect(await sessions('copier')).toBe(1);
    await expect(open?.query('SELECT 1')).rejects.toThrow();
    await admin.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3600)'`,
    );
    expect(await work).toContain('canceling');
  });

  it('are counted and not ended by a dry run', async () => {
    await connect(16);
    await idle(16);
    const rehearsed = await fix.dryRun(orderOf(PARAMETERS), new AbortController().signal);
    expect(rehearsed).toMatchObject({ kind: 'diff', diff: expect.stringContaining('End the sessions') });
    expect(await sessions()).toBe(16);
  });

  it('are nobody’s to end without the right to, and the run says what to grant', async () => {
    await connect(2);
    await idle(2);
    expect((await release({ database: 'lesser' })).result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: expect.stringContaining(
        'The role reports may not end what it should: grant it pg_read_all_stats',
      ),
    });
    expect(await sessions()).toBe(2);
  });
});
