import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askableOf, signalsOf } from '../../../../src/app/signals.ts';
import type { HttpProbe, ServiceView } from '../../../../src/evidence/collector.ts';
import type { Looker, LookReading, LookTarget } from '../../../../src/evidence/looks/look.ts';
import type { Check } from '../../../../src/playbooks/manifest.ts';
import type { Reading, SignalScope } from '../../../../src/verification/reading.ts';
import { alertOf, serviceOf } from '../../../evidence/samples.ts';
import { freePort, until } from '../../../kit/stack/process.ts';
import { type Rig, startRig } from './rig.ts';

const RULES = `
groups:
  - name: test
    rules:
      - {alert: TooHot, expr: temperature > 50, labels: {severity: critical, room: '{{ $labels.room }}'}}
      - {alert: TooHotSoon, expr: temperature > 50, for: 1h, labels: {severity: warning}}
      - {alert: Lasting, expr: 'max_over_time(temperature[2m]) > 50', keep_firing_for: 10m}
      - {alert: Climbing, expr: 'deriv(temperature[500ms]) > 5'}
      - {alert: Broken, expr: 'temperature * on () group_left () (temperature > 0)'}
  - name: seldom
    interval: 4s
    rules:
      - {alert: Pressed, expr: pressure > 50}
`;
const never = new AbortController().signal;

const METRICS = 'temperature{room="hall"} 20\ntemperature{room="attic"} 60\n';

let rig: Rig;
let health: Server;
let answer: (path: string) => number;

beforeAll(async () => {
  rig = await startRig(RULES);
  rig.expose(METRICS);
  health = createServer((request, response) => {
    const status = answer(request.url ?? '');
    if (status !== 0) response.writeHead(status, { location: '/' }).end('body');
  });
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  await rig.sees('temperature');
  await rig.sees('ALERTS{alertname="TooHotSoon",alertstate="pending"}');
  await rig.sees('ALERTS{alertname="TooHot",alertstate="firing"}');
  await rig.sees('ALERTS{alertname="Lasting",alertstate="firing"}');
});
afterAll(async () => {
  health?.closeAllConnections();
  health?.close();
  await rig?.stop();
});

const probeOf = (path: string, timeout = 2000): HttpProbe => ({
  name: path,
  url: `http://127.0.0.1:${(health.address() as AddressInfo).port}/${path}`,
  timeout,
});
const metric = (query: string, is: '<' | '<=' | '>' | '>=' | '==' | '!=', value: number): Check => ({
  metric: { query, is, value },
});
const firing: Check = { alert: 'firing' };
const healthy: Check = { probe: 'healthy' };

const scopeOf = (more: Partial<SignalScope> = {}): SignalScope => ({
  alerts: [],
  bound: {},
  probes: [],
  service: null,
  look: null,
  symptomAt: null,
  ...more,
});
const signalsAt = (urls: readonly string[], looker: Looker | null = null, homes = {}) => {
  const prometheus = urls.map((url, place) => ({ name: `server${place}`, url }));
  return signalsOf(askableOf({ prometheus, alertmanager: [], homes }, Date.now), looker, Date.now);
};

async function read(check: Check, scope: Partial<SignalScope> = {}): Promise<Reading> {
  const [reading] = await signalsAt([rig.url]).read([check], scopeOf(scope), never);
  return reading as Reading;
}
const hot = (name: string, labels: Record<string, string>) =>
  alertOf({
    name,
    fingerprint: `${name} ${labels.room}`,
    labels: { alertname: name, service: 'catalog', job: 'fleet', instance: rig.instance, ...labels },
    link: `${rig.url}/graph?g0.expr=temperature`,
  });
const attic = { room: 'attic', severity: 'critical' };

describe('a metric check', () => {
  it.each([
    ['<', 60],
    ['<=', 60],
    ['>', 20],
    ['>=', 20],
  ] as const)('over several series answers with the worst for %s', async (is, value) => {
    expect(await read(metric('temperature', is, 40))).toMatchObject({ kind: 'value', value });
  });

  it('for equality answers with the series that is farthest from it, for inequality with the nearest', async () => {
    expect(await read(metric('temperature', '==', 20))).toMatchObject({ value: 60 });
    expect(await read(metric('temperature', '!=', 20))).toMatchObject({ value: 20 });
  });

  it('is missing where no series answers, with the query', async () => {
    expect(await read(metric('nothing_here', '<', 1))).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('nothing_here'),
    });
  });

  it('is missing where the answer is not a number: no traffic is not a good error rate', async () => {
    expect(await read(metric('temperature * 0 / 0', '<', 1))).toMatchObject({ kind: 'missing' });
  });

  it("is missing where the query is wrong, with Prometheus's own words", async () => {
    expect(await read(metric('rate(temperature)', '<', 1))).toMatchObject({
      kind: 'missing',
      reason: expect.stringMatching(/400 bad_data.*range vector/),
    });
  });

  it('carries the time of its oldest sample, however the samples are combined', async () => {
    const [sample] = await rig.prometheus.query('min(timestamp(temperature{room="attic"}))');
    const before = Math.floor((sample?.value ?? 0) * 1000);
    const reading = await read(metric('max(temperature) + 0', '<', 1));
    expect(reading).toMatchObject({ kind: 'value', value: 60 });
    const at = reading.kind === 'value' ? reading.at : 0;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThan(before + 5000);
    const exact = await rig.prometheus.query(
      `timestamp(temperature{room="attic"}) == ${at / 1000}`,
      never,
      at,
    );
    expect(exact).toHaveLength(1);
  });
});

describe('an alert check', () => {
  it('fires while the alert is firing at its rule, as of its last evaluation', async () => {
    const reading = await read(firing, { alerts: [hot('TooHot', { ...attic, replica: 'a' })] });
    expect(reading).toMatchObject({ kind: 'alert', firing: true });
    expect(Math.abs(Date.now() - (reading.kind === 'alert' ? reading.at : 0))).toBeLessThan(10_000);
  });

  it('tells for how long its rule may fire after all is well: as far as it reads back, and as long as it is kept firing', async () => {
    const alerts = [hot('Lasting', { room: 'attic' })];
    expect(await read(firing, { alerts })).toMatchObject({ firing: true, looksBack: 720_000 });
    expect(await read(firing, { alerts: [hot('TooHot', attic)] })).not.toHaveProperty('looksBack');
  });

  it('says nothing of another instance of the same rule, which was never seen active', async () => {
    expect(await read(firing, { alerts: [hot('TooHot', { ...attic, room: 'hall' })] })).toMatchObject({
      kind: 'missing',
    });
  });

  it('counts a pending alert as firing', async () => {
    expect(
      await read(firing, { alerts: [hot('TooHotSoon', { room: 'attic', severity: 'warning' })] }),
    ).toMatchObject({ firing: true });
  });

  it('fires while any alert of the incident does, and is missing where nobody knows of one', async () => {
    const alerts = [hot('TooHot', { ...attic, room: 'hall' }), hot('TooHot', attic), hot('Unknown', {})];
    expect(await read(firing, { alerts })).toMatchObject({ kind: 'alert', firing: true });
    expect(await read(firing, { alerts: alerts.slice(2) })).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('no rule for an alert Unknown'),
    });
  });

  it('is missing where the rule cannot be evaluated, also for an alert that was seen active', async () => {
    const alert = hot('Broken', {});
    const { alertname: _, ...labels } = alert.labels;
    const broken = 'temperature * on () group_left () (temperature > 0)';
    const bound = {
      [alert.fingerprint]: {
        server: 'server0',
        labels: { alertname: 'Broken', ...labels },
        expression: broken,
        reads: [],
        instruments: [],
        interval: null,
      },
    };
    expect(await read(firing, { alerts: [alert], bound })).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('is err'),
    });
  });

  it('has not ended where its rule reads more samples than were measured: after a gap it is quiet, and nothing is known', async () => {
    const alert = hot('Climbing', { room: 'attic' });
    const seen = {
      server: 'server0',
      labels: alert.labels,
      expression: 'deriv(temperature[500ms]) > 5',
      reads: ['temperature'],
      instruments: [],
      interval: null,
    };
    const reading = await read(firing, { alerts: [alert], bound: { [alert.fingerprint]: seen } });
    expect(reading).toMatchObject({ kind: 'missing', unanswered: true });
    expect(reading).toMatchObject({ reason: expect.stringContaining('more samples of `deriv(') });
  });

  it('has not ended where what was measured reached Prometheus after its rule was evaluated', async () => {
    const evaluated = async () => {
      const [rule] = await rig.prometheus.alertRules(never, ['Pressed']);
      return Date.parse(rule?.lastEvaluation ?? '');
    };
    const before = await evaluated();
    const at = await until(async () => (await evaluated()) > before && evaluated(), {
      what: 'the next evaluation',
      ms: 10_000,
    });
    const alert = hot('Pressed', { room: `opened ${at}` });
    const bound = {
      ...{ server: 'server0', labels: alert.labels, expression: 'pressure > 50' },
      ...{ reads: ['pressure'], instruments: [], interval: null },
    };
    const reading = () => read(firing, { alerts: [alert], bound: { [alert.fingerprint]: bound } });
    rig.expose(`pressure{room="${alert.labels.room}"} 90 ${at - 50}\n`);
    await until(async () => (await rig.prometheus.query('pressure', never, at)).length > 0, {
      what: 'the late sample',
      ms: 10_000,
    });
    const readings = [await reading()];
    while (readings.at(-1)?.kind !== 'alert') readings.push(await reading());
    rig.expose(METRICS);
    expect(readings.at(-1)).toMatchObject({ kind: 'alert', firing: true });
    expect(readings[0]).toMatchObject({
      ...{ kind: 'missing', unanswered: true },
      reason: expect.stringContaining('reached Prometheus after the rule was evaluated'),
    });
  });

  it('is missing where the incident has none', async () => {
    expect(await read(firing)).toMatchObject({ kind: 'missing' });
  });
});

describe('a probe check', () => {
  it('is healthy when every probe answers 2xx', async () => {
    answer = () => 204;
    expect(await read(healthy, { probes: [probeOf('a'), probeOf('b')] })).toMatchObject({
      kind: 'probe',
      healthy: true,
    });
  });

  it.each([500, 404, 302])('is unhealthy when one answers %i, and says which', async (status) => {
    answer = (path) => (path === '/bad' ? status : 200);
    const reading = await read(healthy, { probes: [probeOf('a'), probeOf('bad')] });
    expect(reading).toMatchObject({
      healthy: false,
      detail: expect.stringMatching(`^bad answered ${status} in`),
    });
  });

  it('is unhealthy when nothing answers within its timeout', async () => {
    answer = () => 0;
    expect(await read(healthy, { probes: [probeOf('slow', 50)] })).toMatchObject({
      healthy: false,
      detail: expect.stringContaining('nothing within 50 ms'),
    });
  });

  it('is unhealthy when the connection is refused', async () => {
    const closed = { name: 'gone', url: `http://127.0.0.1:${await freePort()}/`, timeout: 2000 };
    expect(await read(healthy, { probes: [closed] })).toMatchObject({
      healthy: false,
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is missing where there is none, or where the question never left', async () => {
    expect(await read(healthy)).toMatchObject({ kind: 'missing' });
    const unknown = { name: 'lost', url: 'http://no-such-name.invalid/', timeout: 2000 };
    expect(await read(healthy, { probes: [unknown] })).toMatchObject({ kind: 'missing' });
  });
});

describe('a look check', () => {
  const service: ServiceView = serviceOf();
  const reading = (host: string, at: number): LookReading => ({
    host,
    verdict: 'well',
    words: `systemd on ${host}: active`,
    instrument: `systemd/${host}/catalog`,
    facts: {},
    at,
  });
  const asked: { spec: unknown; target: LookTarget }[] = [];
  const looker: Looker = {
    look: async (spec, target) => {
      asked.push({ spec, target });
      return [reading('web-1', 2000), reading('web-2', 1000)];
    },
  };
  const look = { spec: { disk: { path: '/var', used: 0.9 } }, hosts: ['web-1', 'web-2'] };

  it("takes the plan's own look at the plan's hosts, and is as old as the oldest of them", async () => {
    const [answer] = await signalsAt([], looker).read([{ look: 'well' }], scopeOf({ service, look }), never);
    expect(answer).toMatchObject({
      kind: 'look',
      at: 1000,
      readings: [{ host: 'web-1' }, { host: 'web-2' }],
    });
    expect(asked.pop()).toEqual({ spec: look.spec, target: { service, hosts: look.hosts, symptomAt: null } });
  });

  it('of a unit looks at the unit, also where the playbook declares no look', async () => {
    const [answer] = await signalsAt([], looker).read([{ unit: 'running' }], scopeOf({ service }), never);
    expect(answer).toMatchObject({ kind: 'look', check: { unit: 'running' } });
    expect(asked.pop()).toEqual({
      spec: { unit: { is: 'failed' } },
      target: { service, hosts: null, symptomAt: null },
    });
  });

  it('is missing without a look, a service or anything to look with', async () => {
    const at = async (check: Check, scope: Partial<SignalScope>, by: Looker | null = looker) =>
      (await signalsAt([], by).read([check], scopeOf(scope), never))[0];
    expect(await at({ look: 'well' }, { service })).toMatchObject({
      kind: 'missing',
      reason: 'its playbook declares no look',
    });
    expect(await at({ unit: 'running' }, {})).toMatchObject({ kind: 'missing' });
    expect(await at({ unit: 'running' }, { service }, null)).toMatchObject({ kind: 'missing' });
  });
});

describe('reading signals', () => {
  it('answers every check in its place, and never rejects when Prometheus is away', async () => {
    answer = () => 200;
    const away = `http://127.0.0.1:${await freePort()}`;
    const readings = await signalsAt([away]).read(
      [metric('up', '==', 1), healthy, firing, { unit: 'running' }],
      scopeOf({ alerts: [alertOf()], probes: [probeOf('a')] }),
      never,
    );
    expect(readings.map(({ kind }) => kind)).toEqual(['missing', 'probe', 'missing', 'missing']);
    expect(readings[0]).toMatchObject({ reason: expect.stringMatching(/gave no answer.*ECONNREFUSED/) });
    expect(readings[2]).toMatchObject({ reason: expect.stringMatching(/gave no answer.*ECONNREFUSED/) });
  });

  it('gives up on a Prometheus that takes its time, as soon as it is told to', async () => {
    answer = () => 0;
    const { port } = health.address() as AddressInfo;
    const begun = performance.now();
    const readings = await signalsAt([`http://127.0.0.1:${port}`]).read(
      [metric('up', '==', 1), firing],
      scopeOf({ alerts: [alertOf()] }),
      AbortSignal.timeout(100),
    );
    expect(readings.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it("asks the service's own Prometheus for metrics, and the first for others", async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    const signals = signalsAt([away, rig.url], null, { catalog: 'server1' });
    const up = metric('up', '==', 1);
    const [own] = await signals.read([up], scopeOf({ service: serviceOf() }), never);
    const [other] = await signals.read([up], scopeOf({ service: serviceOf({ name: 'orders' }) }), never);
    expect([own?.kind, other?.kind]).toEqual(['value', 'missing']);
  });

  it('says that no Prometheus is configured instead of guessing', async () => {
    const [value, alert] = await signalsAt([]).read(
      [metric('up', '==', 1), firing],
      scopeOf({ alerts: [alertOf()] }),
      never,
    );
    expect(value).toMatchObject({ kind: 'missing', reason: 'no Prometheus is configured' });
    expect(alert).toMatchObject({ kind: 'missing' });
  });
});
