import { connect } from 'node:net';
import { join } from 'node:path';
import { onFreePort, startProcess } from './process.ts';
import type { Part } from './stack.ts';

export type RedisOptions = {
  /** Holds the data and the log; a later start with the same directory finds the data again. */
  dir: string;
  /** A port to use again after a restart; a free one by default. */
  port?: number;
  appendfsync?: 'always' | 'everysec' | 'no';
  /** More of redis.conf, by directive. */
  settings?: Readonly<Record<string, string>>;
};

/** Starts a Redis that keeps what it acknowledged (append-only file, no eviction), on loopback. */
export function startRedis(options: RedisOptions): Promise<Part & { port: number }> {
  return options.port === undefined
    ? onFreePort((port) => start(options, port))
    : start(options, options.port);
}

async function start({ dir, appendfsync = 'always', settings = {} }: RedisOptions, port: number) {
  const running = await startProcess({
    name: 'redis',
    argv: [
      'redis-server',
      ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', appendfsync, '--maxmemory-policy', 'noeviction'],
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...value.split(' ')]),
    ],
    ready: () => pings(port),
    logFile: join(dir, 'redis.log'),
  });
  return { ...running, url: `redis://127.0.0.1:${port}`, port };
}

/** Whether a Redis or a Sentinel on this loopback port answers PING; while it loads its data it answers an error. */
export function pings(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString().startsWith('+PONG'));
    });
    socket.once('error', reject);
  });
}
