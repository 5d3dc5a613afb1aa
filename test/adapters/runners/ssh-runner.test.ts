import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHosts, type OpenHosts } from '../../../src/adapters/hosts/hosts.ts';
import { farCommand } from '../../../src/adapters/runners/ssh/far-command.ts';
import { createSshRunner } from '../../../src/adapters/runners/ssh/runner.ts';
import type { TaskLine } from '../../../src/execution/attempt.ts';
import type { Order } from '../../../src/execution/runner.ts';
import { SshRun } from '../../../src/playbooks/manifest.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { isAlive, until } from '../../kit/stack/process.ts';
import { startSshd } from './sshd.ts';

let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let hosts: OpenHosts;
/** What every test finds there, and what one try of a test makes: a second try must not find what the first has left. */
const shared = (name: string) => join(scratch.path, name);
const at = (name: string) => join(scratch.path, `try-${tries}`, name);
let tries = 0;

beforeAll(async () => {
  scratch = await scratchDir('ssh-runner');
  sshd = await startSshd(shared('sshd'));
  const fences = `medic_fence_dir=${shared('fences')}`;
  await writeFile(
    shared('inventory.ini'),
    [
      '[web]',
      `web-1 ${sshd.host} ${fences}`,
      `web-2 ${sshd.host} ${fences}-2`,
      '[gone]',
      'gone-1 ansible_host=127.0.0.1 ansible_port=1',
      '[jobs]',
      `jobs-1 ${sshd.host} ${fences}-3 medic_service_manager=supervisor medic_supervisor_conf=/etc/own.conf`,
      '[here]',
      `here-1 ansible_connection=local ${fences}-4`,
      '',
    ].join('\n'),
  );
  await writeFile(
    shared('lose.sh'),
    [
      'pid=$$',
      'until grep -q ^sshd /proc/$pid/comm; do pid=$(cut -d " " -f 4 /proc/$pid/stat); done',
      'kill -KILL $pid',
      'sleep 600',
    ].join('\n'),
  );
  hosts = createHosts({ inventory: shared('inventory.ini'), environment: process.env });
});
beforeEach(() => {
  tries += 1;
  mkdirSync(at(''));
});
afterAll(async () => {
  await hosts?.close();
  await sshd?.stop();
  await scratch?.remove();
});

let orders = 0;
const order = (ssh: object, more: Partial<Order> = {}): Order => ({
  id: `order-${++orders}`,
  run: { ssh: SshRun.parse({ hosts: 'web-1', fence: 'shop', argv: ['true'], ...ssh }) },
  dryRun: null,
  folder: scratch.path,
  parameters: {},
  timeout: 20_000,
  fence: null,
  reportTo: null,
  ...more,
});
const numberIn = (file: string) =>
  until(() => existsSync(file) && Number(readFileSync(file, 'utf8')), { what: 'its beginning', ms: 10_000 });
/** The processes of sshd that serve a connection. */
async function sessionsOf(listener: number): Promise<readonly number[]> {
  const below = async (pid: number): Promise<readonly number[]> => {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    const children = text.split(' ').filter(Boolean).map(Number);
    return [...children, ...(await Promise.all(children.map(below))).flat()];
  };
  const all = await below(listener);
  const isSsh = async (pid: number) => (await readFile(`/proc/${pid}/comm`, 'utf8')).startsWith('sshd');
  const are = await Promise.all(all.map((pid) => isSsh(pid).catch(() => false)));
  return all.filter((_, index) => are[index]);
}
const play = async (one: Order, signal = new AbortController().signal, onLine = (_: TaskLine) => {}) => {
  const lines: TaskLine[] = [];
  const runner = createSshRunner({ hosts, redact: (text) => text });
  const report = (line: TaskLine) => {
    lines.push(line);
    onLine(line);
  };
  const result = await runner.run(one, report, signal);
  return { result, lines };
};

describe('a command on hosts', () => {
  it('runs there to the letter, one host after the other, and tells how it goes', async () => {
    const words = ['a b', "it's", '$HOME', '`id`', '; touch evil', '{{ x }}', '--'];
    const { result, lines } = await play(
      order({
        hosts: 'web-1,web-2',
        argv: ['sh', '-c', `printf '%s\\n' "$@" >> ${at('words')}; echo told`, 'x', ...words],
      }),
    );
    expect(result).toEqual({ kind: 'succeeded', summary: 'done on web-1 and web-2', changed: 2 });
    expect((await readFile(at('words'), 'utf8')).trim().split('\n')).toEqual([...words, ...words]);
    expect(lines.map(({ name, status }) => `${name.split(' on ').at(-1)} ${status}`)).toEqual([
      'web-1 running',
      'web-1 running',
      'web-1 changed',
      'web-2 running',
      'web-2 running',
      'web-2 changed',
    ]);
  });

  it('runs on the hosts of the group where none is named, and here where a host is this machine', async () => {
    expect((await play(order({ hosts: '', group: 'web' }))).result).toMatchObject({
      summary: 'done on web-1 and web-2',
    });
    expect((await play(order({ hosts: 'here-1' }))).result).toMatchObject({ summary: 'done on here-1' });
    expect((await play(order({ hosts: '', group: 'nobody' }))).result).toMatchObject({
      kind: 'failed',
      untouched: true,
    });
  });

  it('is the one for what manages services there', async () => {
    const argv = { systemd: ['echo', 'systemd'], supervisor: ['supervisorctl', 'restart', 'shop'] };
    const { result, lines } = await play(order({ hosts: 'jobs-1', argv }));
    expect(lines[0]?.name).toBe('supervisorctl -c /etc/own.conf restart shop on jobs-1');
    expect(result.kind).toBe('failed');
    expect((await play(order({ argv: { supervisor: ['true'] } }))).result).toMatchObject({
      reason: 'the playbook has no command for systemd, which manages services on web-1',
      untouched: true,
    });
  });

  it('is refused by a host where a later fix came first, before it changes anything', async () => {
    const acted = at('acted');
    const touch = (fence: number) => play(order({ argv: ['touch', acted] }, { fence }));
    await play(order({}, { fence: 7 }));
    expect((await touch(6)).result).toEqual({
      kind: 'failed',
      reason: 'web-1: a later fix of shop was here: its number is 7, this one’s is 6'.replace('’', "'"),
      exitCode: null,
      untouched: true,
    });
    expect(existsSync(acted)).toBe(false);
    expect((await touch(7)).result.kind).toBe('succeeded');
    expect(readFileSync(join(shared('fences'), 'shop'), 'utf8')).toBe('7\n');
  });

  it('keeps the fence where playbooks keep it, and compares it as they do', async () => {
    const fence = await readFile(new URL('../../../playbooks/shared/fence.yml', import.meta.url), 'utf8');
    const [, , script] = farCommand({
      ...{ argv: [], tag: 'x', service: 'shop', fence: 1, fenceFolder: null, seconds: 1 },
    });
    const told = (text = '') => [...text.matchAll(/refuse "([^"]+)"/g)].map(([, words]) => words);
    expect(told(script)).toEqual(expect.arrayContaining(told(fence)));
    expect(told(fence).length).toBeGreaterThan(4);
  });

  it('that fails says so with its last words, and no further host is touched', async () => {
    const { result } = await play(
      order({
        hosts: 'web-1,web-2',
        argv: ['sh', '-c', `echo once >> ${at('failures')}; echo 'it is stuck' >&2; exit 3`],
      }),
    );
    expect(result).toEqual({ kind: 'failed', reason: 'on web-1 it ended with 3: it is stuck', exitCode: 3 });
    expect(await readFile(at('failures'), 'utf8')).toBe('once\n');
  });

  it('that never began has changed nothing: a host that cannot be reached, a program that is not there', async () => {
    expect((await play(order({ hosts: 'gone-1' }))).result).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/gone-1 .*cannot be reached/),
      untouched: true,
    });
    expect((await play(order({ argv: ['no-such-program'] }))).result).toMatchObject({
      reason: 'web-1: no-such-program is not installed here',
      untouched: true,
    });
  });

  it('ends there at its limit, and that is told', async () => {
    const { result } = await play(
      order({ argv: ['sh', '-c', `echo $$ > ${at('pid')}; sleep 600`] }, { timeout: 1_000 }),
    );
    expect(result).toMatchObject({ kind: 'timed-out' });
    const pid = (await readFile(at('pid'), 'utf8')).trim();
    await until(async () => !existsSync(`/proc/${pid}`), {
      what: 'the command to be gone there',
      ms: 10_000,
    });
  });

  it('that is stopped has ended there when that is told', async () => {
    const stopping = new AbortController();
    const argv = ['sh', '-c', 'echo $$; sleep 600'];
    let pid = 0;
    const { result } = await play(order({ argv }, { timeout: 30_000 }), stopping.signal, ({ detail }) => {
      pid = Number(detail);
      if (pid > 0) stopping.abort();
    });
    expect(result).toEqual({ kind: 'stopped', reason: 'it was stopped while it ran on web-1' });
    expect(isAlive(pid)).toBe(false);
  });

  it('that heeds no signal is killed there when it is stopped', async () => {
    const stopping = new AbortController();
    const argv = ['sh', '-c', "trap '' TERM HUP; echo $$; while :; do sleep 1; done"];
    let pid = 0;
    const { result } = await play(order({ argv }, { timeout: 30_000 }), stopping.signal, ({ detail }) => {
      pid = Number(detail);
      if (pid > 0) stopping.abort();
    });
    expect(result).not.toHaveProperty('elsewhereFor');
    expect(isAlive(pid)).toBe(false);
  });

  it('whose worker is killed ends there at once, without anybody to tell it', async () => {
    const wanted = order({ argv: ['sh', '-c', `echo $$ > ${at('orphan')}; sleep 600`] });
    const file = fileURLToPath(new URL('order-worker.ts', import.meta.url));
    const worker = spawn(process.execPath, [file, JSON.stringify(wanted), shared('inventory.ini')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const pid = await numberIn(at('orphan'));
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await until(() => !isAlive(pid), { what: 'the far command to be gone', ms: 5_000 });
  });

  it.each([1, 2, 3])('runs once at most, wherever its worker is killed: at line %i', async (line) => {
    const [log, pidFile] = [at(`line-${line}`), at(`line-${line}.pid`)];
    const script = `echo $$ > ${pidFile}; echo start >> ${log}; echo said; sleep 0.5; echo end >> ${log}`;
    const ssh = { argv: ['sh', '-c', script], fence: `line-${line}` };
    const file = fileURLToPath(new URL('order-worker.ts', import.meta.url));
    const first = order(ssh, { fence: 1 });
    const worker = spawn(process.execPath, [file, JSON.stringify(first), shared('inventory.ini')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let lines = 0;
    for await (const _ of createInterface({ input: worker.stdout as Readable })) {
      lines += 1;
      if (lines === line) break;
    }
    worker.kill('SIGKILL');
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
    // Another replica goes on, and what comes late of the first is refused.
    expect((await play(order({ fence: ssh.fence }, { fence: 2 }))).result).toMatchObject({
      kind: 'succeeded',
    });
    if (existsSync(pidFile))
      await until(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))), { what: 'its end', ms: 5_000 });
    const told = await readFile(log, 'utf8').catch(() => '');
    expect(['', 'start\n', 'start\nend\n']).toContain(told);
    expect((await play(first)).result).toMatchObject({ kind: 'failed', untouched: true });
  });

  it('goes over a connection of its own where the shared one is gone, and shares that with nobody', async () => {
    const way = await hosts.reach('web-1', { become: false, timeout: 5_000 }, new AbortController().signal);
    const argv = 'refused' in way ? [] : way.vector(['true']);
    expect(argv).toContain('ControlMaster=no');
    for (const one of await sessionsOf(sshd.pid)) process.kill(one, 'SIGKILL');
    expect((await play(order({}))).result).toMatchObject({ kind: 'succeeded' });
  });

  it('that ends with 255 has ended so; it is not the connection that broke', async () => {
    const { result } = await play(order({ argv: ['sh', '-c', 'echo odd >&2; exit 255'] }));
    expect(result).toEqual({ kind: 'failed', reason: 'on web-1 it ended with 255: odd', exitCode: 255 });
  });

  it('that is stopped while its host is frozen may go on there, and says for how long', async () => {
    const stopping = new AbortController();
    const argv = ['sh', '-c', `echo $$ > ${at('frozen')}; sleep 600`];
    const ended = play(order({ argv }, { timeout: 30_000 }), stopping.signal);
    const pid = await numberIn(at('frozen'));
    const sessions = await sessionsOf(sshd.pid);
    for (const one of sessions) process.kill(one, 'SIGSTOP');
    stopping.abort();
    const { result } = await ended;
    for (const one of sessions) process.kill(one, 'SIGCONT');
    expect(result).toMatchObject({ kind: 'stopped', elsewhereFor: expect.any(Number) });
    const { elsewhereFor = 0 } = result as { elsewhereFor?: number };
    expect(elsewhereFor).toBeGreaterThan(10_000);
    expect(elsewhereFor).toBeLessThanOrEqual(51_000);
    await until(() => !isAlive(pid), { what: 'the command to be gone there', ms: 10_000 });
  });

  it('whose connection breaks says so, and that it has ended there since', async () => {
    const { result } = await play(order({ argv: ['sh', shared('lose.sh')] }));
    expect(result).toMatchObject({
      kind: 'failed',
      exitCode: null,
      reason: expect.stringMatching(/^the connection to web-1 broke: .*; it has ended there since$/s),
    });
    expect(result).not.toHaveProperty('elsewhereFor');
  });

  it('never takes what it prints for a word of the far end', async () => {
    const argv = ['sh', '-c', 'echo "medic-00000000 ended 0" >&2; echo "medic: begun" >&2; exit 4'];
    expect((await play(order({ argv }))).result).toMatchObject({ kind: 'failed', exitCode: 4 });
  });

  it('gets every value as it is, or is not run at all', async () => {
    expect((await play(order({ argv: ['echo', 'a\0b'] }))).result).toMatchObject({
      reason: 'a value holds a NUL character, which no command can be given',
      untouched: true,
    });
    const hostile = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((word) => !word.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 50 }), async (words) => {
        const { result, lines } = await play(
          order({ argv: ['sh', '-c', `printf '%s\\0' "$@" > ${at('exact')}`, 'x', ...words] }),
        );
        expect(result.kind, JSON.stringify(lines)).toBe('succeeded');
        expect((await readFile(at('exact'), 'utf8')).split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 6, examples: [[['-x', '--', 'a\nb', "it's", '"', '\\', '$(id)', ' ', '*', 'é']]] },
    );
  });
});

describe('the hosts of a command', () => {
  it.each([
    [
      'a host of another group',
      { hosts: 'gone-1', group: 'web' },
      'gone-1 is not in the group web of the inventory',
    ],
    ['whatever there is', { hosts: '', group: 'all' }, 'the group all is whatever the inventory holds'],
    ['nobody', { hosts: '' }, 'no host is named'],
    ['a group that is not there', { hosts: 'web-1', group: 'constructor' }, 'has no group constructor'],
    ['a pattern', { hosts: 'web-*', group: 'web' }, 'web-* is not in the group web'],
    ['a file of the host as a fence', { fence: '../../etc/passwd' }, 'is no name to keep a fence under'],
  ])('are never %s', async (_, ssh, reason) => {
    const argv = ['touch', at('never')];
    const { result } = await play(order({ argv, ...ssh }));
    expect(result).toMatchObject({ kind: 'failed', untouched: true });
    expect(result).toMatchObject({ reason: expect.stringContaining(reason) });
    expect(existsSync(at('never'))).toBe(false);
  });

  it('are acted on one after the other, each when the one before is well again', async () => {
    const between = ['sh', '-c', `echo look >> ${at('looks')}; test $(wc -l < ${at('looks')}) -ge 3`];
    const { result } = await play(order({ hosts: 'web-1,web-2', argv: ['true'], between }));
    expect(result).toMatchObject({ kind: 'succeeded', changed: 2 });
    // Not the first two, and then twice in a row.
    expect(await readFile(at('looks'), 'utf8')).toBe('look\n'.repeat(4));
  });

  it('are left alone when the one before does not come up', async () => {
    const argv = ['sh', '-c', `echo once >> ${at('alone')}`];
    const between = ['sh', '-c', 'echo activating; exit 3'];
    const { result } = await play(order({ hosts: 'web-1,web-2', argv, between }, { timeout: 8_000 }));
    expect(result).toMatchObject({
      kind: 'failed',
      reason:
        'web-1 did not come up in time, so no other was touched: it said activating; before that it was done on web-1',
    });
    expect(result).not.toHaveProperty('untouched');
    expect(await readFile(at('alone'), 'utf8')).toBe('once\n');
  });
});

describe('a rehearsal', () => {
  const rehearse = (one: Order) =>
    createSshRunner({ hosts, redact: (text) => text }).dryRun(one, new AbortController().signal);

  it('looks at each host, says to the letter what would be run, and moves nothing', async () => {
    const ssh = {
      hosts: 'web-1,web-2',
      argv: ['touch', at('a file')],
      state: ['echo', 'ActiveState=failed'],
    };
    expect(await rehearse(order(ssh, { dryRun: 'check', fence: 99 }))).toEqual({
      kind: 'diff',
      diff: ['web-1', 'web-2']
        .map((host) => `# ${host}\nnow: ActiveState=failed\nruns: touch "${at('a file')}"`)
        .join('\n\n'),
      changes: 2,
    });
    expect(existsSync(at('a file'))).toBe(false);
    expect(await readFile(join(shared('fences'), 'shop'), 'utf8').catch(() => '')).not.toContain('99');
  });

  it('fails where the fix could not run: no such host, no such program, a look that fails', async () => {
    const fails = async (ssh: object) => {
      const result = await rehearse(order(ssh, { dryRun: 'check' }));
      expect(result.kind).toBe('failed');
      return 'reason' in result ? result.reason : '';
    };
    expect(await fails({ hosts: 'gone-1' })).toMatch(/gone-1 cannot be reached/);
    expect(await fails({ argv: ['no-such-program'] })).toBe('web-1: no-such-program is not installed here');
    expect(await fails({ state: ['sh', '-c', 'echo no >&2; exit 4'] })).toBe('web-1: no');
    expect(await rehearse(order({}))).toEqual({
      kind: 'failed',
      reason: 'this playbook declares no dry run',
    });
  });
});
