import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Will } from '../../../../src/adapters/runners/process/guardian/guardian-messages.ts';
import { runGuarded } from '../../../../src/adapters/runners/process/run-guarded.ts';
import { exitReportIn } from '../../../../src/adapters/stores/redis/beside/report-exit.ts';
import { overSince, readExitReport } from '../../../../src/execution/exit-report.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { isAlive, until } from '../../../kit/stack/process.ts';
import { startRedis } from '../../../kit/stack/redis.ts';

const PASSWORD = 'correct-horse-battery';
let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let url: string;
let redis: Redis;

beforeAll(async () => {
  scratch = await scratchDir('last-word');
  server = await startRedis({ dir: scratch.path });
  url = `redis://:${PASSWORD}@127.0.0.1:${server.port}`;
  await connect(server.url).config('SET', 'requirepass', PASSWORD);
  redis = connect(url);
});
afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await server?.stop();
  await scratch?.remove();
});

const connections: Redis[] = [];
function connect(address: string): Redis {
  const connection = new Redis(address, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  connections.push(connection);
  return connection;
}

const willOf = (key: string, more: Partial<Will> = {}): Will => ({
  reportTo: exitReportIn(url, key),
  remote: null,
  scratch: null,
  runAs: null,
  ...more,
});

/** A worker with its command, and the guardian between them. The command prints its pid and its parent's first. */
async function start(will: Will, then: string) {
  const worker = spawn(
    process.execPath,
    [fileURLToPath(new URL('worker.ts', import.meta.url)), 'sh', '-c', `echo $$ $PPID; ${then}`],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TEST_WILL: JSON.stringify(will) } },
  );
  const lines = createInterface(worker.stdout as NonNullable<ChildProcess['stdout']>);
  const [first] = (await once(lines, 'line')) as [string];
  const [command = 0, guardian = 0] = first.split(' ').map(Number);
  return { worker, command, guardian };
}

async function kill({ worker }: { worker: ChildProcess }): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

const wordAt = (key: string, ms = 10_000) =>
  until(async () => readExitReport(await redis.get(key)), { what: `the word at ${key}`, ms });
const gone = (pid: number) => until(() => !isAlive(pid), { what: `process ${pid} to be gone`, ms: 10_000 });
const clock = async () => Number((await redis.time())[0]) * 1000;

describe('the word of a guardian whose worker is dead', () => {
  it('says that the command was ended, and when, by the clock of Redis', async () => {
    const before = await clock();
    const began = await start(willOf('orphaned'), 'sleep 600');
    await kill(began);
    const word = await wordAt('orphaned');
    expect(isAlive(began.command)).toBe(false);
    expect(word).toMatchObject({ cause: 'orphaned', exitCode: null, signal: 'SIGTERM', remoteUntil: null });
    expect(word.endedAt).toBeGreaterThanOrEqual(before);
    expect(word.endedAt).toBeLessThanOrEqual((await clock()) + 1000);
    await gone(began.guardian);
  });

  it('says how it ended by itself when the worker died before it could hear it', async () => {
    const gate = join(scratch.path, 'gate');
    const began = await start(
      willOf('unheard'),
      `trap "" TERM; while [ ! -e ${gate} ]; do sleep 0.02; done; exit 7`,
    );
    // A worker that is stopped hears nothing; the command ends meanwhile.
    began.worker.kill('SIGSTOP');
    await writeFile(gate, '');
    await gone(began.command);
    await kill(began);
    expect(await wordAt('unheard')).toMatchObject({ cause: 'exited', exitCode: 7, signal: null });
  });

  it('is kept back until nothing of the family is left', async () => {
    const began = await start(willOf('family'), 'trap "" TERM; (trap "" TERM; sleep 600) & sleep 600; wait');
    await kill(began);
    await wordAt('family');
    const members = (await readdir('/proc')).filter((pid) => /^\d+$/.test(pid));
    const left = await Promise.all(members.map(async (pid) => (await groupOf(pid)) === began.command));
    expect(left).not.toContain(true);
  });

  it('names the time until which other machines may go on, where a mark says that they were reached', async () => {
    const mark = join(scratch.path, 'mark');
    await writeFile(mark, '');
    const remote = { mark, after: 5_000 };
    const began = await start(willOf('remote', { remote }), 'sleep 600');
    const startedBy = await clock();
    await kill(began);
    const word = await wordAt('remote');
    expect(overSince(word)).toBeGreaterThan(word.endedAt);
    expect(Math.abs((word.remoteUntil ?? 0) - (startedBy + 65_000))).toBeLessThan(5_000);
    const unmarked = { mark: join(scratch.path, 'no-mark'), after: 5_000 };
    await kill(await start(willOf('unmarked', { remote: unmarked }), 'sleep 600'));
    expect(await wordAt('unmarked')).toMatchObject({ remoteUntil: null });
  });

  it('removes what was made for the command alone', async () => {
    const folder = join(scratch.path, 'parameters');
    await mkdir(folder);
    await writeFile(join(folder, 'vars.yml'), 'secret');
    await kill(await start(willOf('scratch', { scratch: folder }), 'sleep 600'));
    await wordAt('scratch');
    expect(existsSync(folder)).toBe(false);
  });

  it('never shows the address of Redis: not to the command, nor to those who list processes', async () => {
    const began = await start(willOf('secret'), 'sleep 600');
    for (const pid of [began.command, began.guardian]) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(PASSWORD);
      expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain(PASSWORD);
    }
    await kill(began);
    await wordAt('secret');
  });

  it('waits for a Redis that is away', async () => {
    const began = await start(willOf('later'), 'sleep 600');
    await server.kill();
    await kill(began);
    await gone(began.command);
    expect(isAlive(began.guardian)).toBe(true);
    server = await startRedis({ dir: scratch.path, port: server.port });
    const admin = connect(server.url);
    // Up to here it takes writes from anyone but those who name a password; a refusal is tried again as well.
    await admin.config('SET', 'requirepass', PASSWORD);
    expect(await wordAt('later', 20_000)).toMatchObject({ cause: 'orphaned' });
    await gone(began.guardian);
  });

  it('is not left when the worker lives to hear the end', async () => {
    const result = await runGuarded({
      argv: ['echo', 'over'],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
      timeout: 20_000,
      outputCap: 2000,
      redact: (text) => text,
      signal: new AbortController().signal,
      will: willOf('heard'),
    });
    expect(result.output).toBe('over');
    expect(await redis.exists('heard')).toBe(0);
  });
});

async function groupOf(pid: string): Promise<number | null> {
  try {
    const [state, , group] =
      (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' ? null : Number(group);
  } catch {
    return null;
  }
}
