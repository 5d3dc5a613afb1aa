import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowedTo } from '../../../../src/adapters/collectors/prometheus/alert/alert-series.ts';
import { literalPattern, quoted, selector } from '../../../../src/adapters/collectors/prometheus/client.ts';
import { lookBackOf } from '../../../../src/adapters/collectors/prometheus/expression/look-back.ts';
import {
  reads,
  selectorIn,
  selectorsOf,
  splitComparison,
} from '../../../../src/adapters/collectors/prometheus/expression/promql.ts';
import { parse } from '../../../../src/adapters/collectors/prometheus/expression/syntax.ts';

describe('the comparison of an alert expression comes off only where it is last and outermost', () => {
  it.each([
    ['up == 0', 'up', '== 0'],
    ['up{job="a > 1"} == 0', 'up{job="a > 1"}', '== 0'],
    ['a / b > 0.9', 'a / b', '> 0.9'],
    ['a + b > 3 * 1024 * 1024', 'a + b', '> 3145728'],
    ['a_bytes > 20*1024*1024*1024', 'a_bytes', '> 21474836480'],
    ['x > 0.8 * 100', 'x', '> 80'],
    ['x >= 1e9', 'x', '>= 1000000000'],
    ['0.1 > x', 'x', '< 0.1'],
    ['(1 + 1) <= (x)', 'x', '>= 2'],
    ['x < -(2 ^ 3)', 'x', '< -8'],
    ['x == 7 % 4', 'x', '== 3'],
    ['time() - x > 2h', 'time() - x', '> 7200'],
    ['x != 0x1F', 'x', '!= 31'],
    ['a - b offset 5m > 1', 'a - b offset 5m', '> 1'],
    ['rate(a[5m] offset 1d) > 1', 'rate(a[5m] offset 1d)', '> 1'],
    ['a @ start() == 0', 'a @ start()', '== 0'],
    ['(process_resident_memory_bytes > 200e6)', 'process_resident_memory_bytes', '> 200000000'],
    [
      'sum by (service) (rate(errors_total[5m])) > -1.5e3',
      'sum by (service) (rate(errors_total[5m]))',
      '> -1500',
    ],
    ['x < +Inf', 'x', '< +Inf'],
    ['a > 1 < 5', 'a', '> 1 < 5'],
    ['up == 0 # it is down', 'up', '== 0'],
  ])('%s', (expression, metric, comparison) => {
    expect(splitComparison(expression)).toEqual({ metric, comparison, condition: null });
  });

  it.each([
    'a > 1 or b > 2',
    'a and b > 2',
    'a > bool 1',
    'a > b',
    'a > on (x) group_left b',
    'max_over_time((a > 1)[5m:1m])',
    'absent(up)',
    'count(up == 0) by (job)',
    '(a > 1) * 2',
    'a ! 1',
    '"unclosed > 1',
  ])('and is left alone in: %s', (expression) => {
    expect(splitComparison(expression)).toEqual({ metric: expression, comparison: null, condition: null });
  });
});

it.each([
  ['a > 1 and b > 2', 'a', '> 1', 'and b > 2'],
  ['(a > 1) unless on (instance) b == 1', 'a', '> 1', 'unless on (instance) b == 1'],
  ['(a > 1 and on (x)\n  b) and c == 0', 'a', '> 1', 'and on (x) b and c == 0'],
])('what else must hold is kept beside the comparison: %s', (expression, metric, comparison, condition) => {
  expect(splitComparison(expression)).toEqual({ metric, comparison, condition });
});

describe('the metrics that an expression reads', () => {
  it.each([
    ['up == 0', ['up']],
    ['{__name__="up"} offset 1h', ['up']],
    ['{__name__=~"a|b", job="x"}', ['a', 'b']],
    ['{__name__=~"node_.*"}', ['node_.*']],
    ['{"my.metric", job="x"} > 1', ['my.metric']],
    ['{job="x"}', ['{job="x"}']],
    ['a > 1 and on (i) b unless c or max_over_time(d[1h:1m] offset 1d) @ 5', ['a', 'b', 'c', 'd']],
    ['absent(job:x:sum) or vector(1)', ['job:x:sum']],
    ['sum by (a, b) (count) / on (c) group_left (d) sum(rate(by[5m]))', ['by', 'count']],
    ['x{a="up", b=\'} or up{\'}', ['x']],
    ['holt_winters(a[1h], 0.5, 0.5)', ['a']],
    ['up ~ ?', []],
  ])('%s', (expression, names) => expect(reads(expression)).toEqual(names));

  it('are found without a throw, whatever the text', () => {
    const parts = fc.constantFrom(
      ...'up a{ } ( ) [5m] > == and " \' ` , offset @ by sum -1 0x {{ # \n \\'.split(' '),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(parts).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, (expression) => {
        reads(expression);
        selectorsOf(expression);
        expect(splitComparison(expression).metric).toBeTypeOf('string');
      }),
    );
    expect(reads(`${'('.repeat(5000)}up${')'.repeat(5000)}`)).toEqual([]);
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
    ['a - b offset 5m', ['a']],
    ['avg_over_time(a[5m:1m] offset 1h) + b', ['b']],
    ['max(avg_over_time(job:x:rate1m[5m:1m])) without (b)', ['job:x:rate1m']],
    ['time() - node_boot_time_seconds > 1h30m', ['node_boot_time_seconds']],
    ['vector(1)', []],
  ])('%s', (expression, selectors) => expect(selectorsOf(expression)).toEqual(selectors));

  it('are unknown where the expression is not understood', () => expect(selectorsOf('up ~ ?')).toBeNull());

  it('tell a plain selector from the rest', () => {
    expect(selectorIn(' (up{job="x) "}) # so')).toBe('up{job="x) "}');
    for (const other of ['rate(up[5m])', 'up offset 5m', 'up + up', 'up ~ ?'])
      expect(selectorIn(other)).toBeNull();
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

  it('stand beside names in quotes, where those are no classic ones', () => {
    const written = selector({ 'app.kubernetes.io/name': 'x', job: 'y', 'a"b': 'z', '': 'nobody' }, 'up');
    expect(written).toBe('up{"app.kubernetes.io/name"="x",job="y","a\\"b"="z"}');
    expect(selectorsOf(written)).toEqual([written]);
    const both = narrowedTo('up == 0', { 'service.name': 'x', job: 'y' });
    expect(both).toContain('and on ("service.name",job)');
    expect(parse(both)).not.toBeNull();
  });
});

describe('how far back an expression reads', () => {
  it.each([
    ['up == 0', 0],
    ['max_over_time(a{reason="[9h]"}[5m]) >= 1', 300],
    ['rate(a[1h30m]) > 1 and changes(b[10m]) == 0', 5_400],
    ['a - a offset 10m >= 1', 600],
    ['increase(a[5m] offset 1m) > 0', 360],
    ['max_over_time(rate(a[5m])[30m:1m]) > 1', 2_100],
    ['sum by (x) (rate(a[300])) > 1', 300],
    ['a offset -5m > 1', 0],
    ['a @ 1700000000 > 1', 0],
    ['no promql at all', 0],
    // Of the two windows of a burn rate the short one ends the alert; what is told beside a rate says nothing of when that is over.
    ['rate(errors[1h]) > 0.1 and rate(errors[5m]) > 0.1', 300],
    ['slo:errors:rate1h > 0.1 and on (job) slo:errors:rate5m > 0.1', 300],
    ['rate(errors[5m]) > 0.1 and up == 1', 300],
    ['rate(errors[5m]) > 0.1 and rate(requests[1m]) > 1', 300],
    ['rate(errors[5m]) > 0.1 unless max_over_time(maintenance[1h]) == 1', 300],
    ['rate(errors[5m]) > 0.1 or rate(errors[1h]) > 0.01', 3600],
    ['job:http_errors:sum_rate5m / job:http_requests:sum_rate5m > 0.1', 300],
    ['node_md_disks:count > 1', 0],
  ])('%s', (expression, seconds) => expect(lookBackOf(expression)).toBe(seconds * 1000));
});
