import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrometheus } from '../../../src/adapters/prometheus/client.ts';
import { createPrometheusSignals } from '../../../src/adapters/prometheus/signals.ts';
import type { HttpProbe } from '../../../src/evidence/collector.ts';
import type { Check } from '../../../src/playbooks/manifest.ts';
import type { Reading } from '../../../src/verification/reading.ts';
import { alertOf } from '../../evidence/samples.ts';
import { freePort } from '../../stack/process.ts';
import { type Rig, startRig } from './rig.ts';

const RULES = `
groups:
  - name: test
    rules:
      - {alert: TooHot, expr: temperature > 50, labels: {severity: critical, room: '{{ $labels.room }}'}}
      - {alert: TooHotSoon, expr: temperature > 50, for: 1h, labels: {severity: warning}}
      - {alert: Broken, expr: 'temperature * on () group_left () (temperature > 0)'}
`;
const never = new AbortController().signal;

let rig: Rig;
let health: Server;
let answer: (path: string) => number;

beforeAll(async () => {
  rig = await startRig(RULES);
  rig.expose('temperature{room="hall"} 20\ntemperature{room="attic"} 60\n');
  health = createServer((request, response) => {
    const status = answer(request.url ?? '');
    if (status !== 0) response.writeHead(status, { location: '/' }).end('body');
  });
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  await rig.sees('temperature');
  await rig.sees('ALERTS{alertname="TooHotSoon",alertstate="pending"}');
  await rig.sees('ALERTS{alertname="TooHot",alertstate="firing"}');
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

async function read(
  check: Check,
  scope: { alerts?: ReturnType<typeof alertOf>[]; probes?: HttpProbe[] } = {},
): Promise<Reading> {
  const signals = createPrometheusSignals({ prometheus: rig.prometheus, now: Date.now });
  const [reading] = await signals.read(
    [check],
    { alerts: scope.alerts ?? [], bound: {}, probes: scope.probes ?? [], service: null, look: null },
    never,
  );
  return reading as Reading;
}
const hot = (name: string, labels: Record<string, string>) =>
  alertOf({ name, labels: { alertname: name, ...labels } });

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
  it('fires while an instance that matches the labels is firing, as of its last evaluation', async () => {
    const reading = await read(firing, {
      alerts: [hot('TooHot', { room: 'attic', instance: rig.instance, replica: 'a' })],
    });
    expect(reading).toMatchObject({ kind: 'alert', firing: true });
    expect(Math.abs(Date.now() - (reading.kind === 'alert' ? reading.at : 0))).toBeLessThan(10_000);
  });

  it('does not fire for another instance of the same rule', async () => {
    expect(await read(firing, { alerts: [hot('TooHot', { room: 'hall' })] })).toMatchObject({
      kind: 'alert',
      firing: false,
    });
  });

  it('counts a pending alert as firing', async () => {
    expect(await read(firing, { alerts: [hot('TooHotSoon', { room: 'attic' })] })).toMatchObject({
      firing: true,
    });
  });

  it('fires while any alert of the incident does', async () => {
    const alerts = [hot('TooHot', { room: 'hall' }), hot('TooHot', { room: 'attic' }), hot('Unknown', {})];
    expect(await read(firing, { alerts })).toMatchObject({ kind: 'alert', firing: true });
  });

  it('is missing where one rule is unknown and none fires', async () => {
    const alerts = [hot('TooHot', { room: 'hall' }), hot('Unknown', {})];
    expect(await read(firing, { alerts })).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('no rule for alert Unknown'),
    });
  });

  it('is missing where the rule cannot be evaluated', async () => {
    expect(await read(firing, { alerts: [hot('Broken', {})] })).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('err'),
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

describe('reading signals', () => {
  it('answers every check in its place, and never rejects when Prometheus is away', async () => {
    answer = () => 200;
    const away = createPrometheus({ url: `http://127.0.0.1:${await freePort()}`, timeout: 500 });
    const signals = createPrometheusSignals({ prometheus: away, now: Date.now });
    const readings = await signals.read(
      [metric('up', '==', 1), healthy, firing],
      { alerts: [alertOf()], bound: {}, probes: [probeOf('a')], service: null, look: null },
      never,
    );
    expect(readings.map(({ kind }) => kind)).toEqual(['missing', 'probe', 'missing']);
    expect(readings[0]).toMatchObject({ reason: expect.stringMatching(/gave no answer.*ECONNREFUSED/) });
  });

  it('says that no Prometheus is configured instead of guessing', async () => {
    const signals = createPrometheusSignals({ prometheus: null, now: Date.now });
    const [reading] = await signals.read(
      [metric('up', '==', 1)],
      { alerts: [], bound: {}, probes: [], service: null, look: null },
      never,
    );
    expect(reading).toMatchObject({ kind: 'missing', reason: 'no Prometheus is configured' });
  });
});
