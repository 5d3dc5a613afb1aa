import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPrometheus, PrometheusError } from '../../../../src/adapters/collectors/prometheus/client.ts';
import { closeUp } from '../../../../src/adapters/collectors/prometheus/close-up.ts';
import { createPrometheusCollectors } from '../../../../src/adapters/collectors/prometheus/collectors.ts';
import type { Alert } from '../../../../src/alerts/alert.ts';
import type { BoundAlert } from '../../../../src/evidence/alert-source.ts';
import type { Inquiry } from '../../../../src/evidence/collector.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import { alertOf, evidenceOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { freePort } from '../../../kit/stack/process.ts';
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

/** An alert of the rule that fires there. */
const ruled = (room: string, more: Partial<Alert> = {}) => hot(room, more, 'TooHot');

/** An alert of a name that no rule has, so that only its sender says what it is about. */
const hot = (room: string, more: Partial<Alert> = {}, name = 'Heat') =>
  alertOf({
    name,
    labels: { alertname: name, severity: 'critical', job: 'fleet', instance: rig.instance, room },
    expression: 'temperature{job="fleet"} > 50',
    startsAt: changedAt,
    ...more,
  });

async function look(
  alert: Alert | null,
  service = serviceOf({ labels: { job: 'fleet' }, hosts: ['localhost'] }),
  more: Partial<Inquiry> = {},
): Promise<Evidence[]> {
  const inquiry = inquiryOf({ alerts: alert === null ? [] : [alert], service, ...more });
  const items = await evidenceOf(
    createPrometheusCollectors({ prometheus: rig.prometheus, namespaces: [] }),
    inquiry,
    {
      budget: 10_000,
      redact: (text) => text,
      now: Date.now,
    },
  );
  return items.filter(({ kind }) => kind !== 'alert');
}
const metricOf = async (alert: Alert, more: Partial<Inquiry> = {}) =>
  (await look(alert, undefined, more)).find(({ title }) => title.startsWith('Metric of ')) as Evidence;

const RULED = /^sum by \(job, instance, room\) \(temperature\{.*room="hall".*\}\)$/;

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
    const window = { from: now - 7_200_000, to: now, step: 30_000 };
    const asked = { query: 'sum(up)', labels: {}, startsAt: now - 60_000, tracks: [], window };
    const began = performance.now();
    expect(await closeUp(asked, slow, AbortSignal.timeout(10_000))).toBeNull();
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('is shown without the comparison, for the labels of the alert only, and says when it changed', async () => {
    const item = await metricOf(hot('hall'));
    expect(item.query).toBe(`temperature{instance="${rig.instance}",room="hall",job="fleet"}`);
    expect(item.text).toContain('the alert fires at > 50');
    expect(item.text).toMatch(/now 60, min 20, mean [\d.]+, max 60/);
    expect(item.text).toMatch(/changed 20 -> 60 at \d\d:\d\d:\d\dZ/);
    expect(item.text).toMatch(/mean before the alert 20, since then [4-6]\d/);
    expect(item.text).toMatch(/▁.*█/);
    expect(item.data).toMatchObject({ type: 'series', series: [{ labels: { room: 'hall' } }] });
  });

  it('is witnessed by the instrument of the series that answered, whatever its alert or its expression says', async () => {
    const exporter = `exporter/fleet/${rig.instance}`;
    const witnessOf = async (expression: string, more: Partial<Alert> = {}, labels = {}) => {
      const service = serviceOf({ labels: { service: 'catalog', ...labels } });
      const items = await look(hot('hall', { expression, ...more }), service);
      const { witness, also } = items.find(({ title }) => title.startsWith('Metric of ')) ?? {};
      return [witness, ...(also ?? [])];
    };
    expect(await witnessOf('temperature > 50')).toEqual(['service/production/catalog']);
    expect(await witnessOf('sum(temperature) > 50')).toEqual(['service/production/catalog']);
    expect(await witnessOf('temperature > 50', {}, { service: 'other' })).toEqual([exporter]);
    expect(await witnessOf('up == 1')).toEqual([`scrape/fleet/${rig.instance}`]);
    expect(await witnessOf('node_load1 * on (instance) up')).toEqual([
      exporter,
      `scrape/fleet/${rig.instance}`,
    ]);
    const forged =
      'label_replace(label_replace(vector(9), "job", "node", "", ""), "instance", "web-1", "", "") > 1';
    expect(await witnessOf(forged, { labels: {} })).toEqual(['sender/alertmanager']);
    expect(await witnessOf('no_such_metric > 1')).toEqual(['sender/alertmanager']);
  });

  it('is asked about as its source has it, where that knows the alert', async () => {
    const alert = hot('attic', { expression: 'sent_by_someone > 1' });
    const bound: BoundAlert = {
      server: 'main',
      labels: { job: 'fleet', instance: rig.instance, room: 'hall' },
      expression: 'temperature > 50',
      reads: ['temperature'],
      instruments: ['service/production/catalog'],
      interval: 1000,
    };
    const item = await metricOf(alert, { bindings: { f1: { kind: 'bound', bound } } });
    expect(item.query).toBe(`temperature{job="fleet",instance="${rig.instance}",room="hall"}`);
    expect(item.text).toContain('now 60');
    const gone = { ...bound, expression: 'no_such_metric > 50', instruments: ['exporter/a/b', 'scrape/a/b'] };
    const nothing = await metricOf(alert, { bindings: { f1: { kind: 'bound', bound: gone } } });
    expect([nothing.witness, nothing.also]).toEqual(['exporter/a/b', ['scrape/a/b']]);
  });

  it('keeps the exception of its alert, and is never narrowed until it loses it', async () => {
    const expression = 'temperature > 50 unless on (instance) node_load1 > 0.1';
    const item = await metricOf(hot('hall', { expression }));
    expect(item.text).toContain(
      'the alert fires at > 50, and only with: unless on (instance) node_load1 > 0.1',
    );
    expect(item.data).toMatchObject({ threshold: null });
    const whole = await metricOf(
      hot('hall', { expression: 'temperature unless on (instance) node_load1{mode="x"}' }),
    );
    expect(whole.query).toBe(
      `temperature{job="fleet",instance="${rig.instance}",room="hall"} unless on (instance) node_load1{mode="x"}`,
    );
    expect(whole.text).toContain('now 60');
  });

  it.each([
    ['(temperature > 500) or (temperature > 600)', /nothing now; temperature has 2 series$/m],
    [
      'temperature and on (room) node_load1',
      /nothing now; temperature has 2 series; node_load1 has 1 series/,
    ],
    [
      'temperature > node_load1{a="b"}',
      /temperature has 2 series; node_load1\{a="b"\} has none, and had none in the last/,
    ],
    ['no_such_metric > 1', /nothing now; no_such_metric has none, and had none in the last 120 min/],
  ])('that answers nothing is not said to be gone: %s', async (expression, words) => {
    const { status, text } = await metricOf(hot('hall', { expression }));
    expect(status).toBe('ok');
    expect(text).toMatch(words);
  });

  it('begins no lines that whoever sent its expression wrote', async () => {
    const item = await metricOf(hot('hall', { expression: 'temperature > 50 unless\nnow' }));
    const whole = await metricOf(hot('hall', { expression: 'temperature unless\nnow{a="b"}' }));
    for (const { text } of [item, whole]) expect(text).not.toMatch(/^now/m);
    expect(whole.text).toContain('unless now{a="b"}');
  });

  it('of others than the alert is not told as of the alert', async () => {
    const item = await metricOf(hot('cellar'));
    expect(item.text).toContain('2 series answer, none with the labels of the alert');
    expect(item.text).not.toContain('now');
  });

  it('says where the alert fires in the words of its values, with the arithmetic done', async () => {
    const textOf = async (expression: string) => (await metricOf(hot('hall', { expression }))).text;
    expect(await textOf('process_resident_memory_bytes > 20*1024*1024*1024')).toContain(
      'the alert fires at > 21.5 GB',
    );
    expect(await textOf('0.1 > node_load1 / 10')).toContain('the alert fires at < 0.1');
    expect(await textOf('time() - process_start_time_seconds < 2h')).toMatch(
      /the alert fires at < 7200 s\n.*now [\d.]+ s,/s,
    );
    expect(await textOf('count(process_resident_memory_bytes) > 0')).toContain('now 1, min 1, mean 1, max 1');
  });

  it('is drawn finely where there is only a short history', async () => {
    const { data } = await metricOf(hot('hall'));
    const points = data?.type === 'series' ? (data.series[0]?.points ?? []) : [];
    expect(points.length).toBeGreaterThan(4);
    const [first = 0, second = 0] = points.map(([at]) => at);
    expect(Math.abs(second - first - 1000)).toBeLessThan(300);
  });

  it('survives labels that look like PromQL', async () => {
    const item = await metricOf(hot('a "quoted" } room'));
    expect(item.status).toBe('ok');
    expect(item.text).toContain('now 20');
  });

  it('comes from the rule where the alert does not reveal its expression', async () => {
    const item = await metricOf(ruled('hall', { expression: null }));
    expect(item.query).toMatch(RULED);
    expect(item.text).toContain('now 60');
  });

  it('comes from the rule that fires for it, whatever its sender wrote, and that supports what is said of it', async () => {
    const item = await metricOf(ruled('hall', { expression: 'node_load1 < 100' }));
    expect(item.query).toMatch(RULED);
    expect(item.text).toContain('now 60');
    expect(item.text).not.toContain('as its sender wrote it');
    expect(item.supportsNothing).toBeUndefined();
  });

  it.each<[string, string, () => Alert]>([
    ['no rule has its name', 'there is no rule Heat here', () => hot('hall')],
    [
      'the rule of its name fires for something else',
      'no rule TooHot fires here for its labels',
      () => ruled('attic', { expression: 'temperature > 50' }),
    ],
    [
      'its labels are not those that the rule gives',
      'there is no rule TooHot here',
      () => ruled('hall', { labels: { ...ruled('hall').labels, severity: 'warning' } }),
    ],
  ])('is what its sender wrote where %s, says so, and supports nothing', async (_, why, alert) => {
    const item = await metricOf(alert());
    expect(item.text).toContain(`(as its sender wrote it: ${why})`);
    expect(item.supportsNothing).toContain(why);
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
  it('are told by the process, and whether it is reached by Prometheus', async () => {
    const items = await look(null);
    const scrape = items.find(({ title }) => title.startsWith('Scrape of catalog'));
    expect(scrape?.witness).toBe(`scrape/fleet/${rig.instance}`);
    expect(scrape?.text).toMatch(/^up: now 1, /);
    const item = items.find(({ title }) => title.startsWith('Vital signs of catalog'));
    expect(item?.witness).toBe('service/production/catalog');
    expect(item?.text).not.toMatch(/^up:/m);
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
      'memory that becomes available, a second: 0 %',
    ]);
    expect(items[2]?.text).toContain('filesystem used of /: now 10 %');
    expect(items[2]?.text).not.toContain('/proc');
    expect(new Set(items.map(({ witness }) => witness))).toEqual(new Set([`exporter/fleet/${rig.instance}`]));
  });

  it('are not missed where an alert names what is no host, such as the address of a probe', async () => {
    const service = serviceOf({ labels: { job: 'fleet' }, hosts: [] });
    const probed = (instance: string) => ({ ...hot('hall'), labels: { job: 'blackbox', instance } });
    const items = await look(probed('http://10.9.9.9:8080/healthz'), service);
    expect(items.filter(({ source }) => source === 'host vital signs')).toEqual([]);
    const [host] = rig.instance.split(':');
    const found = await look(probed(`http://${host}:8080/healthz`), service);
    expect(found.some(({ title }) => title === `Host ${rig.instance}: memory available`)).toBe(true);
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
  const items = await evidenceOf(
    createPrometheusCollectors({ prometheus, namespaces: [] }),
    inquiryOf({ alerts: [hot('hall')], service: serviceOf() }),
    { budget: 5000, redact: (text) => text, now: Date.now },
  );
  expect(items.slice(1).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(items[1]?.text).toContain(prometheus.url);
});

describe('what Prometheus has states as facts', () => {
  const factsOf = (items: readonly Evidence[]) =>
    items.flatMap(({ facts = [], text }) =>
      facts.map(({ of, name, value, quote }) => [of, name, value, text.split('\n').includes(quote)]),
    );

  it('the memory and disks of a host, and whether the service is reached, each in a line of its item', async () => {
    const facts = factsOf(await look(null));
    expect(facts).toContainEqual(['host/localhost', 'node_exporter.memory.available', 0.25, true]);
    expect(facts).toContainEqual([
      'filesystem/localhost:/data',
      'node_exporter.filesystem.utilization',
      expect.closeTo(0.99, 3),
      true,
    ]);
    expect(facts).toContainEqual(['service/catalog', 'scrape.up', true, true]);
  });

  it('what an alert reads, where its metric says by itself what it is', async () => {
    const item = await metricOf(
      hot('hall', { expression: 'up{job="fleet"} == 0', labels: { job: 'fleet' } }),
    );
    expect(factsOf([item])).toEqual([['service/catalog', 'scrape.up', true, true]]);
    expect(factsOf([await metricOf(hot('hall'))])).toEqual([]);
  });
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
