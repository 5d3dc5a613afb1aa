import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHosts, type OpenHosts } from '../../src/adapters/hosts/hosts.ts';
import { createSshRunner } from '../../src/adapters/ssh/runner.ts';
import type { TaskLine } from '../../src/execution/attempt.ts';
import type { Order } from '../../src/execution/runner.ts';
import { SshRun } from '../../src/playbooks/manifest.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { until } from '../stack/process.ts';
import { startSshd } from './sshd.ts';

const run = promisify(execFile);
let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let hosts: OpenHosts;
const at = (name: string) => join(scratch.path, name);

beforeAll(async () => {
  scratch = await scratchDir('ssh-runner');
  sshd = await startSshd(at('sshd'));
  const fences = `medic_fence_dir=${at('fences')}`;
  await writeFile(
    at('inventory.ini'),
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
  hosts = createHosts({ inventory: at('inventory.ini'), environment: process.env });
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
  witness: null,
  ...more,
});
const play = async (one: Order, signal = new AbortController().signal) => {
  const lines: TaskLine[] = [];
  const runner = createSshRunner({ hosts, redact: (text) => text });
  const result = await runner.run(one, (line) => lines.push(line), signal);
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
    expect(result).toEqual({ kind: 'succeeded', summary: 'done on web-1, web-2', changed: 2 });
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
      summary: 'done on web-1, web-2',
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
      exitCode: 97,
      untouched: true,
    });
    expect(existsSync(acted)).toBe(false);
    expect((await touch(7)).result.kind).toBe('succeeded');
    expect(readFileSync(join(at('fences'), 'shop'), 'utf8')).toBe('7\n');
  });

  it('keeps the fence where playbooks keep it, and compares it as they do', async () => {
    const fence = await readFile(
      new URL('../../playbooks/restart_service/fence.yml', import.meta.url),
      'utf8',
    );
    const script = (await import('../../src/adapters/ssh/far-command.ts')).farCommand({
      argv: [],
      service: 'shop',
      fence: 1,
      fenceFolder: null,
      seconds: 1,
    })[2];
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

  it('that is stopped may go on there until its limit, and says for how long', async () => {
    const stopping = new AbortController();
    const argv = ['sh', '-c', `echo $$ > ${at('stopped')}; sleep 600`];
    const ended = play(order({ argv }, { timeout: 30_000 }), stopping.signal);
    await until(() => existsSync(at('stopped')), { what: 'its beginning', ms: 10_000 });
    stopping.abort();
    const { result } = await ended;
    expect(result).toMatchObject({ kind: 'stopped', elsewhereFor: expect.any(Number) });
    const { elsewhereFor = 0 } = result as { elsewhereFor?: number };
    expect(elsewhereFor).toBeGreaterThan(20_000);
    expect(elsewhereFor).toBeLessThanOrEqual(35_000);
    await run('pkill', ['-f', `echo \\$\\$ > ${at('stopped')}`]).catch(() => undefined);
  });

  it('is rehearsed by a command of its own on each host, under no fence', async () => {
    await mkdir(at('fences'), { recursive: true });
    const before = existsSync(join(at('fences'), 'shop'))
      ? readFileSync(join(at('fences'), 'shop'), 'utf8')
      : null;
    const runner = createSshRunner({ hosts, redact: (text) => text });
    const signal = new AbortController().signal;
    const ssh = {
      hosts: 'web-1,web-2',
      argv: ['touch', at('rehearsed')],
      dry_run: ['echo', 'would restart shop'],
    };
    expect(await runner.dryRun(order(ssh, { fence: 99 }), signal)).toEqual({
      kind: 'diff',
      diff: '# web-1\nwould restart shop\n\n# web-2\nwould restart shop',
      changes: 2,
    });
    expect(existsSync(at('rehearsed'))).toBe(false);
    expect(
      existsSync(join(at('fences'), 'shop')) ? readFileSync(join(at('fences'), 'shop'), 'utf8') : null,
    ).toBe(before);
    expect(await runner.dryRun(order({}), signal)).toEqual({
      kind: 'failed',
      reason: 'this playbook declares no dry run',
    });
  });
});
