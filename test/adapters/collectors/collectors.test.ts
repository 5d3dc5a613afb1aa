import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChangeCollector } from '../../../src/adapters/collectors/changes/collector.ts';
import { createStateCollector } from '../../../src/adapters/collectors/command/state.ts';
import { createHostCollector } from '../../../src/adapters/collectors/host/collector.ts';
import { describeVitals, failedUnits, parseVitals } from '../../../src/adapters/collectors/host/vitals.ts';
import { createLogCollector } from '../../../src/adapters/collectors/logs/collector.ts';
import { createProbeCollector } from '../../../src/adapters/collectors/probe/collector.ts';
import { createHosts } from '../../../src/adapters/hosts/hosts.ts';
import type { ServiceView } from '../../../src/evidence/collector.ts';
import { alertOf, askedOf, inquiryOf, serviceOf } from '../../evidence/samples.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { freePort, startProcess } from '../../kit/stack/process.ts';

const _never = new AbortController().signal;
const hosts = createHosts({ inventory: null, environment: { ...process.env, SLACK_BOT_TOKEN: 'x' } });
const told = { reportsOf: async () => [] };
const options = { told, hosts, now: Date.now, timeout: 10_000 };
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('collectors');
});
afterAll(async () => {
  await hosts.close();
  await scratch?.remove();
});

const ask = (collector: Parameters<typeof askedOf>[0], service: Partial<ServiceView>) =>
  askedOf(collector, inquiryOf({ service: serviceOf(service) }));
const at = (seconds: number) => new Date(Date.parse('2026-11-03T11:59:00Z') + seconds * 1000).toISOString();
async function file(name: string, content: string): Promise<string> {
  const path = join(scratch.path, name);
  await writeFile(path, content);
  return path;
}

describe('the changes of a service', () => {
  const deploy = (seconds: number, version: string, more: object = {}) =>
    JSON.stringify({
      time: at(seconds),
      service: 'catalog',
      version,
      who: 'ann',
      message: 'release',
      extra: 1,
      ...more,
    });

  it('come newest first, with the facts of the newest', async () => {
    const path = await file(
      'deploys.jsonl',
      [
        deploy(-3600, 'v1'),
        deploy(-40, 'v2', { previous: 'v1' }),
        deploy(0, 'v9', { service: 'orders' }),
      ].join('\n'),
    );
    const [item] = await ask(createChangeCollector(options), { changes: { file: path } });
    expect(item?.text.split('\n')).toEqual([
      `${at(-40)} version v2 deployed by ann (previous v1, 40 s before the alert began): release`,
      `${at(-3600)} version v1 deployed by ann (previous unknown, 60 min before the alert began): release`,
    ]);
    expect(item?.data).toEqual({
      type: 'facts',
      facts: {
        current_version: 'v2',
        previous_version: 'v1',
        deployed_at: at(-40),
        deployed_by: 'ann',
      },
    });
    expect(item).toMatchObject({
      kind: 'change',
      witness: 'service/production/catalog',
      title: 'Deploys of catalog on localhost',
    });
  });

  it('are read past broken lines, which are counted', async () => {
    const path = await file(
      'broken.jsonl',
      `{"time":\n${deploy(-40, 'v2')}\n{"time":"yesterday","service":"catalog","version":"v0"}\n`,
    );
    const [item] = await ask(createChangeCollector(options), { changes: { file: path } });
    expect(item?.text).toMatch(
      /version v2 deployed[^\n]*\n\(2 of 3 lines could not be read and were skipped\)$/,
    );
  });

  it('of days ago are not told as if they were news', async () => {
    const path = await file('stale.jsonl', deploy(-10 * 86_400, 'v1'));
    const [item] = await ask(createChangeCollector(options), { changes: { file: path } });
    expect(item?.text).toBe(`no change for a day; catalog runs version v1 since ${at(-10 * 86_400)}`);
  });

  it('are one item where all hosts say the same, and a host that is not reached hides none', async () => {
    const path = await file('same.jsonl', deploy(-40, 'v2'));
    const collector = createChangeCollector(options);
    const items = await ask(collector, {
      hosts: ['localhost', hostname(), 'web-9'],
      changes: { file: path },
    });
    expect(items.map(({ title, failed = false }) => [title, failed])).toEqual([
      [`Deploys of catalog on localhost, ${hostname()}`, false],
      ['Deploys of catalog on web-9', true],
    ]);
  });

  it('that were never recorded are said to be none', async () => {
    const [item] = await ask(createChangeCollector(options), {
      changes: { file: await file('empty.jsonl', '') },
    });
    expect(item?.text).toBe('no deploy of catalog is recorded');
  });

  it('cannot forge a second deploy by a line break', async () => {
    const path = await file(
      'forged.jsonl',
      deploy(-40, 'v2', { message: `x\n${at(-1)} version v3 deployed by eve` }),
    );
    const [item] = await ask(createChangeCollector(options), { changes: { file: path } });
    expect(item?.text.split('\n')).toHaveLength(1);
  });
});

describe('a probe', () => {
  it('says what the endpoint answered, with the start of the body', async () => {
    const server = createServer((_, response) =>
      response.writeHead(503).end('{"db":"down"}'.padEnd(100_000, '.')),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
    const [item] = await ask(createProbeCollector(), { probes: [{ name: 'catalog', url, timeout: 2000 }] });
    server.closeAllConnections();
    server.close();
    expect(item?.text).toMatch(/^unhealthy: catalog answered 503 in \d+ ms\n\{"db":"down"\}/);
    expect(item?.text.length).toBeLessThan(2200);
    expect(item).toMatchObject({
      kind: 'probe',
      // What an answer says is the service's own word, as its log is.
      witness: expect.stringMatching(/^service\//),
      data: { facts: { healthy: false, status: 503 } },
    });
  });

  it('that is refused is a fact; one that was never sent is no evidence', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const [item] = await ask(createProbeCollector(), { probes: [{ name: 'catalog', url, timeout: 2000 }] });
    expect(item?.text).toContain('unhealthy: catalog did not answer: connect ECONNREFUSED');
    expect(item?.witness).toBe(`probe/${url}`);
    const lost = { name: 'lost', url: 'http://no-such-name.invalid/', timeout: 2000 };
    await expect(ask(createProbeCollector(), { probes: [lost] })).rejects.toThrow('lost could not be asked');
  });
});

describe('the state of a process', () => {
  it('is what a real supervisor says, be it with an exit code for a stopped program', async () => {
    const conf = join(scratch.path, 'supervisord.conf');
    const socket = join(scratch.path, 'supervisor.sock');
    await writeFile(
      conf,
      `[supervisord]\nnodaemon=true\nlogfile=${scratch.path}/supervisord.log\npidfile=${scratch.path}/supervisord.pid\n[unix_http_server]\nfile=${socket}\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n[supervisorctl]\nserverurl=unix://${socket}\n[program:catalog]\ncommand=sleep 600\nautostart=false\n`,
    );
    const state = ['supervisorctl', '-c', conf, 'status', 'catalog'];
    const collector = createStateCollector(options);
    const supervisor = await startProcess({
      name: 'supervisord',
      argv: ['supervisord', '-c', conf],
      logFile: join(scratch.path, 'out.log'),
      ready: async () => (await ask(collector, { state }))[0]?.text.includes('STOPPED') ?? false,
    });
    const [item] = await ask(collector, { state });
    await supervisor.stop();
    expect(item?.text).toMatch(/^catalog +STOPPED.*\n\(supervisorctl ended with 3\)$/);
    expect(item).toMatchObject({
      kind: 'state',
      title: 'Process state of catalog on localhost',
      witness: 'service/production/catalog',
      data: { facts: { exit_code: 3 } },
    });
  }, 30_000);

  it.each([
    ['a program that is not there', ['no-such-program'], 'not installed'],
    ['silence', ['false'], 'on localhost ended with 1 and said nothing'],
    ['no answer in time', ['sleep', '600'], 'gave no answer within 270 ms'],
  ])('is no evidence in case of %s', async (_, state, message) => {
    const [item, ...more] = await ask(createStateCollector({ hosts, timeout: 300 }), { state });
    expect(more).toEqual([]);
    expect(item).toMatchObject({ failed: true, text: expect.stringContaining(message) });
  });

  it('sees no token of Medic', async () => {
    const [item] = await ask(createStateCollector(options), { state: ['env'] });
    expect(item?.text).not.toContain('SLACK_BOT_TOKEN');
  });
});

describe('the hosts of a service', () => {
  it('tell load, memory, disks and their greediest processes', async () => {
    const [item] = await ask(createHostCollector(options), { hosts: [hostname()] });
    expect(item?.witness).toBe(`kernel/${hostname()}`);
    expect(item?.text).toMatch(/^load [\d.]+ [\d.]+ [\d.]+ on \d+ cores\nmemory available [\d.]+ [MGT]B of /);
    expect(item?.text).toMatch(/^filesystem of \/: \d+ % used, /m);
    expect(item?.text).toMatch(/^processes with the most memory:\n {2}\S.* \(\d+\): [\d.]+ [kMG]B/m);
  });

  it('that nobody knows leave one item that says so, and hide none of the others', async () => {
    const items = await ask(createHostCollector(options), { hosts: ['web1', 'localhost'] });
    const hosts = items.filter(({ title }) => title.startsWith('Host '));
    expect(hosts.map(({ title, failed = false }) => [title, failed])).toEqual([
      ['Host web1', true],
      ['Host localhost', false],
    ]);
    expect(items[0]?.text).toContain('web1 is not in the inventory');
  });

  it('are none where neither registry nor inventory names any', async () => {
    expect(await ask(createHostCollector(options), { hosts: [] })).toEqual([]);
    expect(await askedOf(createHostCollector(options), inquiryOf({ alerts: [alertOf()] }))).toEqual([]);
  });

  it('are read as any Linux writes them down, be it with a smaller ps and without systemd', () => {
    const sections = {
      load: '0.10 0.20 0.30 1/100 1234',
      cores: '2',
      memory: 'MemTotal: 1000 kB\nMemAvailable: 250 kB',
      processes: 'PID   RSS  COMMAND\n  1   12m  init\n 20  4096 my shop',
      units: 'nginx.service loaded failed failed A web server\nshop@1.service loaded failed failed x',
      disks:
        'Filesystem 1B-blocks Used Available Use% Mounted on\n/dev/vda 1000000 900000 100000 90% /\n/dev/vdb 1000000 10000 990000 1% /two words\nproc 0 0 0 - /proc',
    };
    const output = Object.entries(sections).map(([name, text]) => `mark ${name}\n${text}\n`);
    const vitals = parseVitals(output.join(''), 'mark');
    const place = { host: 'web-1', serves: [] };
    expect(describeVitals(vitals, place).lines.map(({ line }) => line)).toEqual([
      'load 0.10 0.20 0.30 on 2 cores',
      'memory available 256 kB of 1.02 MB (25 %)',
      'filesystem of /: 90 % used, 100 kB free of 1 MB',
      'filesystem of /two words: 1 % used, 990 kB free of 1 MB',
      'processes with the most memory:',
      '  init (1): 12.6 MB',
      '  my shop (20): 4.19 MB',
    ]);
    expect(failedUnits(vitals)).toEqual(['nginx.service', 'shop@1.service']);
    expect(describeVitals(parseVitals('', 'mark'), place).lines).toEqual([]);
  });
});

it('collectors have nothing to say about a service that configures nothing for them', async () => {
  const collectors = [
    createLogCollector(options),
    createChangeCollector(options),
    createProbeCollector(),
    createStateCollector(options),
  ];
  for (const collector of collectors) {
    expect(await ask(collector, {})).toEqual([]);
    expect(await askedOf(collector, inquiryOf())).toEqual([]);
  }
});
