import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instrumentsOf } from '../../src/evidence/instrument.ts';

const shop = { environment: 'production', name: 'shop', labels: { service: 'shop' } };
const at = (job: string, instance: string, more: Record<string, string> = {}) => ({
  labels: { job, instance, ...more },
});

describe('the instrument behind a metric', () => {
  it.each([
    ['up', at('node', 'web-1:9100'), 'scrape/node/web-1:9100'],
    ['scrape_duration_seconds', at('shop', 'web-1:80', shop.labels), 'scrape/shop/web-1:80'],
    ['probe_success', at('probes', 'https://example.com/'), 'blackbox/https:%2F%2Fexample.com%2F'],
    ['node_load1', at('node', 'web-1:9100'), 'exporter/node/web-1:9100'],
    ['namedprocess_namegroup_memory_bytes', at('proc', 'web-1:9256'), 'exporter/proc/web-1:9256'],
    ['pg_up', at('pg', 'db-1:9187', shop.labels), 'exporter/pg/db-1:9187'],
    ['kube_pod_status_phase', at('ksm', 'ksm:8080'), 'exporter/ksm/ksm:8080'],
    ['http_requests_total', at('shop', 'web-1:80', shop.labels), 'service/production/shop'],
    ['process_resident_memory_bytes', at('node', 'web-1:9100'), 'exporter/node/web-1:9100'],
    ['http_requests_total', { labels: {} }, 'service/production/shop'],
    ['http_requests_total', at('gateway', 'gw-1:80', { service: 'gateway' }), 'exporter/gateway/gw-1:80'],
    ['job:http_requests:rate5m', at('shop', 'web-1:80'), 'exporter/shop/web-1:80'],
    ['job:http_requests:rate5m', { labels: { job: 'shop' } }, 'prometheus/job:http_requests:rate5m'],
    ['ALERTS', { labels: { alertname: 'Down' } }, 'prometheus/ALERTS'],
  ])('%s', (metric, series, instrument) => {
    expect(instrumentsOf([metric], [series], shop)).toEqual([instrument]);
  });

  it('of an unknown service is whoever answers at the address', () => {
    expect(instrumentsOf(['requests'], [at('shop', 'web-1:80', shop.labels)], null)).toEqual([
      'exporter/shop/web-1:80',
    ]);
  });

  it('is one for all that one target writes, and one for each target', () => {
    const target = at('node', 'web-1:9100');
    expect(instrumentsOf(['node_load1', 'process_open_fds', 'go_goroutines'], [target], shop)).toHaveLength(
      1,
    );
    expect(instrumentsOf(['node_load1'], [target, at('node', 'web-2:9100')], shop)).toEqual([
      'exporter/node/web-1:9100',
      'exporter/node/web-2:9100',
    ]);
  });

  it('is read from the series of its own name, and from any for a pattern of names', () => {
    const series = [at('a', 'a:1', { __name__: 'up' }), at('b', 'b:1', { __name__: 'node_load1' })];
    expect(instrumentsOf(['node_load1', 'up'], series, null)).toEqual(['exporter/b/b:1', 'scrape/a/a:1']);
    expect(instrumentsOf(['node_.*'], series, null)).toEqual(['exporter/b/b:1', 'scrape/a/a:1']);
  });

  it('is never missing where anything is read, sorted and each once', () => {
    const name = fc.constantFrom(
      'up',
      'node_load1',
      'requests',
      'a:b:c',
      'ALERTS',
      'probe_success',
      '{job="x"}',
    );
    const labels = fc.dictionary(fc.constantFrom('job', 'instance', 'service', '__name__'), fc.string());
    const identity = fc.constantFrom(null, shop, { ...shop, labels: {} });
    fc.assert(
      fc.property(
        fc.array(name),
        fc.array(labels.map((one) => ({ labels: one }))),
        identity,
        (reads, series, who) => {
          const found = instrumentsOf(reads, series, who);
          expect(found.length > 0).toBe(reads.length > 0);
          expect(found).toEqual([...new Set(found)].sort());
        },
      ),
    );
  });

  it('cannot be forged by a label: its name has as many parts as its kind, and no two targets share one', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('a/b', '../x', 'node/web-1', '%2F', 'unknown', 'shop/../..'),
    );
    const target = fc.tuple(text, text).filter(([job, instance]) => job !== '' && instance !== '');
    fc.assert(
      fc.property(target, target, (one, other) => {
        const [[mine = ''], [theirs]] = [one, other].map(([job, instance]) =>
          instrumentsOf(['node_load1'], [at(job, instance)], shop),
        ) as [readonly string[], readonly string[]];
        expect(mine.split('/')).toHaveLength(3);
        expect(mine.startsWith('exporter/')).toBe(true);
        expect(mine === theirs).toBe(one[0] === other[0] && one[1] === other[1]);
      }),
    );
  });
});
