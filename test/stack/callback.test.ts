import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { scratchDir } from '../kit/stack/guardian.ts';
import { runPlaybookFile } from '../kit/stack/playbook.ts';

const scratch = await scratchDir('callback-test');
afterAll(() => scratch.remove());
const dir = scratch.path;
const inventory = join(dir, 'inventory.yml');
const local = { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' };
await writeFile(inventory, stringify({ all: { hosts: { localhost: local }, children: { empty: {} } } }));

async function play(hosts: string, tasks: object[], vars: object = {}, flags: string[] = []) {
  const file = join(dir, 'site.yml');
  await writeFile(file, stringify([{ name: 'Try', hosts, gather_facts: false, tasks }]));
  return runPlaybookFile(file, { dir, inventory, vars, flags });
}

describe('the callback plugin', { timeout: 30_000 }, () => {
  it('tells every event of a run as a JSON line', async () => {
    const { code, events } = await play('all', [
      { name: 'Say', 'ansible.builtin.debug': { msg: 'hello' } },
      { name: 'Skip', 'ansible.builtin.debug': { msg: 'never' }, when: false },
      { name: 'Ignore', 'ansible.builtin.command': { argv: ['false'] }, ignore_errors: true },
    ]);
    expect(code).toBe(0);
    expect(events).toEqual([
      { event: 'play_start', play: 'Try', hosts: ['all'], check: false },
      { event: 'task_start', task: 'Say', acts: false },
      { event: 'ok', task: 'Say', host: 'localhost', acts: false, changed: false, msg: 'hello' },
      { event: 'task_start', task: 'Skip', acts: false },
      { event: 'skipped', task: 'Skip', host: 'localhost' },
      { event: 'task_start', task: 'Ignore', acts: true },
      {
        event: 'failed',
        task: 'Ignore',
        host: 'localhost',
        acts: true,
        msg: 'non-zero return code',
        ignored: true,
      },
      {
        event: 'stats',
        hosts: {
          localhost: { ok: 2, failures: 0, unreachable: 0, changed: 1, skipped: 1, rescued: 0, ignored: 1 },
        },
      },
    ]);
  });

  it.each<[string, boolean, object]>([
    ['a command', true, { 'ansible.builtin.command': { argv: ['true'] } }],
    ['a command by its short name', true, { command: 'true' }],
    ['a command that says it looks', false, { command: 'true', tags: ['medic_look'] }],
    ['a file', true, { 'ansible.builtin.file': { path: dir, state: 'directory' } }],
    ['a look at a file', false, { 'ansible.legacy.stat': { path: dir } }],
    ['an assertion', false, { 'ansible.builtin.assert': { that: true } }],
    ['a request that writes', true, { uri: { url: 'http://127.0.0.1:1', method: 'delete' } }],
    ['a request whose answer is kept', true, { uri: { url: 'http://127.0.0.1:1', dest: '/tmp/x' } }],
    [
      'a request of a method not known before',
      true,
      { uri: { url: 'http://127.0.0.1:1', method: '{{ m }}' } },
    ],
    ['a request that asks', false, { uri: { url: 'http://127.0.0.1:1' } }],
  ])('says of each task whether it may change something: %s', async (_, acts, task) => {
    const { events } = await play('all', [{ name: 'Try', ...task }]);
    expect(events.find(({ event }) => event === 'task_start')).toMatchObject({ acts });
    expect(events.find(({ event }) => event === 'ok' || event === 'failed')).toMatchObject({ acts });
  });

  it('says when an end cannot tell whether the task began: one message stands for a whole loop', async () => {
    const { events } = await play('all', [
      { name: 'Two', command: { argv: ['{{ item }}'] }, loop: ['true', 'false'], ignore_errors: true },
      { name: 'One', command: { argv: ['{{ item }}'] }, loop: ['false'], ignore_errors: true },
      { name: 'Raw', raw: 'exit 1' },
    ]);
    const unsure = events.filter(({ event }) => event === 'failed').map((failed) => 'unsure' in failed);
    expect(unsure).toEqual([true, false, true]);
  });

  it('says that no host matched, which ansible-playbook counts as success', async () => {
    const { code, events } = await play('empty', [
      { name: 'Say', 'ansible.builtin.debug': { msg: 'hello' } },
    ]);
    expect(code).toBe(0);
    expect(events.map(({ event }) => event)).toEqual(['play_start', 'no_hosts', 'stats']);
  });

  it('gives the end of what a failed command wrote, bounded', async () => {
    const script = 'import sys; sys.stderr.write("x" * 100000 + "the end"); sys.exit(1)';
    const { code, events, output } = await play('all', [
      { name: 'Fail', 'ansible.builtin.command': { argv: ['/usr/bin/python3', '-c', script] } },
    ]);
    expect(code).toBe(2);
    expect(events.find(({ event }) => event === 'failed')).toMatchObject({
      stderr: expect.stringMatching(/^x{1993}the end$/),
    });
    expect(output.length).toBeLessThan(4_000);
  });

  it('keeps what is marked no_log out of messages, differences and failures', async () => {
    const secret = 'correct-horse-battery';
    const { output } = await play(
      'all',
      [
        { name: 'Say', 'ansible.builtin.debug': { msg: secret }, no_log: true },
        {
          name: 'Write',
          'ansible.builtin.copy': { content: secret, dest: join(dir, 'secret') },
          no_log: true,
        },
        { name: 'Loop', 'ansible.builtin.debug': { msg: secret }, loop: [secret], no_log: true },
        { name: 'Fail', 'ansible.builtin.fail': { msg: secret }, no_log: true },
      ],
      {},
      ['--diff'],
    );
    expect(output).toContain('"event": "failed"');
    expect(output).not.toContain(secret);
  });

  it('never treats a value marked unsafe as a template', async () => {
    const { events } = await play('all', [{ name: 'Say', 'ansible.builtin.debug': { msg: '{{ said }}' } }], {
      said: { __ansible_unsafe: "{{ lookup('pipe', 'id') }}" },
    });
    expect(events.find(({ event }) => event === 'ok')?.msg).toBe("{{ lookup('pipe', 'id') }}");
  });
});
