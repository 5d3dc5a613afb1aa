import { describe, expect, it } from 'vitest';
import { createPrometheusAlerts } from '../../../src/adapters/collectors/prometheus/alert/alert-servers.ts';
import { createIdentityReader } from '../../../src/adapters/collectors/prometheus/alert/identity.ts';
import { createPrometheus } from '../../../src/adapters/collectors/prometheus/client.ts';
import { baseOf, type Identity, placeOf } from '../../../src/adapters/collectors/prometheus/place.ts';
import { alertOf } from '../../evidence/samples.ts';

const server = (name: string, more: Partial<Identity> = {}): Identity => ({
  name,
  addresses: [`http://${name}.example:9090`],
  externalLabels: {},
  unread: null,
  ...more,
});
const labels = (more: Record<string, string>) => ({ alertname: 'Hot', instance: 'web-1:9100', ...more });
const placed = (alert: Parameters<typeof alertOf>[0], servers: readonly Identity[]) => {
  const place = placeOf(alertOf(alert), servers);
  return place.kind === 'settled' ? [place.by, ...place.servers.map(({ name }) => name)] : place.kind;
};

describe('where an alert comes from', () => {
  it.each([
    ['http://eu.example:9090/graph?g0.expr=up&g0.tab=1', 'http://eu.example:9090'],
    ['https://me:pass@Mon.example:443/eu/graph?x', 'https://mon.example/eu'],
    ['http://vm.example:8880/vmalert/alert?group_id=1&alert_id=2', 'http://vm.example:8880'],
    ['http://eu.example:9090', 'http://eu.example:9090'],
    ['no address', null],
    ['javascript:alert(1)', null],
  ])('is the server that a link leads to: %s', (link, base) => {
    expect(baseOf(link)).toBe(base);
  });

  it('is told by its link, whatever its labels say of others', () => {
    const servers = [server('us', { externalLabels: { cluster: 'us' } }), server('eu')];
    const link = 'http://eu.example:9090/graph?g0.expr=up';
    expect(placed({ link, labels: labels({ cluster: 'us' }) }, servers)).toEqual(['address', 'eu']);
  });

  it('is no server at a path beside the one that is known', () => {
    const servers = [server('eu', { addresses: ['http://mon.example'] })];
    expect(placed({ link: 'http://mon.example/us/graph?x', labels: labels({}) }, servers)).toBe('nowhere');
  });

  it('is, of replicas at one address, the one whose own label it carries', () => {
    const at = { addresses: ['http://mon.example'] };
    const servers = ['a', 'b'].map((replica) => server(replica, { ...at, externalLabels: { replica } }));
    const link = 'http://mon.example/graph';
    expect(placed({ link, labels: labels({ replica: 'b' }) }, servers)).toEqual(['address', 'b']);
    expect(placed({ link, labels: labels({}) }, servers)).toEqual(['address', 'a', 'b']);
  });

  it('is told by external labels where all of them arrived, but for those that tell replicas apart', () => {
    const servers = [
      server('eu-a', { externalLabels: { cluster: 'eu', prometheus_replica: 'a' } }),
      server('eu-b', { externalLabels: { cluster: 'eu', prometheus_replica: 'b' } }),
      server('staging', { externalLabels: { cluster: 'eu', stage: 'test' } }),
      server('bare'),
    ];
    const at = (more: Record<string, string>) => placed({ labels: labels(more) }, servers);
    expect(at({ cluster: 'eu' })).toEqual(['labels', 'eu-a', 'eu-b']);
    expect(at({ cluster: 'eu', prometheus_replica: 'b' })).toEqual(['labels', 'eu-b']);
    expect(at({ cluster: 'eu', stage: 'test' })).toEqual(['labels', 'staging']);
    expect(at({ stage: 'test' })).toBe('nowhere');
    expect(at({ cluster: 'us' })).toBe('nowhere');
    // No external labels are nobody's.
    expect(at({})).toBe('nowhere');
  });

  it('is not said to be nowhere as long as a server has not said who it is', () => {
    const servers = [server('eu'), server('us', { unread: 'Prometheus at http://us gave no answer' })];
    expect(placed({ labels: labels({}) }, servers)).toBe('unread');
  });
});

/** A server of another make: no pages about itself, recording rules among the others, and no interval. */
function stranger(answers: Record<string, unknown>, asked: string[] = []) {
  const fetch: typeof globalThis.fetch = async (input) => {
    const { pathname } = new URL(String(input));
    asked.push(pathname);
    const data = answers[pathname];
    return data === undefined
      ? new Response('unsupported path', { status: 404 })
      : new Response(JSON.stringify({ status: 'success', data }));
  };
  return createPrometheus({ url: 'http://vm.example:8428', timeout: 1000, fetch });
}
const never = new AbortController().signal;

describe('a server that tells nothing of itself', () => {
  it('is known by what is configured, and still evaluates alerts', async () => {
    const active = { alertname: 'Hot', alertgroup: 'test', instance: 'web-1:9100' };
    const rule = {
      type: 'alerting',
      name: 'Hot',
      query: 'temperature > 5',
      labels: {},
      health: 'ok',
      lastEvaluation: '2026-11-03T12:00:00Z',
      alerts: [{ state: 'firing', labels: active }],
    };
    const rules = { groups: [{ rules: [{ type: 'recording', name: 'a:b' }, rule] }] };
    const prometheus = stranger({ '/api/v1/rules': rules });
    const alerts = createPrometheusAlerts([{ name: 'vm', prometheus }], () => 0);
    const link = 'http://vm.example:8428/vmalert/alert?group_id=1';
    const bindings = await alerts.bind([alertOf({ name: 'Hot', link, labels: active })], null, never);
    expect(bindings.get('f1')).toMatchObject({
      kind: 'bound',
      bound: { server: 'vm', labels: active, interval: null },
    });
  });

  it('is asked who it is once in five minutes, and stays who it was while it is away', async () => {
    const asked: string[] = [];
    const answers: Record<string, unknown> = {
      '/api/v1/status/config': { yaml: 'global:\n  external_labels:\n    cluster: eu\nscrape_configs: []\n' },
      '/api/v1/status/flags': { 'web.external-url': 'https://mon.example/eu/' },
    };
    let now = 0;
    const read = createIdentityReader({ name: 'eu', prometheus: stranger(answers, asked) }, () => now);
    const known = { externalLabels: { cluster: 'eu' }, unread: null };
    expect(await read(never)).toMatchObject(known);
    expect((await read(never)).addresses).toContain('https://mon.example/eu');
    expect(asked).toHaveLength(2);
    now = 300_000;
    const gone = createPrometheus({
      url: 'http://vm.example:8428',
      timeout: 1000,
      fetch: () => Promise.reject(new Error('no route')),
    });
    expect(await createIdentityReader({ name: 'eu', prometheus: gone }, () => now)(never)).toMatchObject({
      unread: expect.stringContaining('no route'),
    });
    answers['/api/v1/status/config'] = { yaml: 'global: {}\n' };
    expect(await read(never)).toMatchObject({ externalLabels: {} });
    expect(asked).toHaveLength(4);
  });
});
