import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endedFromOutside } from '../../../../src/adapters/runners/process/attempt-result.ts';
import { allowedEnvironment } from '../../../../src/adapters/runners/process/environment.ts';
import { createGuard, type Guard } from '../../../../src/adapters/runners/process/guardian/guard.ts';
import { createLineSplitter } from '../../../../src/adapters/runners/process/lines.ts';
import { type GuardedCommand, runGuarded } from '../../../../src/adapters/runners/process/run-guarded.ts';
import { createRedactor } from '../../../../src/observability/redact.ts';
import { until } from '../../../kit/stack/process.ts';

const env = { PATH: process.env.PATH ?? '' };
const plain = (argv: readonly string[]): GuardedCommand => ({
  argv,
  cwd: '/',
  env,
  timeout: 20_000,
  grace: 200,
  outputCap: 2000,
  redact: createRedactor().redact,
  signal: new AbortController().signal,
});
const run = (argv: readonly string[], more: Partial<GuardedCommand> = {}) =>
  runGuarded({ ...plain(argv), ...more });

const stateOf = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
  } catch {
    return undefined;
  }
};
const isAlive = (pid: number) => ![undefined, 'Z', 'X'].includes(stateOf(pid));
const gone = (pids: readonly number[]) =>
  until(async () => !pids.some(isAlive), { what: `processes ${pids.join(', ')} to be gone`, ms: 5000 });

/** Prints the pids of a shell, its child and its grandchild, and stays. */
const FAMILY = `echo $$; sh -c 'echo $$; sleep 600 & echo $!; wait' & wait`;

/** The pids that a command prints, once there are three. */
function family() {
  const pids: number[] = [];
  const complete = Promise.withResolvers<readonly number[]>();
  const onLine = (_: string, line: string) => {
    pids.push(Number(line));
    if (pids.length === 3) complete.resolve(pids);
  };
  return { onLine, complete: complete.promise };
}

describe('a process that leaves its group', () => {
  const STRAY = `setsid sh -c 'echo $$; exec sleep 600' & wait; sleep 600`;
  const stray = (more: Partial<GuardedCommand> = {}) => {
    const heard = Promise.withResolvers<number>();
    const onLine = (_: string, line: string) => heard.resolve(Number(line));
    return { pid: heard.promise, result: run(['sh', '-c', STRAY], { onLine, ...more }) };
  };

  it.each(['its time is up', 'it is stopped'])('is ended with it and named where %s', async (how) => {
    const stop = new AbortController();
    const more = how === 'it is stopped' ? { signal: stop.signal } : { timeout: 1_500 };
    const { pid, result } = stray(more);
    const left = await pid;
    await until(async () => commandOf(left) === 'sleep 600', { what: 'it to become a sleep', ms: 5000 });
    stop.abort();
    const ended = await result;
    expect(ended.survivors).toEqual([{ pid: left, command: 'sleep 600', ended: true }]);
    expect(endedFromOutside(ended, 1_500, 'while it ran')?.reason).toContain(
      `a process of it had left its group and was ended: ${left} (sleep 600)`,
    );
    expect(isAlive(left)).toBe(false);
  });

  it('is ended where its guardian was killed', async () => {
    const { pid, result } = stray();
    const left = await pid;
    const guardian = Number(
      /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${await leaderOf(left)}/status`, 'utf8'))?.[1],
    );
    process.kill(guardian, 'SIGKILL');
    expect(await result).toMatchObject({ lost: true, survivors: [{ pid: left, ended: true }] });
  });

  it('is left alone where the command comes to its own end: that may be what it was for', async () => {
    const daemon = `setsid -f sh -c 'echo $$; exec sleep 600 >/dev/null 2>&1'`;
    const result = await run(['sh', '-c', `echo $(${daemon})`]);
    const left = Number(result.output);
    expect(result.survivors).toBeUndefined();
    expect(isAlive(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });
});

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();

/** The process that started another one and still waits for it. */
async function leaderOf(pid: number): Promise<number> {
  return Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('a guarded command', () => {
  it('answers with its exit code and its output, stdout and stderr', async () => {
    const lines: string[] = [];
    const result = await run(['sh', '-c', 'echo out; echo err >&2; exit 3'], {
      onLine: (stream, line) => lines.push(`${stream} ${line}`),
    });
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      timedOut: false,
      stopped: false,
      lost: false,
      failedToStart: null,
    });
    expect(lines.sort()).toEqual(['stderr err', 'stdout out']);
    expect(result.output.split('\n').sort()).toEqual(['err', 'out']);
  });

  it('is not seen by a shell: its arguments arrive to the letter', async () => {
    const { output } = await run(['printf', '%s|', '$HOME', '`id`', '; ls', '--', "it's"]);
    expect(output).toBe("$HOME|`id`|; ls|--|it's|");
  });

  it('sees the environment that it is given and nothing else', async () => {
    const { output } = await run(['env'], { env: { ...env, ONLY: 'this' } });
    const names = output.split('\n').map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['MEDIC_ATTEMPT', 'ONLY', 'PATH']);
  });

  it.each([
    ['a program that is not there', ['no-such-program'], '/', 'no-such-program is not installed'],
    ['a file that may not be executed', ['/etc/passwd'], '/', '/etc/passwd may not be executed'],
    ['a folder that is not there', ['true'], '/no-such-folder', '/no-such-folder'],
  ])('that cannot start says why: %s', async (_, argv, cwd, reason) => {
    const result = await run(argv, { cwd });
    expect(result.failedToStart).toContain(reason);
    expect(result.exitCode).toBeNull();
  });

  it('takes its whole family with it when its time is up', async () => {
    const { onLine, complete } = family();
    const result = await run(['sh', '-c', FAMILY], { onLine, timeout: 500 });
    expect(result).toMatchObject({ timedOut: true, stopped: false, signal: 'SIGTERM' });
    expect((await complete).filter(isAlive)).toEqual([]);
  });

  it('takes its whole family with it when it is stopped', async () => {
    const { onLine, complete } = family();
    const abort = new AbortController();
    void complete.then(() => abort.abort());
    const result = await run(['sh', '-c', FAMILY], { onLine, signal: abort.signal });
    expect(result).toMatchObject({ stopped: true, timedOut: false });
    expect((await complete).filter(isAlive)).toEqual([]);
  });

  it('leaves nothing of its group behind when it exits by itself', async () => {
    const { output, exitCode } = await run(['sh', '-c', 'sleep 600 & echo $!']);
    expect(exitCode).toBe(0);
    expect(isAlive(Number(output))).toBe(false);
  });

  it('dies even if it ignores SIGTERM', async () => {
    const result = await run(['sh', '-c', 'trap "" TERM; sleep 600 & echo $!; wait; sleep 600'], {
      timeout: 300,
    });
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
    expect(isAlive(Number(result.output))).toBe(false);
  });

  it('keeps the first cause of its end: a stop during the grace after a timeout changes nothing', async () => {
    const abort = new AbortController();
    const result = await run(['sh', '-c', 'trap "echo ending" TERM; while :; do sleep 0.05; done'], {
      timeout: 200,
      grace: 500,
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    expect(result).toMatchObject({ timedOut: true, stopped: false });
  });

  it('never starts when it was stopped before', async () => {
    expect(await run(['touch', '/never'], { signal: AbortSignal.abort() })).toMatchObject({
      stopped: true,
      exitCode: null,
    });
  });

  it('may flood its output: only the end is kept, and it is said so', async () => {
    const result = await run(['sh', '-c', 'yes flood | head -n 300000; echo the end']);
    expect(result.truncated).toBe(true);
    expect(result.output.length).toBeLessThanOrEqual(2000);
    expect(result.output).toMatch(/flood\nthe end$/);
  });

  it('may flood a single line: it comes in pieces', async () => {
    const lengths: number[] = [];
    await run(['head', '-c', '100000', '/dev/zero'], { onLine: (_, line) => lengths.push(line.length) });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2000);
    expect(lengths.reduce((sum, each) => sum + each, 0)).toBe(100_000);
  });

  it('shows no secret, neither in its lines nor in what is kept', async () => {
    const lines: string[] = [];
    const key = '-----BEGIN PRIVATE KEY-----\\nMIIsecret\\n-----END PRIVATE KEY-----\\n';
    const { output } = await run(['printf', `password=hunter2\\n${key}after\\n`], {
      onLine: (_, line) => lines.push(line),
    });
    expect(lines).toEqual(['password=[redacted:password]', '[redacted:private-key]', 'after']);
    expect(output).toBe(lines.join('\n'));
  });
});

describe('the guardian', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends the whole family when its worker dies by %s',
    async (signal) => {
      const worker = spawn(
        process.execPath,
        [fileURLToPath(new URL('worker.ts', import.meta.url)), 'sh', '-c', `trap "" TERM; ${FAMILY}`],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const pids: number[] = [];
      for await (const line of createInterface(worker.stdout)) if (pids.push(Number(line)) === 3) break;
      expect(pids.every(isAlive)).toBe(true);
      worker.kill(signal);
      await once(worker, 'exit');
      await gone(pids);
    },
  );

  it('may be killed itself: then the end is unknown, and nothing is left running', async () => {
    const { onLine, complete } = family();
    const running = run(['sh', '-c', FAMILY], { onLine });
    const pids = await complete;
    process.kill(parentOf(pids[0] as number), 'SIGKILL');
    expect(await running).toMatchObject({ lost: true, exitCode: null, timedOut: false, stopped: false });
    await gone(pids);
  });

  it('goes with its worker, also with one that goes in peace', async () => {
    const worker = spawn(
      process.execPath,
      [fileURLToPath(new URL('worker.ts', import.meta.url)), 'sh', '-c', 'echo $PPID'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface(worker.stdout), 'line')) as [string];
    await once(worker, 'exit');
    expect(worker.exitCode).toBe(0);
    await gone([Number(line)]);
  });

  it('is one for all commands, which it serves side by side', async () => {
    const heard: number[] = [];
    const all = Promise.withResolvers<void>();
    const stop = new AbortController();
    const onLine = (_: string, line: string) => {
      if (heard.push(Number(line)) === MANY) all.resolve();
    };
    const running = Array.from({ length: MANY }, () =>
      run(['sh', '-c', 'echo $PPID; sleep 600'], { onLine, signal: stop.signal }),
    );
    await all.promise;
    expect(new Set(heard).size).toBe(1);
    stop.abort();
    for (const result of await Promise.all(running)) expect(result.stopped).toBe(true);
  });

  it('keeps commands apart: none has a file, a folder or a variable of another, and itself it has none of theirs', async () => {
    const open = Promise.withResolvers<number>();
    const stop = new AbortController();
    const other = run(['sh', '-c', 'echo $PPID; sleep 600'], {
      env: { ...env, SECRET: 'correct-horse' },
      cwd: '/usr',
      onLine: (_, line) => open.resolve(Number(line)),
      signal: stop.signal,
    });
    const guardian = await open.promise;
    const { output } = await run(['sh', '-c', 'env; pwd; ls -l /proc/$$/fd | grep -c socket:']);
    expect(output).not.toContain('SECRET');
    expect(output.split('\n')).toEqual(expect.arrayContaining(['/', '2']));
    for (const file of ['environ', 'cmdline'])
      expect(readFileSync(`/proc/${guardian}/${file}`, 'utf8')).not.toContain('correct-horse');
    stop.abort();
    await other;
  });

  it('lets none wait for the flood of another', async () => {
    const stop = new AbortController();
    const flowing = Promise.withResolvers<void>();
    const flood = run(['yes', 'a line of a flood'], { signal: stop.signal, onLine: () => flowing.resolve() });
    await flowing.promise;
    for (let turn = 0; turn < 5; turn += 1)
      expect((await run(['sh', '-c', 'echo through'])).output).toBe('through');
    stop.abort();
    expect((await flood).stopped).toBe(true);
  });
});

const MANY = 40;

describe('a guardian that fails its worker', () => {
  /** A guardian of this test alone, and what it is to hold now. */
  const own = (more: Parameters<typeof createGuard>[0] = {}) => {
    const guard = createGuard({ beat: 50, patience: 20, ...more });
    const start = (argv: readonly string[], of: Partial<GuardedCommand> = {}) =>
      runGuarded({ ...plain(argv), ...of }, guard);
    return { start, pid: async () => Number((await start(['sh', '-c', 'echo $PPID'])).output) };
  };

  it('loses all that it held, which is ended, and another serves what comes then', async () => {
    const { start, pid } = own();
    const guardian = await pid();
    const families = [family(), family()];
    const running = families.map(({ onLine }) => start(['sh', '-c', FAMILY], { onLine }));
    const pids = (await Promise.all(families.map(({ complete }) => complete))).flat();
    process.kill(guardian, 'SIGKILL');
    for (const result of await Promise.all(running))
      expect(result).toMatchObject({ lost: true, exitCode: null });
    await gone(pids);
    expect(await pid()).not.toBe(guardian);
  });

  it('is not missed where it held nothing', async () => {
    const { pid } = own();
    const guardian = await pid();
    process.kill(guardian, 'SIGKILL');
    expect(await pid()).toBeGreaterThan(0);
  });

  it('holds nothing up when it hangs: it is killed, and what it held is ended', async () => {
    const { start, pid } = own();
    const guardian = await pid();
    const { onLine, complete } = family();
    const running = start(['sh', '-c', FAMILY], { onLine });
    const pids = await complete;
    process.kill(guardian, 'SIGSTOP');
    expect(await running).toMatchObject({ lost: true });
    await gone([...pids, guardian]);
    expect(await pid()).not.toBe(guardian);
  });

  it('has not started what it was not told to start, so that another may: once', async () => {
    const { start, pid } = own();
    const guardian = await pid();
    process.kill(guardian, 'SIGSTOP');
    const lines: string[] = [];
    const result = await start(['sh', '-c', 'echo begun'], { onLine: (_, line) => lines.push(line) });
    expect(result).toMatchObject({ lost: false, exitCode: 0 });
    expect(lines).toEqual(['begun']);
    await gone([guardian]);
  });

  it('does not keep back for ever what it never gets ready for', async () => {
    const stopped: string[] = [];
    const never = new Promise<never>(() => undefined);
    const guard: Guard = {
      hold: async ({ id }) => ({ ready: never, ended: never, go() {}, stop: () => void stopped.push(id) }),
    };
    const result = await runGuarded({ ...plain(['true']), timeout: 50 }, guard);
    expect(result.failedToStart).toMatch(/its guardian was not ready for it in time/);
    expect(stopped.length).toBe(1);
  });

  it('does not keep back whoever stops a command meanwhile', async () => {
    const { start, pid } = own({ patience: 1000 });
    const guardian = await pid();
    process.kill(guardian, 'SIGSTOP');
    const stop = new AbortController();
    const running = start(['sh', '-c', 'echo begun'], { signal: stop.signal });
    stop.abort();
    expect(await running).toMatchObject({ stopped: true, output: '' });
    process.kill(guardian, 'SIGCONT');
    expect(await pid()).toBe(guardian);
  });
});

describe('lines of output', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n]/g, ''))),
        fc.integer({ min: 1, max: 7 }),
        (lines, size) => {
          const seen: string[] = [];
          const splitter = createLineSplitter(
            10_000,
            (text) => text,
            (line) => seen.push(line),
          );
          const bytes = Buffer.from(lines.map((line) => `${line.toWellFormed()}\n`).join(''));
          for (let at = 0; at < bytes.length; at += size) splitter.write(bytes.subarray(at, at + size));
          splitter.end();
          expect(seen).toEqual(lines.map((line) => line.toWellFormed()));
        },
      ),
    );
  });
});

describe('the environment of commands', () => {
  it('holds no token of Medic, only what is on the list or named', () => {
    const own = {
      PATH: '/bin',
      SLACK_BOT_TOKEN: 't',
      OPENAI_API_KEY: 'k',
      HOME: '/h',
      CLOUD_REGION: 'eu',
      NODE_OPTIONS: '-r x',
    };
    expect(allowedEnvironment(own, ['CLOUD_REGION'])).toEqual({
      PATH: '/bin',
      HOME: '/h',
      CLOUD_REGION: 'eu',
    });
  });
});

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
}
