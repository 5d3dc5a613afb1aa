import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { scratchDir } from './guardian.ts';
import { runPlaybookFile } from './playbook.ts';

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
      { event: 'task_start', task: 'Say' },
      { event: 'ok', task: 'Say', host: 'localhost', changed: false, msg: 'hello' },
      { event: 'task_start', task: 'Skip' },
      { event: 'skipped', task: 'Skip', host: 'localhost' },
      { event: 'task_start', task: 'Ignore' },
      { event: 'failed', task: 'Ignore', host: 'localhost', msg: 'non-zero return code', ignored: true },
      {
        event: 'stats',
        hosts: {
          localhost: { ok: 2, failures: 0, unreachable: 0, changed: 1, skipped: 1, rescued: 0, ignored: 1 },
        },
      },
    ]);
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
