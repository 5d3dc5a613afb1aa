import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLooker } from '../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import type { LookSpec } from '../../src/evidence/looks/look.ts';
import type { Before } from '../../src/execution/attempt.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { serviceOf } from '../evidence/samples.ts';
import * as faults from '../kit/hosts/faults.ts';
import { writeInventory } from '../kit/hosts/inventory.ts';
import { type Host, type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Healing, startHealing } from '../kit/hosts/medic.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { endedTasks, runnersFor, runOf } from '../playbooks/run-of.ts';

const reason = await hindrance();
const never = new AbortController().signal;

if (reason !== null) {
  it(`what uses up the CPU of real hosts is left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
} else {
  describe('relieve_cpu on real hosts', { timeout: 300_000 }, realHosts);
  describe('what uses up the CPU, with the whole of Medic', { timeout: 300_000 }, wholeMedic);
}

function realHosts() {
  let scratch: Scratch;
  let kit: HostsKit;
  let hosts: ReturnType<typeof createHosts>;
  let runners: ReturnType<typeof runnersFor>;
  const playbook = loadCatalog(resolve('playbooks')).get('relieve_cpu');

  beforeAll(async () => {
    scratch = await scratchDir('cpu');
    kit = await startHosts({ dir: join(scratch.path, 'hosts') });
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

  beforeEach(() => Promise.all(kit.hosts.map(faults.restore)));

  const PLACES = [
    { manager: 'systemd', name: 'web-1', group: 'web', unit: 'reindex.service', program: 'reindex' },
    { manager: 'supervisor', name: 'jobs-1', group: 'batch', unit: 'worker', program: undefined },
  ] as const;
  type Place = (typeof PLACES)[number];

  const parametersOf = ({ name, group, unit }: Place, restartable: string) => ({
    ...{ service: 'shop', group, hosts: name, units: `${unit},other.service`, restartable, share: '10' },
  });

  async function act(what: 'run' | 'undo' | 'rehearse', place: Place, restartable = 'none') {
    if (playbook === undefined) throw new Error('there is no relieve_cpu');
    const { run, rollback, dry_run: dryRun } = playbook.manifest;
    const parameters = parametersOf(place, restartable);
    const running = what === 'undo' && 'run' in rollback ? rollback.run : run;
    const order = {
      ...{ id: 'relieve', folder: playbook.folder, parameters, timeout: 120_000, fence: null },
      ...{ reportTo: null, run: runOf(running, parameters), dryRun },
    };
    if (what === 'rehearse')
      return { result: await runners.runner.dryRun(order, never), tasks: [], said: '' };
    const said: string[] = [];
    const { tasks, report } = endedTasks();
    const result = await runners.runner.run(
      order,
      (line) => {
        report(line);
        if (line.detail !== null) said.push(line.detail);
      },
      never,
    );
    return { result, tasks, said: said.join('\n') };
  }

  /** What stands there beside what a fix had found. */
  function compare(place: Place, before: Before | undefined) {
    if (playbook === undefined || !('run' in playbook.manifest.rollback))
      throw new Error('there is no way back');
    const parameters = parametersOf(place, 'none');
    const run = runOf(playbook.manifest.rollback.run, parameters);
    const order = { id: 'relieve', folder: playbook.folder, parameters, timeout: 120_000, fence: 7 };
    return runners.runner.compare({ ...order, reportTo: null, run, dryRun: null }, before ?? null, never);
  }

  async function look(place: Place) {
    const parameters: Readonly<Record<string, string>> = parametersOf(place, 'none');
    const filled = JSON.stringify(playbook?.manifest.look).replace(
      /\{\{(\w+)\}\}/g,
      (_, name: string) => parameters[name] ?? '',
    );
    const looker = createLooker({ hosts, now: Date.now, timeout: 15_000, environment: process.env });
    const target = { service: serviceOf({ hosts: [place.name] }), hosts: null, symptomAt: null };
    return (await looker.look(JSON.parse(filled) as LookSpec, target, never))[0];
  }

  /** What the look says as soon as it says that: programs need a moment to compute, and hosts one to come to rest. */
  async function sees(place: Place, verdict: 'well' | 'fault' | 'other'): Promise<string> {
    let last = 'it was not taken';
    const seen = async () => {
      const read = await look(place);
      last = `${read?.verdict}: ${read?.words}`;
      return read?.verdict === verdict;
    };
    await until(seen, { what: `the look to be ${verdict}`, ms: 40_000 }).catch((cause: Error) => {
      throw new Error(`${cause.message}: ${last}`, { cause });
    });
    return last;
  }

  /** Each niceness that threads of the program that spins have, sorted. */
  async function niceness(place: Place): Promise<readonly string[]> {
    const said = await kit.host(place.name).ask('ps', '-eLo', 'ni=,args=');
    const own = said.split('\n').filter((line) => line.includes(`shop.py ${place.program ?? place.unit} `));
    return [...new Set(own.map((line) => line.trim().split(' ')[0] ?? ''))].sort();
  }

  /** What systemd says of the unit's weight, and what is left of a change of it; of nothing under supervisor. */
  async function weight({ name, manager, unit }: Place): Promise<string> {
    const asked = ['--property=CPUWeight,DropInPaths', '--', unit];
    return manager === 'systemd' ? kit.host(name).ask('systemctl', 'show', ...asked) : '';
  }

  const spinning = ({ name, program }: Place, stubborn = false) =>
    faults.spin(kit.host(name), { ...(program && { program }), stubborn });

  it.each(PLACES)(
    'lets a unit of $manager give way, tells no lie about it, and takes it back',
    async (place) => {
      await sees(place, 'well');
      await spinning(place);
      const before = await weight(place);
      expect(await sees(place, 'fault')).toMatch(
        new RegExp(`${place.unit} takes [0-9]+ % of all cores, most of it python3`),
      );
      const rehearsed = await act('rehearse', place);
      expect(rehearsed.result, JSON.stringify(rehearsed.result)).toMatchObject({ kind: 'diff' });
      expect(await niceness(place)).toEqual(['0']);

      const { result, said } = await act('run', place);
      expect(result, said).toMatchObject({ kind: 'succeeded' });
      expect(said).toMatch(
        /^slowed down \S+, which took \d+ % of all cores(; it computes as much as before, and may not be restarted)?$/m,
      );
      expect(await niceness(place)).toEqual(['19']);
      if (place.manager === 'systemd') expect(await weight(place)).toContain('CPUWeight=1\n');
      const found = 'before' in result ? result.before : undefined;
      const slowed = place.manager === 'systemd' ? 'CPUWeight 1, a thread' : 'a thread';
      expect(await compare(place, found)).toMatchObject({
        ...{ kind: 'differs', was: expect.stringContaining(`${place.unit}: `) },
        now: expect.stringContaining(`${place.unit}: ${slowed} gives way`),
      });
      await sees(place, 'well');
      const again = await act('run', place);
      expect(again.result).toMatchObject({
        ...{ kind: 'failed', untouched: true },
        reason: expect.stringContaining(`Nothing was slowed down on ${place.name}: `),
      });

      expect((await act('undo', place)).result).toMatchObject({ kind: 'succeeded' });
      expect(await weight(place)).toBe(before);
      expect(await niceness(place)).toEqual(['0']);
      const same = await compare(place, found);
      expect(same).toEqual({ kind: 'as-before', words: found?.words });
      expect(found?.words).toMatch(
        new RegExp(
          `^${place.unit}: .*no thread gives way; other.service: no thread gives way on ${place.name}$`,
        ),
      );
      await faults.stopSpinning(kit.host(place.name)).catch(() => {});
      expect(await compare(place, found)).toEqual(same);
      expect(await compare(place, undefined)).toMatchObject({ kind: 'unknown' });
      expect(await compare(place, { words: '', mark: '{"gone-1":"x"}' })).toEqual({
        kind: 'unknown',
        why: 'nothing was read on gone-1',
      });
    },
  );

  it.each(PLACES)(
    'restarts a unit of $manager that does not give way, where that is allowed',
    async (place) => {
      await spinning(place, true);
      await sees(place, 'fault');
      const allowed = await act('run', place, place.unit);
      expect(allowed.result, allowed.said).toMatchObject({ kind: 'succeeded' });
      expect(allowed.said).toMatch(/restarted \S+, which took \d+ % of all cores and did not give way/);
      expect(await niceness(place)).toEqual(['0']);
      await sees(place, 'well');
    },
  );

  it('leaves a program alone that nobody has registered, and says which it is', async () => {
    const [place] = PLACES;
    await faults.spin(kit.host('web-1'), { program: 'thumbs' });
    expect(await sees(place, 'other')).toMatch(
      /thumbs\.service with python3 \(\d+\) takes \d+ % of all cores, and is none of reindex/,
    );
    const { result } = await act('run', place);
    expect(result).toMatchObject({ kind: 'failed', untouched: true });
  });
}

function wholeMedic() {
  let scratch: Scratch;
  let kit: HostsKit;
  let web: Host;
  let healing: Healing;

  beforeAll(async () => {
    scratch = await scratchDir('cpu-healing');
    kit = await startHosts({ dir: join(scratch.path, 'hosts'), hosts: [{ name: 'web-1', kind: 'web' }] });
    web = kit.host('web-1');
    const storefront = {
      group: 'web',
      unit: 'shop.service',
      labels: [{ job: 'process', instance: 'web-1:9256' }],
      health: [{ name: 'healthz', url: `${web.url}/healthz` }],
      settings: {
        ...{ relievable_units: 'reindex.service', restartable_units: 'reindex.service' },
        relieve_above: '10',
      },
    };
    healing = await startHealing({
      ...{ dir: scratch.path, kit, policy: { cancel_window: '30s' } },
      more: {
        ...{ services: { storefront }, groups: {}, environment: {} },
        watched: { targets: [], settings: () => ({}) },
        rules: [join(import.meta.dirname, 'cpu.yml')],
      },
    });
  }, 900_000);
  beforeEach(() => healing.rest(), 130_000);
  afterAll(async () => {
    await healing?.stop();
    await kit?.stop();
    await scratch?.remove();
  }, 60_000);

  function reaches(since: number, phases: readonly Incident['phase']['at'][]): Promise<Incident> {
    const there = async () => {
      const incident = await healing.incident('storefront', since);
      return incident !== undefined && phases.includes(incident.phase.at) && incident;
    };
    return until(there, { what: `an incident to be ${phases.join(' or ')}`, ms: 180_000 });
  }

  it('is restarted where it is registered for that and does not give way', async () => {
    const since = Date.now();
    await faults.spin(web, { program: 'reindex', stubborn: true });
    const incident = await reaches(since, ['closed', 'escalated']);
    expect(incident.phase, healing.thread(incident)).toMatchObject({ at: 'closed', how: 'healed' });
    expect(incident.attempts.map(({ playbook }) => playbook)).toEqual(['relieve_cpu']);
    const told = /restarted reindex\.service, which took \d+ % of all cores and did not give way/;
    const tells = async () => told.test(healing.thread(incident));
    await until(tells, { what: 'its thread to tell what was done', ms: 30_000 }).catch((cause: Error) => {
      throw new Error(`${cause.message}: ${healing.thread(incident)}`, { cause });
    });
    const spun = await web.ask('systemctl', 'show', '--property=ActiveState,NRestarts', 'reindex.service');
    expect(spun).toContain('ActiveState=active');
  });

  it('is left alone where it ends by itself while the plan waits', async () => {
    const since = Date.now();
    await faults.spin(web, { program: 'reindex' });
    const waiting = await reaches(since, ['waiting', 'escalated', 'closed']);
    expect(waiting.phase, healing.thread(waiting)).toMatchObject({ at: 'waiting', for: 'window' });
    await faults.stopSpinning(web);
    const incident = await reaches(since, ['closed', 'escalated']);
    expect(incident.phase, healing.thread(incident)).toMatchObject({ at: 'closed', how: 'recovered' });
    expect(incident.attempts).toEqual([]);
  });

  it('calls a person where it is a program that nobody has registered', async () => {
    const since = Date.now();
    await faults.spin(web, { program: 'thumbs' });
    const incident = await reaches(since, ['closed', 'escalated']);
    expect(incident.phase, healing.thread(incident)).toMatchObject({ at: 'escalated' });
    expect(incident.attempts).toEqual([]);
    expect(await web.ask('systemctl', 'show', '--property=ActiveState', 'thumbs.service')).toContain(
      '=active',
    );
  });
}
