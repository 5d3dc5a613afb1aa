import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgress } from '../../../src/adapters/runners/ansible/progress.ts';
import { createRunners } from '../../../src/adapters/runners/runners.ts';
import type { Before, TaskLine } from '../../../src/execution/attempt.ts';
import type { Order } from '../../../src/execution/runner.ts';
import { createRedactor } from '../../../src/observability/redact.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';

const never = new AbortController().signal;
let scratch: Scratch;
let inventory: string;
/** Where the runners put what they need for a moment. */
let temporary: string;

beforeAll(async () => {
  scratch = await scratchDir('runners');
  temporary = join(scratch.path, 'tmp');
  await mkdir(temporary);
  vi.stubEnv('TMPDIR', temporary);
  inventory = join(scratch.path, 'inventory.ini');
  const local = 'ansible_connection=local ansible_python_interpreter=/usr/bin/python3';
  await writeFile(
    inventory,
    `[web]\nweb1 ${local}\nweb2 ${local}\n[empty]\n[controller]\nlocalhost ${local}\n`,
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await scratch?.remove();
});

const runners = () => createRunners({ inventory, environment: process.env, redact: createRedactor().redact });

const failure = { event: 'failed', acts: false, unsure: false, ignored: false, refused: false } as const;

let orders = 0;
async function ansible(site: string, more: Partial<Order> & { limit?: string } = {}): Promise<Order> {
  orders += 1;
  const id = `order-${orders}`;
  const folder = join(scratch.path, id);
  await mkdir(folder);
  await writeFile(join(folder, 'site.yml'), site);
  const { limit = 'web1', ...rest } = more;
  return {
    id,
    run: { ansible: { playbook: 'site.yml', limit } },
    dryRun: 'check',
    folder,
    parameters: {},
    timeout: 60_000,
    fence: null,
    reportTo: null,
    ...rest,
  };
}
const command = (argv: string[], more: Partial<Order> = {}): Order => ({
  id: 'c',
  run: { command: argv },
  dryRun: null,
  folder: scratch.path,
  parameters: {},
  timeout: 20_000,
  fence: null,
  reportTo: null,
  ...more,
});
const play = (tasks: string, hosts = 'web') =>
  `- name: The play\n  hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks}`;
const task = (name: string, body: string) => `    - name: ${name}\n      ${body}\n`;

async function run(order: Order, signal = never) {
  const lines: TaskLine[] = [];
  const result = await runners().run(order, (line) => lines.push(line), signal);
  return { result, lines };
}

describe('an Ansible order', { timeout: 60_000 }, () => {
  it('succeeds and reports each task as it starts and ends', async () => {
    const order = await ansible(
      play(
        task('Say hello', "ansible.builtin.debug: {msg: 'hello {{ service }}'}") +
          task('Do it', 'ansible.builtin.command: {argv: ["true"]}') +
          task('Not now', 'ansible.builtin.command: {argv: ["false"]}\n      when: false'),
      ),
      { parameters: { service: 'catalog' } },
    );
    const { result, lines } = await run(order);
    expect(result).toEqual({ kind: 'succeeded', summary: '3 tasks, 1 changed, on web1', changed: 1 });
    expect(lines).toEqual([
      { name: 'Say hello', status: 'running', detail: null },
      { name: 'Say hello', status: 'ok', detail: 'hello catalog' },
      { name: 'Do it', status: 'running', detail: null },
      { name: 'Do it', status: 'changed', detail: null },
      { name: 'Not now', status: 'running', detail: null },
      { name: 'Not now', status: 'skipped', detail: null },
    ]);
  });

  it('fails with the task, the host and the message, secrets hidden', async () => {
    const { result, lines } = await run(
      await ansible(
        play(task('Break', "ansible.builtin.fail: {msg: 'login with password=hunter2 refused'}")),
      ),
    );
    expect(result).toEqual({
      kind: 'failed',
      exitCode: 2,
      reason: 'task "Break" failed on web1: login with password=[redacted:password] refused',
      untouched: true,
    });
    expect(lines.at(-1)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('[redacted:password]'),
    });
  });

  it('shows the worst of several hosts, and names the host', async () => {
    const body = 'ansible.builtin.fail: {msg: refused}\n      when: inventory_hostname == "web2"';
    const { result, lines } = await run(await ansible(play(task('Check', body)), { limit: 'web' }));
    expect(lines.at(-1)).toEqual({ name: 'Check', status: 'failed', detail: 'web2: refused' });
    expect(result).toMatchObject({ kind: 'failed' });
  });

  it.each([[['web1', 'web2']], [['web2', 'web1']]])(
    'names the host that failed, whichever of several speaks first: %s',
    (hosts) => {
      const lines: TaskLine[] = [];
      const progress = createProgress(
        (line) => lines.push(line),
        (text) => text,
      );
      progress.take({ event: 'task_start', task: 'Check', acts: false });
      for (const host of hosts)
        progress.take(
          host === 'web2'
            ? { ...failure, task: 'Check', host, msg: 'refused' }
            : { event: 'skipped', task: 'Check', host },
        );
      expect(lines.at(-1)).toEqual({ name: 'Check', status: 'failed', detail: 'web2: refused' });
    },
  );

  it('does not fail for a failure that the playbook ignores', async () => {
    const { result, lines } = await run(
      await ansible(play(task('Try', 'ansible.builtin.fail: {msg: refused}\n      ignore_errors: true'))),
    );
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(lines.at(-1)?.detail).toBe('failed, which the playbook ignores: refused');
  });

  it('that ends with 0 and matches no host has failed', async () => {
    const { result } = await run(
      await ansible(play(task('Any', 'ansible.builtin.debug: {}'), 'empty'), { limit: 'web1' }),
    );
    expect(result).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('found no host'),
      untouched: true,
    });
  });

  it('that prepares on the controller and then finds no host has failed', async () => {
    const first =
      '- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks: [{ansible.builtin.debug: {}}]\n';
    const { result } = await run(
      await ansible(first + play(task('Any', 'ansible.builtin.debug: {}'), 'empty'), {
        limit: 'localhost',
      }),
    );
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('The play') });
  });

  it.each([
    ['a host that is not there', 'nowhere', 'nowhere'],
    ['a file of hosts', '@/etc/hosts', 'is no list of names of hosts or groups'],
    ['all hosts but one', 'all:!web-1', 'is no list of names of hosts or groups'],
    ['whatever matches', '~.*', 'is no list of names of hosts or groups'],
    ['the whole inventory', 'all', 'is no list of names of hosts or groups'],
  ])('fails for %s', async (_, limit, reason) => {
    const { result } = await run(await ansible(play(task('Any', 'ansible.builtin.debug: {}')), { limit }));
    expect(result).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(reason),
      untouched: true,
    });
  });

  it('fails for a playbook that cannot be read, with the reason that Ansible gives', async () => {
    const { result } = await run(await ansible('- hosts: [web\n'));
    expect(result).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the playbook cannot be read: see .*ended with 4.*YAML/s),
      untouched: true,
    });
  });

  it('fails for a playbook outside its folder', async () => {
    const order = await ansible('', { run: { ansible: { playbook: '../inventory.ini', limit: 'web1' } } });
    expect((await run(order)).result).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('not inside'),
    });
  });

  it('never evaluates a parameter: it stays the text that it is', async () => {
    const marker = join(scratch.path, 'evaluated');
    const hostile = `{{ lookup('pipe', 'touch ${marker}') }} "quoted" \\ \u2028\u0085\u0007 ü 😀`;
    const out = join(scratch.path, 'parameter');
    const site = play(task('Write', `ansible.builtin.copy: {content: "{{ value }}", dest: ${out}}`));
    const { result } = await run(await ansible(site, { parameters: { value: hostile } }));
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(await readFile(out, 'utf8')).toBe(hostile);
    await expect(readFile(marker)).rejects.toThrow('ENOENT');
  });

  it('hands on the number of its claim, which no parameter can take the place of', async () => {
    const check = 'ansible.builtin.assert: {that: [medic_fence == 7]}';
    const claimed = await ansible(play(task('Compare', check)), {
      fence: 7,
      parameters: { medic_fence: '9' },
    });
    expect((await run(claimed)).result).toMatchObject({ kind: 'succeeded' });
    const unclaimed = await ansible(
      play(task('Compare', `${check}\n      tags: medic_fence`) + task('Go on', 'ansible.builtin.debug: {}')),
    );
    const { lines } = await run(unclaimed);
    expect(lines.map(({ name }) => name)).not.toContain('Compare');
  });

  it.each<[string, string, string, object]>([
    [
      'is refused by a check, in the words of the check',
      task('Check', 'ansible.builtin.assert: {that: false, fail_msg: "may not be deleted"}'),
      'may not be deleted',
      { untouched: true },
    ],
    [
      'fails while it looks, by the tag of what looks',
      task('Look', 'ansible.builtin.command: {argv: ["false"]}\n      tags: medic_look'),
      'task "Look" failed',
      { untouched: true },
    ],
    [
      'fails while it acts',
      task('Act', 'ansible.builtin.command: {argv: ["false"]}'),
      'task "Act" failed',
      {},
    ],
    [
      'acted and then fails a check',
      task('Act', 'ansible.builtin.command: {argv: ["true"]}\n      changed_when: false') +
        task('Check', 'ansible.builtin.assert: {that: false, fail_msg: "still ill"}'),
      'still ill',
      {},
    ],
    [
      'passed over what acts, and then fails a check',
      task('Act', 'ansible.builtin.command: {argv: ["true"]}\n      when: false') +
        task('Check', 'ansible.builtin.assert: {that: false, fail_msg: "still ill"}'),
      'still ill',
      { untouched: true },
    ],
    [
      'wrote by an action that mostly looks',
      task('Act', 'ansible.builtin.uri: {url: "http://127.0.0.1:1", method: POST}'),
      'task "Act" failed',
      {},
    ],
    [
      'acts on a host that asks for a password first',
      task('Act', 'ansible.builtin.command: {argv: ["true"]}\n      become: true\n      become_user: nobody'),
      'web1 asks for a password for sudo, and Medic has none. Let its user do without one (NOPASSWD)',
      { untouched: true },
    ],
    [
      'speaks of sudo in a command that it ran',
      task('Act', 'ansible.builtin.shell: "echo sudo: a password is required >&2; exit 1"'),
      'task "Act" failed',
      {},
    ],
  ])('says whether anything was touched when it %s', async (_, tasks, reason, untouched) => {
    const sudo = join(scratch.path, 'sudo');
    await writeFile(sudo, '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n', { mode: 0o755 });
    const order = await ansible(
      play(tasks).replace('gather_facts', `vars: {ansible_become_exe: ${sudo}}\n  gather_facts`),
    );
    const { result } = await run(order);
    expect(result).toEqual({
      kind: 'failed',
      exitCode: 2,
      reason: expect.stringContaining(reason),
      ...untouched,
    });
  });

  it('that changes nothing says so', async () => {
    const { result } = await run(await ansible(play(task('Look', 'ansible.builtin.stat: {path: /}'))));
    expect(result).toMatchObject({ kind: 'succeeded', changed: 0 });
  });

  it.each<[string, string, object]>([
    ['looks', 'ansible.builtin.wait_for: {timeout: 600}', { untouched: true }],
    ['acts', 'ansible.builtin.command: {argv: [sleep, "600"]}', {}],
  ])('says whether anything was touched when it is stopped and only %s', async (_, body, untouched) => {
    const abort = new AbortController();
    const order = await ansible(play(task('Wait', body)));
    expect(await runners().run(order, () => abort.abort(), abort.signal)).toEqual({
      kind: 'stopped',
      reason: 'it was stopped during task "Wait"',
      ...untouched,
    });
  });

  it('without its inventory says which file is missing, and that nothing was touched', async () => {
    const runner = createRunners({
      inventory: join(scratch.path, 'gone.yml'),
      environment: process.env,
      redact: (text) => text,
    });
    const order = await ansible(play(task('Any', 'ansible.builtin.debug: {}')));
    expect(await runner.run(order, () => {}, never)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/gone\.yml is not there: write it/),
      untouched: true,
    });
  });

  it('without ansible-playbook says that it is not installed, and that nothing was touched', async () => {
    const runner = createRunners({ inventory, environment: { PATH: temporary }, redact: (text) => text });
    const order = await ansible(play(task('Any', 'ansible.builtin.debug: {}')));
    expect(await runner.run(order, () => {}, never)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ansible-playbook is not installed'),
      untouched: true,
    });
  });

  it('is ended when its time is up, and says during which task', async () => {
    const order = await ansible(play(task('Wait', 'ansible.builtin.command: {argv: [sleep, "600"]}')), {
      timeout: 4000,
    });
    expect((await run(order)).result).toEqual({
      kind: 'timed-out',
      reason: 'it was ended during task "Wait": its limit of 4 s had passed',
    });
  });

  it('is ended when a person stops it', async () => {
    const order = await ansible(play(task('Wait', 'ansible.builtin.command: {argv: [sleep, "600"]}')));
    const abort = new AbortController();
    const result = await runners().run(order, () => abort.abort(), abort.signal);
    expect(result).toEqual({ kind: 'stopped', reason: 'it was stopped during task "Wait"' });
  });

  it('leaves no parameters behind', async () => {
    const left = await readdir(temporary);
    expect(left.filter((name) => name.startsWith('medic-ansible-'))).toEqual([]);
  });
});

describe('a dry run of Ansible', { timeout: 60_000 }, () => {
  it('shows the diff, the same each time, and changes nothing', async () => {
    const file = join(scratch.path, 'current');
    await writeFile(file, 'v2\n');
    const order = await ansible(
      play(task('Put back', `ansible.builtin.copy: {content: "v1\\n", dest: ${file}}`)),
    );
    const first = await runners().dryRun(order, never);
    expect(first).toMatchObject({
      kind: 'diff',
      changes: 1,
      diff: expect.stringMatching(/^# Put back \(web1\)[\s\S]*^-v2$[\s\S]*^\+v1$/m),
    });
    expect(await readFile(file, 'utf8')).toBe('v2\n');
    expect(await runners().dryRun(order, never)).toEqual(first);
  });

  it('names the tasks that a check cannot rehearse instead of keeping silent about them', async () => {
    const order = await ansible(play(task('Restart it', 'ansible.builtin.command: {argv: ["true"]}')));
    expect(await runners().dryRun(order, never)).toEqual({
      kind: 'diff',
      diff: '# Not rehearsed, skipped by the check: Restart it',
      changes: 0,
    });
  });

  it('fails where the playbook would fail', async () => {
    const result = await runners().dryRun(
      await ansible(play(task('Break', 'ansible.builtin.fail: {msg: refused}'))),
      never,
    );
    expect(result).toEqual({ kind: 'failed', reason: 'task "Break" failed on web1: refused' });
  });

  it('does not exist where the order declares none', async () => {
    const order = await ansible(play(task('Any', 'ansible.builtin.debug: {}')), { dryRun: null });
    expect(await runners().dryRun(order, never)).toMatchObject({ kind: 'failed' });
  });
});

describe('what stands there after an undoing by Ansible', { timeout: 60_000 }, () => {
  /** A fix, or its undoing, that notes what a file holds and then writes another word there. */
  const writing = (file: string, word: string, more = '') =>
    play(
      task(
        'Note it',
        `ansible.builtin.command: {argv: [cat, ${file}]}\n      check_mode: false\n      changed_when: false\n      tags: medic_before`,
      ) +
        task('Write it', `ansible.builtin.copy: {content: "${word}\\n", dest: ${file}}`) +
        more,
    );
  const compare = (order: Order, before: Before | null | undefined, signal = never) =>
    runners().compare(order, before ?? null, signal);
  async function fixed(word: string, limit = 'web1') {
    const file = join(scratch.path, `state-${orders}`);
    await writeFile(file, `${word}\n`);
    const { result } = await run(await ansible(writing(file, 'fixed'), { limit }));
    const back = (to: string, more = '') => ansible(writing(file, to, more), { limit });
    return { file, result, back };
  }

  it('is as before where it was put back, and differs where it was not', async () => {
    const { result, back } = await fixed('first');
    expect(result.before?.words).toBe('first on web1');
    const undo = await back('first');
    expect(await compare(undo, result.before)).toEqual({
      ...{ kind: 'differs', was: 'first on web1', now: 'fixed on web1', lines: [] },
    });
    await run(undo);
    expect(await compare(undo, result.before)).toEqual({ kind: 'as-before', words: 'first on web1' });
  });

  it('is read by the tasks for that alone, and changes nothing, whatever they are', async () => {
    const { file, result, back } = await fixed('first');
    const hidden = `ansible.builtin.copy: {content: "evil\\n", dest: ${file}}\n      tags: medic_before`;
    await compare(await back('first', task('Write by the way', hidden)), result.before);
    expect(await readFile(file, 'utf8')).toBe('fixed\n');
  });

  it('says nothing of a host that the fix has not come to, and is unknown where one is silent', async () => {
    const { result, back } = await fixed('first');
    const wide = { ...(await back('first')), run: { ansible: { playbook: 'site.yml', limit: 'web' } } };
    await run(wide);
    expect((await compare(wide, result.before)).kind).toBe('as-before');
    const other = { ...wide, run: { ansible: { playbook: 'site.yml', limit: 'web2' } } };
    expect(await compare(other, result.before)).toEqual({
      ...{ kind: 'unknown', why: 'nothing was read on web1' },
    });
  });

  it('is unknown where nothing was kept, where the playbook reads nothing, and where time is up', async () => {
    const { file, result, back } = await fixed('first');
    const plain = await ansible(play(task('Write it', `ansible.builtin.copy: {content: x, dest: ${file}}`)));
    expect((await run(plain)).result.before).toBeUndefined();
    expect(await compare(plain, result.before)).toEqual({
      kind: 'unknown',
      why: 'its rollback has no task with the tag medic_before that reads it again',
    });
    for (const [order, before] of [
      [await back('first'), null],
      [await back('first'), { words: '', mark: '{' }],
      [await back('first'), { words: '', mark: '{}' }],
    ] as const)
      expect(await compare(order, before)).toMatchObject({ kind: 'unknown' });
    expect(await compare(await back('first'), result.before, AbortSignal.timeout(1))).toMatchObject({
      kind: 'unknown',
    });
  });

  it('shows no secret, and keeps nothing of what is too long to be compared', async () => {
    const { result } = await fixed('password=hunter2');
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect((await fixed('x'.repeat(5_000))).result.before).toBeUndefined();
  });
});

describe('a command order', () => {
  it('runs in its folder and succeeds with 0', async () => {
    const { result, lines } = await run(command(['sh', '-c', 'pwd; echo done']));
    expect(result).toMatchObject({ kind: 'succeeded' });
    const name = 'sh -c pwd; echo done';
    expect(lines).toEqual([
      { name, status: 'running', detail: null },
      { name, status: 'running', detail: scratch.path },
      { name, status: 'running', detail: 'done' },
      { name, status: 'ok', detail: 'done' },
    ]);
  });

  it('fails with its exit code and the end of what it said', async () => {
    const { result, lines } = await run(command(['sh', '-c', 'echo no such unit >&2; exit 5']));
    expect(result).toMatchObject({
      kind: 'failed',
      exitCode: 5,
      reason: expect.stringMatching(/ended with 5: no such unit$/),
    });
    expect(lines.at(-1)).toMatchObject({ status: 'failed', detail: 'no such unit' });
  });

  it('fails by a signal from elsewhere, naming it', async () => {
    const { result } = await run(command(['sh', '-c', 'kill -KILL $$']));
    expect(result).toMatchObject({
      kind: 'failed',
      exitCode: null,
      reason: expect.stringContaining('SIGKILL'),
    });
  });

  it('fails when it cannot start', async () => {
    const { result } = await run(command(['no-such-program']));
    expect(result).toMatchObject({
      kind: 'failed',
      exitCode: null,
      reason: expect.stringContaining('not installed'),
      untouched: true,
    });
  });

  it('times out', async () => {
    const { result } = await run(command(['sleep', '600'], { timeout: 300 }));
    expect(result).toMatchObject({ kind: 'timed-out' });
  });

  it('may be a script of the folder, and sees no token of Medic', async () => {
    const script = join(scratch.path, 'fix.sh');
    await writeFile(script, '#!/bin/sh\nenv | grep -c TOKEN || echo none\n');
    await chmod(script, 0o755);
    const runner = createRunners({
      inventory,
      environment: { ...process.env, ALERT_TOKEN: 'x' },
      redact: (text) => text,
    });
    const lines: TaskLine[] = [];
    await runner.run(command(['./fix.sh']), (line) => lines.push(line), never);
    expect(lines.at(-1)?.detail).toBe('none');
  });

  it('learns the number of its claim, where there is one', async () => {
    const argv = ['sh', '-c', 'env | grep MEDIC_FENCE || echo none'];
    expect((await run(command(argv, { fence: 7 }))).lines.at(-1)?.detail).toBe('MEDIC_FENCE=7');
    expect((await run(command(argv))).lines.at(-1)?.detail).toBe('none');
  });

  it('is never started by its dry run, which has a command of its own', async () => {
    const marker = join(scratch.path, 'started');
    const real = command(['touch', marker]);
    expect(await runners().dryRun(real, never)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('no dry run'),
    });
    expect(await runners().dryRun({ ...real, dryRun: 'check' }, never)).toMatchObject({ kind: 'failed' });
    const rehearsed = { ...real, dryRun: { command: ['printf', '--- a\\n-old\\n+new\\n'] } };
    expect(await runners().dryRun(rehearsed, never)).toMatchObject({ kind: 'diff', changes: 2 });
    await expect(readFile(marker)).rejects.toThrow('ENOENT');
  });

  it('has a dry run whose exit code 1 means differences, and any other failure is one', async () => {
    const files = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const path = join(scratch.path, name);
        await writeFile(path, `${name}\n`);
        return path;
      }),
    );
    const dry = (argv: string[]) => runners().dryRun(command(['true'], { dryRun: { command: argv } }), never);
    expect(await dry(['diff', '-u', ...files])).toMatchObject({ kind: 'diff', changes: 2 });
    expect(await dry(['sh', '-c', 'echo refused; exit 1'])).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('refused'),
    });
  });
});

it('without an inventory, Ansible orders fail with that reason', async () => {
  const runner = createRunners({ inventory: null, environment: {}, redact: (text) => text });
  const order = await ansible('');
  expect(await runner.run(order, () => {}, never)).toMatchObject({
    kind: 'failed',
    reason: 'no Ansible inventory is configured',
    untouched: true,
  });
});
