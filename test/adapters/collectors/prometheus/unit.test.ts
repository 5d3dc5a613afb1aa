import { describe, expect, it } from 'vitest';
import { chartUnitOf, unitOf } from '../../../../src/adapters/collectors/prometheus/expression/unit.ts';

const NOW = 1_790_000_000;
const of = (...values: number[]) => [
  { labels: {}, points: values.map((value, index) => [index, value] as const) },
];

describe('what values count in is read from the expression and the names of its metrics', () => {
  it.each([
    ['process_resident_memory_bytes{job="fleet"}', of(5e8), 'bytes'],
    ['topk(3, x_bytes)', of(4), 'bytes'],
    ['x_bytes - y_bytes', of(4), 'bytes'],
    ['predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600)', of(-4), 'bytes'],
    ['x_bytes or vector(0)', of(4), 'bytes'],
    ['1 < x_bytes', of(4), 'bytes'],
    ['increase(x_bytes_total[1h])', of(4), 'bytes'],
    ['rate(x_bytes_total[5m])', of(4), 'bytes per second'],
    ['8 * rate(x_bytes_total[5m])', of(4), 'bits per second'],
    ['x_bits', of(4), 'bits'],
    ['x_bits_per_second', of(4), 'bits per second'],
    ['job:http_bytes:rate5m', of(4), 'bytes per second'],
    ['count(x_bytes)', of(4), 'number'],
    ['count by (job) (x_bytes > 5)', of(4), 'number'],
    ['absent(x_bytes)', of(1), 'number'],
    ['changes(x_bytes[5m])', of(1), 'number'],
    ['resets(x_bytes_total[5m])', of(1), 'number'],
    ['x_bytes > bool 5', of(1), 'number'],
    ['x_bytes / 1024 / 1024', of(4), 'number'],
    ['sqrt(x_bytes)', of(4), 'number'],
    ['x_bytes_count', of(4), 'number'],
    ['stdvar(x_bytes)', of(4), 'number'],
  ] as const)('bytes and bits: %s', (expression, series, unit) => {
    expect(unitOf(expression, series)).toBe(unit);
  });

  it.each([
    ['a_bytes / b_bytes', of(0, 0.5), 'ratio'],
    ['1 - a_bytes / b_bytes', of(0.4), 'ratio'],
    ['a_bytes / b_bytes', of(1.5), 'number'],
    ['(a_bytes / b_bytes) * 100', of(0.4), 'number'],
    ['sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', of(0, 0.5), 'ratio'],
    ['sum(rate(a_total[5m])) / sum(rate(b_total[5m]))', of(0, 12), 'number'],
    ['cache_hit_ratio', of(0.9), 'ratio'],
    ['sum(cache_hit_ratio)', of(0.9), 'number'],
    ['up', of(0, 1), 'number'],
  ] as const)('parts of a whole: %s', (expression, series, unit) => {
    expect(unitOf(expression, series)).toBe(unit);
  });

  it.each([
    ['request_duration_seconds', of(4), 'seconds'],
    ['process_uptime_seconds', of(NOW), 'seconds'],
    ['node_disk_io_time_seconds_total', of(NOW), 'seconds'],
    ['process_cpu_seconds_total', of(4), 'seconds'],
    ['rate(process_cpu_seconds_total[1m])', of(4), 'number'],
    ['histogram_quantile(0.9, sum by (le) (rate(http_duration_seconds_bucket[5m])))', of(0.2), 'seconds'],
    ['rate(http_duration_seconds_sum[5m]) / rate(http_duration_seconds_count[5m])', of(0.2), 'seconds'],
    ['sum(http_duration_seconds_bucket)', of(4), 'number'],
    ['x_bytes / rate(x_bytes_total[5m])', of(4), 'seconds'],
    ['time() - process_start_time_seconds', of(4), 'seconds'],
    ['probe_ssl_earliest_cert_expiry - time()', of(4), 'seconds'],
    ['(probe_ssl_earliest_cert_expiry - time()) / 86400', of(4), 'number'],
    ['process_start_time_seconds', of(NOW), 'time'],
    ['max(node_boot_time_seconds)', of(NOW), 'time'],
    ['backup_last_success_timestamp_seconds', of(0, NOW), 'time'],
    ['certificate_not_after', of(NOW), 'time'],
    ['process_start_time_seconds', of(12), 'number'],
    ['changes(process_start_time_seconds[1h])', of(4), 'number'],
    ['process_start_time_seconds * 1000', of(NOW), 'number'],
  ] as const)('durations and moments: %s', (expression, series, unit) => {
    expect(unitOf(expression, series)).toBe(unit);
  });

  it('is a plain number where the expression is not understood, and on the axis of a picture for moments', () => {
    expect(unitOf('x_bytes ! 1', of(4))).toBe('number');
    expect(chartUnitOf('process_start_time_seconds', of(NOW))).toBe('number');
    expect(chartUnitOf('rate(x_bytes_total[5m])', of(4))).toBe('bytes per second');
  });
});
