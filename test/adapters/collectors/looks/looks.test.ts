import { execFile } from 'node:child_process';
import { chmod, mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLookCollector, type Entry } from '../../../../src/adapters/collectors/looks/collector.ts';
import { createLooker } from '../../../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../../../src/adapters/hosts/hosts.ts';
import type { ServiceView } from '../../../../src/evidence/collector.ts';
import type { Hosts } from '../../../../src/evidence/hosts.ts';
import type { LookReading, LookSpec, LookTarget } from '../../../../src/evidence/looks/look.ts';
import { evidenceOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { mountDisk } from '../../../kit/fleet/disk.ts';
import { type Supervisor, startSupervisor } from '../../../kit/fleet/supervisor.ts';
import { type Scratch, scratchDir, tellGuardian } from '../../../kit/stack/guardian.ts';
import { until } from '../../../kit/stack/process.ts';
import { startSshd } from '../../runners/sshd.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let supervisor: Supervisor;
let hosts: ReturnType<typeof createHosts>;
const at = (name: string) => join(scratch.path, name);

const UNIT: LookSpec = { unit: { is: 'failed' } };
/** Holds a little of its own, by a child. */
const HOLDER = `setTimeout(() => {}, 1e8); globalThis.kept = Buffer.alloc(60e6, 1)`;

beforeAll(async () => {
  scratch = await scratchDir('looks');
  await mkdir(at('bin'));
  const sleeper = (name: string) => ({ name, argv: ['sleep', '600'], logFile: at(`${name}.log`) });
  [sshd, supervisor] = await Promise.all([
    startSshd(at('sshd')),
    startSupervisor(at('supervisor'), [
      ...['shop', 'killed', 'stopped'].map(sleeper),
      {
        name: 'holder',
        argv: ['sh', '-c', `'${process.execPath}' -e '${HOLDER}' & wait`],
        logFile: at('holder.log'),
      },
    ]),
  ]);
  // Systemd does not run here: this one says what was written down for it.
  const fake = `#!/bin/sh\nfor unit; do :; done\ncase "$*" in *--timestamp=unix*) [ ! -e ${at('old')} ] || { echo "systemctl: unrecognized option '--timestamp=unix'" >&2; exit 1; } ;; esac\ncat ${at('units')}/$unit || exit 1\n`;
  await writeFile(at('bin/systemctl'), fake);
  await chmod(at('bin/systemctl'), 0o755);
  await mkdir(at('units'));
  const supervised = `medic_service_manager=supervisor medic_supervisor_conf=${supervisor.conf}`;
  const lines = [
    '[web]',
    `web-1 ${sshd.host} ${supervised}`,
    '[db]',
    'db-1 ansible_connection=local',
    `near-1 ansible_connection=local ${supervised}`,
    '[dead]',
    'dead-1 ansible_host=127.0.0.1 ansible_port=9',
  ];
  await writeFile(at('inventory.ini'), `${lines.join('\n')}\n`);
  const environment = { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` };
  hosts = createHosts({ inventory: at('inventory.ini'), environment });
  await until(async () => (await supervisor.ctl('status', 'shop')).includes('RUNNING'), {
    what: 'the programs to run',
    ms: 10_000,
  });
});
afterAll(async () => {
  await hosts?.close();
  await Promise.all([sshd?.stop(), supervisor?.stop()]);
  await scratch?.remove();
});

const lookerOn = (on: Hosts, timeout = 10_000) =>
  createLooker({ hosts: on, now: Date.now, timeout, environment: process.env });
const lookAll = (spec: LookSpec, service: Partial<ServiceView>, target: Partial<LookTarget> = {}) =>
  lookerOn(hosts).look(
    spec,
    { service: serviceOf({ hosts: ['near-1'], ...service }), hosts: null, symptomAt: Date.now(), ...target },
    never,
  );
async function look(...asked: Parameters<typeof lookAll>): Promise<LookReading> {
  const readings = await lookAll(...asked);
  expect(readings).toHaveLength(1);
  return readings[0] as LookReading;
}

describe('a look at a program of a real supervisor over a real SSH', () => {
  it('is well while it runs', async () => {
    const begun = Date.now();
    const reading = await look(UNIT, { unit: 'shop', hosts: ['web-1'] });
    expect(reading).toMatchObject({
      host: 'web-1',
      verdict: 'well',
      words: expect.stringMatching(/^supervisor on web-1: shop: RUNNING \(pid \d+, uptime .*\), running$/),
      instrument: 'supervisor/web-1/shop',
      facts: { state: 'RUNNING', main_pid: expect.any(Number) },
    });
    expect(reading.at).toBeGreaterThanOrEqual(begun);
  });

  it('is the fault once somebody killed it', async () => {
    process.kill(Number(await supervisor.ctl('pid', 'killed')), 'SIGKILL');
    await until(async () => (await look(UNIT, { unit: 'killed', hosts: ['web-1'] })).verdict === 'fault', {
      what: 'supervisor to know',
      ms: 5000,
    });
  });

  it('is another thing once a person stopped it', async () => {
    await supervisor.ctl('stop', 'stopped');
    const reading = await look(UNIT, { unit: 'stopped' });
    expect(reading).toMatchObject({ verdict: 'other', words: expect.stringContaining('stopped on purpose') });
  });

  it.each([
    ['no-such', 'supervisor has no program no-such; where it is called something else, say so as `unit`'],
    ['-c/etc/passwd', 'is no name of a unit or program'],
    ['all *', 'is no name of a unit or program'],
  ])('says that nothing is known of %s', async (unit, words) => {
    expect(await look(UNIT, { unit })).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining(words),
    });
  });
});

describe('a look at a unit of systemd', () => {
  const write = (name: string, state: string) =>
    writeFile(
      at(`units/${name}`),
      `Id=${name}.service\nLoadState=loaded\n${state}\nNRestarts=0\nMainPID=0\nStateChangeTimestamp=@1793534400\nInactiveEnterTimestamp=@1793534400\n`,
    );

  it('is what systemctl show tells, be it an old one', async () => {
    await write(
      'nginx',
      'ActiveState=failed\nSubState=failed\nResult=exit-code\nExecMainCode=1\nExecMainStatus=1',
    );
    const wanted = {
      verdict: 'fault',
      words: 'systemd on db-1: nginx.service: failed (exit code 1) since 2026-11-01T12:00:00Z',
      instrument: 'systemd/db-1/nginx.service',
    };
    const symptomAt = 1_793_534_400_000 + 600_000;
    const nginx = { hosts: ['db-1'], unit: 'nginx' };
    expect(await look(UNIT, nginx, { symptomAt })).toMatchObject(wanted);
    await writeFile(at('old'), '');
    expect(await look(UNIT, nginx, { symptomAt })).toMatchObject(wanted);
    await rename(at('old'), at('young'));
    // An alert of weeks later is about something else.
    expect(await look(UNIT, nginx)).toMatchObject({
      verdict: 'other',
      words: `${wanted.words}, long before the alert`,
    });
  });

  it('is unknown where systemctl answers nothing', async () => {
    expect(await look(UNIT, { hosts: ['db-1'], unit: 'absent' })).toMatchObject({
      verdict: 'unknown',
      instrument: 'host/db-1',
      words: expect.stringContaining('No such file'),
    });
  });
});

describe('a look at a disk', () => {
  const disk = (path: string, used = 0.9): LookSpec => ({ disk: { path, used } });

  it('of a real filesystem is the fault once it is full, unless its inodes are or it cannot be written', async () => {
    const path = at('disk');
    const mounted = await mountDisk(path, 1);
    // Who may not mount is told so; there is no disk to look at then.
    if (!mounted.mounted) return void expect(mounted.reason).toMatch(/mount/);
    try {
      expect(await look(disk(path), {})).toMatchObject({ verdict: 'well', instrument: 'kernel/near-1' });
      await writeFile(join(path, 'filler'), 'x'.repeat(1000 * 1024));
      expect(await look(disk(path), {})).toMatchObject({
        verdict: 'fault',
        words: expect.stringMatching(/^kernel on near-1: \S+ is 9[5-9]\S* % used, \S+ kB free of 1\.05 MB/),
        facts: { mountpoint: path, read_only: false },
      });
      await run('mount', ['-o', 'remount,ro', path]);
      expect(await look(disk(path), {})).toMatchObject({ verdict: 'other' });
      await run('mount', ['-o', 'remount,rw', path]);
      await run('mount', ['-o', 'remount,nr_inodes=3', path]);
      await writeFile(join(path, 'third'), '');
      expect(await look(disk(path), {})).toMatchObject({
        verdict: 'other',
        words: expect.stringContaining('inodes have run out'),
      });
    } finally {
      await mounted.unmount();
      tellGuardian(`unmount ${path}`);
    }
  });

  it.each([
    ['/etc', 'is no mount point'],
    ['/no/such/path', 'No such file or directory'],
    ['relative', 'no absolute path'],
    ['{{mountpoint}}', 'no absolute path'],
    ['-x', 'no absolute path'],
  ])('says that nothing is known of %s', async (path, words) => {
    expect(await look(disk(path), {})).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining(words),
    });
  });
});

describe('a look at memory', () => {
  const memory = (limit: number | null): LookSpec => ({ memory: { limit } });

  it('counts what the program and its children hold, against the look or the registry', async () => {
    await until(async () => Number((await look(memory(1e12), { unit: 'holder' })).facts.rss_bytes) > 60e6, {
      what: 'the child to hold its memory',
      ms: 10_000,
    });
    const held = await look(memory(50e6), { unit: 'holder' });
    expect(held).toMatchObject({
      verdict: 'fault',
      words: expect.stringMatching(
        /^kernel on near-1: it uses \S+ MB of memory \(limit 50 MB\); the host has /,
      ),
      instrument: 'kernel/near-1',
    });
    expect(held.facts.processes).toBeGreaterThanOrEqual(2);
    expect((await look(memory(null), { unit: 'holder', memoryLimit: 50e6 })).verdict).toBe('fault');
    expect((await look(memory(null), { unit: 'shop', memoryLimit: 50e6 })).verdict).not.toBe('fault');
  });

  it('of what does not run is another thing, and of what nobody knows unknown', async () => {
    await supervisor.ctl('stop', 'stopped').catch(() => undefined);
    expect(await look(memory(1), { unit: 'stopped' })).toMatchObject({ verdict: 'other' });
    expect(await look(memory(1), { unit: 'no-such' })).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining('No such process no-such'),
    });
  });
});

describe('a look at a release', () => {
  const release: LookSpec = { release: { within: 1_800_000 } };
  async function deployed(name: string, kind: 'link' | 'file'): Promise<string> {
    const dir = at(name);
    await mkdir(join(dir, 'releases/v6'), { recursive: true });
    await mkdir(join(dir, 'releases/v7'));
    await utimes(join(dir, 'releases/v6'), 1000, 1000);
    const current = kind === 'link' ? join(dir, 'current') : join(dir, 'releases/current');
    if (kind === 'link') await symlink('releases/v7', current);
    else await writeFile(current, 'v7\n');
    return current;
  }

  it.each(['link', 'file'] as const)(
    'is the fault where a %s was changed shortly before the symptom',
    async (kind) => {
      const service = { release: { link: await deployed(`app ${kind}`, kind) } };
      const soon = Date.now() + 60_000;
      expect(await look(release, service, { symptomAt: soon })).toMatchObject({
        verdict: 'fault',
        words: expect.stringMatching(
          /^release on near-1: release v7 runs since .* before the symptom began \(before it: v6\)$/,
        ),
        instrument: 'release/near-1/catalog',
        facts: { current_release: 'v7', previous_release: 'v6' },
      });
      expect((await look(release, service, { symptomAt: soon + 7_200_000 })).verdict).toBe('well');
      expect((await look(release, service, { symptomAt: soon - 7_200_000 })).verdict).toBe('well');
      expect((await look(release, service, { symptomAt: null })).verdict).toBe('unknown');
    },
  );

  it('takes no release for the one before that came after it, though the program writes into its own folder', async () => {
    const link = await deployed('written', 'link');
    await mkdir(at('written/releases/v8'));
    await writeFile(at('written/releases/v7/cache'), '');
    expect((await look(release, { release: { link } })).facts.previous_release).toBe('v6');
  });

  it('prefers what a link beside it says of the one before', async () => {
    const link = await deployed('told', 'link');
    await symlink('releases/v5', at('told/previous'));
    expect((await look(release, { release: { link } })).facts.previous_release).toBe('v5');
  });

  it.each([
    [null, 'settings.release_link of catalog is not set in medic.yml'],
    [{ link: '/no/such' }, 'there is no link or file /no/such'],
    [{ link: '/etc' }, 'there is no link or file /etc'],
    [{ link: '/etc/passwd' }, 'which is no release'],
  ])('says that nothing is known of %j', async (named, words) => {
    expect(await look(release, { release: named })).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining(words),
    });
  });
});

it('each look says over SSH what it says here', async () => {
  const link = at('far');
  await writeFile(link, 'v7\n');
  const specs: LookSpec[] = [
    { disk: { path: '/', used: 1 } },
    { memory: { limit: 1e12 } },
    { release: { within: 1000 } },
  ];
  for (const spec of specs) {
    const service = { unit: 'shop', release: { link } };
    const [here, there] = await Promise.all([
      look(spec, service, { symptomAt: 1e12 }),
      look(spec, { ...service, hosts: ['web-1'] }, { symptomAt: 1e12 }),
    ]);
    expect(there.verdict).not.toBe('unknown');
    expect({ verdict: there.verdict, facts: Object.keys(there.facts) }).toEqual({
      verdict: here.verdict,
      facts: Object.keys(here.facts),
    });
    expect(there.instrument).toBe(here.instrument.replace('near-1', 'web-1'));
  }
});

describe("a look by a playbook's own command", () => {
  it('is taken on each host where the service runs, if it says so, and tells of programs that are not there', async () => {
    const there = (...argv: string[]): LookSpec => ({
      command: { argv, fault: '^down$', well: '^up$', on: 'hosts', reads: 'the door' },
    });
    const [near, far] = await lookAll(there('sh', '-c', 'echo down'), { hosts: ['near-1', 'web-1'] });
    expect(near).toMatchObject({ host: 'near-1', verdict: 'fault', instrument: 'command/sh/near-1' });
    expect(far).toMatchObject({
      ...{ host: 'web-1', verdict: 'fault', instrument: 'command/sh/web-1' },
      words: 'command on web-1: it said "down"',
    });
    expect((await look(there('echo', 'up'), {})).verdict).toBe('well');
    expect(await look(there('no-such-program'), {})).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining('no-such-program cannot be run there'),
    });
  });

  const command = (...argv: string[]): LookSpec => ({ command: { argv, fault: '^down$', well: '^up$' } });

  it('runs on the machine of Medic, whatever its exit code', async () => {
    expect(await look(command('sh', '-c', 'echo down; exit 3'), {})).toMatchObject({
      host: 'localhost',
      verdict: 'fault',
      words: 'command on the machine of Medic: it said "down"',
      instrument: 'command/sh/-c',
      facts: { exit_code: 3 },
    });
    expect((await look(command('echo', 'up'), {})).verdict).toBe('well');
    expect(await look(command('no-such-program'), {})).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining('no-such-program is not installed'),
    });
  });

  it('is late when its time is over', async () => {
    const target = { service: serviceOf(), hosts: null, symptomAt: null };
    const [reading] = await lookerOn(hosts, 300).look(command('sleep', '60'), target, never);
    expect(reading).toMatchObject({ verdict: 'unknown', late: true });
  });
});

describe('the hosts that are looked at', () => {
  it('are those of the target, or of the service, or of its group; a dead one hides none of the others', async () => {
    const names = async (...asked: Parameters<typeof lookAll>) =>
      (await lookAll(...asked)).map(({ host, verdict }) => `${host} ${verdict}`);
    const service = { unit: 'shop', hosts: ['web-1', 'dead-1'] };
    expect(await names(UNIT, service)).toEqual(['web-1 well', 'dead-1 unknown']);
    expect(await names(UNIT, service, { hosts: ['web-1'] })).toEqual(['web-1 well']);
    expect(await names(UNIT, { unit: 'shop', hosts: [], group: 'web' })).toEqual(['web-1 well']);
  });

  it('are named where nobody knows them, and nothing is looked at', async () => {
    expect(await look(UNIT, { hosts: [], group: 'nobody' })).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining('say its hosts in medic.yml, or make a group nobody in the inventory'),
    });
    expect(await look(UNIT, { hosts: ['stranger'] })).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining('stranger is not in the inventory'),
    });
  });

  it('that do not answer in time are late, and nothing throws', async () => {
    const slow: Hosts = {
      run: () => Promise.reject(new Error('broken')),
      facts: (name) =>
        name === 'slow'
          ? new Promise(() => {})
          : Promise.resolve({ name, local: true, manager: 'systemd', supervisorConf: null }),
      group: () => Promise.reject(new Error('broken')),
    };
    const target = { hosts: ['slow', 'other'], service: serviceOf(), symptomAt: null };
    const readings = await lookerOn(slow, 100).look(UNIT, target, never);
    expect(readings.map(({ verdict, late }) => [verdict, late])).toEqual([
      ['unknown', true],
      ['unknown', undefined],
    ]);
    const nowhere = { ...target, hosts: null, service: serviceOf({ hosts: [] }) };
    expect(await lookerOn(slow, 100).look(UNIT, nowhere, never)).toHaveLength(1);
  });
});

describe('the collector of looks', () => {
  const ask = (service: ServiceView | null, ...declared: readonly Entry[]) =>
    evidenceOf(
      { looks: createLookCollector(lookerOn(hosts), () => declared) },
      inquiryOf({ alerts: [], service }),
      { budget: 10_000, redact: (text) => text, now: Date.now },
    );

  it('gives one item for each host, and reads once what several playbooks want to know', async () => {
    const items = await ask(
      serviceOf({ unit: 'shop', hosts: ['web-1', 'dead-1'] }),
      { spec: UNIT, playbooks: ['restart_service'] },
      { spec: { unit: { is: 'failed' } }, playbooks: ['recycle_service'] },
    );
    expect(items.map(({ title, status }) => `${title}: ${status}`)).toEqual([
      'Look at the unit on web-1: ok',
      'Look at the unit on dead-1: failed',
    ]);
    expect(items[0]).toMatchObject({
      kind: 'state',
      source: 'supervisor',
      witness: 'supervisor/web-1/shop',
      text: expect.stringMatching(/^supervisor on web-1: shop: RUNNING .*\nstate=RUNNING\nmain_pid=\d+$/),
      data: { type: 'look', playbooks: ['restart_service', 'recycle_service'], reading: { verdict: 'well' } },
    });
    expect(items[1]?.text).toMatch(/^could not be read: dead-1 cannot be reached .* Connection refused$/);
  });

  it('has nothing to say of what the registry does not know', async () => {
    expect(await ask(null, { spec: UNIT, playbooks: ['x'] })).toEqual([]);
  });
});
