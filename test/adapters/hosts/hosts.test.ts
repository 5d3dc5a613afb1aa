import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHosts } from '../../../src/adapters/hosts/hosts.ts';
import type { HostCommand } from '../../../src/evidence/hosts.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { isAlive, until } from '../../kit/stack/process.ts';
import { startSshd } from '../runners/sshd.ts';

const never = new AbortController().signal;
let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let stranger: Awaited<ReturnType<typeof startSshd>>;
let hosts: ReturnType<typeof createHosts>;
let inventory: string;
let environment: NodeJS.ProcessEnv;
/** It takes connections and never says a word, like a host that hangs. */
const silent = createServer(() => {});

beforeAll(async () => {
  scratch = await scratchDir('hosts');
  const at = (name: string) => join(scratch.path, name);
  await mkdir(at('tmp'));
  [sshd, stranger] = await Promise.all([startSshd(at('sshd')), startSshd(at('stranger'))]);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const port = (silent.address() as { port: number }).port;
  inventory = at('inventory.ini');
  const key = (host: string, dir: string) =>
    host.replace(/ansible_ssh_private_key_file=\S+/, `ansible_ssh_private_key_file=${at(dir)}/user`);
  const lines = [
    '[web]',
    `web-1 ${sshd.host} medic_service_manager=supervisor medic_supervisor_conf=/etc/supervisord.conf`,
    '[db]',
    'db-1 ansible_connection=local',
    '[all-of-it:children]',
    'web',
    'db',
    '[odd]',
    `wrong-key ${key(sshd.host, 'stranger')}`,
    `wrong-host ${sshd.host.replace(/ansible_port=\d+/, `ansible_port=${/ansible_port=(\d+)/.exec(stranger.host)?.[1]}`)} ansible_ssh_extra_args='-o HostKeyAlias=[127.0.0.1]:${/ansible_port=(\d+)/.exec(sshd.host)?.[1]}'`,
    'closed ansible_host=127.0.0.1 ansible_port=9',
    `silent ansible_host=127.0.0.1 ansible_port=${port}`,
    'option ansible_host=-oProxyCommand=id',
    'template ansible_host="{{ nowhere }}"',
    'box ansible_connection=docker',
    'root-1 ansible_connection=local medic_become=true ansible_become_user=shop',
  ];
  await writeFile(inventory, `${lines.join('\n')}\n`);
  environment = { ...process.env, TMPDIR: at('tmp'), SLACK_BOT_TOKEN: 'x' };
  hosts = createHosts({ inventory, environment });
});
afterAll(async () => {
  await hosts?.close();
  silent.close();
  await Promise.all([sshd?.stop(), stranger?.stop()]);
  await scratch?.remove();
});

const run = (host: string, argv: readonly string[], more: Partial<HostCommand> = {}) =>
  hosts.run({ host, argv, timeout: 10_000, ...more }, never);

describe('a command on a host of the inventory', () => {
  it.each(['web-1', 'db-1', 'localhost', hostname()])(
    'gets every argument to the letter: %s',
    async (host) => {
      const odd = ['two words', "it's", '"quoted"', '$HOME', '`id`', 'a\nb', '', '*', '-n', '\\', ';id', 'ä'];
      const answer = await run(host, ['printf', '<%s>', ...odd]);
      expect(answer).toMatchObject({
        kind: 'answered',
        exitCode: 0,
        stdout: odd.map((one) => `<${one}>`).join(''),
      });
    },
  );

  it.each(['web-1', 'localhost'])('answers with its exit code and what it said: %s', async (host) => {
    for (const code of [1, 3, 124, 255])
      expect(await run(host, ['sh', '-c', `echo out; echo err >&2; exit ${code}`])).toEqual({
        kind: 'answered',
        exitCode: code,
        stdout: 'out\n',
        stderr: 'err\n',
        truncated: false,
      });
    expect(await run(host, ['no-such-program'])).toMatchObject({ kind: 'answered', exitCode: 127 });
  });

  it.each(['web-1', 'localhost'])('keeps no more than the end of a flood: %s', async (host) => {
    const answer = await run(host, ['sh', '-c', 'yes | head -c 5000000; echo end'], { outputCap: 100 });
    expect(answer).toMatchObject({
      kind: 'answered',
      truncated: true,
      stdout: expect.stringMatching(/end\n$/),
    });
    expect(answer.kind === 'answered' && answer.stdout.length).toBe(100);
  });

  it.each(['web-1', 'localhost'])('that takes too long is late, and ends there too: %s', async (host) => {
    const pidFile = join(scratch.path, `${host}.pid`);
    const begun = performance.now();
    const answer = await run(host, ['sh', '-c', 'echo $$ > "$0"; exec sleep 600', pidFile], {
      timeout: 3000,
    });
    expect(answer).toEqual({ kind: 'late', reason: `sh on ${host} gave no answer within 3000 ms` });
    expect(performance.now() - begun).toBeLessThan(6000);
    const pid = Number(await readFile(pidFile, 'utf8'));
    await until(() => !isAlive(pid), { what: 'the command to be gone', ms: 5000 });
    expect(await run(host, ['echo', 'again'])).toMatchObject({ stdout: 'again\n' });
  });

  it('is stopped when nobody wants its answer any more', async () => {
    const stopping = new AbortController();
    const running = hosts.run({ host: 'web-1', argv: ['sleep', '5'], timeout: 9000 }, stopping.signal);
    stopping.abort();
    expect(await running).toMatchObject({ kind: 'late' });
  });

  it('sees no token of Medic', async () => {
    for (const host of ['web-1', 'localhost'])
      expect(await run(host, ['env'])).toMatchObject({
        stdout: expect.not.stringContaining('SLACK_BOT_TOKEN'),
      });
  });

  it('shares one connection with all others', async () => {
    const accepted = async () =>
      (await readFile(join(scratch.path, 'sshd', 'sshd.log'), 'utf8')).split('Accepted publickey').length;
    await run('web-1', ['true']);
    const before = await accepted();
    await Promise.all(Array.from({ length: 8 }, () => run('web-1', ['true'])));
    expect(await accepted()).toBe(before);
  });

  it('finds its way again after its connection broke', async () => {
    const broken = await run('web-1', ['sh', '-c', 'kill -9 $(ps -o ppid= $PPID)']);
    expect(broken.kind).not.toBe('late');
    await until(async () => (await run('web-1', ['echo', 'back'])).kind === 'answered', {
      what: 'a new connection',
      ms: 5000,
    });
  });
});

describe('a command with the rights of fixes', () => {
  /** Stands for sudo, which would need users of its own here. */
  async function withSudo(name: string, script: string) {
    const bin = join(scratch.path, name);
    await mkdir(bin);
    await writeFile(join(bin, 'sudo'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const own = createHosts({
      inventory,
      environment: { ...environment, PATH: `${bin}:${process.env.PATH}` },
    });
    const ask = (become: boolean) =>
      own.run({ host: 'root-1', argv: ['sh', '-c', 'echo out; exit 3'], timeout: 9000, become }, never);
    const answers = [await ask(true), await ask(false)];
    await own.close();
    return answers;
  }
  const answered = { kind: 'answered', exitCode: 3, stdout: 'out\n', stderr: '', truncated: false };

  it('runs by sudo, and only where it asks for them, whatever sudo remarks', async () => {
    const remark = 'echo "sudo: unable to resolve host root-1: Name or service not known" >&2';
    const check = '[ "$1 $2 $3 $4" = "-n -u shop --" ] || exit 9; shift 4; exec "$@"';
    expect(await withSudo('remarks', `${remark}; ${check}`)).toEqual([answered, answered]);
  });

  it('is refused where sudo refuses, with what to do', async () => {
    const [refused, free] = await withSudo('refuses', 'echo "sudo: a password is required" >&2; exit 1');
    expect(refused).toEqual({
      kind: 'refused',
      bySudo: true,
      reason: expect.stringMatching(
        /^root-1: sudo: a password is required; let the user .* without a password/,
      ),
    });
    expect(free).toEqual(answered);
  });
});

describe('a host that cannot be asked', () => {
  it.each([
    ['nowhere', /^nowhere is not in the inventory: add it to .*inventory\.ini/],
    ['__proto__', /is not in the inventory/],
    [
      'wrong-key',
      /^wrong-key cannot be reached at 127\.0\.0\.1:\d+: .*Permission denied.*logs in with a key/,
    ],
    ['wrong-host', /Host key verification failed\.; check its host key/],
    ['closed', /^closed cannot be reached at 127\.0\.0\.1:9: ssh: connect to host .* Connection refused$/],
    ['option', /ansible_host of option is "-oProxyCommand=id", which is no name/],
    ['template', /ansible_host of template is a template, which Medic does not resolve/],
    ['box', /ansible_connection of box is docker/],
  ])('says why, and what to do: %s', async (host, words) => {
    expect(await run(host, ['id'])).toEqual({ kind: 'refused', reason: expect.stringMatching(words) });
  });

  it('and does not speak is late, as it may answer another time', async () => {
    const begun = performance.now();
    expect(await run('silent', ['id'], { timeout: 600 })).toMatchObject({ kind: 'late' });
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('without an inventory is any but this machine', async () => {
    const alone = createHosts({ inventory: null, environment });
    expect(await alone.run({ host: 'localhost', argv: ['echo', 'x'], timeout: 5000 }, never)).toMatchObject({
      stdout: 'x\n',
    });
    expect(await alone.facts('web-1')).toEqual({
      refused: expect.stringContaining('add it to an Ansible inventory'),
    });
    const gone = createHosts({ inventory: join(scratch.path, 'gone'), environment });
    expect(await gone.facts('web-1')).toEqual({
      refused: expect.stringContaining('there is no inventory at'),
    });
    await Promise.all([alone.close(), gone.close()]);
  });
});

describe('the inventory', () => {
  it('says what a host is, and which hosts a group has', async () => {
    expect(await hosts.facts('web-1')).toEqual({
      name: 'web-1',
      local: false,
      manager: 'supervisor',
      supervisorConf: '/etc/supervisord.conf',
    });
    expect(await hosts.facts('db-1')).toMatchObject({ local: true, manager: 'systemd' });
    expect(await hosts.group('all-of-it')).toEqual(['web-1', 'db-1']);
    expect(await hosts.group('none')).toEqual([]);
  });

  it('is read again when it has changed, and only then', async () => {
    const own = join(scratch.path, 'changing.ini');
    await writeFile(own, '[one]\na ansible_connection=local\n');
    const changing = createHosts({ inventory: own, environment });
    const first = performance.now();
    expect(await Promise.all([changing.group('one'), changing.group('one')])).toEqual([['a'], ['a']]);
    const took = performance.now() - first;
    const again = performance.now();
    await changing.group('one');
    expect(performance.now() - again).toBeLessThan(took / 5);
    await writeFile(own, '[one]\na ansible_connection=local\nb ansible_connection=local\n');
    await until(async () => (await changing.group('one')).length === 2, { what: 'the new host', ms: 12_000 });
    await changing.close();
  });
});

it('leaves no connection and no file behind when it is closed', async () => {
  const own = createHosts({ inventory, environment: { ...environment, TMPDIR: scratch.path } });
  await own.run({ host: 'web-1', argv: ['true'], timeout: 9000 }, never);
  const folder = async () => (await readdir(scratch.path)).find((name) => name.startsWith('medic-ssh-'));
  const name = await folder();
  expect((await stat(join(scratch.path, name ?? ''))).mode & 0o777).toBe(0o700);
  const masters = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(`${name}/`);
  expect(masters()).toBe(true);
  await own.close();
  await until(() => !masters(), { what: 'the connection to close', ms: 5000 });
  expect(await folder()).toBeUndefined();
  expect(await own.run({ host: 'web-1', argv: ['true'], timeout: 9000 }, never)).toMatchObject({
    kind: 'late',
  });
});
