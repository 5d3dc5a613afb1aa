import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLooker } from '../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import type { LookSpec } from '../../src/evidence/looks/look.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { serviceOf } from '../evidence/samples.ts';
import { writeInventory } from '../kit/hosts/inventory.ts';
import { type Host, type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { endedTasks, runnersFor, runOf } from '../playbooks/run-of.ts';

const reason = await hindrance();
const PARAMETERS: Readonly<Record<string, string>> = {
  ...{ service: 'edge', group: 'web', unit: 'nginx.service', hosts: 'web-1' },
  ...{ path: '/etc/nginx', check: 'nginx' },
};
const never = new AbortController().signal;
const SITE = '/etc/nginx/sites-enabled/news';

if (reason !== null) {
  it(`configurations on real hosts are left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
} else describe('reload_configuration on a real host with a real nginx', { timeout: 120_000 }, realReloads);

function realReloads() {
  let scratch: Scratch;
  let kit: HostsKit;
  let web: Host;
  let hosts: ReturnType<typeof createHosts>;
  let runners: ReturnType<typeof runnersFor>;
  const playbook = loadCatalog(resolve('playbooks')).get('reload_configuration');

  beforeAll(async () => {
    scratch = await scratchDir('configuration');
    kit = await startHosts({ dir: join(scratch.path, 'hosts'), hosts: [{ name: 'web-1', kind: 'web' }] });
    web = kit.host('web-1');
    const inventory = await writeInventory(kit);
    hosts = createHosts({ inventory, environment: process.env });
    runners = runnersFor(inventory);
  }, 900_000);
  afterAll(async () => {
    await hosts?.close();
    await runners?.close();
    await kit?.stop();
    await scratch?.remove();
  });

  function orderOf() {
    if (playbook === undefined) throw new Error('there is no reload_configuration');
    return {
      ...{ id: 'reload', folder: playbook.folder, parameters: PARAMETERS, timeout: 60_000, fence: null },
      ...{ reportTo: null, run: runOf(playbook.manifest.run, PARAMETERS), dryRun: playbook.manifest.dry_run },
    };
  }
  async function reload() {
    const { tasks, report } = endedTasks();
    return { result: await runners.runner.run(orderOf(), report, never), tasks };
  }
  async function look() {
    const filled = JSON.stringify(playbook?.manifest.look).replace(
      /\{\{(\w+)\}\}/g,
      (_, name: string) => PARAMETERS[name] ?? '',
    );
    const looker = createLooker({ hosts, now: Date.now, timeout: 15_000, environment: process.env });
    const target = { service: serviceOf({ hosts: ['web-1'] }), hosts: null, symptomAt: null };
    return (await looker.look(JSON.parse(filled) as LookSpec, target, never))[0];
  }
  const write = (text: string) => web.ask('sh', '-c', 'printf "%s\\n" "$1" > "$2"', 'sh', text, SITE);
  const news = () =>
    fetch(`http://${web.address}:81/`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.text(),
      () => null,
    );

  it('touches nothing where nothing was changed since it was loaded', async () => {
    await write('# Written and loaded in the same second.');
    await web.ask('systemctl', 'restart', 'nginx.service');
    expect(await look()).toMatchObject({ verdict: 'well' });
    expect((await reload()).result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: expect.stringContaining('well: nothing in /etc/nginx was changed'),
    });
  });

  it('loads what was changed and is well, without another main process', async () => {
    await write('server { listen 81; access_log off; location / { return 200 "news"; } }');
    const changed = async () => (await look())?.verdict === 'fault';
    await until(changed, { what: 'the change to be seen', ms: 10_000 });
    expect(await runners.runner.dryRun(orderOf(), never)).toMatchObject({
      kind: 'diff',
      diff: expect.stringContaining('Reload it'),
    });
    expect(await news()).toBeNull();
    const pid = await web.ask('systemctl', 'show', '--property=MainPID', 'nginx.service');
    const { result, tasks } = await reload();
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(tasks).toContain('Reload it');
    expect(await news()).toBe('news');
    expect((await look())?.verdict).toBe('well');
    expect(await web.ask('systemctl', 'show', '--property=MainPID', 'nginx.service')).toBe(pid);
  });

  it('sees a change also in a container that is told its own uptime, and none where there is none', async () => {
    const uptime = '/run/uptime';
    await web.ask('sh', '-c', `echo '0.50 0.50' > ${uptime} && mount --bind ${uptime} /proc/uptime`);
    try {
      expect((await look())?.verdict).toBe('well');
      await write('# A remark.');
      const changed = async () => (await look())?.verdict === 'fault';
      await until(changed, { what: 'the change to be seen', ms: 10_000 });
    } finally {
      await web.ask('umount', '/proc/uptime');
    }
  });

  it('refuses what the program’s own check refuses, and says what that said', async () => {
    await write('server { listen 81; location / { retrun 200 "news"; } }');
    const refused = async () => (await look())?.verdict === 'other';
    await until(refused, { what: 'the mistake to be seen', ms: 10_000 });
    expect((await look())?.words).toContain('unknown directive');
    const { result, tasks } = await reload();
    expect(result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: expect.stringMatching(
        /nginx\.service was not reloaded on web-1: refused: .*unknown directive "retrun"/,
      ),
    });
    expect(tasks).not.toContain('Reload it');
    expect(await news()).toBe('news');
  });
}
