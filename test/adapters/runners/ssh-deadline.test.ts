import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunners } from '../../../src/adapters/runners/runners.ts';
import { exitReportIn } from '../../../src/adapters/stores/redis/beside/report-exit.ts';
import type { Elsewhere } from '../../../src/execution/attempt.ts';
import { type ExitReport, overSince, readExitReport } from '../../../src/execution/exit-report.ts';
import type { Order } from '../../../src/execution/runner.ts';
import { SshRun } from '../../../src/playbooks/manifest.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { isAlive, until } from '../../kit/stack/process.ts';
import { startRedis } from '../../kit/stack/redis.ts';
import { startSshd } from './sshd.ts';

const run = promisify(execFile);
let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let inventory: string;
let temporary: string;

beforeAll(async () => {
  scratch = await scratchDir('ssh');
  const at = (name: string) => join(scratch.path, name);
  temporary = at('tmp');
  await Promise.all([mkdir(temporary), mkdir(at('redis'))]);
  sshd = await startSshd(at('sshd'));
  server = await startRedis({ dir: at('redis') });
  redis = new Redis(server.url);
  inventory = at('inventory.ini');
  await writeFile(inventory, `[far]\nweb1 ${sshd.host}\n[near]\nhere ansible_connection=local\n`);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
  await sshd?.stop();
  await scratch?.remove();
});

let orders = 0;
async function order(hosts: string, tasks: string, more: Partial<Order> = {}): Promise<Order> {
  orders += 1;
  const id = `order-${orders}`;
  const folder = join(scratch.path, id);
  await mkdir(folder);
  await writeFile(
    join(folder, 'site.yml'),
    `- name: The play\n  hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks}`,
  );
  return {
    id,
    run: { ansible: { playbook: 'site.yml', limit: null } },
    dryRun: null,
    folder,
    parameters: {},
    timeout: 30_000,
    fence: null,
    reportTo: exitReportIn(server.url, `word:${id}`),
    ...more,
  };
}

/** A task whose process writes its pid and stays, although its terminal goes. */
const stay = (pidFile: string, how = 'ansible.builtin.shell') =>
  `    - name: Stay\n      ${how}: trap "" HUP; echo $$ > ${pidFile}; sleep 600\n`;

async function orphan(wanted: Order, pidFile: string): Promise<{ pid: number; killedAt: number }> {
  const worker = startWorker(wanted);
  const pid = await until(async () => existsSync(pidFile) && Number(await readFile(pidFile, 'utf8')), {
    what: 'the task to run',
    ms: 15_000,
  });
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  return { pid, killedAt: performance.now() };
}

function startWorker(wanted: Order): ChildProcess {
  const file = fileURLToPath(new URL('order-worker.ts', import.meta.url));
  return spawn(process.execPath, [file, JSON.stringify(wanted), inventory], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TMPDIR: temporary },
  });
}

const wordOf = ({ reportTo }: Order): Promise<ExitReport> =>
  until(async () => readExitReport(await redis.get(reportTo?.key ?? '')), {
    what: 'the last word',
    ms: 10_000,
  });
const now = async () => Number((await redis.time())[0]) * 1000;

describe('what an orphaned playbook began on another machine', { timeout: 60_000 }, () => {
  it.each(['ansible.builtin.shell', 'ansible.builtin.raw'])(
    'ends by its own deadline, and the word says until when it may go on: %s',
    async (how) => {
      const pidFile = join(scratch.path, `${how}.pid`);
      const wanted = await order('far', stay(pidFile, how), { timeout: 6_000 });
      const begun = performance.now();
      const { pid } = await orphan(wanted, pidFile);
      const word = await wordOf(wanted);
      expect(word).toMatchObject({ cause: 'orphaned', remoteUntil: expect.any(Number) });
      // The guardian ended what it reaches; the far process lives on, which is why it needs a deadline.
      expect(isAlive(pid)).toBe(true);
      expect(word.endedAt).toBeLessThan(overSince(word));
      await until(() => !isAlive(pid), { what: 'the far process to be gone', ms: 15_000 });
      expect(performance.now() - begun).toBeLessThan(6_000 + 1_000 + 5_000);
      expect(await now()).toBeLessThan(overSince(word));
    },
  );

  it('has ended with its line where it went over ssh without a play, and its word is safe all the same', async () => {
    const pidFile = join(scratch.path, 'line.pid');
    const argv = ['sh', '-c', `trap "" HUP; echo $$ > ${pidFile}; sleep 600`];
    const ssh = SshRun.parse({ hosts: 'web1', group: 'far', argv, fence: 'shop' });
    const wanted = await order('far', '', { run: { ssh }, timeout: 6_000 });
    const { pid } = await orphan(wanted, pidFile);
    await until(() => !isAlive(pid), { what: 'the far process to be gone', ms: 3_000 });
    const word = await wordOf(wanted);
    expect(word).toMatchObject({ cause: 'orphaned', remoteUntil: expect.any(Number) });
    // Nobody here saw it go: until its own deadline has passed, it may be there for all that is known.
    expect(await now()).toBeLessThan(overSince(word));
  });

  it('has no part in the word of a playbook that acts here alone: it is over when its group is gone', async () => {
    const pidFile = join(scratch.path, 'near.pid');
    const wanted = await order('near', stay(pidFile));
    const { pid } = await orphan(wanted, pidFile);
    const word = await wordOf(wanted);
    expect(isAlive(pid)).toBe(false);
    expect(word).toMatchObject({ cause: 'orphaned', remoteUntil: null });
    expect(overSince(word)).toBe(word.endedAt);
    const ttl = await redis.ttl(wanted.reportTo?.key ?? '');
    expect(ttl).toBeGreaterThan(7_775_000);
  });

  it('leaves neither parameters nor other files of Medic behind', async () => {
    // The folder of a connection's socket holds nothing else.
    const left = async () => (await readdir(temporary)).filter((name) => /^medic-(?!ssh-)/.test(name));
    await until(async () => (await left()).length === 0, { what: 'all files to be removed', ms: 5_000 });
    expect(await left()).toEqual([]);
  });
});

it('nothing starts on a machine that cannot keep a deadline, and it says so', async () => {
  const folder = fileURLToPath(new URL('../../../src/adapters/runners/ansible/remote', import.meta.url));
  const print = 'import deadline; print(deadline.under_deadline("echo started", 5))';
  const { stdout: line } = await run('/usr/bin/python3', ['-c', print], {
    env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect((await run('/bin/sh', ['-c', line])).stdout).toBe('started\n');
  await expect(run('/bin/sh', ['-c', line], { env: { PATH: '/nowhere' } })).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('there is no timeout(1)'),
  });
});

describe('a playbook over SSH', { timeout: 60_000 }, () => {
  it('works as it would without deadlines: facts, files, scripts, shells, loops, retries and raw commands', async () => {
    const file = join(scratch.path, 'copied');
    const script = join(scratch.path, 'script.sh');
    await writeFile(script, '#!/bin/sh\necho "script $1"\n');
    const tasks = [
      '    - {name: Facts, ansible.builtin.setup: {gather_subset: [min]}}',
      `    - {name: Copy, ansible.builtin.copy: {content: "it's \\"here\\"\\n", dest: ${file}}}`,
      '    - {name: Shell, ansible.builtin.shell: "echo $0 $FAR | tr a-z A-Z", environment: {FAR: away}, register: shell}',
      `    - {name: Script, ansible.builtin.script: "${script} one", register: script}`,
      '    - {name: Raw, ansible.builtin.raw: "echo a; echo b", register: raw}',
      '    - {name: Loop, ansible.builtin.command: {argv: [test, -e, "{{ item }}"]}, loop: [/, /etc]}',
      '    - {name: Retry, ansible.builtin.command: {argv: [mkdir, -p, /tmp]}, until: tried is succeeded, retries: 2, delay: 0, register: tried}',
      '    - name: Check',
      '      ansible.builtin.assert:',
      "        that: [ansible_facts.system == 'Linux', \"'AWAY' in shell.stdout\", \"script.stdout_lines == ['script one']\", \"raw.stdout_lines == ['a', 'b']\"]",
      '',
    ].join('\n');
    const runner = createRunners({ inventory, environment: process.env, redact: (text) => text });
    const result = await runner.run(
      await order('far', tasks, { reportTo: null }),
      () => {},
      new AbortController().signal,
    );
    expect(result).toEqual({
      kind: 'succeeded',
      summary: expect.stringMatching(/^8 tasks, .* on web1$/),
      changed: expect.any(Number),
    });
    expect(await readFile(file, 'utf8')).toBe('it\'s "here"\n');
  });

  it('that takes too long is ended as one here is, and says during which task', async () => {
    const pidFile = join(scratch.path, 'slow.pid');
    const runner = createRunners({ inventory, environment: process.env, redact: (text) => text });
    const slow = await order('far', stay(pidFile), { timeout: 4_000, reportTo: null });
    const result = await runner.run(slow, () => {}, new AbortController().signal);
    const endedAt = performance.now();
    expect(result).toEqual({
      kind: 'timed-out',
      reason: 'it was ended during task "Stay": its limit of 4 s had passed',
      elsewhereFor: expect.any(Number),
    });
    const pid = Number(await readFile(pidFile, 'utf8'));
    await until(() => !isAlive(pid), { what: 'the far process to be gone', ms: 8_000 });
    const { elsewhereFor = 0 } = result as Elsewhere;
    expect(performance.now() - endedAt).toBeLessThan(elsewhereFor);
  });

  it('that a person stops may go on there until its deadline, and says for how long', async () => {
    const pidFile = join(scratch.path, 'stopped.pid');
    const runner = createRunners({ inventory, environment: process.env, redact: (text) => text });
    const stopping = new AbortController();
    const wanted = await order('far', stay(pidFile), { timeout: 8_000, reportTo: null });
    const running = runner.run(wanted, () => {}, stopping.signal);
    const pid = await until(async () => Number(await readFile(pidFile, 'utf8')), {
      what: 'the far process to run',
      ms: 8_000,
    });
    stopping.abort();
    expect(await running).toMatchObject({ kind: 'stopped', elsewhereFor: expect.any(Number) });
    expect(isAlive(pid)).toBe(true);
    await until(() => !isAlive(pid), { what: 'the far process to be gone', ms: 15_000 });
  });

  it('that fails by itself leaves nothing there', async () => {
    const runner = createRunners({ inventory, environment: process.env, redact: (text) => text });
    const failing = await order('far', '    - {name: Fail, ansible.builtin.command: {argv: ["false"]}}\n');
    const result = await runner.run(failing, () => {}, new AbortController().signal);
    expect(result).toEqual({ kind: 'failed', exitCode: 2, reason: expect.stringContaining('"Fail"') });
  });
});
