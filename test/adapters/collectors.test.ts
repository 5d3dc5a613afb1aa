import { execFileSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChangeCollector } from '../../src/adapters/changes/collector.ts';
import { createStateCollector } from '../../src/adapters/command/state.ts';
import { createHostCollector } from '../../src/adapters/host/collector.ts';
import { mask } from '../../src/adapters/logs/cluster.ts';
import { createLogCollector } from '../../src/adapters/logs/collector.ts';
import { createProbeCollector } from '../../src/adapters/probe/collector.ts';
import type { Collector, ServiceView } from '../../src/evidence/collector.ts';
import { alertOf, inquiryOf, serviceOf } from '../evidence/samples.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { freePort, startProcess } from '../stack/process.ts';

const never = new AbortController().signal;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('collectors');
});
afterAll(() => scratch?.remove());

const ask = (collector: Collector, service: Partial<ServiceView>) =>
  collector.collect(inquiryOf({ service: serviceOf(service) }), never);
const at = (seconds: number) => new Date(Date.parse('2026-11-03T11:59:00Z') + seconds * 1000).toISOString();
async function file(name: string, content: string): Promise<string> {
  const path = join(scratch.path, name);
  await writeFile(path, content);
  return path;
}

describe('a log', () => {
  it('shows like lines once with their number, and the newest last', async () => {
    const lines = Array.from(
      { length: 150 },
      (_, i) => `${at(i / 10)} info request id=${i} status 200 took ${i}ms`,
    );
    lines.splice(100, 0, `${at(9)} error connection to db refused`, '    at connect (db.ts:10)');
    const [item] = await ask(createLogCollector(), {
      logs: [{ file: await file('like.log', `${lines.join('\n')}\n`) }],
    });
    expect(item?.text.split('\n').slice(1)).toEqual([
      `${at(9)} error connection to db refused`,
      '    at connect (db.ts:10)',
      `150x like: ${lines.at(-1)}`,
    ]);
    expect(item).toMatchObject({ kind: 'log', witness: `log/${join(scratch.path, 'like.log')}` });
  });

  it('tells status codes apart although it masks numbers', () => {
    expect(mask('GET /items/17 200 12ms')).toBe(mask('GET /items/9412 200 7ms'));
    expect(mask('GET /items/17 200 12ms')).not.toBe(mask('GET /items/17 500 12ms'));
    expect(mask('took 200 ms')).toBe(mask('took 31 ms'));
    expect(mask('{"status":503}')).toContain('503');
  });

  it('keeps what looks bad when there are too many kinds of lines', async () => {
    const words = 'abcdefghijklmnopqrstuvwxyz';
    const lines = [...words].flatMap((a) => [...words.slice(0, 4)].map((b) => `${at(1)} info ${a}${b}`));
    lines.splice(3, 0, `${at(1)} fatal: cannot open the index`);
    const [item] = await ask(createLogCollector(), {
      logs: [{ file: await file('many.log', lines.join('\n')) }],
    });
    expect(item?.text).toContain('fatal: cannot open the index');
    expect(item?.text).toMatch(/\(\d+ frequent kinds of lines left out\)/);
  });

  it('leaves out what is much older than the alert, whichever way its times are written', async () => {
    const old = Date.parse('2026-11-03T09:00:00Z');
    const lines = [
      new Date(old).toISOString().concat(' old error'),
      '    a line of the old error',
      `{"time":${old / 1000},"msg":"old json"}`,
      `{"ts":"${at(0)}","msg":"new json"}`,
      `[${at(1).replace('T', ' ')}] new text`,
    ];
    const [item] = await ask(createLogCollector(), {
      logs: [{ file: await file('old.log', lines.join('\n')) }],
    });
    expect(item?.text.split('\n').slice(1)).toEqual(lines.slice(3));
  });

  it('reads no more than the end of a huge file', async () => {
    const path = await file('huge.log', `${'x'.repeat(300)}\n`.repeat(20_000));
    await appendFile(path, `${at(0)} the end\n`);
    const [item] = await ask(createLogCollector(), { logs: [{ file: path }] });
    expect(item?.text).toContain('the end');
    expect(item?.data).toMatchObject({ facts: { lines: 200 } });
  });

  it('that is silent since before the alert says so', async () => {
    const path = await file('silent.log', '2026-11-01T00:00:00Z started\n');
    const [item] = await ask(createLogCollector(), { logs: [{ file: path }] });
    expect(item?.text).toMatch(/nothing in its last line is of the time of the alert, last written/);
  });

  it('that is absent fails with what to check; beside others it is a remark', async () => {
    const gone = { file: join(scratch.path, 'gone.log') };
    await expect(ask(createLogCollector(), { logs: [gone] })).rejects.toThrow(
      /gone\.log does not exist; check its path in the service registry/,
    );
    const there = { file: await file('there.log', `${at(0)} hello\n`) };
    const items = await ask(createLogCollector(), { logs: [gone, there] });
    expect(items).toHaveLength(1);
    expect(items[0]?.text).toMatch(/hello\n\(not everything answered: .*gone\.log does not exist/);
  });

  it('that is a pipe is never opened', async () => {
    const path = join(scratch.path, 'pipe.log');
    execFileSync('mkfifo', [path]);
    await expect(ask(createLogCollector(), { logs: [{ file: path }] })).rejects.toThrow('not a regular file');
  });
});

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
    const [item] = await ask(createChangeCollector(), { changes: { file: path } });
    expect(item?.text.split('\n')).toEqual([
      `${at(-40)} version v2 deployed by ann (previous v1, 40 s before the alert began): release`,
      `${at(-3600)} version v1 deployed by ann (previous unknown, 60 min before the alert began): release`,
    ]);
    expect(item?.data).toEqual({
      type: 'facts',
      facts: { current_version: 'v2', previous_version: 'v1', deployed_at: at(-40) },
    });
    expect(item).toMatchObject({ kind: 'change', witness: `changes/${path}` });
  });

  it('are read past broken lines, which are counted', async () => {
    const path = await file(
      'broken.jsonl',
      `{"time":\n${deploy(-40, 'v2')}\n{"time":"yesterday","service":"catalog","version":"v0"}\n`,
    );
    const [item] = await ask(createChangeCollector(), { changes: { file: path } });
    expect(item?.text).toMatch(
      /version v2 deployed[^\n]*\n\(2 of 3 lines could not be read and were skipped\)$/,
    );
  });

  it('of days ago are not told as if they were news', async () => {
    const path = await file('stale.jsonl', deploy(-10 * 86_400, 'v1'));
    const [item] = await ask(createChangeCollector(), { changes: { file: path } });
    expect(item?.text).toBe(`no change for a day; catalog runs version v1 since ${at(-10 * 86_400)}`);
  });

  it('that were never recorded are said to be none', async () => {
    const [item] = await ask(createChangeCollector(), { changes: { file: await file('empty.jsonl', '') } });
    expect(item?.text).toBe('no deploy of catalog is recorded');
  });

  it('cannot forge a second deploy by a line break', async () => {
    const path = await file(
      'forged.jsonl',
      deploy(-40, 'v2', { message: `x\n${at(-1)} version v3 deployed by eve` }),
    );
    const [item] = await ask(createChangeCollector(), { changes: { file: path } });
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
      witness: `probe/${url}`,
      data: { facts: { healthy: false, status: 503 } },
    });
  });

  it('that is refused is a fact; one that was never sent is no evidence', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const [item] = await ask(createProbeCollector(), { probes: [{ name: 'catalog', url, timeout: 2000 }] });
    expect(item?.text).toContain('unhealthy: catalog did not answer: connect ECONNREFUSED');
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
    const collector = createStateCollector({ environment: process.env, timeout: 10_000 });
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
      witness: 'state/supervisorctl/catalog',
      data: { facts: { exit_code: 3 } },
    });
  }, 30_000);

  it.each([
    ['a program that is not there', ['no-such-program'], 'not installed'],
    ['silence', ['false'], 'ended with 1 and said nothing'],
    ['no answer in time', ['sleep', '600'], 'gave no answer within 300 ms'],
  ])('is no evidence in case of %s', async (_, state, message) => {
    await expect(
      ask(createStateCollector({ environment: process.env, timeout: 300 }), { state }),
    ).rejects.toThrow(message);
  });

  it('sees no token of Medic', async () => {
    const environment = { ...process.env, SLACK_BOT_TOKEN: 'x' };
    const [item] = await ask(createStateCollector({ environment }), { state: ['env'] });
    expect(item?.text).not.toContain('SLACK_BOT_TOKEN');
  });
});

describe('the host', () => {
  it('tells load, memory, disks and its greediest processes', async () => {
    const logs = [{ file: join(scratch.path, 'catalog.log') }];
    const [item] = await ask(createHostCollector({ sample: 50 }), { hosts: [hostname()], logs });
    expect(item?.witness).toBe(`host/${hostname()}`);
    expect(item?.text).toMatch(/^load [\d.]+ [\d.]+ [\d.]+ on \d+ cores\nmemory available [\d.]+ [MGT]B of /);
    expect(item?.text).toMatch(/^filesystem of \/: \d+ % used, /m);
    expect(item?.text).toMatch(
      /^processes with the most memory:\n {2}\S.* \(\d+\): [\d.]+ [kMG]B, [\d.]+ cores$/m,
    );
  });

  it('has nothing to say about services of other hosts, nor about those of unknown ones', async () => {
    expect(await ask(createHostCollector(), { hosts: ['web1'] })).toEqual([]);
    expect(await createHostCollector().collect(inquiryOf({ alerts: [alertOf()] }), never)).toEqual([]);
  });
});

it('collectors have nothing to say about a service that configures nothing for them', async () => {
  const collectors = [
    createLogCollector(),
    createChangeCollector(),
    createProbeCollector(),
    createStateCollector({ environment: {} }),
  ];
  for (const collector of collectors) {
    expect(await ask(collector, {})).toEqual([]);
    expect(await collector.collect(inquiryOf(), never)).toEqual([]);
  }
});
