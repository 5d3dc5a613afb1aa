import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prometheus } from '../../../../../src/adapters/collectors/prometheus/client.ts';
import { createContainerVitalsCollector } from '../../../../../src/adapters/collectors/prometheus/containers/collector.ts';
import type { Finding, Inquiry } from '../../../../../src/evidence/collector.ts';
import { alertOf, askedOf, inquiryOf, serviceOf } from '../../../../evidence/samples.ts';
import { type Rig, startRig } from '../rig.ts';

// An hour of containers as cAdvisor and kube-state-metrics tell of them, every half minute, up to just now.

const STEP = 30;
const SAMPLES = 120;
const NOW = Math.floor(Date.now() / 1000);
const CART = 'cart-7d9f8b6c5d-x2x4z';
const WEB = 'web-6778bd7b8b-2cpcm';

/** A counter that grows by so much in each sample. */
const counter = (name: string, labels: string, growth: (sample: number) => number) => {
  let total = 0;
  return series(name, labels, (sample) => {
    total += growth(sample);
    return total;
  });
};
const series = (name: string, labels: string, value: (sample: number) => number) =>
  Array.from(
    { length: SAMPLES },
    (_, sample) => `${name}{${labels}} ${value(sample)} ${NOW - (SAMPLES - 1 - sample) * STEP}`,
  );
const kubelet = (pod: string, more: string) =>
  `job="kubelet",instance="n1:10250",namespace="shop",pod="${pod}"${more}`;
const inside = (pod: string, container = 'main') => kubelet(pod, `,container="${container}"`);
/** The last ten minutes. */
const lately = (sample: number) => sample >= SAMPLES - 20;

const metric = (name: string, type: 'counter' | 'gauge', ...lines: readonly (readonly string[])[]) => [
  `# TYPE ${type === 'counter' ? name.replace(/_total$/, '') : name} ${type}`,
  ...lines.flat(),
];
const HISTORY = [
  ...metric(
    'container_cpu_cfs_periods_total',
    'counter',
    ...[inside(CART), inside(CART, 'proxy'), inside(WEB)].map((labels) =>
      counter('container_cpu_cfs_periods_total', labels, () => 300),
    ),
  ),
  ...metric(
    'container_cpu_cfs_throttled_periods_total',
    'counter',
    counter('container_cpu_cfs_throttled_periods_total', inside(CART), (one) => (lately(one) ? 240 : 3)),
    counter('container_cpu_cfs_throttled_periods_total', inside(CART, 'proxy'), () => 0),
    counter('container_cpu_cfs_throttled_periods_total', inside(WEB), () => 150),
  ),
  ...metric(
    'container_memory_working_set_bytes',
    'gauge',
    series('container_memory_working_set_bytes', inside(CART), (one) => (lately(one) ? 95e6 : 40e6)),
    series('container_memory_working_set_bytes', inside(WEB), () => 20e6),
    // Of the whole pod, which is no container.
    series('container_memory_working_set_bytes', kubelet(CART, ''), () => 99e6),
  ),
  ...metric(
    'kube_pod_container_resource_limits',
    'gauge',
    series(
      'kube_pod_container_resource_limits',
      `namespace="shop",pod="${CART}",container="main",resource="memory"`,
      () => 100e6,
    ),
  ),
  ...metric(
    'container_spec_memory_limit_bytes',
    'gauge',
    series('container_spec_memory_limit_bytes', inside(WEB), () => 100e6),
  ),
  ...metric(
    'container_oom_events_total',
    'counter',
    counter('container_oom_events_total', inside(CART), (one) => (one === SAMPLES - 10 ? 1 : 0)),
    counter('container_oom_events_total', inside(WEB), () => 0),
  ),
  ...metric(
    'container_network_receive_packets_dropped_total',
    'counter',
    counter('container_network_receive_packets_dropped_total', kubelet(CART, ',interface="eth0"'), (one) =>
      lately(one) ? 600 : 0,
    ),
  ),
  // In another namespace, cAdvisor's own are not kept: a rule has made a gauge of them.
  ...metric(
    'service:cpu_cfs_throttled:ratio',
    'gauge',
    series('service:cpu_cfs_throttled:ratio', 'namespace="depot",service="stock"', (one) =>
      lately(one) ? 0.6 : 0.02,
    ),
    series('service:cpu_cfs_throttled:ratio', 'namespace="depot",service="mail"', () => 0.01),
  ),
  // Settings and counters are none.
  ...metric(
    'depot_cpu_cfs_quota',
    'gauge',
    series('depot_cpu_cfs_quota', 'namespace="depot",service="stock"', () => 9),
  ),
  ...metric(
    'depot_cpu_throttled_total',
    'counter',
    counter('depot_cpu_throttled_total', 'namespace="depot",service="stock"', () => 9),
  ),
  '# EOF\n',
].join('\n');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('groups: []', HISTORY);
}, 60_000);
afterAll(() => rig?.stop());

const of = (workload: string) =>
  serviceOf({ name: 'cart', labels: {}, kubernetes: { namespace: 'shop', workload } });

async function look(more: Partial<Inquiry>, namespaces: readonly string[] = []): Promise<readonly Finding[]> {
  // However late a test is, its present is the end of the history.
  const prometheus: Prometheus = {
    ...rig.prometheus,
    query: (expression, signal, time = NOW * 1000) => rig.prometheus.query(expression, signal, time),
  };
  const collector = createContainerVitalsCollector({ prometheus, namespaces });
  return askedOf(collector, inquiryOf({ alerts: [], ...more }), { now: NOW * 1000 });
}
const factsOf = (findings: readonly Finding[]) => findings.flatMap(({ facts }) => facts ?? []);
const told = (findings: readonly Finding[], name: string, object: string) =>
  factsOf(findings).find((fact) => fact.name === name && fact.of === object)?.value;

describe('the containers of a workload', () => {
  it('are told with how far their CPU limit holds them back, and how it was before', async () => {
    const found = await look({ service: of('deployment/cart') });
    const main = `container/shop/${CART}/main`;
    expect(told(found, 'cadvisor.cpu.throttled', main)).toBeCloseTo(0.8, 2);
    expect(told(found, 'cadvisor.cpu.throttled.before', main)).toBeCloseTo(0.01, 2);
    expect(told(found, 'cadvisor.cpu.throttled', `container/shop/${CART}/proxy`)).toBe(0);
    const fact = factsOf(found).find(({ name, of }) => name === 'cadvisor.cpu.throttled' && of === main);
    expect(fact?.within).toEqual([`pod/shop/${CART}`, 'deployment/shop/cart', 'namespace/shop']);
    expect(Math.abs((fact?.at ?? 0) / 1000 - (NOW - 19 * STEP))).toBeLessThan(300);
    // Those of others are not.
    expect(factsOf(found).filter((one) => one.of.includes(WEB))).toEqual([]);
  });

  it('are told with their memory against the limit that Kubernetes or cAdvisor knows, and with kills and lost packets', async () => {
    const found = await look({ service: of('deployment/cart') });
    const main = `container/shop/${CART}/main`;
    expect(told(found, 'cadvisor.memory.utilization', main)).toBeCloseTo(0.95, 2);
    expect(told(found, 'cadvisor.memory.utilization.before', main)).toBeCloseTo(0.4, 2);
    expect(told(found, 'cadvisor.oom_kills', main)).toBe(1);
    expect(told(found, 'cadvisor.network.errors', `pod/shop/${CART}`)).toBeCloseTo(20, 0);
    expect(told(found, 'cadvisor.network.errors.before', `pod/shop/${CART}`)).toBe(0);
    const web = await look({ service: of('deployment/web') });
    expect(told(web, 'cadvisor.memory.utilization', `container/shop/${WEB}/main`)).toBeCloseTo(0.2, 2);
    expect(told(web, 'cadvisor.oom_kills', `container/shop/${WEB}/main`)).toBeUndefined();
  });

  it('stand each in the line that is cited, by the exporter that measured them', async () => {
    const found = await look({ service: of('deployment/cart') });
    expect(found.map(({ witness }) => witness)).toEqual(found.map(() => 'exporter/kubelet/n1:10250'));
    for (const { text, facts = [] } of found)
      for (const { quote } of facts) expect(text.split('\n')).toContain(quote);
  });

  it('that were always held back were so before', async () => {
    const found = await look({ service: of('deployment/web') });
    const main = `container/shop/${WEB}/main`;
    expect(told(found, 'cadvisor.cpu.throttled', main)).toBeCloseTo(0.5, 2);
    expect(told(found, 'cadvisor.cpu.throttled.before', main)).toBeCloseTo(0.5, 2);
  });

  it('are found by what an alert names', async () => {
    const named = (labels: Record<string, string>) =>
      look({
        alerts: [alertOf({ labels: { namespace: 'shop', ...labels }, startsAt: NOW * 1000 - 300_000 })],
      });
    for (const labels of [{ pod: CART }, { deployment: 'cart' }, { service: 'cart' }] as const)
      expect(new Set(factsOf(await named(labels)).map((fact) => fact.of)), JSON.stringify(labels)).toEqual(
        new Set([`container/shop/${CART}/main`, `container/shop/${CART}/proxy`, `pod/shop/${CART}`]),
      );
    expect(await named({ statefulset: 'cart' })).toEqual([]);
  });
});

describe('what Prometheus does not answer', () => {
  it('takes nothing from what it does', async () => {
    const query: Prometheus['query'] = (expression, signal, time = NOW * 1000) =>
      expression.includes('kube_pod_container_resource_limits')
        ? Promise.reject(new Error('the query takes too long'))
        : rig.prometheus.query(expression, signal, time);
    const collector = createContainerVitalsCollector({
      prometheus: { ...rig.prometheus, query },
      namespaces: [],
    });
    const asked = inquiryOf({ alerts: [], service: of('deployment/cart') });
    const found = await askedOf(collector, asked, { now: NOW * 1000 });
    expect(found.filter(({ failed }) => failed).map(({ text }) => text)).toEqual([
      'the query takes too long',
    ]);
    expect(told(found, 'cadvisor.cpu.throttled', `container/shop/${CART}/main`)).toBeCloseTo(0.8, 2);
  });
});

describe('what nobody has placed', () => {
  it('is looked for in the namespaces that Medic watches, and nowhere else', async () => {
    const subject = { kind: 'target', name: 'slow', environment: 'production' } as const;
    const seen = factsOf(await look({ subject }, ['shop'])).map((fact) => fact.of);
    expect(seen).toContain(`container/shop/${CART}/main`);
    expect(seen).toContain(`container/shop/${WEB}/main`);
    expect(await look({ subject }, ['other'])).toEqual([]);
    expect(await look({ subject })).toEqual([]);
  });
});

describe('a gauge that somebody has made of the counters', () => {
  const slow = { kind: 'target', name: 'slow', environment: 'production' } as const;

  it('stands for them, of what its labels name, whatever it is called', async () => {
    const found = await look({ subject: slow }, ['depot']);
    expect(told(found, 'cadvisor.cpu.throttled', 'service/depot/stock')).toBeCloseTo(0.6, 2);
    expect(told(found, 'cadvisor.cpu.throttled.before', 'service/depot/stock')).toBeCloseTo(0.02, 2);
    expect(told(found, 'cadvisor.cpu.throttled', 'service/depot/mail')).toBeCloseTo(0.01, 2);
    expect(found.map(({ witness }) => witness)).toEqual(['prometheus/service:cpu_cfs_throttled:ratio']);
  });

  it('is read of what an alert names, and of no other', async () => {
    const labels = { namespace: 'depot', deployment: 'mail' };
    const found = await look({ alerts: [alertOf({ labels, startsAt: NOW * 1000 - 300_000 })] });
    expect(new Set(factsOf(found).map((fact) => fact.of))).toEqual(new Set(['service/depot/mail']));
  });
});
