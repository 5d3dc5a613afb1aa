import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/alerts/subject.ts';
import { alert, settings } from '../kit/incident/fixtures.ts';

type Labels = Record<string, string>;

const known = settings({
  services: {
    shop: { labels: { namespace: 'store', deployment: 'shop' } },
    site: { labels: { job: 'blackbox', instance: 'https://www.example.com' } },
    metrics: { labels: { service: 'kube-state-metrics' } },
  },
});
const about = (labels: Labels, by = known) => {
  const { kind, name } = subjectOf(alert('Any', { labels }), by);
  return `${kind} ${name}`;
};

/** As the kube-prometheus stack attaches them. */
const ksm = {
  job: 'kube-state-metrics',
  service: 'prom-kube-state-metrics',
  instance: '10.1.2.3:8080',
  endpoint: 'http',
};
const cadvisor = {
  job: 'kubelet',
  service: 'prom-kubelet',
  instance: '10.0.0.5:10250',
  metrics_path: '/metrics/cadvisor',
};
const nodeExporter = {
  job: 'node-exporter',
  service: 'prom-prometheus-node-exporter',
  namespace: 'monitoring',
  pod: 'prom-prometheus-node-exporter-x2x4z',
  container: 'node-exporter',
};

describe('a rule of `groups`', () => {
  const grouped = settings({
    services: { shop: { labels: { namespace: 'store', deployment: 'shop' } } },
    groups: [
      { matchers: ['alertname=~"Kube.*"', 'team!=core'], group_by: ['alertname', 'cluster'] },
      { matchers: ['alertname="Down"'], group_by: ['zone'] },
    ],
  });
  const kube = (name: string, labels: Labels) => {
    const { kind, name: called } = subjectOf(
      alert(name, { labels: { alertname: name, ...labels } }),
      grouped,
    );
    return `${kind} ${called}`;
  };

  it('makes one incident of all that fit it and have the same values, whatever each is about', () => {
    const crash = (pod: string, more: Labels = {}) =>
      kube('KubePodCrashLooping', { ...ksm, namespace: 'team-a', pod, cluster: 'eu', ...more });
    expect(crash('api-7d9f8b6c5d-x2x4z')).toBe('target KubePodCrashLooping/eu');
    expect(crash('db-0')).toBe(crash('api-7d9f8b6c5d-x2x4z'));
    expect(crash('db-0', { cluster: 'us' })).toBe('target KubePodCrashLooping/us');
  });

  it('goes before the registry', () => {
    const labels = { namespace: 'store', deployment: 'shop' };
    expect(kube('Other', labels)).toBe('service shop');
    expect(kube('KubeDeploymentReplicasMismatch', labels)).toBe('target KubeDeploymentReplicasMismatch');
  });

  it('leaves alone what does not fit, and what has none of its labels', () => {
    expect(kube('KubePodCrashLooping', { namespace: 'a', pod: 'db-0', team: 'core' })).toBe('target a/db');
    expect(kube('Down', { instance: 'web-1:9100' })).toMatch(/web-1/);
    expect(kube('Down', { instance: 'web-1:9100', zone: 'b' })).toBe('target b');
  });
});

describe('an alert', () => {
  it.each<[string, Labels, string]>([
    ['a deployment', { ...ksm, namespace: 'team-a', deployment: 'api' }, 'target team-a/api'],
    [
      'a pod, by what it belongs to',
      { ...ksm, namespace: 'team-a', pod: 'api-7d9f8b6c5d-x2x4z', container: 'api' },
      'target team-a/api',
    ],
    ['a pod of a set, by the set', { ...ksm, namespace: 'team-a', pod: 'db-0' }, 'target team-a/db'],
    ['a job', { ...ksm, namespace: 'team-a', job_name: 'nightly-2891' }, 'target team-a/nightly-2891'],
    ['a node', { ...ksm, node: 'worker-3' }, 'target worker-3'],
    [
      'a claim',
      { ...ksm, namespace: 'team-a', persistentvolumeclaim: 'data-db-0' },
      'target team-a/data-db-0',
    ],
    [
      'a container, by its pod',
      { ...cadvisor, namespace: 'team-b', pod: 'cart-5c7d9bb6c4-mnp2q', container: 'cart', node: 'worker-3' },
      'target team-b/cart',
    ],
    [
      'a pod whose labels Prometheus had to rename',
      {
        ...ksm,
        namespace: 'monitoring',
        pod: 'prom-kube-state-metrics-7d9f8b6c5d-x2x4z',
        container: 'kube-state-metrics',
        exported_namespace: 'team-a',
        exported_pod: 'api-7d9f8b6c5d-b2b4b',
      },
      'target team-a/api',
    ],
    [
      'a database in a cloud',
      { job: 'cloudwatch', instance: 'cloudwatch:9106', dimension_DBInstanceIdentifier: 'orders-db' },
      'target orders-db',
    ],
    [
      'a batch that pushed',
      { job: 'pushgateway', instance: 'pushgateway:9091', exported_job: 'backup', exported_instance: 'db-1' },
      'target db-1',
    ],
    [
      'a page',
      { job: 'blackbox', instance: 'https://shop.example.com/' },
      'target https://shop.example.com/',
    ],
    [
      'a page of a service that somebody named',
      { job: 'blackbox', instance: 'http://10.0.0.1/', service: 'nginx' },
      'service nginx',
    ],
    ['a host', { ...nodeExporter, instance: '10.0.0.5:9100' }, 'target 10.0.0.5:9100'],
  ])('of an exporter that speaks for others is about %s', (_, labels, subject) => {
    expect(about(labels)).toBe(subject);
  });

  it.each<[string, Labels, string]>([
    [
      'kube-state-metrics',
      {
        ...ksm,
        namespace: 'monitoring',
        pod: 'prom-kube-state-metrics-7d9f8b6c5d-x2x4z',
        container: 'kube-state-metrics',
      },
      'service monitoring/prom-kube-state-metrics',
    ],
    ['a blackbox exporter', { job: 'blackbox' }, 'target blackbox'],
  ])('that is about nobody else is about the exporter itself: %s', (_, labels, subject) => {
    expect(about(labels)).toBe(subject);
  });

  it('finds the registered service by what the exporter measured, and never the registered exporter', () => {
    expect(about({ ...ksm, namespace: 'store', deployment: 'shop' })).toBe('service shop');
    expect(about({ job: 'blackbox', instance: 'https://www.example.com' })).toBe('service site');
    expect(about({ ...ksm, service: 'kube-state-metrics', namespace: 'team-a', deployment: 'api' })).toBe(
      'target team-a/api',
    );
    expect(about({ service: 'kube-state-metrics' })).toBe('service metrics');
  });

  it.each<[string, Labels, Labels]>([
    ['teams', { namespace: 'team-a' }, { namespace: 'team-b' }],
    ['clusters', { cluster: 'eu', namespace: 'web' }, { cluster: 'us', namespace: 'web' }],
  ])('is about another thing of the same name where two %s have one each', (_, one, other) => {
    for (const labels of [{ service: 'api' }, { deployment: 'api' }, { pod: 'api-7d9f8b6c5d-x2x4z' }])
      expect(about({ ...labels, ...one })).not.toBe(about({ ...labels, ...other }));
  });

  it('about a host is not about another for the namespace from which that was scraped', () => {
    expect(about({ instance: 'web-1:9100', namespace: 'a' })).toBe(
      about({ instance: 'web-1:9100', namespace: 'b' }),
    );
    expect(about({ instance: 'web-1:9100', cluster: 'eu' })).toBe('target eu/web-1:9100');
  });

  it('names its service by the first of the labels that are set for this', () => {
    const labels = { component: 'checkout', app: 'shop-web', instance: 'web-1:80' };
    expect(about(labels)).toBe('service shop-web');
    const ours = settings({ subject_labels: ['component', 'app'] });
    expect(about(labels, ours)).toBe('service checkout');
    const none = settings({ subject_labels: [] });
    expect(about(labels, none)).toBe('service shop');
    expect(about({ job: 'backup' }, none)).toBe('target backup');
  });

  it('is about the same thing whatever the order of its labels', () => {
    const label = fc.constantFrom(
      ...Object.keys({ ...ksm, ...nodeExporter }),
      'pod',
      'namespace',
      'app',
      'dimension_A',
      'dimension_B',
      'exported_pod',
    );
    const value = fc.constantFrom(
      'kube-state-metrics',
      'node-exporter',
      'blackbox',
      'api',
      'api-7d9f8b6c5d-x2x4z',
      '',
    );
    fc.assert(
      fc.property(fc.dictionary(label, value), (labels) => {
        const turned = Object.fromEntries(Object.entries(labels).toReversed());
        expect(about(turned)).toBe(about(labels));
      }),
    );
  });
});
