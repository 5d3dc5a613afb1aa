import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { runBrief } from '../../../../../src/adapters/runners/process/brief/run-brief.ts';
import { type Scratch, scratchDir } from '../../../../kit/stack/guardian.ts';
import { isAlive, until } from '../../../../kit/stack/process.ts';

const WORKER = fileURLToPath(new URL('brief-worker.ts', import.meta.url));
const never = new AbortController().signal;
const sh = (script: string, more: { timeout?: number; signal?: AbortSignal } = {}) =>
  runBrief({
    argv: ['sh', '-c', script],
    env: { PATH: process.env.PATH ?? '', SAID: 'yes' },
    timeout: 20_000,
    outputCap: 1_000,
    signal: never,
    ...more,
  });

async function scratch(): Promise<Scratch> {
  const one = await scratchDir('brief');
  onTestFinished(() => one.remove());
  return one;
}
const numberIn = (file: string) =>
  until(
    () => {
      try {
        return Number(readFileSync(file, 'utf8'));
      } catch {
        return false;
      }
    },
    { what: `a number in ${file}`, ms: 10_000 },
  );

it('a command is no child of Medic, and knows nothing of it but what it is told', async () => {
  const { stdout, exitCode } = await sh('echo $PPID; env | sort | cut -d = -f 1; exit 3');
  const [parent, ...names] = stdout.trim().split('\n');
  expect(Number(parent)).not.toBe(process.pid);
  expect(names.filter((name) => !['_', 'OLDPWD', 'PWD', 'SHLVL'].includes(name))).toEqual(['PATH', 'SAID']);
  expect(exitCode).toBe(3);
});

it('many run side by side, each with its own answer', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, (_, nth) => sh(`sleep 0.2; echo ${nth}`)));
  expect(all.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 20 }, (_, nth) => nth));
});

it('one that is stopped, or takes too long, has ended with all that it started', async () => {
  const { path } = await scratch();
  const script = (name: string) => `sleep 600 & echo $! > ${join(path, name)}; wait`;
  const stopping = new AbortController();
  const stopped = sh(script('stopped'), { signal: stopping.signal });
  const one = await numberIn(join(path, 'stopped'));
  stopping.abort();
  expect(await stopped).toMatchObject({ ended: 'stopped', exitCode: null });
  await until(() => !isAlive(one), { what: 'its end', ms: 5_000 });

  expect(await sh(script('late'), { timeout: 500 })).toMatchObject({ ended: 'timed-out' });
  const other = await numberIn(join(path, 'late'));
  await until(() => !isAlive(other), { what: 'its end', ms: 5_000 });
});

it('is answered all the same where the process that starts commands has died, and so is the next', async () => {
  const { path } = await scratch();
  const script = `if [ -e ${path}/seen ]; then echo again; else touch ${path}/seen; echo $PPID > ${path}/starter; sleep 5; fi`;
  const answer = sh(script);
  process.kill(await numberIn(join(path, 'starter')), 'SIGKILL');
  expect(await answer).toMatchObject({ exitCode: 0, stdout: 'again\n' });
  expect(await sh('echo well')).toMatchObject({ stdout: 'well\n' });
});

it('keeps no process from its end, and ends with it where that is killed', async () => {
  const done = spawn(process.execPath, [WORKER, 'echo done'], { stdio: ['ignore', 'pipe', 'inherit'] });
  expect(await text(done.stdout)).toBe('ended: done\n');

  const { path } = await scratch();
  const killed = spawn(process.execPath, [WORKER, `echo $$ > ${path}/pid; exec sleep 600`], {
    stdio: 'ignore',
  });
  const command = await numberIn(join(path, 'pid'));
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  await until(() => !isAlive(command), { what: 'the end of its command', ms: 5_000 });
});
