import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onFreePort, type Running, startProcess, until } from './process.ts';
import { pings, startRedis } from './redis.ts';

/** The name by which the sentinels know their master. */
const NAME = 'memory';
const SENTINELS = 3;
/** How long a master may be silent before the sentinels call it down, milliseconds. */
const SILENCE = 500;

export interface Server extends Running {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
}

/** A master with two replicas, watched by three sentinels that make a replica the master when it is gone. */
export interface Watched {
  /** As `REDIS_URL` has it. */
  readonly url: string;
  servers(): readonly Server[];
  /** The server that the sentinels call the master, once most agree and it takes writes. */
  master(): Promise<Server>;
  /** Has the sentinels make another server the master, though nothing is wrong with this one. */
  failOver(): Promise<void>;
  /** Starts a server again after it was ended, with its data; it believes to be a master until the sentinels tell it otherwise. */
  restart(server: Server): Promise<Server>;
  stop(): Promise<void>;
}

/** Starts all six on loopback and waits until each knows all others. A failed start leaves nothing. */
export async function startWatched(dir: string): Promise<Watched> {
  const started: Running[] = [];
  const stop = async () => {
    // The sentinels first, or they would see an outage.
    await Promise.all(
      started
        .splice(0)
        .reverse()
        .map((one) => one.stop()),
    );
  };
  async function keep<T extends Running>(starting: Promise<T>): Promise<T> {
    const one = await starting;
    started.push(one);
    return one;
  }
  try {
    const server = async (name: string, masterPort?: number): Promise<Server> => {
      const own = join(dir, name);
      return { ...(await keep(startRedis({ dir: own, settings: settingsOf(masterPort) }))), dir: own };
    };
    const first = await server('one');
    const servers = [first, await server('two', first.port), await server('three', first.port)];
    const sentinels = await Promise.all(
      Array.from({ length: SENTINELS }, (_, place) =>
        keep(startSentinel(join(dir, `sentinel-${place}`), first.port)),
      ),
    );
    for (const { port } of sentinels) await knowsAll(port);
    const master = async () => {
      const ports = await Promise.all(sentinels.map(({ port }) => masterOf(port)));
      const port = ports.find((one) => ports.filter((other) => other === one).length > SENTINELS / 2);
      const found = servers.find((one) => one.port === port);
      if (found === undefined) throw new Error('the sentinels do not agree');
      return found;
    };
    return {
      url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
      servers: () => [...servers],
      master,
      async failOver() {
        const { port } = await master();
        // Refused while the one before is still being finished.
        const order = () => asked(sentinels[0]?.port ?? 0, (one) => one.call('SENTINEL', 'FAILOVER', NAME));
        await until(order, { what: 'a failover to be taken up', ms: 30_000 });
        await until(async () => (await master()).port !== port, { what: 'another master', ms: 30_000 });
      },
      async restart({ dir: own, port }) {
        const again = { ...(await keep(startRedis({ dir: own, port, settings: settingsOf() }))), dir: own };
        servers.splice(
          servers.findIndex((one) => one.port === port),
          1,
          again,
        );
        return again;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settingsOf(masterPort?: number): Record<string, string> {
  return {
    'repl-diskless-sync-delay': '0',
    ...(masterPort === undefined ? {} : { replicaof: `127.0.0.1 ${masterPort}` }),
  };
}

function startSentinel(dir: string, masterPort: number): Promise<Running & { port: number }> {
  return onFreePort(async (port) => {
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${dir}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
        `sentinel down-after-milliseconds ${NAME} ${SILENCE}`,
        `sentinel failover-timeout ${NAME} 5000`,
        `sentinel parallel-syncs ${NAME} 2`,
        '',
      ].join('\n'),
    );
    const running = await startProcess({
      name: 'sentinel',
      argv: ['redis-server', file, '--sentinel'],
      ready: () => pings(port),
      logFile: join(dir, 'sentinel.log'),
    });
    return { ...running, port };
  });
}

async function asked<T>(port: number, ask: (sentinel: Redis) => Promise<T>): Promise<T> {
  const sentinel = new Redis({ port, host: '127.0.0.1', retryStrategy: () => null, commandTimeout: 1_000 });
  sentinel.on('error', () => undefined);
  try {
    return await ask(sentinel);
  } finally {
    sentinel.disconnect();
  }
}

async function masterOf(port: number): Promise<number> {
  const [, masterPort] = (await asked(port, (one) =>
    one.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME),
  )) as string[];
  return Number(masterPort);
}

async function knowsAll(port: number): Promise<void> {
  const known = async () => {
    const flat = (await asked(port, (one) => one.call('SENTINEL', 'MASTER', NAME))) as string[];
    const fact = (name: string) => Number(flat[flat.indexOf(name) + 1]);
    return fact('num-slaves') === 2 && fact('num-other-sentinels') === SENTINELS - 1;
  };
  await until(known, { what: 'each sentinel to know all others and both replicas', ms: 15_000 });
}
