import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDocker, linesOf } from '../../../../src/adapters/collectors/docker/client.ts';
import { createDockerCollector } from '../../../../src/adapters/collectors/docker/collector.ts';
import { dockerFlaws } from '../../../../src/app/checks/docker.ts';
import { Settings } from '../../../../src/config/settings.ts';
import { readLibrary } from '../../../../src/diagnosis/faults/load.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import type { ServiceView } from '../../../../src/evidence/collector.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import { askedOf, inquiryOf, NOON, serviceOf } from '../../../evidence/samples.ts';
import { fact, item } from '../../../kit/faults/facts.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { type FakeContainer, startEngine } from './engine.ts';

const ID = 'a'.repeat(64);
const compose = { 'com.docker.compose.service': 'catalog', 'com.docker.compose.project': 'shop' };
const running: FakeContainer = { id: ID, name: 'shop-catalog-1', labels: compose };
const ended = { FinishedAt: '2026-11-03T11:59:00Z' };
const OOM = { ...ended, OOMKilled: true, ExitCode: 137 };
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('docker');
});
afterAll(() => scratch.remove());

async function engine(...given: Parameters<typeof startEngine>) {
  const started = await startEngine(...given);
  onTestFinished(() => started.stop());
  return started;
}

async function read(containers: readonly FakeContainer[], docker: ServiceView['docker'] = {}) {
  const { url, asked } = await engine(containers);
  const found = await askedOf(
    createDockerCollector(createDocker({ url })),
    inquiryOf({ service: serviceOf({ docker }) }),
  );
  const facts = Object.fromEntries(
    found.flatMap((one) => (one.facts ?? []).map(({ name, value }) => [name, value])),
  );
  return { found, facts, asked };
}

describe('the containers of a service', () => {
  it('are read as Docker has them, with the memory as the kernel counts it and the end of the log', async () => {
    const one: FakeContainer = {
      ...running,
      restarts: 4,
      memory: 100 * 2 ** 20,
      state: {
        ...ended,
        StartedAt: '2026-11-03T11:59:30Z',
        Health: { Status: 'unhealthy', FailingStreak: 5, Log: [{ Output: 'timed out\n' }] },
      },
      stats: {
        memory_stats: { usage: 96 * 2 ** 20, limit: 100 * 2 ** 20, stats: { inactive_file: 6 * 2 ** 20 } },
      },
      log: [
        [1, 'ready\n'],
        [2, 'out of '],
        [2, 'patience\n'],
      ],
    };
    const { found, facts } = await read([one, { id: 'b'.repeat(64), name: 'other' }]);
    expect(found.map(({ kind, witness }) => [kind, witness])).toEqual([
      ['state', 'docker/shop-catalog-1'],
      ['metric', 'kernel/docker/shop-catalog-1'],
      ['log', 'service/production/catalog'],
    ]);
    expect(facts).toMatchObject({
      'container.state': 'running',
      'container.restarts': 4,
      'container.restarts.lately': 4,
      'container.exit_code': 0,
      'container.oom_killed': false,
      'container.health': 'unhealthy',
      'container.health.failures': 5,
      'container.image': 'registry.example.com/shop:v2',
      'container.memory.utilization': 0.9,
    });
    expect(found[2]?.text).toBe('ready\nout of patience');
    for (const { text, facts: stated = [] } of found)
      for (const { quote } of stated) expect(text.split('\n')).toContain(quote);
  });

  it('are found by the name of one, to the letter', async () => {
    const others = [
      { id: 'b'.repeat(64), name: 'shop-catalog-12' },
      { id: 'c'.repeat(64), name: 'shopXcatalog-1' },
    ];
    const { found } = await read([{ ...running, labels: {} }, ...others], { container: 'shop-catalog-1' });
    expect(new Set(found.map(({ title }) => title.split(' ').at(-3)))).toEqual(new Set(['shop-catalog-1']));
  });

  it('are said to be none where there is none', async () => {
    expect((await read([])).found.map(({ text }) => text)).toEqual(['Docker has no container of catalog']);
  });

  it('have no part of a limit where they have none, and no memory where they do not run', async () => {
    const stats = { memory_stats: { usage: 5e6, limit: 8e9 } };
    expect((await read([{ ...running, stats }])).facts).not.toHaveProperty('container.memory.utilization');
    const { asked } = await read([{ ...running, state: { ...ended, Status: 'exited', ExitCode: 1 } }]);
    expect(asked.some((one) => one.includes('/stats'))).toBe(false);
  });

  it('are only ever read', async () => {
    const { asked } = await read([running]);
    expect(asked.filter((one) => !one.startsWith('GET '))).toEqual([]);
  });
});

describe('an engine', () => {
  const signal = new AbortController().signal;

  it('is asked by its socket, in the newest version that both know', async () => {
    const socket = join(scratch.path, 'docker.sock');
    const { asked } = await engine([running], { socket, newest: '1.41' });
    await createDocker({ socket }).json(`/containers/${ID}/json`, signal);
    expect(asked).toEqual(['GET /_ping', `GET /v1.41/containers/${ID}/json`]);
    const newer = await engine([running], { newest: '1.60' });
    await createDocker({ url: newer.url }).json(`/containers/${ID}/json`, signal);
    expect(newer.asked.at(-1)).toContain('/v1.47/');
  });

  it('that refuses or is not there says so in words', async () => {
    const { url } = await engine([]);
    await expect(createDocker({ url }).json(`/containers/${ID}/json`, signal)).rejects.toThrow(
      `No such container: ${ID}`,
    );
    const nowhere = join(scratch.path, 'none.sock');
    await expect(createDocker({ socket: nowhere }).json('/info', signal)).rejects.toThrow(
      `there is no socket ${nowhere}`,
    );
  });

  it('is looked for by its socket before Medic starts', () => {
    const flaws = (given: object) => dockerFlaws(Settings.parse(given)).map(({ message }) => message);
    expect(flaws({ docker: { socket: scratch.path } })).toEqual([`${scratch.path} is no socket`]);
    expect(flaws({ docker: { socket: join(scratch.path, 'none.sock') } })).toHaveLength(1);
    expect(flaws({ services: { shop: { docker: {} } } })[0]).toContain('Medic does not know where Docker is');
    expect(flaws({ docker: { url: 'http://127.0.0.1:2375' }, services: { shop: { docker: {} } } })).toEqual(
      [],
    );
  });

  it('whose log is cut in a piece, or is none, tells what is whole', () => {
    const whole = Buffer.from([1, 0, 0, 0, 0, 0, 0, 3, 97, 98, 10]);
    expect(linesOf(Buffer.concat([whole, whole.subarray(0, 9)]), false)).toEqual(['ab']);
    expect(linesOf(Buffer.from('no log at all'), false)).toEqual([]);
    expect(linesOf(Buffer.from('a\r\nb\n'), true)).toEqual(['a', 'b']);
  });
});

describe('a fault of a container', () => {
  const { library } = readLibrary(new URL('../../../../playbooks/faults', import.meta.url).pathname);
  const down = item('E9', [fact('http.probe.outcome', 'service/catalog', 'refused')], {
    witness: 'probe/catalog',
  });
  const well = item('E9', [fact('http.probe.outcome', 'service/catalog', 'healthy')], {
    witness: 'probe/catalog',
  });
  const refused = item('E8', [fact('log.signature', 'service/catalog', 'connection_refused')], {
    witness: 'service/production/catalog',
  });
  const named = async (one: FakeContainer, ...others: readonly Evidence[]) => {
    const { found } = await read([one]);
    const items = found.map(
      (each, index): Evidence => ({
        environment: 'production',
        hash: '',
        status: 'ok',
        ...each,
        id: `E${index + 1}`,
      }),
    );
    const scene = { symptom: NOON - 60_000, needs: new Map(), about: ['service/catalog'] as const };
    return recognise(library, [...items, ...others], scene)
      .map(({ fault }) => fault.name)
      .filter((name) => name.startsWith('container_'));
  };
  const restarting = { ...ended, Status: 'restarting', ExitCode: 1 };
  const exited = { ...ended, Status: 'exited', ExitCode: 1 };
  const unhealthy = { Health: { Status: 'unhealthy', FailingStreak: 3, Log: [] } };

  it.each<[string, FakeContainer, readonly Evidence[], readonly string[]]>([
    [
      'killed for its memory limit',
      { ...running, state: { ...OOM, Status: 'exited' } },
      [down],
      ['container_killed_for_memory'],
    ],
    [
      'killed again and again for it',
      { ...running, restarts: 5, state: { ...OOM, Status: 'restarting' } },
      [down],
      ['container_killed_for_memory'],
    ],
    ['restarting', { ...running, restarts: 5, state: restarting }, [down], ['container_keeps_restarting']],
    [
      'started again just now',
      { ...running, restarts: 3, state: { ...ended, StartedAt: '2026-11-03T11:59:00Z' } },
      [down],
      ['container_keeps_restarting'],
    ],
    ['ended with an error', { ...running, state: exited }, [down], ['container_ended']],
    ['unhealthy', { ...running, state: unhealthy }, [down], ['container_unhealthy']],
  ])('is named where it is %s', async (_, one, others, names) => {
    expect(await named(one, ...others)).toEqual(names);
  });

  it.each<[string, FakeContainer, readonly Evidence[]]>([
    ['runs and answers', running, [well]],
    ['was stopped by a person', { ...running, state: { ...exited, ExitCode: 143 } }, [down]],
    ['was killed by a person', { ...running, state: { ...exited, ExitCode: 137 } }, [down]],
    ['has done its work', { ...running, state: { ...exited, ExitCode: 0 } }, [down]],
    ['restarted often, hours ago', { ...running, restarts: 9 }, [down]],
    ['has old scars, and answers', { ...running, restarts: 9, state: OOM }, [well]],
    ['ends for what it needs', { ...running, restarts: 5, state: restarting }, [down, refused]],
    ['has ended for what it needs', { ...running, state: exited }, [down, refused]],
    ['is unhealthy for what it needs', { ...running, state: unhealthy }, [down, refused]],
  ])('is none where it %s', async (_, one, others) => {
    expect(await named(one, ...others)).toEqual([]);
  });
});
