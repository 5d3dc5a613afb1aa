import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunners } from '../../../src/adapters/runners/runners.ts';
import type { Order } from '../../../src/execution/runner.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { freePort } from '../../kit/stack/process.ts';
import { startSshd } from './sshd.ts';

let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let closed: number;
const at = (...names: string[]) => join(scratch.path, ...names);

beforeAll(async () => {
  scratch = await scratchDir('ssh-untouched');
  sshd = await startSshd(at('sshd'));
  // A second sshd only for the keys of somebody else.
  const other = await startSshd(at('other'));
  await other.stop();
  closed = await freePort();
  // What sudo says to a user of whom it wants a password; it need not be installed here.
  await writeFile(at('refusing-sudo'), '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n', {
    mode: 0o755,
  });
});
afterAll(async () => {
  await sshd?.stop();
  await scratch?.remove();
});

const edited = (change: (host: string) => string) => change(sshd.host);
const marker = (name: string) => at(`${name}.acted`);
const acted = (name: string) =>
  readFile(marker(name), 'utf8').then(
    () => true,
    () => false,
  );

/** Runs a play of one task that acts on all `hosts`, each of which is a line of an inventory. */
async function act(name: string, hosts: Readonly<Record<string, string>>, before = '') {
  const folder = at(name);
  await mkdir(folder);
  const inventory = join(folder, 'inventory.ini');
  const lines = Object.entries(hosts).map(([host, how]) => `${host} ${how}`);
  await writeFile(inventory, `[web]\n${lines.join('\n')}\n`);
  const task = `    - {name: Act, ansible.builtin.command: {argv: [touch, ${marker(name)}]}}\n`;
  await writeFile(
    join(folder, 'site.yml'),
    `- name: The play\n  hosts: web\n  gather_facts: false\n  tasks:\n${before}${task}`,
  );
  const order: Order = {
    id: name,
    run: { ansible: { playbook: 'site.yml', limit: null } },
    dryRun: null,
    folder,
    parameters: {},
    timeout: 30_000,
    fence: null,
    reportTo: null,
  };
  const runner = createRunners({ inventory, environment: process.env, redact: (text) => text });
  const result = await runner.run(order, () => {}, new AbortController().signal);
  return { result, acted: await acted(name) };
}

describe('a fix that could not log in', { timeout: 60_000 }, () => {
  it.each<[string, () => string, RegExp]>([
    [
      'key',
      () => edited((host) => host.replace(at('sshd', 'user'), at('other', 'user'))),
      /^web-1 refused Medic's key for the user \S+\. Add its public key to that user's authorized_keys/,
    ],
    [
      'missing-key',
      () => edited((host) => host.replace(at('sshd', 'user'), at('gone'))),
      /^web-1 refused the login, since the key \S+gone is not there\. Correct ansible_ssh_private_key_file/,
    ],
    [
      'host-key',
      () => edited((host) => host.replace(at('sshd', 'known'), at('wrong'))),
      /^web-1 has another host key than the known one\./,
    ],
    [
      'unknown-host-key',
      () => edited((host) => host.replace(at('sshd', 'known'), '/dev/null')),
      /^web-1 has an unknown host key\. Compare it on the host, then add it to known_hosts/,
    ],
    [
      'port',
      () => edited((host) => host.replace(/ansible_port=\d+/, `ansible_port=${closed}`)),
      /^web-1 refused the connection: nothing listens on port \d+ of 127\.0\.0\.1\. Start its sshd, or correct ansible_port/,
    ],
    [
      'name',
      () => edited((host) => host.replace('ansible_host=127.0.0.1', 'ansible_host=web-1.invalid')),
      /^web-1 has a name that does not resolve: web-1\.invalid\. Correct ansible_host/,
    ],
    [
      'sudo',
      () =>
        edited(
          (host) =>
            `${host} ansible_become=true ansible_become_user=nobody ansible_become_exe=${at('refusing-sudo')}`,
        ),
      /^web-1 asks for a password for sudo, and Medic has none\. Let its user do without one/,
    ],
    [
      'no-sudo',
      () =>
        edited(
          (host) => `${host} ansible_become=true ansible_become_user=nobody ansible_become_exe=/gone/sudo`,
        ),
      /^web-1 has no sudo\. Install it/,
    ],
    [
      'no-python',
      () => edited((host) => host.replace('/usr/bin/python3', '/gone/python3')),
      /^web-1 has no Python where Ansible looks for it\. Set ansible_python_interpreter/,
    ],
  ])('touched nothing, and names what was in the way and what to do: %s', async (name, host, reason) => {
    const [type, key] = (await readFile(at('other', 'host.pub'), 'utf8')).split(' ');
    const port = /ansible_port=(\d+)/.exec(sshd.host)?.[1];
    await writeFile(at('wrong'), `[127.0.0.1]:${port} ${type} ${key}\n`);
    expect(await act(name, { 'web-1': host() })).toEqual({
      result: {
        kind: 'failed',
        exitCode: expect.any(Number),
        reason: expect.stringMatching(reason),
        untouched: true,
      },
      acted: false,
    });
  });

  it('to one host but acted on another has touched something', async () => {
    const dead = edited((host) => host.replace(/ansible_port=\d+/, `ansible_port=${closed}`));
    const { result, acted } = await act('half', { 'web-1': sshd.host, 'web-2': dead });
    expect(result).toEqual({
      kind: 'failed',
      exitCode: 4,
      reason: expect.stringMatching(/^web-2 refused the connection/),
      elsewhereFor: expect.any(Number),
    });
    expect(acted).toBe(true);
  });
});

// Ansible says "unreachable" for a host that it lost while a task ran there, as for one that it never reached.
describe('a fix whose connection ends while it acts', { timeout: 60_000 }, () => {
  it.each<[string, string]>([
    ['lost', 'ansible.builtin.command: {argv: [sh, LOSE]}'],
    ['raw', "ansible.builtin.raw: touch MARKER; echo 'Permission denied (publickey).' >&2; exit 255"],
  ])('has touched something, whatever it is called and whatever was written: %s', async (name, body) => {
    const lose = at('lose.sh');
    await writeFile(
      lose,
      [
        `touch ${marker(name)}`,
        'pid=$$',
        'until grep -q ^sshd /proc/$pid/comm; do pid=$(cut -d " " -f 4 /proc/$pid/stat); done',
        'kill -KILL $pid',
        'sleep 10',
      ].join('\n'),
    );
    const task = `    - name: Lose\n      ${body.replace('LOSE', lose).replace('MARKER', marker(name))}\n`;
    const { result, acted } = await act(name, { 'web-1': sshd.host }, task);
    expect(acted).toBe(true);
    expect(result).toMatchObject({
      kind: 'failed',
      exitCode: 4,
      reason: expect.stringContaining('task "Lose" could not reach web-1'),
    });
    expect(result).not.toHaveProperty('untouched');
  });
});
