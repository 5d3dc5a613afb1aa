import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endedFromOutside } from '../../../src/adapters/process/attempt-result.ts';
import { allowedEnvironment } from '../../../src/adapters/process/environment.ts';
import { createLineSplitter } from '../../../src/adapters/process/lines.ts';
import { type GuardedCommand, runGuarded } from '../../../src/adapters/process/run-guarded.ts';
import { createRedactor } from '../../../src/observability/redact.ts';
import { until } from '../../stack/process.ts';

const env = { PATH: process.env.PATH ?? '' };
const run = (argv: readonly string[], more: Partial<GuardedCommand> = {}) =>
  runGuarded({
    argv,
    cwd: '/',
    env,
    timeout: 20_000,
    grace: 200,
    outputCap: 2000,
    redact: createRedactor().redact,
    signal: new AbortController().signal,
    ...more,
  });

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
    const result = await run(['sh', '-c', 'yes flood | head -n 3000000; echo the end']);
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

  it('goes when its command has gone', async () => {
    const { output } = await run(['sh', '-c', 'echo $PPID']);
    await gone([Number(output)]);
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

it('no guardian is left by these tests', async () => {
  const guardians = () =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return (
          parentOf(Number(pid)) === process.pid &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guardian.ts')
        );
      } catch {
        return false;
      }
    });
  await until(async () => guardians().length === 0, { what: 'the guardians to be gone', ms: 5000 });
});
