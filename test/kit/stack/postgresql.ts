import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { onFreePort, type Running, startProcess } from './process.ts';

/** The password of `postgres`, who may do anything. */
const SUPERUSER = 'super-and-local';

const VERSIONS = '/usr/lib/postgresql';

type Settings = Readonly<Record<string, string>>;
export type Postgresql = Running & {
  readonly port: number;
  /** A connection as somebody, `postgres` by default. */
  connect(user?: string, password?: string): Promise<pg.Client>;
};

/** Starts a PostgreSQL on loopback whose data lies in a folder of its own; passwords are asked of everybody. */
export async function startPostgresql(folder: string, settings: Settings = {}): Promise<Postgresql> {
  const data = join(folder, 'data');
  const passwords = join(folder, 'password');
  await chmod(folder, 0o755);
  await writeFile(passwords, `${SUPERUSER}\n`);
  execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', data]);
  const init = ['-D', data, '--auth=scram-sha-256', '--no-sync', '-U', 'postgres', `--pwfile=${passwords}`];
  execFileSync('runuser', ['-u', 'postgres', '--', join(programs(), 'initdb'), ...init], { cwd: '/' });
  return serve(data, folder, settings);
}

/** Starts a replica of another, which gives way to `promote` alone. */
export async function startReplica(of: Postgresql, folder: string, slot: string): Promise<Postgresql> {
  const data = join(folder, 'data');
  await chmod(folder, 0o755);
  execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', data]);
  const from = `host=127.0.0.1 port=${of.port} user=postgres password=${SUPERUSER}`;
  const copy = [
    '-D',
    data,
    '-R',
    '-X',
    'stream',
    '-C',
    '-S',
    slot,
    '--checkpoint=fast',
    '--no-sync',
    '-d',
    from,
  ];
  execFileSync('runuser', ['-u', 'postgres', '--', join(programs(), 'pg_basebackup'), ...copy], { cwd: '/' });
  return serve(data, folder, {});
}

/** Debian keeps the programs of each version apart. */
function programs(): string {
  const versions = readdirSync(VERSIONS).toSorted((one, other) => Number(one) - Number(other));
  return join(VERSIONS, versions.at(-1) ?? '', 'bin');
}

function serve(data: string, folder: string, settings: Settings): Promise<Postgresql> {
  return onFreePort(async (port) => {
    const connect = async (user = 'postgres', password = SUPERUSER) => {
      const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
      client.on('error', () => {});
      await client.connect();
      return client;
    };
    const own = {
      fsync: 'off',
      ...settings,
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: data,
    };
    const running = await startProcess({
      name: 'postgresql',
      argv: [
        ...(['runuser', '-u', 'postgres', '--', join(programs(), 'postgres'), '-D', data] as const),
        ...Object.entries(own).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cwd: '/',
      ready: async () => {
        await (await connect()).end();
        return true;
      },
      readyWithinMs: 60_000,
      logFile: join(folder, 'postgresql.log'),
    });
    return { ...running, port, connect };
  });
}
