import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchDir } from '../kit/stack/guardian.ts';
import { answers, freePort, startProcess } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';
import { createGun, type Gun } from './load.ts';
import { CONNECTIONS, type Fsync } from './stage.ts';

const SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url));

/** The least that any server would do with the same webhooks, on the same machine, at about the same time. */
export interface BareServer {
  readonly gun: Gun;
  readonly pids: readonly [server: number, redis: number];
}

export async function onBareServer<Result>(
  fsync: Fsync,
  play: (server: BareServer) => Promise<Result>,
): Promise<Result> {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  try {
    const scratch = await scratchDir('bare');
    closing.push(() => scratch.remove());
    const dir = join(scratch.path, 'redis');
    mkdirSync(dir);
    const redis = await startRedis({ dir, appendfsync: fsync });
    closing.push(() => redis.stop());
    const port = await freePort();
    const server = await startProcess({
      name: 'bare server',
      argv: [process.execPath, SERVER, String(port), redis.url],
      ready: () => answers(`http://127.0.0.1:${port}/readyz`),
      readyWithinMs: 60_000,
      logFile: join(scratch.path, 'server.log'),
    });
    closing.push(() => server.stop());
    const gun = createGun(`http://127.0.0.1:${port}`, CONNECTIONS);
    closing.push(() => gun.close());
    return await play({ gun, pids: [server.pid, redis.pid] });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
