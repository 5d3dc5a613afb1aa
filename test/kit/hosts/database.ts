import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { scratchDir } from '../stack/guardian.ts';
import { type Postgresql, startPostgresql } from '../stack/postgresql.ts';
import { answers, onFreePort, startProcess } from '../stack/process.ts';

/** Of 63, three are for superusers; 52 may be of a program, so that whoever helps finds a place. */
const SETTINGS = { max_connections: '63', superuser_reserved_connections: '3' };
const MOST = 52;

/** A real PostgreSQL with its exporter, a user who may only look, and one who may end sessions. */
export type Database = {
  server: Postgresql;
  /** Host and port of the exporter. */
  exporter: string;
  /** Has the connection service file in it, in which the role for fixes is. */
  home: string;
  /** Takes all connections that the shop may have, and leaves them idle. */
  take(): Promise<void>;
  /** How many sessions the shop has, by the superuser's own look. */
  sessions(): Promise<number>;
  /** Gives up all that was taken. */
  give(): Promise<void>;
  stop(): Promise<void>;
};

export async function startDatabase(): Promise<Database> {
  const scratch = await scratchDir('database');
  const home = join(scratch.path, 'home');
  await mkdir(home);
  const server = await startPostgresql(scratch.path, SETTINGS);
  const admin = await server.connect();
  await admin.query(`CREATE ROLE shop LOGIN PASSWORD 'shop' CONNECTION LIMIT ${MOST}`);
  await admin.query(`CREATE ROLE medic LOGIN PASSWORD 'look' IN ROLE pg_monitor`);
  await admin.query(
    `CREATE ROLE medic_fix LOGIN PASSWORD 'fix' IN ROLE pg_read_all_stats, pg_signal_backend`,
  );
  await writeFile(
    join(home, '.pg_service.conf'),
    `[orders]\nhost=127.0.0.1\nport=${server.port}\ndbname=postgres\nuser=medic_fix\npassword=fix\n`,
    { mode: 0o600 },
  );
  const exporter = await startExporter(home, server.port);
  const held = new Set<pg.Client>();
  const open = async (): Promise<void> => {
    const client = await server.connect('shop', 'shop');
    held.add(client);
    client.once('end', () => held.delete(client));
    await client.query("SET application_name = 'shop-web'");
  };
  const give = async () => {
    const clients = [...held];
    held.clear();
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  };
  return {
    server,
    exporter: exporter.address,
    home,
    async take() {
      await Promise.all(Array.from({ length: MOST }, open));
    },
    async sessions() {
      const query = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = 'shop'";
      return (await admin.query(query)).rows[0].count;
    },
    give,
    async stop() {
      await give();
      await admin.end();
      await exporter.stop();
      await server.stop();
      await scratch.remove();
    },
  };
}

function startExporter(dir: string, port: number) {
  return onFreePort(async (own) => {
    const address = `127.0.0.1:${own}`;
    const running = await startProcess({
      name: 'postgres-exporter',
      argv: ['prometheus-postgres-exporter', `--web.listen-address=${address}`, '--log.level=warn'],
      env: {
        PATH: process.env.PATH,
        DATA_SOURCE_NAME: `postgresql://medic:look@127.0.0.1:${port}/postgres?sslmode=disable`,
      },
      ready: () => answers(`http://${address}/metrics`),
      logFile: join(dir, 'postgres-exporter.log'),
    });
    return { ...running, address };
  });
}
