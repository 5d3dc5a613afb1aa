import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recorded } from '../../../../../src/adapters/collectors/prometheus/rules/outcomes.ts';
import { readExpression } from '../../../../../src/adapters/collectors/prometheus/rules/reading.ts';
import { expression } from './expressions.ts';

function read(text: string, recorded: Readonly<Record<string, Recorded>> = {}) {
  return readExpression(text, {
    recorded: new Map(Object.entries(recorded).map(([name, one]) => [name, [one]])),
    labelsOf: () => ['instance', 'job'],
  });
}

const first = (text: string, recorded: Readonly<Record<string, Recorded>> = {}) => {
  const [one] = read(text, recorded);
  if (one === undefined) throw new Error(`${text} was not read`);
  return one;
};

describe('where a rule fires is read with its arithmetic done and its direction right', () => {
  it.each([
    ['up == 0', 'up', '==', 0, 'number'],
    ['0 == up', 'up', '==', 0, 'number'],
    ['5 < a', 'a', '>', 5, 'number'],
    ['a_bytes > 20*1024*1024*1024', 'a_bytes', '>', 21_474_836_480, 'bytes'],
    [
      'cert_expiry_timestamp_seconds - time() < 86400 * 14',
      'cert_expiry_timestamp_seconds - time()',
      '<',
      1_209_600,
      'seconds',
    ],
    ['a_bytes / b_bytes < 0.1', 'a_bytes / b_bytes', '<', 0.1, 'ratio'],
    ['a_bytes / b_bytes * 100 < 10', 'a_bytes / b_bytes * 100', '<', 10, 'number'],
    ['(x > bool 5) == 1', 'x', '>', 5, 'number'],
    ['10 < x < 20', 'x', '<', 20, 'number'],
    ['max_over_time(y{reason="Bad", job="z"}[5m]) >= 1', 'max_over_time(y{reason="Bad"})', '>=', 1, 'number'],
    [
      'predict_linear(free_bytes{fstype!="tmpfs"}[6h], 24*3600) < 0',
      'predict_linear(free_bytes, 24*3600)',
      '<',
      0,
      'bytes',
    ],
    [
      'histogram_quantile(0.99, sum by (le) (rate(t_seconds_bucket[5m]))) > 0.5',
      'histogram_quantile(0.99, sum by (le) (rate(t_seconds_bucket)))',
      '>',
      0.5,
      'seconds',
    ],
  ] as const)('%s', (text, measured, is, value, unit) => {
    expect(first(text)).toMatchObject({ text: measured, fires: { kind: 'limit', is, value }, unit });
  });

  it.each([
    ['absent(up{job="api"})', 'absent'],
    ['absent(up{job="api"} == 1)', 'absent'],
    ['absent(up) == 1', 'absent'],
    ['absent_over_time(up[5m])', 'absent'],
    ['vector(1)', 'always'],
    ['1 > 0', 'always'],
    ['some_alarm', 'present'],
    ['some_alarm unless on () other == 1', 'present'],
  ])('%s fires by %s', (text, kind) => {
    expect(first(text).fires.kind).toBe(kind);
  });

  it('a limit may be another metric, on either side', () => {
    expect(first('a > b * 0.8').fires).toEqual({ kind: 'other', is: '>', text: 'b * 0.8' });
    expect(first('time() > due_seconds').fires).toEqual({ kind: 'other', is: '<', text: 'time()' });
  });

  it('each side of an `or` fires by itself, and a constant that stands in for nothing does not', () => {
    expect(read('a > 5 or b < 3').map(({ text }) => text)).toEqual(['a', 'b']);
    expect(read('(sum(a) or vector(0)) > 5').map(({ text }) => text)).toEqual(['sum(a) or vector(0)']);
  });

  it('what stands beside an `and` or an `unless` is a condition, and is what fires where only it compares', () => {
    expect(first('a > 5 and on (x) b == 0')).toMatchObject({ text: 'a', also: ['and b == 0'] });
    expect(first('a > 5 unless c')).toMatchObject({ text: 'a', also: ['unless c'] });
    expect(first('a and b > 2')).toMatchObject({ text: 'b', fires: { kind: 'limit', is: '>', value: 2 } });
  });
});

describe('which labels an alert keeps', () => {
  const labels = (text: string, recorded: Readonly<Record<string, Recorded>> = {}) => {
    const { has, gone, open } = first(text, recorded).carried;
    return { has: [...has.keys()].sort(), gone: [...gone].sort(), open };
  };

  it.each([
    ['up == 0', ['instance', 'job'], true],
    ['sum(a) > 1', [], false],
    ['sum by (pod) (a) > 1', ['pod'], false],
    ['sum without (instance) (a) > 1', ['job'], true],
    ['topk(3, a) > 1', ['instance', 'job'], true],
    ['count_values("version", a) > 1', ['version'], false],
    ['a * on (pod) group_left (node) b > 1', ['instance', 'job', 'node'], true],
    ['a / on (pod) b > 1', ['pod'], false],
    ['a / ignoring (job) b > 1', ['instance'], true],
    ['a / sum by (pod) (b) > 1', ['pod'], false],
    ['a > scalar(b)', ['instance', 'job'], true],
    ['scalar(a) > 1', [], false],
    ['a and on (pod) b', ['instance', 'job'], true],
    ['label_replace(sum(a), "node", "$1", "x", "(.*)") > 1', ['node'], false],
    ['absent(up{job="api", instance=~"x.*"})', ['job'], false],
    ['absent(up{job="api", job!="b"})', [], false],
    ['histogram_quantile(0.9, sum by (le, pod) (rate(a_bucket[5m]))) > 1', ['pod'], false],
    ['a{pod=""} > 1', ['instance', 'job'], true],
  ] as const)('%s', (text, has, open) => {
    expect(labels(text)).toMatchObject({ has, open });
  });

  it('what an aggregation drops is known, so that somebody can be told to keep it', () => {
    expect(labels('sum by (pod) (a{service="shop"}) > 1').gone).toEqual(['instance', 'job', 'service']);
  });

  it('a matcher that names one value fixes it', () => {
    expect(first('up{job="api"} == 0').carried.has.get('job')).toBe('api');
  });

  it('a recording rule is what it records, with the labels that it adds', () => {
    const recorded = {
      'shop:errors': { expression: 'sum by (job) (rate(errors_total[5m]))', labels: { team: 'a' } },
    };
    const one = first('shop:errors > 3', recorded);
    expect(one.selected.map(({ metric }) => metric)).toEqual(['errors_total']);
    expect([...one.carried.has]).toEqual([
      ['job', null],
      ['team', 'a'],
    ]);
    expect(one.text).toBe('shop:errors');
  });

  it('a recording rule that records itself ends', () => {
    expect(first('a > 1', { a: { expression: 'a + 1', labels: {} } }).text).toBe('a');
  });
});

describe('whatever is written', () => {
  it('reading never throws, and answers nothing where it is no PromQL', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void read(text)));
    fc.assert(fc.property(expression, (text) => void expect(read(text).length).toBeGreaterThan(0)));
    expect(read('sum( > 3')).toEqual([]);
  });

  it('no label is claimed that an aggregation around it drops', () => {
    const names = fc.subarray(['pod', 'job', 'instance', 'node', 'le']);
    fc.assert(
      fc.property(expression, names, (inner, kept) => {
        for (const { carried } of read(`max by (${kept.join(', ')}) (${inner}) > 1`)) {
          expect(carried.open).toBe(false);
          for (const label of carried.has.keys()) expect(kept).toContain(label);
        }
        for (const { carried } of read(`max without (${kept.join(', ')}) (${inner}) > 1`))
          for (const label of kept) expect([...carried.has.keys()]).not.toContain(label);
      }),
    );
  });
});
