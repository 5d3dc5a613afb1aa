import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import * as faults from '../kit/hosts/faults.ts';
import { writeInventory } from '../kit/hosts/inventory.ts';
import { type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { runnersFor, runOf } from '../playbooks/run-of.ts';

const reason = await hindrance();
const ROOT = resolve(import.meta.dirname, '..', '..');
const SHOP = { service: 'storefront', group: 'web', unit: 'shop.service', hosts: 'web-1' };
const WORKER = { service: 'jobs', group: 'batch', unit: 'worker', hosts: '' };

if (reason !== null) {
  it(`restarts on real hosts are left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
} else describe('restart_service on real hosts, by a user who may use sudo', realRestarts);

function realRestarts() {
  let scratch: Scratch;
  let kit: HostsKit;
  let runners: ReturnType<typeof runnersFor>;

  beforeAll(async () => {
    scratch = await scratchDir('restart-real');
    kit = await startHosts({ dir: join(scratch.path, 'hosts') });
    runners = runnersFor(await writeInventory(kit));
  }, 900_000);
  afterAll(async () => {
    await runners?.close();
    await kit?.stop();
    await scratch?.remove();
  });

  const orderOf = (parameters: Record<string, string>, fence: number) => {
    const playbook = loadCatalog(join(ROOT, 'playbooks')).get('restart_service');
    if (playbook === undefined) throw new Error('there is no restart_service');
    return {
      ...{
        id: `restart-${fence}`,
        folder: playbook.folder,
        parameters,
        timeout: 60_000,
        fence,
        reportTo: null,
      },
      run: runOf(playbook.manifest.run, parameters),
      dryRun: playbook.manifest.dry_run,
    };
  };
  const restart = (parameters: Record<string, string>, fence: number) =>
    runners.runner.run(orderOf(parameters, fence), () => {}, new AbortController().signal);
  const rehearse = (parameters: Record<string, string>) =>
    runners.runner.dryRun(orderOf(parameters, 1), new AbortController().signal);

  it('says how it stands and what would be run, the same every time, and changes nothing', async () => {
    const before = await kit.host('web-1').ask('systemctl', 'show', '-p', 'MainPID', 'shop.service');
    const first = await rehearse(SHOP);
    expect(first).toEqual({
      kind: 'diff',
      diff: '# web-1\nnow: Result=success, ActiveState=active, SubState=running\nruns: systemctl restart -- shop.service',
      changes: 1,
    });
    expect(await rehearse(SHOP)).toEqual(first);
    const worker = await rehearse(WORKER);
    expect(worker).toMatchObject({
      diff: '# jobs-1\nnow: worker RUNNING\nruns: supervisorctl -c /etc/supervisor/supervisord.conf restart worker',
    });
    expect(await rehearse(WORKER)).toEqual(worker);
    expect(await kit.host('web-1').ask('systemctl', 'show', '-p', 'MainPID', 'shop.service')).toBe(before);
  });

  it('starts what has crashed, keeps the number as root, and refuses an earlier one', async () => {
    await faults.crash(kit.host('web-1'), 'shop.service');
    await faults.crashProgram(kit.host('jobs-1'));
    expect(await restart(SHOP, 7)).toEqual({ kind: 'succeeded', summary: 'done on web-1', changed: 1 });
    expect(await restart(WORKER, 8)).toEqual({ kind: 'succeeded', summary: 'done on jobs-1', changed: 1 });
    expect(await kit.host('web-1').ask('systemctl', 'is-active', 'shop.service')).toBe('active');
    expect(await kit.host('jobs-1').ask('supervisorctl', 'status', 'worker')).toMatch(/RUNNING/);
    expect(await kit.host('web-1').ask('cat', '/var/lib/medic/fences/storefront')).toBe('7');
    expect(await restart(SHOP, 6)).toMatchObject({
      kind: 'failed',
      reason: "web-1: a later fix of storefront was here: its number is 7, this one's is 6",
      untouched: true,
    });
  });

  it('tells what systemd and supervisor say of a unit that is not there', async () => {
    expect(await restart({ ...SHOP, unit: 'nope.service' }, 9)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(
        /^on web-1 it ended with 5: Failed to restart nope.service: Unit nope.service not found/,
      ),
    });
    expect(await restart({ ...WORKER, unit: 'nope' }, 9)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^on jobs-1 it ended with \d+: nope: ERROR \(no such process\)/),
    });
  });

  it('says who can help where sudo wants a password, and has touched nothing', async () => {
    const host = kit.host('web-1');
    const files = (await host.ask('sh', '-c', 'grep -lr NOPASSWD /etc/sudoers.d /etc/sudoers')).split('\n');
    await host.ask('sh', '-c', `sed -i 's/NOPASSWD: *//' ${files.join(' ')}`);
    const told =
      /^web-1 asks for a password for sudo, and Medic has none\. Whoever administers it can let deploy do/;
    expect(await restart(SHOP, 10)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(told),
      exitCode: null,
      untouched: true,
    });
    expect(await rehearse(SHOP)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('sudo') });
    expect(await host.ask('cat', '/var/lib/medic/fences/storefront')).toBe('9');
  });
}
