import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrometheus } from '../../../../src/adapters/collectors/prometheus/client.ts';
import { createMetricReader } from '../../../../src/adapters/collectors/prometheus/metric-reader.ts';
import { freePort } from '../../../kit/stack/process.ts';
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
    const [series] = await createMetricReader(rig.prometheus).read(
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

  it('ends with its newest sample where it has to be computed, too', async () => {
    const to = Date.now() + 60_000;
    const read = createMetricReader(rig.prometheus).read(
      'temperature * 2',
      { from: to - 120_000, to },
      AbortSignal.timeout(5000),
    );
    const points = (await read)[0]?.points ?? [];
    expect(points.at(-1)?.[1]).toBe(40);
    expect(points.at(-1)?.[0]).toBeLessThan(silentSince + 30_000);
  });

  it('has a place where people see it drawn', () => {
    const link = createMetricReader(rig.prometheus).link('up == 0', { from: 0, to: 60_000 });
    expect(link).toBe(
      `${rig.url}/graph?g0.expr=up+%3D%3D+0&g0.tab=0&g0.range_input=60s&g0.end_input=1970-01-01+00%3A01%3A00`,
    );
  });

  it('is not made up where Prometheus is away', async () => {
    const away = createMetricReader(
      createPrometheus({ url: `http://127.0.0.1:${await freePort()}`, timeout: 500 }),
    );
    await expect(away.read('up', { from: 0, to: 1000 }, AbortSignal.timeout(5000))).rejects.toThrow(
      /gave no answer/,
    );
  });
});
