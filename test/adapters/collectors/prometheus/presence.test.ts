import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  narrowedTo,
  seriesLabels,
} from '../../../../src/adapters/collectors/prometheus/alert/alert-series.ts';
import { PrometheusError } from '../../../../src/adapters/collectors/prometheus/client.ts';
import { presenceOf } from '../../../../src/adapters/collectors/prometheus/expression/presence.ts';
import { until } from '../../../kit/stack/process.ts';
import { type Rig, startRig } from './rig.ts';

const METRICS = `
process_resident_memory_bytes 500
node_filesystem_avail_bytes{mountpoint="/"} 50
node_filesystem_avail_bytes{mountpoint="/var"} 5
node_filesystem_size_bytes{mountpoint="/"} 100
node_filesystem_size_bytes{mountpoint="/var"} 100
node_filesystem_readonly{mountpoint="/"} 0
node_filesystem_readonly{mountpoint="/var"} 0
errors_total{code="500"} 5
requests_total{code="200"} 50
latency_bucket{le="1"} 5
latency_bucket{le="+Inf"} 7
memory_limit 100
maintenance 1
backup_time_seconds 1000
`;
/** Rules as people write them, true or not: what is behind each of them is there as long as the exporter is. */
const RULES = [
  'process_resident_memory_bytes > 100',
  'process_resident_memory_bytes > 100e9',
  '100e9 < process_resident_memory_bytes',
  'process_resident_memory_bytes > memory_limit * 90',
  '(process_resident_memory_bytes > 100) < 200',
  'process_resident_memory_bytes > bool 9000 == 1',
  'process_resident_memory_bytes > 9000 unless on (job) maintenance == 1',
  'process_resident_memory_bytes > 100 unless on (job) maintenance == 1',
  'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1 and node_filesystem_readonly == 1',
  'rate(errors_total[1m]) > 5',
  'sum by (job, instance) (rate(errors_total[1m])) / sum by (job, instance) (rate(requests_total[1m])) > 0.5',
  'increase(errors_total[5m] offset 1s) > 100',
  'process_resident_memory_bytes offset 1s > 9000',
  'process_resident_memory_bytes @ end() > 9000',
  'rate(errors_total[1m] @ end()) > 9000',
  'max_over_time((process_resident_memory_bytes > 9000)[1m:1s] offset 1s) > 1',
  'max_over_time((process_resident_memory_bytes > 9000)[1m:1s]) > 1',
  'quantile_over_time(0.9, process_resident_memory_bytes[1m]) > 9000',
  'histogram_quantile(0.99, sum by (job, instance, le) (rate(latency_bucket[1m]))) > 9',
  'count by (job, instance) (process_resident_memory_bytes > 9000) >= 1',
  'topk(1, process_resident_memory_bytes > 9000)',
  'predict_linear(node_filesystem_avail_bytes{mountpoint="/var"}[5m], 4 * 3600) < 0',
  'time() - backup_time_seconds < 5',
  'process_resident_memory_bytes > 9000 or memory_limit > 9000',
  'absent(nothing) and on (job) process_resident_memory_bytes > 1 or process_resident_memory_bytes > 9000',
  'process_resident_memory_bytes > 9000 # it leaks',
  '# a comment, and "a > 5"\nprocess_resident_memory_bytes\n  > 9000',
  'changes(process_resident_memory_bytes{job=~".+", instance!="> 5"}[1m]) > 9000',
  'label_replace(process_resident_memory_bytes > 9000, "x", "$1", "job", "(.*)")',
  '(process_resident_memory_bytes > 9000) * on (job, instance) group_left () (memory_limit > 9000)',
  '-process_resident_memory_bytes > 1',
  'process_resident_memory_bytes != process_resident_memory_bytes',
];

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('groups: []');
  rig.expose(METRICS);
  await rig.sees('min(count_over_time(process_resident_memory_bytes[1m]))', ([count = 0]) => count >= 2);
});
afterAll(() => rig?.stop());

const answers = async (expression: string, labels = {}) => {
  const presence = presenceOf(expression);
  if (presence.kind !== 'series') throw new Error(`${expression} is ${presence.kind}`);
  return (await rig.prometheus.query(narrowedTo(presence.expression, labels))).length;
};

describe('what is behind a rule', () => {
  it('answers whether or not the rule fires, for the instance that is asked for alone', async () => {
    for (const rule of RULES) {
      const mine = { job: 'fleet', instance: rig.instance };
      expect([rule, await answers(rule, mine)]).toEqual([rule, expect.not.toSatisfy((n) => n === 0)]);
      expect([rule, await answers(rule, { ...mine, instance: 'other:1' })]).toEqual([rule, 0]);
    }
    expect(await answers('node_filesystem_avail_bytes < 1', { mountpoint: '/var' })).toBe(1);
  });

  it('answers as well with its windows as they are, once these hold enough samples', async () => {
    const mine = { job: 'fleet', instance: rig.instance };
    const windowed = RULES.flatMap((rule) => {
      const presence = presenceOf(rule);
      return presence.kind === 'series' && presence.windows !== null ? [presence.windows] : [];
    });
    expect(windowed).toHaveLength(RULES.filter((rule) => rule.includes('[')).length);
    for (const rule of windowed) {
      const told = await rig.prometheus.query(narrowedTo(rule, mine));
      expect([rule, told]).toEqual([rule, expect.not.toSatisfy((all) => (all as unknown[]).length === 0)]);
    }
    const thin = presenceOf('sum by (job) (rate(errors_total{code="500"}[500ms] offset 1h)) > 5');
    expect(thin).toMatchObject({ windows: 'sum by (job) (rate((errors_total{}[500ms]))) > bool  5' });
    expect(await rig.prometheus.query((thin as { windows: string }).windows)).toHaveLength(0);
  });

  it('is a counter that counts, also before it has counted the outcome that the rule is about', async () => {
    const mine = { job: 'fleet', instance: rig.instance };
    for (const rule of [
      'sum by (job, instance) (rate(requests_total{code=~"5.."}[1m])) / sum by (job, instance) (rate(requests_total[1m])) > 0.5',
      'sum by (job, instance) (increase(requests_total{job="fleet",grpc_code!="OK",}[1m])) > 5',
    ])
      expect([rule, await answers(rule, mine)]).toEqual([rule, 1]);
    // What is no outcome, and what is no counter, must be there.
    expect(await answers('sum by (job) (rate(requests_total{handler="/pay"}[1m])) > 5')).toBe(0);
    expect(await answers('requests_total{code="500"} > 5')).toBe(0);
    expect(presenceOf('rate(a{code="500"}[1m]) > 5')).toMatchObject({ counts: true });
    expect(presenceOf('rate(a{code="500"}[1m]) / b > 5')).toMatchObject({ counts: false });
  });

  it('answers nothing once the series are gone, at once, also where a rule looks back in time', async () => {
    rig.expose('');
    await until(async () => (await rig.prometheus.query('process_resident_memory_bytes')).length === 0, {
      what: 'the series to go',
      ms: 10_000,
    });
    for (const rule of RULES)
      expect([rule, await answers(rule, { job: 'fleet', instance: rig.instance })]).toEqual([rule, 0]);
    expect(await answers('up == 0', { job: 'fleet', instance: rig.instance })).toBe(1);
  });

  it('is nothing for a rule that asks whether series are absent', () => {
    for (const rule of ['absent(up{job="a"})', 'absent_over_time(up[5m])', 'absent(a) or absent(b)'])
      expect(presenceOf(rule).kind).toBe('groundless');
  });

  it('cannot be told from what is not PromQL', () => {
    for (const text of ['up{', 'a if b', 'WITH (x = 1) x', '', 'a >'])
      expect(presenceOf(text).kind).toBe('unreadable');
  });
});

describe('narrowing', () => {
  it('takes every value to the letter', async () => {
    for (const value of ['$1', '"', '\\', '\n', '.*', ['$', '{x}'].join(''), '`', "'"]) {
      const one = `label_replace(vector(1), "x", ${JSON.stringify(value.replaceAll('$', '$$$$'))}, "", "")`;
      expect(await rig.prometheus.query(narrowedTo(one, { x: value }))).toHaveLength(1);
      expect(await rig.prometheus.query(narrowedTo(one, { x: `${value}y` }))).toHaveLength(0);
    }
  });

  it('by a name with a dot is refused in words by a Prometheus that knows none, and answered by any other', async () => {
    const asked = rig.prometheus.query(narrowedTo('vector(1)', { 'service.name': 'x' }));
    const answer = await asked.catch((error: unknown) => error);
    if (answer instanceof Error) expect(answer).toBeInstanceOf(PrometheusError);
    else expect(answer).toEqual([]);
  });

  it('goes by the labels that the series have, not by those that the rule writes', () => {
    const labels = { alertname: 'A', instance: 'web-1', 'service.name': 'y', severity: 'page', room: 'x' };
    const rule = {
      labels: {
        severity: 'page',
        room: '{{ $labels.zone }}',
        'service.name': '{{ index $labels "service.name" }}',
        instance: '{{ $labels.instance }}',
      },
    };
    expect(seriesLabels(labels, rule)).toEqual({ instance: 'web-1', 'service.name': 'y' });
  });
});
