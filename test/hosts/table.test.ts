import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/incident/model/incident.ts';
import * as faults from '../kit/hosts/faults.ts';
import { type Host, type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { firing, type Healing, startHealing } from '../kit/hosts/medic.ts';
import { startMonitoring, withoutPort } from '../kit/hosts/monitoring.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { postWebhook, webhookOf } from '../kit/world/webhook.ts';
import { truthOf, unitOf } from './checks.ts';
import { heal, ROWS } from './rows.ts';

const reason = await hindrance();

if (reason !== null) {
  it(`healing on real hosts is left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
  // Seconds each on an idle machine.
} else describe('on real hosts, with the shipped playbooks', { timeout: 300_000 }, theTable);

function theTable() {
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let kit: HostsKit;
  let healing: Healing;
  let web: Host;
  let jobs: Host;

  beforeAll(async () => {
    scratch = await scratchDir('table');
    kit = await startHosts({ dir: join(scratch.path, 'hosts') });
    web = kit.host('web-1');
    jobs = kit.host('jobs-1');
    // The worker has no health check: what Medic looks at has to do.
    healing = await startHealing({ dir: scratch.path, kit, unprobed: ['jobs'] });
    await healing.rest();
  }, 900_000);
  afterEach(() => healing.rest(), 240_000);
  afterAll(async () => {
    await healing?.stop();
    await kit?.stop();
    await scratch?.remove();
  }, 60_000);

  /** Does it, and waits until Medic has called a person about the service, or closed its incident, and stays so. */
  async function person(service: string, breaking: () => Promise<unknown>): Promise<Incident> {
    const since = Date.now();
    await breaking();
    return called(service, since);
  }

  async function called(service: string, since: number): Promise<Incident> {
    const rests = async () => {
      const incident = await healing.incident(service, since);
      return incident !== undefined && ['escalated', 'closed'].includes(incident.phase.at) && incident;
    };
    const incident = await until(rests, { what: `a person to be called about ${service}`, ms: 90_000 });
    return incident;
  }

  /** What is different after every start of anything: it tells a real restart from a claimed one. */
  async function starts(): Promise<Record<string, string>> {
    const invocation = (unit: string) =>
      web.ask('systemctl', 'show', '--property=InvocationID,NRestarts', unit);
    return {
      shop: await invocation('shop.service'),
      nginx: await invocation('nginx.service'),
      worker: await jobs.ask('sh', '-c', 'supervisorctl pid worker || true'),
    };
  }

  it.for(ROWS)('heals a $name unaided, as far as its tier allows, and proves it', async (row) => {
    const { wrong, incident } = await heal(healing, row);
    expect(wrong, healing.thread(incident)).toBeNull();
    if (row.name === 'full disk') expect(await web.ask('ls', '/srv/data')).toBe('orders.db');
    if (row.name === 'bad release') expect(await truthOf(web)).toMatchObject({ release: 'v1', served: 10 });
    const consent = incident.attempts.length === 1 && healing.thread(incident);
    if (row.tier === 'medium') expect(consent).toMatch(/Runs in|cancel window/i);
  });

  it('does not start what a person stopped', async () => {
    const stopped = () =>
      Promise.all([faults.stopOnPurpose(web, 'shop.service'), faults.stopOnPurpose(jobs, 'worker')]);
    const since = Date.now();
    const storefront = await person('storefront', stopped);
    const worker = await called('jobs', since);
    for (const incident of [storefront, worker]) {
      expect(incident.attempts).toEqual([]);
      expect(incident.phase).toMatchObject({ at: 'escalated' });
    }
    expect(await unitOf(web, 'shop.service')).toMatchObject({ active: 'inactive' });
    expect(await truthOf(jobs)).toMatchObject({ program: 'STOPPED' });
  });

  it('does not restart what systemd gave up, nor what supervisor did', async () => {
    const since = Date.now();
    const broken = () => Promise.all([faults.reachStartLimit(web), faults.giveUpProgram(jobs)]);
    const storefront = await person('storefront', broken);
    const worker = await called('jobs', since);
    expect([...storefront.attempts, ...worker.attempts]).toEqual([]);
    expect(await unitOf(web, 'shop.service')).toMatchObject({ active: 'failed', restarts: 3 });
    expect(await truthOf(jobs)).toMatchObject({ program: 'FATAL' });
  });

  it('names the cause in what a service depends on, next to it on its host, and does nothing to the service', async () => {
    const before = await starts();
    await person('storefront', () => faults.reachStartLimit(web));
    const tell = (status: 'firing' | 'resolved') =>
      postWebhook(
        healing.medic.url,
        webhookOf({
          name: 'NginxHighHttp5xxErrorRate',
          labels: { job: 'nginx', service: 'edge', environment: 'production' },
          status,
        }),
      );
    const incident = await person('edge', () => tell('firing'));
    const { diagnosis, attempts, phase } = incident;
    expect(diagnosis, healing.thread(incident)).toMatchObject({
      conclusion: { kind: 'cause' },
      hypotheses: [{ fault: 'unit_start_limit', dependency: 'service storefront', playbook: null }],
    });
    expect([attempts, phase.at]).toEqual([[], 'escalated']);
    const told = await until(
      () => /Needs a person: edge[\s\S]*/.exec(healing.thread(incident))?.[0] ?? false,
      {
        what: 'the thread to say that a person is needed for edge',
        ms: 30_000,
      },
    );
    expect(told).toContain('In service storefront, a dependency: The process fails at every start');
    expect(told).toContain('the cause lies in a dependency, service storefront, and no fix here mends that');
    expect((await starts()).nginx).toBe(before.nginx);
    await tell('resolved');
  });

  it('does not restart what runs, whatever alerts and logs say of it', async () => {
    const before = await starts();
    const say = (host: Host, log: string) =>
      host.ask(
        'sh',
        '-c',
        `printf 'fatal process exited with code 1\\nsystemd: shop.service: Failed\\n' >> ${log}`,
      );
    const shop = { instance: 'web-1:8080', job: 'shop', service: 'storefront', environment: 'production' };
    const worker = { job: 'worker', service: 'jobs', environment: 'production' };
    const lie = (status: 'firing' | 'resolved') => {
      const lies = [
        ...['TargetDown', 'ServiceCrashed', 'SystemdUnitFailed'].map((name) => ({ name, labels: shop })),
        { name: 'SystemdUnitFailed', labels: worker },
      ];
      return postWebhook(healing.medic.url, webhookOf(...lies.map((one) => ({ ...one, status }))));
    };
    const incident = await person('storefront', async () => {
      await Promise.all([say(web, '/var/log/shop.log'), say(jobs, '/var/log/worker.log')]);
      // Real alerts, for it answers nobody; and invented ones.
      await web.ask('systemctl', 'kill', '--signal=STOP', 'shop.service');
      await lie('firing');
    });
    const other = await called('jobs', incident.milestones.opened - 5_000);
    expect([...incident.attempts, ...other.attempts]).toEqual([]);
    expect(await starts()).toEqual(before);
    await web.ask('systemctl', 'kill', '--signal=CONT', 'shop.service');
    await lie('resolved');
  });

  it('deletes nothing where another disk is full, or files have run out', async () => {
    const keep =
      'head -c 1M /dev/zero > /srv/data/shop.debug.log.1 && cp /srv/data/shop.debug.log.1 /srv/archive/';
    await web.ask('sh', '-c', keep);
    const incident = await person('storefront', () =>
      faults.fillDisk(web, { mount: '/srv/archive', deletable: 0 }),
    );
    expect(incident.attempts).toEqual([]);
    // Another kind of alert joins the incident, which is looked at anew for it.
    await faults.fillFiles(web);
    const files = await until(
      async () => {
        const now = await healing.incident('storefront', incident.milestones.opened);
        const anew = now !== undefined && (now.id !== incident.id || now.round > incident.round);
        return anew && outOfFiles(now) && now.phase.at === 'escalated' && now;
      },
      { what: 'a person to be called about the files', ms: 60_000 },
    );
    expect(files.attempts).toEqual([]);
    const { mounts } = await truthOf(web);
    expect(mounts['/srv/archive'].space).toBeGreaterThan(0.99);
    expect(mounts['/srv/data'].files).toBeGreaterThan(0.99);
    expect(await web.ask('ls', '/srv/data/shop.debug.log.1', '/srv/archive/shop.debug.log.1')).not.toBe('');
  });

  it('does not recycle for memory that the kernel can take back', async () => {
    const before = await starts();
    const incident = await person('jobs', () => faults.growPageCache(jobs));
    expect(incident.attempts).toEqual([]);
    expect(await starts()).toEqual(before);
  });

  it('blames no release that was there long before, and no deploy of another service', async () => {
    await web.ask('ln', '-sfn', 'releases/v3', '/srv/shop/current');
    await web.ask('touch', '-h', '-d', '2 days ago', '/srv/shop/current');
    const incident = await person('storefront', async () => {
      await faults.noteDeploy(web, { service: 'newsletter', version: 'v9', previous: 'v8' });
      await faults.loseDependency(web);
    });
    expect(incident.attempts).toEqual([]);
    expect(incident.phase).toMatchObject({ at: 'escalated', decided: null });
    expect(await truthOf(web)).toMatchObject({ release: 'v3' });

    // One that came when orders had been failing for a while is no more to blame.
    await faults.deploy(web, 'v3', { record: true });
    await healing.slack.person('U0BOB').command('C0INCIDENTS', '/diagnose', 'storefront');
    const again = await until(
      async () => {
        const now = await healing.incident('storefront', incident.milestones.opened);
        return now !== undefined && now.round > incident.round && now.phase.at === 'escalated' && now;
      },
      { what: 'another look', ms: 60_000 },
    );
    expect(again).toMatchObject({ attempts: [], phase: { decided: null } });
  });
  it('calls nothing proven while a server that it cannot ask says otherwise', async () => {
    // Another cluster, of which Medic knows nothing, says something of the same service throughout, by other labels.
    const rules = join(scratch.path, 'elsewhere.yml');
    const rule = `groups: [{name: elsewhere, rules: [{alert: TargetDown, expr: 'up{job="worker"} >= 0'}]}]\n`;
    await writeFile(rules, rule);
    const since = Date.now();
    const elsewhere = await startMonitoring({
      dir: join(scratch.path, 'elsewhere'),
      kit,
      webhook: healing.webhook,
      clusters: [
        {
          name: 'south',
          externalLabels: { cluster: 'south' },
          alertRelabel: withoutPort,
          hosts: ['jobs-1'],
          rules: [rules],
        },
      ],
    });
    const heard = ({ alerts }: Incident) =>
      Object.values(alerts).some(({ alert }) => alert.labels.cluster === 'south');
    try {
      await faults.crashProgram(jobs);
      const given = async () => {
        const one = await healing.incident('jobs', since);
        // Where the other cluster is heard first, a person is called for that alone, before anything has crashed.
        const tried = one !== undefined && one.attempts.length > 0;
        return tried && heard(one) && one.phase.at === 'escalated' && one;
      };
      const incident = await until(given, { what: 'a person to be called after a fix', ms: 150_000 });
      expect(incident.outcome?.kind, healing.thread(incident)).not.toBe('proven');
    } finally {
      await elsewhere.prometheus.south?.stop();
      await endAlerts(elsewhere.alertmanager.url);
      await healing.rest();
      await elsewhere.stop();
    }
    const incident = await healing.incident('jobs', since);
    expect(incident?.phase).toMatchObject({ at: 'closed' });
    expect(incident?.phase).not.toMatchObject({ how: 'healed' });
  });

  it('calls a full disk not healed when only its exporter is gone', async () => {
    const since = Date.now();
    await faults.fillDisk(web, { deletable: 0 });
    const ended = async () => !(await firing(healing.monitoring)).includes('NodeFilesystemAlmostOutOfSpace');
    const incident = await called('storefront', since);
    await faults.stopExporter(web, 'node');
    await until(ended, { what: 'the alert to end', ms: 30_000 });
    // Everything that Medic was told has ended by now.
    const heard = async () => {
      const one = await healing.incident('storefront', since);
      const over = Object.values(one?.alerts ?? {}).every(({ alert }) => alert.status === 'resolved');
      return one !== undefined && over && one;
    };
    const later = await until(heard, { what: 'Medic to hear of the end', ms: 30_000 });
    const rested = await called('storefront', later.milestones.opened);
    for (const one of [incident, rested]) {
      expect(one.phase, healing.thread(one)).toMatchObject({ at: 'escalated' });
      expect(one.outcome?.kind).not.toBe('proven');
    }
  });
}

/** Ends every alert of an Alertmanager to which nobody sends any more; Prometheus gives each some minutes ahead. */
async function endAlerts(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`);
  const alerts = (await response.json()) as { labels: object; startsAt: string; generatorURL: string }[];
  const endsAt = new Date().toISOString();
  const body = alerts.map(({ labels, startsAt, generatorURL }) => ({
    labels,
    startsAt,
    endsAt,
    generatorURL,
  }));
  const headers = { 'content-type': 'application/json' };
  const said = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!said.ok) throw new Error(`Alertmanager answered ${said.status} to the end of its alerts`);
}

const outOfFiles = ({ alerts }: Incident) =>
  Object.values(alerts).some(({ alert }) => alert.name === 'NodeFilesystemAlmostOutOfFiles');
