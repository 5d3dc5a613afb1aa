import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHosts } from '../../../../src/adapters/hosts/hosts.ts';
import { createAnsibleRunner } from '../../../../src/adapters/runners/ansible/runner.ts';
import { runBrief } from '../../../../src/adapters/runners/process/brief/run-brief.ts';
import { allowedEnvironment } from '../../../../src/adapters/runners/process/environment.ts';
import { handOver, removeScratch } from '../../../../src/adapters/runners/process/handover.ts';
import {
  findUser,
  OWN_ENVIRONMENT,
  readableFrom,
  whyNotAs,
} from '../../../../src/adapters/runners/process/isolation.ts';
import type { RunAs } from '../../../../src/adapters/runners/process/run-as.ts';
import { runGuarded } from '../../../../src/adapters/runners/process/run-guarded.ts';
import { createSshRunner } from '../../../../src/adapters/runners/ssh/runner.ts';
import { SshRun } from '../../../../src/playbooks/manifest.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { until } from '../../../kit/stack/process.ts';

/** The user that every system has for what should own nothing. */
const NOBODY = 'nobody';
const isRoot = process.getuid?.() === 0;

const nobody = async (): Promise<RunAs> => {
  const found = await findUser(NOBODY);
  if ('refused' in found) throw new Error(found.refused);
  return found;
};
const run = (argv: readonly string[], runAs: RunAs | null, timeout = 20_000) =>
  runGuarded({
    argv,
    cwd: '/',
    env: allowedEnvironment(process.env, [], runAs),
    runAs,
    timeout,
    grace: 200,
    outputCap: 4000,
    redact: (text) => text,
    signal: new AbortController().signal,
  });

it('what nobody can remove of a command changes nothing of how it ended', async () => {
  const kept = '/proc/self/fdinfo';
  expect(await removeScratch(kept, null)).toBe(undefined);
  expect(existsSync(kept)).toBe(true);
});

describe('the user that commands run as', () => {
  it('has to be a user of this machine', async () => {
    expect(await findUser('no-such-user-here')).toEqual({
      refused: expect.stringMatching(/there is no user no-such-user-here on this machine: create it/),
    });
    expect(await nobody()).toMatchObject({ name: NOBODY, uid: expect.any(Number) });
  });

  it('is neither root nor Medic’s own', async () => {
    const uid = process.getuid?.() ?? -1;
    const own = { name: 'medic', uid, gid: uid, home: '/', ownsHome: false };
    expect(await whyNotAs(own)).toMatch(/is the user that Medic itself runs as: name another/);
    if (!isRoot)
      expect(await whyNotAs({ ...own, name: 'root', uid: 0 })).toMatch(/root, who may read everything/);
  });

  it('is told with what to grant where Medic may not become it, and is tried before anything runs', async () => {
    expect(await asPlainUser('--clear-groups')).toMatch(
      /Medic may not run commands as nobody .*AmbientCapabilities=CAP_SETUID CAP_SETGID CAP_KILL/,
    );
  });
});

if (isRoot) describe('a command of another user', commands);
else
  it('commands of other users are left out, because only root may become one', async () => {
    console.warn('Left out: everything about commands of other users, because only root may become one.');
    expect(await whyNotAs(await nobody())).toMatch(/Medic may not run commands as nobody/);
  });

function commands() {
  let scratch: Scratch;
  let runAs: RunAs;
  beforeAll(async () => {
    scratch = await scratchDir('run-as');
    runAs = await nobody();
  });
  afterAll(() => scratch?.remove());

  it('has that user’s rights, groups and surroundings, and none of Medic’s capabilities', async () => {
    const script = 'id -u; echo "$USER $HOME"; grep CapEff /proc/self/status; grep CapAmb /proc/self/status';
    const { output, exitCode } = await run(['sh', '-c', script], runAs);
    expect(exitCode).toBe(0);
    expect(output.split('\n')).toEqual(
      expect.arrayContaining([
        String(runAs.uid),
        `${NOBODY} ${runAs.home}`,
        'CapEff:\t0000000000000000',
        'CapAmb:\t0000000000000000',
      ]),
    );
  });

  it('reads neither the environment that Medic was started with nor its files, both of which one of Medic’s own user reads', async () => {
    const file = join(scratch.path, 'token');
    writeFileSync(file, 'a secret', { mode: 0o600 });
    const places = [OWN_ENVIRONMENT, file];
    expect(await readableFrom(places, runAs)).toEqual([]);
    expect(await readableFrom(places, null)).toEqual(places);
  });

  it('is ended at its limit with all that it started', async () => {
    const result = await run(['sh', '-c', 'sleep 613 & sleep 614'], runAs, 500);
    expect(result.timedOut).toBe(true);
    const left = await run(['pgrep', '-u', String(runAs.uid), '-f', 'sleep 61[34]'], null);
    expect(left.output).toBe('');
    const { signal } = new AbortController();
    const env = allowedEnvironment(process.env);
    const brief = await runBrief({
      argv: ['sleep', '615'],
      env,
      runAs,
      timeout: 300,
      outputCap: 100,
      signal,
    });
    expect(brief.ended).toBe('timed-out');
  });

  it('that has left its group is found by its mark, ended, and named', async () => {
    const result = await run(['sh', '-c', 'setsid sleep 616 & wait; sleep 617'], runAs, 500);
    expect(result.survivors).toEqual([{ pid: expect.any(Number), command: 'sleep 616', ended: true }]);
  });

  it('is told to be missing as one of Medic’s own is', async () => {
    const missing = 'no-such-program is not installed, or not in the PATH that commands get';
    expect(await run(['no-such-program'], runAs)).toMatchObject({ failedToStart: missing });
    expect(await run(['./no-such-file'], runAs)).toMatchObject({
      failedToStart: expect.stringMatching(/no-such-file/),
    });
    expect((await run(['no-such-program'], null)).failedToStart).toBe(missing);
  });

  it('gets Ansible’s variables and leaves nothing behind, whatever it made its own', async () => {
    const folder = join(scratch.path, 'playbook');
    mkdirSync(folder, { recursive: true });
    for (const path of [scratch.path, folder]) chmodSync(path, 0o755);
    const where = join(tmpdir(), `medic-run-as-${process.pid}`);
    writeFileSync(
      join(folder, 'who.yml'),
      `- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.shell: 'id -un > {{ target }}; echo {{ word }} >> {{ target }}'\n`,
    );
    writeFileSync(join(scratch.path, 'inventory'), 'here ansible_connection=local\n');
    const runner = createAnsibleRunner({
      inventory: join(scratch.path, 'inventory'),
      environment: process.env,
      runAs,
      redact: (text) => text,
    });
    const order = {
      id: 'who',
      run: { ansible: { playbook: 'who.yml', limit: null } },
      folder,
      parameters: { target: where, word: 'given' },
      fence: null,
      timeout: 60_000,
      dryRun: null,
      reportTo: null,
    };
    const result = await runner.run(order, () => undefined, new AbortController().signal);
    expect(result).toMatchObject({ kind: 'succeeded' });
    const said = await run(['cat', where], null);
    expect(said.output.trim().split('\n')).toEqual([NOBODY, 'given']);
    await run(['rm', where], null);
  });

  it('is who acts on this machine over the runner of hosts, too, and is stopped like anybody', async () => {
    const where = join(scratch.path, 'acted');
    mkdirSync(where, { mode: 0o777, recursive: true });
    chmodSync(where, 0o777);
    chmodSync(scratch.path, 0o755);
    const inventory = join(scratch.path, 'hosts.ini');
    writeFileSync(inventory, `[here]\nhere-1 ansible_connection=local medic_fence_dir=${where}/fences\n`);
    const hosts = createHosts({ inventory, environment: process.env, runAs });
    const runner = createSshRunner({ hosts, redact: (text) => text });
    const argv = ['sh', '-c', `id -un > ${where}/who; echo $$ > ${where}/pid; sleep 600`];
    const ssh = SshRun.parse({ hosts: 'here-1', group: 'here', argv, fence: 'shop', become: false });
    const stopping = new AbortController();
    const ended = runner.run(
      {
        ...{ id: 'here', run: { ssh }, folder: '/', parameters: {}, timeout: 20_000 },
        ...{ fence: 3, dryRun: null, reportTo: null },
      },
      () => undefined,
      stopping.signal,
    );
    const text = (name: string) => readFileSync(join(where, name), 'utf8').trim();
    const pid = await until(() => existsSync(join(where, 'pid')) && Number(text('pid')), {
      what: 'its beginning',
      ms: 10_000,
    });
    stopping.abort();
    expect(await ended).toEqual({ kind: 'stopped', reason: 'it was stopped while it ran on here-1' });
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect([text('who'), text('fences/shop')]).toEqual([NOBODY, '3']);
    await hosts.close();
  });

  it('cannot keep Medic from removing what it made for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'medic-removed-'));
    await handOver(folder, 0o770, runAs);
    const argv = ['sh', '-c', `umask 077; mkdir -p ${folder}/a/b && touch ${folder}/a/b/c`];
    expect((await run(argv, runAs)).exitCode).toBe(0);
    await removeScratch(folder, runAs);
    expect(existsSync(folder)).toBe(false);
  });

  it('can be become by a Medic that is not root and has what the unit grants, and by none that has less', async () => {
    const { gid } = await nobody();
    expect(await asPlainUser(`--groups=${gid}`, ['setuid', 'setgid', 'kill'])).toBe('');
    expect(await asPlainUser(`--groups=${gid}`, ['setuid', 'setgid'])).toMatch(
      /may not end the commands of nobody/,
    );
    expect(await asPlainUser('--clear-groups', ['setuid', 'setgid', 'kill'])).toMatch(
      /let Medic's user belong to the group of nobody/,
    );
  });
}

/**
 * What a Medic that is not root and has these capabilities is told about running commands as nobody; empty where it may. It may read
 * everything besides, wherever this checkout lies.
 */
async function asPlainUser(groups: string, capabilities: readonly string[] = []): Promise<string> {
  const script = fileURLToPath(new URL('may-run-as.ts', import.meta.url));
  const caps = [...capabilities, 'dac_read_search'].map((one) => `+${one}`).join(',');
  const plain = ['setpriv', '--reuid=2', '--regid=2', groups, `--inh-caps=${caps}`, `--ambient-caps=${caps}`];
  const [program, ...args] = [...(isRoot ? [...plain, '--'] : []), process.execPath, script, NOBODY];
  const { stdout } = await promisify(execFile)(program as string, args, { cwd: '/' });
  return stdout;
}
