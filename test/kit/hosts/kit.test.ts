import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../../../src/config/settings.ts';
import { ailments, healthy, MEMORY_LIMIT, truthOf } from '../../hosts/checks.ts';
import { scratchDir } from '../stack/guardian.ts';
import { openInbox } from '../stack/inbox.ts';
import { until } from '../stack/process.ts';
import * as faults from './faults.ts';
import { named, registryFor, writeInventory } from './inventory.ts';
import { type Host, type HostsKit, hindrance, startHosts } from './kit.ts';
import { type Monitoring, startMonitoring, withoutPort } from './monitoring.ts';

const run = promisify(execFile);
const reason = await hindrance();

if (reason !== null) {
  // The probe tried to do what booting does: a container without privileges lacks the rights of a real root, root in name or not.
  it(`real hosts are left out, because ${reason}`, () => {
    console.warn(`Left out: everything about real hosts, because ${reason}.`);
    expect(reason).toMatch(/^(only root may boot hosts|this machine |no control group can be made)/);
    expect(reason.startsWith('only root')).toBe(process.getuid?.() !== 0);
  });
} else describe('real hosts', realHosts);

function realHosts() {
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let inbox: Awaited<ReturnType<typeof openInbox>>;
  let kit: HostsKit;
  let monitoring: Monitoring;
  let web: Host;
  let jobs: Host;

  // The first start on a machine downloads and unpacks the system that the hosts start from.
  beforeAll(async () => {
    scratch = await scratchDir('hosts-test');
    inbox = await openInbox();
    kit = await startHosts({ dir: join(scratch.path, 'hosts') });
    web = kit.host('web-1');
    jobs = kit.host('jobs-1');
    monitoring = await startMonitoring({
      dir: scratch.path,
      kit,
      webhook: { url: inbox.url, token: 'a-token-for-alerts' },
      clusters: [
        { name: 'north', externalLabels: { cluster: 'north', replica: 'a' } },
        { name: 'south', externalLabels: { cluster: 'south' }, alertRelabel: withoutPort, hosts: ['jobs-1'] },
      ],
    });
  }, 900_000);

  afterEach(async () => {
    await Promise.all(kit.hosts.map(faults.restore));
    await until(async () => (await firing()).length === 0, { what: 'all alerts to end', ms: 30_000 });
  }, 60_000);

  afterAll(async () => {
    await monitoring?.stop();
    await kit?.stop();
    inbox?.close();
    await scratch?.remove();
  }, 60_000);

  async function firing(): Promise<string[]> {
    const response = await fetch(`${monitoring.alertmanager.url}/api/v2/alerts?active=true`);
    const alerts = (await response.json()) as { labels: Record<string, string> }[];
    return alerts.map(({ labels }) => labels.alertname ?? '');
  }

  /** Does it, and gives the labels of the first alert of that name after it that has these: two clusters tell of the same hosts. */
  async function alertOf(
    alertname: string,
    breaking: () => Promise<unknown>,
    wanted: Readonly<Record<string, string>> = {},
  ) {
    const before = inbox.deliveries.length;
    await breaking();
    const found = () =>
      inbox.deliveries
        .slice(before)
        .find(
          ({ labels, status }) =>
            labels.alertname === alertname &&
            status === 'firing' &&
            Object.entries(wanted).every(([name, value]) => labels[name] === value),
        );
    return (await until(found, { what: `${alertname} to fire`, ms: 30_000 })).labels;
  }

  it('are well when they have started, and no alert fires', async () => {
    expect(await ailments(web)).toEqual([]);
    expect(await ailments(jobs)).toEqual([]);
    expect(await firing()).toEqual([]);
  });

  it('let the inventory log in and become root, and reach nobody else', async () => {
    const inventory = await writeInventory(kit);
    const { stdout } = await run('ansible', ['-i', inventory, 'all', '-b', '-m', 'command', '-a', 'id -un'], {
      env: { ...process.env, ANSIBLE_LOCAL_TEMP: join(scratch.path, 'ansible'), ANSIBLE_HOME: scratch.path },
    });
    expect(stdout.match(/rc=0 >>\nroot/g)).toHaveLength(2);
    const { code } = await web.run('ip', 'route', 'get', '192.0.2.1');
    expect(code).not.toBe(0);
  });

  it('end with the process that started them, be it killed, and leave nothing once others start', async () => {
    const holder = spawn(process.execPath, [fileURLToPath(new URL('holder.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const { path, address } = JSON.parse(line.toString()) as { path: string; address: string };
    const network = address.replace(/\d+$/, '');
    expect(network).not.toBe(web.address.replace(/\d+$/, ''));
    holder.kill('SIGKILL');
    await until(() => !existsSync(path), { what: 'the files of the hosts to be gone', ms: 30_000 });
    const others = await startHosts({ dir: join(scratch.path, 'others'), hosts: [] });
    await others.stop();
    expect((await run('ip', ['address'])).stdout).not.toContain(network);
    expect(await readdir('/run/medic-test-hosts')).not.toContain(network.split('.')[2]);
    expect(await healthy(web)).toBe(true);
  });

  it('have a registry that Medic takes, with other names than those of the inventory', () => {
    const { services } = Settings.parse({ services: registryFor(kit) });
    expect(services).toMatchObject({
      storefront: { group: 'web', unit: 'shop.service', memory_limit: 100e6, cleanable: ['/srv/data'] },
      jobs: { group: 'batch', unit: 'worker' },
    });
  });

  it('say that a service is down when its unit crashed', async () => {
    const nginx = await alertOf('TargetDown', () => faults.crash(web, 'nginx.service'), { job: 'nginx' });
    expect(nginx).toMatchObject({
      job: 'nginx',
      instance: 'web-1:80',
      severity: 'critical',
      cluster: 'north',
    });
    const shop = await alertOf('TargetDown', () => faults.crash(web, 'shop.service'), { job: 'shop' });
    expect(shop).toMatchObject({ job: 'shop', instance: 'web-1:8080' });
    expect(shop).not.toHaveProperty('service');
    const failed = { active: 'failed', result: 'signal' };
    expect((await truthOf(web)).units).toMatchObject({ 'nginx.service': failed, 'shop.service': failed });
    expect(await healthy(web)).toBe(false);
  });

  it('tell one that was stopped on purpose from one that failed', async () => {
    await faults.stopOnPurpose(jobs, 'worker');
    await alertOf('TargetDown', () => faults.stopOnPurpose(web, 'shop.service'), { job: 'shop' });
    expect((await truthOf(web)).units['shop.service']).toMatchObject({
      active: 'inactive',
      result: 'success',
    });
    expect((await truthOf(jobs)).program).toBe('STOPPED');
  });

  it('give up on a unit that ends at every start, also once its cause is gone', async () => {
    await alertOf('TargetDown', () => faults.reachStartLimit(web), { job: 'shop' });
    expect((await truthOf(web)).units['shop.service']).toMatchObject({ active: 'failed', restarts: 3 });
    await web.ask('rm', '/run/shop-broken-start');
    expect(await web.run('systemctl', 'restart', 'shop.service')).not.toMatchObject({ code: 0 });
    expect(await web.ask('journalctl', '--unit=shop')).toContain('Start request repeated too quickly');
  });

  it('leave a crash a crash under supervisor, and are watched by two clusters, one of which rewrites instances', async () => {
    const before = inbox.deliveries.length;
    await faults.crashProgram(jobs);
    expect((await truthOf(jobs)).program).toBe('EXITED');
    const find = (cluster: string) =>
      inbox.deliveries
        .slice(before)
        .find(({ labels }) => labels.cluster === cluster && labels.job === 'worker');
    const south = await until(() => find('south'), { what: 'the alert of the south', ms: 15_000 });
    const north = await until(() => find('north'), { what: 'the alert of the north', ms: 15_000 });
    expect(south.labels).toMatchObject({ instance: 'jobs-1', cluster: 'south' });
    expect(north.labels).toMatchObject({ instance: 'jobs-1:8081', cluster: 'north', replica: 'a' });
  });

  it('fill a disk with what may be deleted and what may not, and lose its alert with the exporter', async () => {
    const labels = await alertOf('NodeFilesystemAlmostOutOfSpace', () =>
      faults.fillDisk(web, { deletable: 0.5 }),
    );
    expect(labels).toMatchObject({ ...named.byDisk, instance: 'web-1:9100', device: 'tmpfs' });
    const { mounts } = await truthOf(web);
    expect(mounts['/srv/data'].space).toBeGreaterThan(0.99);
    expect(mounts['/srv/data'].files).toBeLessThan(0.1);
    const files = await web.ask('ls', '/srv/data');
    expect(files).toMatch(/orders\.db/);
    expect(files).toMatch(/shop\.debug\.log\.1/);

    const before = inbox.deliveries.length;
    await faults.stopExporter(web, 'node');
    await inbox.next('NodeFilesystemAlmostOutOfSpace', 'resolved', before);
    expect(await ailments(web)).toEqual(['/srv/data is 100 % full']);
  });

  it('run out of files with space left, and fill another disk', async () => {
    const files = await alertOf('NodeFilesystemAlmostOutOfFiles', () => faults.fillFiles(web));
    expect(files.mountpoint).toBe('/srv/data');
    const space = await alertOf('NodeFilesystemAlmostOutOfSpace', () =>
      faults.fillDisk(web, { mount: '/srv/archive', deletable: 0 }),
    );
    expect(space.mountpoint).toBe('/srv/archive');
    const { mounts } = await truthOf(web);
    expect(mounts['/srv/data']).toMatchObject({ space: expect.closeTo(0, 1), files: expect.closeTo(1, 1) });
  });

  it('tell memory that a program holds from pages that it has read, and lose the alert of a leak when the program dies', async () => {
    const before = inbox.deliveries.length;
    const labels = await alertOf('ProcessResidentMemoryHigh', () => faults.growPageCache(jobs), {
      groupname: 'worker',
    });
    expect(labels).toMatchObject({ job: 'process', groupname: 'worker' });
    const memory = (await truthOf(jobs)).memory;
    expect(memory?.resident).toBeGreaterThan(MEMORY_LIMIT);
    expect(memory?.own).toBeLessThan(MEMORY_LIMIT / 2);
    expect(await healthy(jobs)).toBe(true);

    const leaking = await alertOf('ProcessResidentMemoryHigh', () => faults.leak(web), {
      groupname: 'shop',
    });
    expect(leaking).toMatchObject({ ...named.byProcess, instance: 'web-1:9256' });
    expect((await truthOf(web)).memory?.own).toBeGreaterThan(MEMORY_LIMIT);
    await faults.crash(web, 'shop.service');
    await until(
      () =>
        inbox.deliveries
          .slice(before)
          .find(({ labels: { groupname }, status }) => groupname === 'shop' && status === 'resolved'),
      {
        what: 'the alert of the leak to end',
        ms: 15_000,
      },
    );
    expect(await healthy(web)).toBe(false);
  });

  it('fail with a bad release, and with an innocent one when something else is away', async () => {
    const labels = await alertOf('HTTPErrorRateHigh', () => faults.deploy(web, 'v2', { record: true }));
    expect(labels).toMatchObject({ job: 'shop', instance: 'web-1:8080' });
    expect(await truthOf(web)).toMatchObject({ release: 'v2', served: 0 });
    await faults.deploy(web, 'v1', { record: true });
    expect(await ailments(web)).toEqual([]);

    await faults.loseDependency(web);
    await faults.deploy(web, 'v3', { record: true });
    expect(await truthOf(web)).toMatchObject({ release: 'v3', served: 0 });
    await faults.deploy(web, 'v1', { record: true });
    expect(await healthy(web)).toBe(false);
    const log = (await web.ask('cat', faults.DEPLOYS)).split('\n');
    expect(log.map((line) => JSON.parse(line).version)).toEqual(['v2', 'v1', 'v3', 'v1']);
  });
}
