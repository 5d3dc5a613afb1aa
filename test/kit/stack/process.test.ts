import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { scratchDir } from './guardian.ts';
import { isAlive, onFreePort, startProcess, until } from './process.ts';
import { startRedis } from './redis.ts';

const scratch = await scratchDir('process-test');
afterAll(() => scratch.remove());
const logFile = join(scratch.path, 'log');

describe('a started process', { timeout: 30_000 }, () => {
  it('takes its own children along when it is stopped', async () => {
    const script = 'sleep 300 & echo $! > child; wait';
    const started = await startProcess({
      name: 'parent',
      argv: ['sh', '-c', script],
      cwd: scratch.path,
      logFile,
      ready: async () => existsSync(join(scratch.path, 'child')),
    });
    const child = Number(await readFile(join(scratch.path, 'child'), 'utf8'));
    expect(isAlive(child)).toBe(true);
    await started.stop();
    expect(isAlive(started.pid)).toBe(false);
    await until(() => !isAlive(child), { what: 'the child to be gone', ms: 5_000 });
  });

  it('is killed when it does not heed SIGTERM in time', async () => {
    const argv = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done'] as const;
    const stubborn = await startProcess({
      name: 'stubborn',
      argv: [...argv],
      logFile: join(scratch.path, 'stubborn'),
      ready: async () => (await readFile(join(scratch.path, 'stubborn'), 'utf8')).includes('ready'),
      graceMs: 100,
    });
    await stubborn.stop();
    expect(await stubborn.ended).toBe('by SIGKILL');
  });

  it('fails to start with what it said last when it ends early', async () => {
    const argv: [string, ...string[]] = ['sh', '-c', 'echo no such luck >&2; exit 3'];
    const starting = startProcess({ name: 'hapless', argv, logFile, ready: async () => false });
    await expect(starting).rejects.toThrow(
      /hapless did not start: it ended \(with code 3\)\n[\s\S]*no such luck/,
    );
  });

  it('fails to start with a plain reason when the program is missing', async () => {
    const starting = startProcess({ name: 'ghost', argv: ['no-such-program'], logFile });
    await expect(starting).rejects.toThrow(
      'ghost did not start: no-such-program is not installed or not in PATH',
    );
  });

  it('gets another port when the first one was taken meanwhile', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const taken = (squatter.address() as AddressInfo).port;
    const tried: number[] = [];
    const redis = await onFreePort((port) => {
      tried.push(port);
      return startRedis({ dir: scratch.path, port: tried.length === 1 ? taken : port });
    });
    expect(tried).toHaveLength(2);
    await redis.stop();
    squatter.close();
  });

  it('is ended, and its mounts and files removed, when the process that started it is killed', async () => {
    const holder = spawn(process.execPath, [fileURLToPath(new URL('hold.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const { path, pids } = JSON.parse(line.toString()) as { path: string; pids: number[] };
    expect(pids).toHaveLength(6);
    expect(pids.every(isAlive)).toBe(true);
    holder.kill('SIGKILL');
    await until(() => !pids.some(isAlive), { what: 'every process to be gone', ms: 15_000 });
    await until(() => !existsSync(path), { what: 'the scratch directory to be gone', ms: 15_000 });
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(path);
  });
});
