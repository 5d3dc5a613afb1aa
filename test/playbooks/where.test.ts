import { execFile } from 'node:child_process';
import { mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { type Running, startProcess } from '../kit/stack/process.ts';
import { runnersFor, runOf } from './run-of.ts';

const root = fileURLToPath(new URL('../../playbooks', import.meta.url));
const catalog = loadCatalog(root);
const HOSTS = ['web-1', 'web-2', 'localhost'] as const;
/** The registry calls it shop, the inventory shop_servers, its supervisors shop.web@15-main. */
const NAMES = { service: 'Shop.eu', group: 'shop_servers', unit: 'shop.web@15-main' };

let scratch: Scratch;
const supervisors: Running[] = [];
const at = (...names: string[]) => join(scratch.path, ...names);
const ctl = async (host: string, ...args: string[]) =>
  (await promisify(execFile)('supervisorctl', ['-c', at(host, 'supervisor.conf'), ...args])).stdout.trim();

beforeAll(async () => {
  scratch = await scratchDir('where');
  await writeFile(at('inventory.yml'), stringify(inventory()));
  supervisors.push(...(await Promise.all(HOSTS.map(startHost))));
}, 60_000);
afterAll(async () => {
  for (const supervisor of supervisors) await supervisor.stop();
  await scratch?.remove();
});

/** All hosts are this machine, each with a supervisor, a disk and releases of its own. */
async function startHost(host: string): Promise<Running> {
  for (const dir of ['disk', 'releases/v1', 'releases/v2']) await mkdir(at(host, dir), { recursive: true });
  await writeFile(at(host, 'disk', 'old.log'), 'x');
  await symlink(at(host, 'releases', 'v2'), at(host, 'current'));
  await writeFile(at(host, 'supervisor.conf'), supervisorConf(host));
  return startProcess({
    name: `supervisord-${host}`,
    argv: ['supervisord', '-n', '-c', at(host, 'supervisor.conf')],
    ready: async () => /RUNNING/.test(await ctl(host, 'status', NAMES.unit)),
    logFile: at(host, 'supervisord.log'),
  });
}

function supervisorConf(host: string): string {
  return [
    ...['[unix_http_server]', `file=${at(host, 's.sock')}`],
    ...['[supervisord]', 'logfile=/dev/null', 'logfile_maxbytes=0', `pidfile=${at(host, 's.pid')}`],
    '[rpcinterface:supervisor]',
    'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
    ...['[supervisorctl]', `serverurl=unix://${at(host, 's.sock')}`],
    ...[`[program:${NAMES.unit}]`, 'command=sleep 600', 'startsecs=0', 'autorestart=false', ''],
  ].join('\n');
}

function inventory() {
  const hostOf = (host: string) => ({
    ansible_connection: 'local',
    ansible_python_interpreter: '/usr/bin/python3',
    medic_fence_dir: at(host, 'fences'),
    medic_service_manager: 'supervisor',
    medic_supervisor_conf: at(host, 'supervisor.conf'),
    medic_cleanable: [{ path: at(host, 'disk'), patterns: ['*.log'] }],
    medic_releases: { [NAMES.service]: { dir: at(host, 'releases'), current: at(host, 'current') } },
  });
  return {
    all: {
      hosts: { ...Object.fromEntries(HOSTS.map((host) => [host, hostOf(host)])), other: hostOf('web-1') },
      children: {
        shop_servers: { hosts: Object.fromEntries(HOSTS.map((host) => [host, null])) },
        // A group with the name of a host, as some inventories have.
        other: { hosts: { 'web-2': null } },
        mixed: { hosts: { other: null, 'web-1': null } },
      },
    },
  };
}

/** Everything that a playbook might change on each host. */
async function look() {
  const seen = await Promise.all(
    HOSTS.map(async (host) => [
      host,
      {
        pid: await ctl(host, 'pid', NAMES.unit),
        current: await readlink(at(host, 'current')),
        files: await readdir(at(host, 'disk')),
      },
    ]),
  );
  return Object.fromEntries(seen) as Record<string, { pid: string; current: string; files: string[] }>;
}

let claims = 0;
async function run(name: string, parameters: Record<string, string>, how: 'run' | 'dryRun' = 'run') {
  claims += 1;
  const playbook = catalog.get(name);
  if (playbook === undefined) throw new Error(`there is no ${name}`);
  const order = {
    id: `${name}-${claims}`,
    run: runOf(playbook.manifest.run, parameters),
    dryRun: 'check',
    folder: playbook.folder,
    parameters,
    timeout: 60_000,
    fence: claims,
    reportTo: null,
  } as const;
  const signal = new AbortController().signal;
  const { runner, close } = runnersFor(at('inventory.yml'));
  const result = how === 'run' ? runner.run(order, () => {}, signal) : runner.dryRun(order, signal);
  return await result.finally(close);
}
const changedHosts = (before: Awaited<ReturnType<typeof look>>, after: typeof before) =>
  HOSTS.filter((host) => JSON.stringify(before[host]) !== JSON.stringify(after[host]));

describe('a playbook that comes with Medic', { timeout: 120_000 }, () => {
  it.each<[string, string, object]>([
    ['restart_service', 'web-2', {}],
    ['recycle_service', 'localhost', {}],
    ['clean_disk', 'web-1', { mountpoint: 'web-1/disk' }],
    ['rollback_release', 'web-2', { to_release: 'v1' }],
  ])('acts on the named host alone, by its names there: %s', async (name, host, more) => {
    const before = await look();
    const given: Record<string, string> = { ...NAMES, ...more, hosts: host };
    if (given.mountpoint) given.mountpoint = at(given.mountpoint);
    expect(await run(name, given)).toMatchObject({ kind: 'succeeded', changed: expect.any(Number) });
    expect(changedHosts(before, await look())).toEqual([host]);
  });

  it('acts on several named hosts, and on all of the group where none is named', async () => {
    const before = await look();
    const two = await run('restart_service', { ...NAMES, hosts: 'localhost,web-1' });
    expect(two).toMatchObject({ kind: 'succeeded', changed: 2 });
    const between = await look();
    expect(changedHosts(before, between)).toEqual(['web-1', 'localhost']);
    expect(await run('restart_service', { ...NAMES, hosts: '' })).toMatchObject({ changed: 3 });
    expect(changedHosts(between, await look())).toEqual([...HOSTS]);
  });

  it('puts a link back to its release at once, and the second time changes nothing', async () => {
    const wanted = { ...NAMES, to_release: 'v1', hosts: 'web-1' };
    const dry = await run('rollback_release', wanted, 'dryRun');
    expect(dry).toMatchObject({ kind: 'diff', diff: expect.stringMatching(/-.*v2"[\s\S]*\+.*v1"/) });
    expect(await readlink(at('web-1', 'current'))).toBe(at('web-1', 'releases', 'v2'));
    expect(await run('rollback_release', wanted)).toMatchObject({ kind: 'succeeded', changed: 2 });
    expect(await readlink(at('web-1', 'current'))).toBe(at('web-1', 'releases', 'v1'));
    const before = await look();
    expect(await run('rollback_release', wanted)).toMatchObject({ kind: 'succeeded', changed: 0 });
    expect(await look()).toEqual(before);
  });

  describe('before it touches anything', () => {
    let before: Awaited<ReturnType<typeof look>>;
    beforeAll(async () => {
      before = await look();
    });

    it.each<[string, string, Record<string, string>, string]>([
      [
        'a host that is not in the group',
        'restart_service',
        { hosts: 'other' },
        'other is not in the group shop_servers of the inventory',
      ],
      [
        'a host that is not in the group, of a play',
        'recycle_service',
        { hosts: 'other' },
        'No host in the inventory runs Shop.eu on other; see its group shop_servers',
      ],
      ['a host that is not there', 'restart_service', { hosts: 'web-9' }, 'web-9 is not in the group'],
      ['a host that is not there, of a play', 'recycle_service', { hosts: 'web-9' }, 'web-9'],
      [
        'a host of which the name is that of a group',
        'recycle_service',
        { group: 'mixed', hosts: 'other' },
        'No host in the inventory runs Shop.eu on other',
      ],
      [
        'every host there is',
        'restart_service',
        { group: 'all' },
        'the group all is whatever the inventory holds, and not where one service runs',
      ],
      [
        'every host there is, of a play',
        'recycle_service',
        { group: 'all' },
        'not the name of one thing: service Shop.eu, group all',
      ],
      [
        'two groups at once',
        'clean_disk',
        { group: 'shop_servers:mixed', mountpoint: '/' },
        'not the name of one thing',
      ],
      ['a pattern', 'recycle_service', { hosts: 'web-*' }, 'is no list of names of hosts or groups'],
      ['a name that no host has', 'restart_service', { hosts: 'web-*' }, 'web-* is not in the group'],
      [
        'every program of the supervisor',
        'restart_service',
        { unit: 'all' },
        'all is no one program to supervisor',
      ],
      ['every program of a play', 'recycle_service', { unit: 'all' }, 'unit all'],
      ['every program of a group', 'restart_service', { unit: 'shop:*' }, 'shop:* is no one program'],
      ['a unit that is an option of a play', 'recycle_service', { unit: '-H' }, 'unit -H'],
      ['a unit that is an option', 'recycle_service', { unit: '--all' }, 'unit --all'],
      ['a name with a line break', 'recycle_service', { unit: 'shop\n' }, 'not the name of one thing'],
      [
        'a service that is no file name',
        'restart_service',
        { service: '../x' },
        'is no name to keep a fence under',
      ],
      [
        'what the inventory does not let go',
        'clean_disk',
        { mountpoint: '/etc', hosts: 'web-1' },
        'The inventory allows deleting [] in /etc on web-1',
      ],
      [
        'a release that is not there',
        'rollback_release',
        { to_release: 'v9', hosts: 'web-1' },
        'There is no release v9',
      ],
      [
        'a process that does not run',
        'recycle_service',
        { unit: 'shop', hosts: 'web-1' },
        'shop does not run on web-1, so there is no process to replace',
      ],
    ])('refuses %s in words', async (_, name, given, reason) => {
      const result = await run(name, { ...NAMES, ...given });
      expect(result).toMatchObject({
        kind: 'failed',
        reason: expect.stringContaining(reason),
        untouched: true,
      });
    });

    it('which leaves everything as it was', async () => {
      expect(await look()).toEqual(before);
    });
  });

  it('takes every value that its manifest lets pass', () => {
    for (const { manifest } of catalog.values()) {
      // What acts in Kubernetes goes to no host.
      if (manifest.parameters.hosts === undefined) continue;
      const takes = (name: string, value: string) =>
        new RegExp(`^(?:${manifest.parameters[name]?.pattern})$`).test(value);
      for (const hosts of ['', 'localhost', 'web-1,web-2.example.com'])
        expect(takes('hosts', hosts), hosts).toBe(true);
      for (const hosts of [',', 'web-1,', 'web*', '@hosts', '-e', 'web-1 web-2', '!web-1'])
        expect(takes('hosts', hosts), hosts).toBe(false);
      for (const group of ['web:db', 'web,db', '!web', 'web[0]', '~web', '&web', '-web', ''])
        expect(takes('group', group), group).toBe(false);
      if (manifest.parameters.unit === undefined) continue;
      for (const unit of ['postgresql@15-main.service', 'foo.bar', 'shop:shop_00'])
        expect(takes('unit', unit), unit).toBe(true);
      for (const unit of ['', '-H', 'a b', '*', 'a;b', '/etc']) expect(takes('unit', unit), unit).toBe(false);
    }
  });
});
