import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartUnitOf } from '../../../src/adapters/prometheus/chart-unit.ts';
import { createPrometheus } from '../../../src/adapters/prometheus/client.ts';
import { createPlotter } from '../../../src/adapters/prometheus/plotter.ts';
import { freePort } from '../../stack/process.ts';
import { type Rig, startRig } from './rig.ts';

let rig: Rig;
let silentSince: number;
beforeAll(async () => {
  rig = await startRig('groups: []');
  rig.expose('temperature 20\n');
  await rig.sees('count_over_time(temperature[1m])', ([count = 0]) => count >= 3);
  // Without a word of it being gone, Prometheus would go on with the last value it saw.
  silentSince = Date.now();
}, 40_000);
afterAll(() => rig?.stop());

describe('a metric over time', () => {
  it('is read with its labels, up to the newest sample and no further', async () => {
    const to = Date.now() + 60_000;
    const [series] = await createPlotter(rig.prometheus).read(
      'temperature',
      { from: to - 120_000, to },
      AbortSignal.timeout(5000),
    );
    expect(series?.labels).toMatchObject({ __name__: 'temperature', service: 'catalog' });
    const times = series?.points.map(([at]) => at) ?? [];
    expect(times.length).toBeGreaterThan(0);
    expect(Math.max(...times)).toBeLessThan(silentSince + 30_000);
    expect(new Set(series?.points.map(([, value]) => value))).toEqual(new Set([20]));
  });

  it('has a place where people see it drawn', () => {
    const link = createPlotter(rig.prometheus).link('up == 0', { from: 0, to: 60_000 });
    expect(link).toBe(
      `${rig.url}/graph?g0.expr=up+%3D%3D+0&g0.tab=0&g0.range_input=60s&g0.end_input=1970-01-01+00%3A01%3A00`,
    );
  });

  it('is not made up where Prometheus is away', async () => {
    const away = createPlotter(
      createPrometheus({ url: `http://127.0.0.1:${await freePort()}`, timeout: 500 }),
    );
    await expect(away.read('up', { from: 0, to: 1000 }, AbortSignal.timeout(5000))).rejects.toThrow(
      /gave no answer/,
    );
  });
});

describe('what an axis counts in', () => {
  const of = (...values: number[]) => [
    { labels: {}, points: values.map((value, index) => [index, value] as const) },
  ];
  it.each([
    ['process_resident_memory_bytes{job="fleet"}', of(5e8), 'bytes'],
    ['sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', of(0, 0.5), 'ratio'],
    ['sum(rate(a_total[5m])) / sum(rate(b_total[5m]))', of(0, 12), 'number'],
    ['histogram_quantile(0.9, sum by (le) (rate(http_duration_seconds_bucket[5m])))', of(0.2), 'seconds'],
    ['rate(http_duration_seconds_sum[5m]) / rate(http_duration_seconds_count[5m])', of(0.2), 'seconds'],
    ['cache_hit_ratio', of(0.9), 'ratio'],
    ['up', of(0, 1), 'number'],
  ] as const)('is read from %s', (expression, series, unit) => {
    expect(chartUnitOf(expression, series)).toBe(unit);
  });
});
