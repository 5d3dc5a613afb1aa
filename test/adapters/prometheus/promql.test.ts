import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalPattern, quoted, selector } from '../../../src/adapters/prometheus/client.ts';
import { isSelector, selectorsOf, splitComparison } from '../../../src/adapters/prometheus/promql.ts';

describe('the comparison of an alert expression comes off only where it is last and outermost', () => {
  it.each([
    ['up == 0', 'up', '== 0'],
    ['up{job="a > 1"} == 0', 'up{job="a > 1"}', '== 0'],
    ['a / b > 0.9', 'a / b', '> 0.9'],
    ['a + b > 3 * 1024 * 1024', 'a + b', '> 3 * 1024 * 1024'],
    ['(process_resident_memory_bytes > 200e6)', 'process_resident_memory_bytes', '> 200e6'],
    [
      'sum by (service) (rate(errors_total[5m])) > -1.5e3',
      'sum by (service) (rate(errors_total[5m]))',
      '> -1.5e3',
    ],
    ['x < +Inf', 'x', '< +Inf'],
    ['a > 1 < 5', 'a', '> 1 < 5'],
    ['up == 0 # it is down', 'up', '== 0'],
  ])('%s', (expression, metric, comparison) => {
    expect(splitComparison(expression)).toEqual({ metric, comparison });
  });

  it.each([
    'a > 1 and b > 2',
    'a > 1 unless on (instance) b == 1',
    'a > bool 1',
    'a > b',
    '1 < a',
    'absent(up)',
    'count(up == 0) by (job)',
    '(a > 1) * 2',
    'a ! 1',
    '"unclosed > 1',
  ])('and is left alone in: %s', (expression) => {
    expect(splitComparison(expression)).toEqual({ metric: expression, comparison: null });
  });
});

describe('the selectors that an expression reads now', () => {
  it.each([
    ['up', ['up']],
    ['{__name__="up"}', ['{__name__="up"}']],
    [
      'sum by (job, code) (rate(http_total{code=~"5.."}[10s])) / on (job) group_left sum(rate(http_total[10s]))',
      ['http_total{code=~"5.."}', 'http_total'],
    ],
    ['a - a offset 5m', ['a']],
    ['max(avg_over_time(job:x:rate1m[5m:1m])) without (b)', ['job:x:rate1m']],
    ['time() - node_boot_time_seconds > 1h30m', ['node_boot_time_seconds']],
    ['vector(1)', []],
  ])('%s', (expression, selectors) => expect(selectorsOf(expression)).toEqual(selectors));

  it('are unknown where the expression is not understood', () => expect(selectorsOf('up ~ ?')).toBeNull());

  it('tell a plain selector from the rest', () => {
    expect(isSelector('up{job="x"}')).toBe(true);
    expect(isSelector('rate(up[5m])')).toBe(false);
  });
});

describe('values inside a query', () => {
  it('cannot leave their quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '\n', '}', 'a', '{', "'") }), (value) => {
        const written = selector({ label: value }, 'up');
        expect(selectorsOf(written)).toEqual([written]);
        expect(JSON.parse(quoted(value))).toBe(value);
      }),
    );
  });

  it('match only themselves as a pattern', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(new RegExp(`^(?:${literalPattern(value)})$`).exec(value)?.[0]).toBe(value);
      }),
    );
  });

  it('leave out labels whose names PromQL does not know', () => {
    expect(selector({ 'app.kubernetes.io/name': 'x', job: 'y' }, 'up')).toBe('up{job="y"}');
  });
});
