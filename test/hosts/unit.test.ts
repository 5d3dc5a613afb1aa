import { readFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { freePort, type Running, until } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const UNITS = ['medic', 'medic-brain', 'medic-runner'] as const;
const unit = (name: string) => readFileSync(join(ROOT, 'deploy', `${name}.service`), 'utf8');

describe('the shipped units', () => {
  it('confine each role alike, and give capabilities to none that runs no commands', () => {
    const confinement = (name: string) =>
      unit(name)
        .split('\n')
        .filter((line) => /^(Protect|Private|Restrict|SystemCall|Lock|NoNew|UMask)/.test(line));
    const [whole, ...halves] = UNITS.map(confinement);
    expect(whole?.length).toBeGreaterThan(15);
    for (const half of halves) expect(half).toEqual(whole);
    expect(unit('medic-brain')).toMatch(/^CapabilityBoundingSet=$/m);
    expect(unit('medic-brain')).not.toMatch(/Ambient|medic-run/);
    expect(unit('medic-runner')).not.toMatch(/SLACK|OPENAI|ALERT_TOKEN/);
  });
});

const reason = await hindrance();
if (reason !== null) {
  it(`a real systemd is left out, because ${reason}`, () => {
    console.warn(`Left out: the units under a real systemd, because ${reason}.`);
    expect(reason).toMatch(/^(only root may boot hosts|this machine |no control group can be made)/);
  });
} else describe('under a real systemd', underSystemd);

function underSystemd() {
  let scratch: Scratch;
  let redis: Running & { url: string };
  let door: Server;
  let kit: HostsKit;
  let host: Host;
  const journal = () => host.ask('journalctl', '--no-pager', '--output=cat', '--unit=medic-runner');

  beforeAll(async () => {
    scratch = await scratchDir('unit');
    redis = await startRedis({ dir: join(scratch.path, 'redis') });
    const port = await freePort();
    door = createServer((socket) => {
      const other = connect(Number(new URL(redis.url).port), '127.0.0.1');
      for (const end of [socket, other]) end.on('error', () => [socket, other].map((one) => one.destroy()));
      socket.pipe(other).pipe(socket);
    });
    await new Promise<void>((done) => door.listen(port, '0.0.0.0', done));
    kit = await startHosts({
      dir: join(scratch.path, 'hosts'),
      hosts: [{ name: 'medic-1', kind: 'worker' }],
      binds: [`${ROOT}:/opt/medic`, `${process.execPath}:/usr/bin/node`],
    });
    host = kit.host('medic-1');
    const near = host.address.replace(/\d+$/, (last) => String(Number(last) - 1));
    await install(host, { redis: `redis://${near}:${port}` });
  }, 900_000);
  afterAll(async () => {
    await kit?.stop();
    door?.close();
    await redis?.stop();
    await scratch?.remove();
  });

  it('a runner starts, keeps its secrets from its commands, and drains when it is stopped', async () => {
    await host.ask('systemctl', 'start', 'medic-runner');
    await until(async () => /"medic is up"|failed/.test(await journal()), { what: 'a start', ms: 60_000 });
    expect(await journal()).toMatch(/Commands run as medic-run and cannot read Medic’s secrets\./);
    const pid = await host.ask('systemctl', 'show', '--value', '--property=MainPID', 'medic-runner');
    expect(await host.ask('stat', '--format=%U', `/proc/${pid}`)).toBe('medic');
    expect(await host.ask('cat', `/proc/${pid}/environ`)).not.toMatch(/a-key-of-32-bytes/);
    await host.ask('systemctl', 'stop', 'medic-runner');
    expect(await journal()).toMatch(/medic is stopping/);
    const how = ['show', '--value', '--property=Result,ExecMainStatus', 'medic-runner'];
    expect((await host.ask('systemctl', ...how)).split('\n').toSorted()).toEqual(['0', 'success']);
  });

  it('a wrong configuration ends it once, with what is wrong', async () => {
    await host.ask('sh', '-c', 'echo "run_as: somebody-else" > /etc/medic/medic.yml');
    await host.run('systemctl', 'start', 'medic-runner');
    await until(async () => /there is no user somebody-else/.test(await journal()), {
      what: 'the reason in the journal',
      ms: 60_000,
    });
    const state = ['show', '--value', '--property=ActiveState,NRestarts', 'medic-runner'];
    await until(async () => /failed/.test(await host.ask('systemctl', ...state)), {
      what: 'its end',
      ms: 20_000,
    });
    expect((await host.ask('systemctl', ...state)).split('\n').toSorted()).toEqual(['0', 'failed']);
  });
}

/** What deploy/README.md says, step by step. */
async function install(host: Host, { redis }: { readonly redis: string }): Promise<void> {
  const files = {
    '/etc/medic/medic.yml': 'run_as: medic-run\n',
    // The worker of the test host has the usual one.
    '/etc/medic/medic-runner.env': 'PORT=8090',
    '/etc/medic/secrets/REDIS_URL': redis,
    '/etc/medic/secrets/MEDIC_KEY': 'a-key-of-32-bytes-or-more-for-the-test',
  };
  const copies = {
    'medic.sysusers.conf': '/etc/sysusers.d/medic.conf',
    'medic.tmpfiles.conf': '/etc/tmpfiles.d/medic.conf',
    'medic-runner.service': '/etc/systemd/system/medic-runner.service',
  };
  for (const [from, to] of Object.entries(copies))
    await host.ask('install', '-D', '-m', '644', `/opt/medic/deploy/${from}`, to);
  await host.ask('systemd-sysusers');
  await host.ask('systemd-tmpfiles', '--create', 'medic.conf');
  for (const [path, text] of Object.entries(files))
    await host.ask('sh', '-c', 'printf "%s\\n" "$2" > "$1"', 'sh', path, text);
  await host.ask('systemctl', 'daemon-reload');
}
