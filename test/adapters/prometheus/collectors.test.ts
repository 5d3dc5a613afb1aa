import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPrometheus, PrometheusError } from '../../../src/adapters/prometheus/client.ts';
import { closeUp } from '../../../src/adapters/prometheus/close-up.ts';
import { createPrometheusCollectors } from '../../../src/adapters/prometheus/collectors.ts';
import { collect } from '../../../src/evidence/collect.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Alert } from '../../../src/intake/alert.ts';
import { alertOf, inquiryOf, serviceOf } from '../../evidence/samples.ts';
import { freePort } from '../../stack/process.ts';
import { type Rig, startRig } from './rig.ts';

const RULES = `
groups:
  - name: test
    rules:
      - {alert: TooHot, expr: 'sum by (job, instance, room) (temperature) > 50', labels: {severity: critical}}
`;
const metrics = (hall: number, memory: number, requests: number) => `
temperature{room="hall"} ${hall}
temperature{room="a \\"quoted\\" } room"} 20
process_resident_memory_bytes ${memory}
process_start_time_seconds 1790000000
process_cpu_seconds_total ${requests / 10}
http_requests_total{code="200"} ${requests}
http_requests_total{code="500"} ${requests / 2}
node_load1 0.5
node_cpu_seconds_total{cpu="0",mode="idle"} 5
node_cpu_seconds_total{cpu="1",mode="idle"} 5
node_memory_MemAvailable_bytes 250000000
node_memory_MemTotal_bytes 1000000000
node_filesystem_avail_bytes{mountpoint="/",fstype="ext4"} 900
node_filesystem_size_bytes{mountpoint="/",fstype="ext4"} 1000
node_filesystem_avail_bytes{mountpoint="/data",fstype="tmpfs"} 10
node_filesystem_size_bytes{mountpoint="/data",fstype="tmpfs"} 1000
node_filesystem_avail_bytes{mountpoint="/proc",fstype="proc"} 0
node_filesystem_size_bytes{mountpoint="/proc",fstype="proc"} 0
`;

let rig: Rig;
let changedAt: number;
beforeAll(async () => {
  rig = await startRig(RULES);
  rig.expose(metrics(20, 80e6, 100));
  await rig.sees('count_over_time(temperature[1m])', ([count = 0]) => count >= 3);
  changedAt = Date.now();
  rig.expose(metrics(60, 300e6, 200));
  await rig.sees('count_over_time((temperature == 60)[1m:1s])', ([count = 0]) => count >= 3);
}, 40_000);
afterAll(() => rig?.stop());

const hot = (room: string, more: Partial<Alert> = {}) =>
  alertOf({
    name: 'TooHot',
    labels: { alertname: 'TooHot', severity: 'critical', job: 'fleet', instance: rig.instance, room },
    expression: 'temperature{job="fleet"} > 50',
    startsAt: changedAt,
    ...more,
  });

async function look(
  alert: Alert | null,
  service = serviceOf({ labels: { job: 'fleet' }, hosts: ['localhost'] }),
): Promise<Evidence[]> {
  const inquiry = inquiryOf({ alerts: alert === null ? [] : [alert], service, now: Date.now() });
  const items = await collect(createPrometheusCollectors({ prometheus: rig.prometheus }), inquiry, {
    budget: 10_000,
    redact: (text) => text,
    now: Date.now,
  });
  return items.filter(({ kind }) => kind !== 'alert');
}
const metricOf = async (alert: Alert) =>
  (await look(alert)).find(({ title }) => title === 'Metric of TooHot') as Evidence;

describe('the metric of an alert', () => {
  it('is not late for the sake of a finer picture of it, where Prometheus is slow', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const slow = createPrometheus({ url: `http://127.0.0.1:${port}`, timeout: 20_000 });
    const now = Date.now();
    const observed = { from: now - 7_200_000, to: now, step: 30_000 };
    const asked = { query: 'up', alert: hot('hall', { startsAt: now - 60_000 }), observed };
    const began = performance.now();
    expect(await closeUp(asked, slow, AbortSignal.timeout(10_000))).toBeNull();
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('is shown without the comparison, for the labels of the alert only, and says when it changed', async () => {
    const item = await metricOf(hot('hall'));
    expect(item.query).toBe(`temperature{job="fleet",instance="${rig.instance}",room="hall"}`);
    expect(item.text).toContain('the alert fires at > 50');
    expect(item.text).toMatch(/now 60, min 20, mean [\d.]+, max 60/);
    expect(item.text).toMatch(/changed 20 -> 60 at \d\d:\d\d:\d\dZ/);
    expect(item.text).toMatch(/mean before the alert 20, since then [4-6]\d/);
    expect(item.text).toMatch(/▁.*█/);
    expect(item.data).toMatchObject({ type: 'series', series: [{ labels: { room: 'hall' } }] });
  });

  it('shares its witness with the alert', async () => {
    expect((await metricOf(hot('hall'))).witness).toBe(`fleet/${rig.instance}`);
    const bare = hot('hall', { labels: { alertname: 'TooHot', room: 'hall' } });
    expect((await metricOf(bare)).witness).toBe('alertmanager/TooHot');
  });

  it('is drawn finely where there is only a short history', async () => {
    const { data } = await metricOf(hot('hall'));
    const points = data?.type === 'series' ? (data.series[0]?.points ?? []) : [];
    expect(points.length).toBeGreaterThan(4);
    expect((points[1]?.[0] ?? 0) - (points[0]?.[0] ?? 0)).toBe(1000);
  });

  it('survives labels that look like PromQL', async () => {
    const item = await metricOf(hot('a "quoted" } room'));
    expect(item.status).toBe('ok');
    expect(item.text).toContain('now 20');
  });

  it('comes from the rule where the alert does not reveal its expression', async () => {
    const item = await metricOf(hot('hall', { expression: null }));
    expect(item.query).toMatch(/^sum by \(job, instance, room\) \(temperature\{.*room="hall".*\}\)$/);
    expect(item.text).toContain('now 60');
  });

  it('that is gone is said to be gone', async () => {
    const item = await metricOf(hot('hall', { expression: 'no_such_metric > 1' }));
    expect(item).toMatchObject({ status: 'ok', text: expect.stringContaining('no series answers') });
  });

  it('links to where a person sees it drawn', async () => {
    const { link } = await metricOf(hot('hall'));
    const address = new URL(link ?? '');
    expect(address.pathname).toBe('/graph');
    expect(address.searchParams.get('g0.expr')).toContain('temperature{');
    expect((await fetch(address)).status).toBe(200);
  });

  it('that cannot be parsed is failed evidence with the words of Prometheus', async () => {
    const items = await look(hot('hall', { expression: 'rate(temperature) > 1' }));
    expect(items[0]).toMatchObject({
      status: 'failed',
      text: expect.stringMatching(/alert metric could not answer.*range vector/s),
    });
  });
});

describe('the vital signs of a service', () => {
  it('are one item for each process, by its exporter', async () => {
    const item = (await look(null)).find(({ title }) => title.startsWith('Vital signs of catalog'));
    expect(item?.witness).toBe(`fleet/${rig.instance}`);
    expect(item?.text).toMatch(/^up: now 1, /m);
    expect(item?.text).toMatch(/^memory: now 300 MB, min 80 MB, mean \d+ MB, max 300 MB$/m);
    expect(item?.text).toMatch(/^ {2}changed 80 MB -> 300 MB at /m);
    expect(item?.text).toMatch(/^restarts in this window: 0, last start 2026-/m);
    expect(item?.text).toMatch(/^requests per second: now /m);
    expect(item?.text).toMatch(/^server errors per second: now /m);
    expect(item?.text).not.toContain('latency');
  });

  it('are failed evidence where Prometheus knows no such service, with what to check', async () => {
    const items = await look(null, serviceOf({ labels: { service: 'no"such' } }));
    const item = items.find(({ source }) => source === 'service vital signs');
    expect(item).toMatchObject({
      status: 'failed',
      text: expect.stringContaining(`no series with {service="no\\"such"}; check the service's labels`),
    });
  });
});

describe('the vital signs of a host', () => {
  it('are one item each, all witnessed by the exporter of the host', async () => {
    const items = (await look(null)).filter(({ title }) => title.startsWith('Host '));
    expect(items.map(({ text }) => text.split('\n')[0])).toEqual([
      'load per core: now 0.25, min 0.25, mean 0.25, max 0.25',
      'memory available: now 25 %, min 25 %, mean 25 %, max 25 %',
      'filesystem used of /data: now 99 %, min 99 %, mean 99 %, max 99 %',
    ]);
    expect(items[2]?.text).toContain('filesystem used of /: now 10 %');
    expect(items[2]?.text).not.toContain('/proc');
    expect(new Set(items.map(({ witness }) => witness))).toEqual(new Set([`fleet/${rig.instance}`]));
  });

  it('are failed evidence where no exporter names the host', async () => {
    const items = await look(null, serviceOf({ labels: { job: 'fleet' }, hosts: ['db.*'] }));
    expect(items.find(({ source }) => source === 'host vital signs')).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('no node exporter for db.*'),
    });
  });
});

it('a Prometheus that is away leaves failed items that say which address', async () => {
  const prometheus = createPrometheus({ url: `http://127.0.0.1:${await freePort()}`, timeout: 1000 });
  const items = await collect(
    createPrometheusCollectors({ prometheus }),
    inquiryOf({ alerts: [hot('hall')], service: serviceOf() }),
    { budget: 5000, redact: (text) => text, now: Date.now },
  );
  expect(items.slice(1).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(items[1]?.text).toContain(prometheus.url);
});

describe('the client', () => {
  const asking = async (answer: () => Response | Promise<Response>, timeout = 1000) => {
    const prometheus = createPrometheus({
      url: 'http://user:pass@prometheus.test:9090/',
      timeout,
      fetch: async () => answer(),
    });
    return prometheus.query('up').then(
      () => null,
      (error: unknown) => error,
    );
  };

  it.each([
    [
      'what is no JSON',
      () => new Response('<html>busy</html>', { status: 502 }),
      /answered 502 .*<html>busy/,
    ],
    [
      'another shape',
      () => Response.json({ status: 'success', data: { resultType: 'vector', result: [{ value: 1 }] } }),
      /unknown shape/,
    ],
    [
      'its own error',
      () => Response.json({ status: 'error', errorType: 'bad_data', error: 'parse error' }, { status: 400 }),
      /400 bad_data: parse error/,
    ],
    ['more than fits', () => new Response(new Uint8Array(17 * 1024 * 1024)), /larger than/],
  ])('refuses %s, and shows no credentials', async (_, answer, message) => {
    const error = await asking(answer);
    expect(error).toBeInstanceOf(PrometheusError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('pass');
  });

  it('sends credentials of its address as basic authentication', async () => {
    const seen: (string | null)[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      seen.push(new Request(input, init).headers.get('authorization'));
      return Response.json({ status: 'success', data: { resultType: 'vector', result: [] } });
    };
    await createPrometheus({ url: 'http://user:p%40ss@prometheus.test', timeout: 1000, fetch }).query('up');
    expect(seen).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
  });
});
