import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLooker } from '../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import type { LookSpec } from '../../src/evidence/looks/look.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { serviceOf } from '../evidence/samples.ts';
import { issue, OPENSSL, served, serveTls, TLS } from '../kit/hosts/certificates.ts';
import { writeInventory } from '../kit/hosts/inventory.ts';
import { type Host, type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { endedTasks, runnersFor, runOf } from '../playbooks/run-of.ts';

const reason = await hindrance();
const PARAMETERS = {
  ...{ service: 'edge', group: 'web', unit: 'nginx.service', hosts: 'web-1', renew_with: 'reload' },
  ...{ address: '127.0.0.1:443', tls_name: TLS.name, file: TLS.file, at_least: '3600' },
};
const never = new AbortController().signal;

if (reason !== null) {
  it(`certificates on real hosts are left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
} else describe('renew_certificate on a real host with a real nginx', { timeout: 120_000 }, realCertificates);

function realCertificates() {
  let scratch: Scratch;
  let kit: HostsKit;
  let web: Host;
  let hosts: ReturnType<typeof createHosts>;
  let runners: ReturnType<typeof runnersFor>;
  const playbook = loadCatalog(resolve('playbooks')).get('renew_certificate');

  beforeAll(async () => {
    scratch = await scratchDir('certificate');
    kit = await startHosts({
      dir: join(scratch.path, 'hosts'),
      hosts: [{ name: 'web-1', kind: 'web' }],
      binds: [OPENSSL],
    });
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

  function orderOf(change: Partial<typeof PARAMETERS>) {
    if (playbook === undefined) throw new Error('there is no renew_certificate');
    const parameters = { ...PARAMETERS, ...change };
    return {
      ...{ id: 'renew', folder: playbook.folder, parameters, timeout: 60_000, fence: null },
      reportTo: null,
      run: runOf(playbook.manifest.run, parameters),
      dryRun: playbook.manifest.dry_run,
    };
  }
  async function renew(change: Partial<typeof PARAMETERS> = {}) {
    const said: string[] = [];
    const { tasks, report } = endedTasks();
    const result = await runners.runner.run(
      orderOf(change),
      (line) => {
        report(line);
        if (line.detail !== null) said.push(line.detail);
      },
      never,
    );
    return { result, tasks, said: said.join('\n') };
  }
  async function look() {
    const filled = JSON.stringify(playbook?.manifest.look).replace(
      /\{\{(\w+)\}\}/g,
      (_, name: keyof typeof PARAMETERS) => PARAMETERS[name],
    );
    const looker = createLooker({ hosts, now: Date.now, timeout: 15_000, environment: process.env });
    const target = { service: serviceOf({ hosts: ['web-1'] }), hosts: null, symptomAt: null };
    return (await looker.look(JSON.parse(filled) as LookSpec, target, never))[0];
  }

  it('reloads where the file holds a newer certificate than is served, which a handshake proves, and no process is replaced', async () => {
    await serveTls(web, -1);
    expect(await look()).toMatchObject({
      verdict: 'fault',
      words: expect.stringContaining('the served certificate has expired: at '),
    });
    const pid = await web.ask('systemctl', 'show', '--property=MainPID', 'nginx.service');
    await issue(web, 90);
    const rehearsed = await runners.runner.dryRun(orderOf({}), never);
    expect(rehearsed).toMatchObject({ kind: 'diff', diff: expect.stringContaining('Reload what serves it') });
    expect((await served(web)).daysLeft).toBeLessThan(0);
    const { result, tasks, said } = await renew();
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(tasks).toContain('Reload what serves it');
    expect(said).toMatch(
      /nginx\.service serves the certificate that was in its file already, valid until \d{4}-/,
    );
    expect((await served(web)).daysLeft).toBeGreaterThan(80);
    expect((await look())?.verdict).toBe('well');
    expect(await web.ask('systemctl', 'show', '--property=MainPID', 'nginx.service')).toBe(pid);
  });

  it('touches nothing where the file is no newer and nobody says how to renew it', async () => {
    await serveTls(web, -1);
    const { result } = await renew();
    expect(result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: expect.stringContaining('nothing is set up to renew it'),
    });
    expect((await served(web)).daysLeft).toBeLessThan(0);
  });

  it('renews by the program that the registry names, and reloads then', async () => {
    await serveTls(web, -1);
    const { result, said } = await renew({ renew_with: TLS.program });
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(said).toContain('serves a renewed certificate, valid until');
    expect((await served(web)).daysLeft).toBeGreaterThan(80);
    expect(await web.ask('cat', TLS.renewed)).toBe(TLS.name);
  });

  it('does not take a renewal for done that ended well and left the old certificate', async () => {
    await serveTls(web, -1);
    const { result, tasks } = await renew({ renew_with: '/bin/true' });
    expect(result).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(
        'which is no better than the served one, so nginx.service was not reloaded',
      ),
    });
    expect(result).not.toHaveProperty('untouched');
    expect(tasks).not.toContain('Reload what serves it');
  });
}
