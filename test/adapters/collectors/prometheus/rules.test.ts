import { describe, expect, it } from 'vitest';
import {
  reads,
  selectorsOf,
  splitComparison,
} from '../../../../src/adapters/collectors/prometheus/expression/promql.ts';
import { parse } from '../../../../src/adapters/collectors/prometheus/expression/syntax.ts';
import { unitOf } from '../../../../src/adapters/collectors/prometheus/expression/unit.ts';
import { thresholdOf } from '../../../../src/evidence/threshold.ts';
import { RULES } from './rules.ts';

describe('an alert rule as people write it', () => {
  it.each(RULES)('is read: %s', (expression, names) => {
    expect(reads(expression)).toEqual(names);
    expect(selectorsOf(expression)).not.toBeNull();
    expect(unitOf(expression)).toBeTypeOf('string');
    const { metric, comparison } = splitComparison(expression);
    expect(parse(metric)).not.toBeNull();
    if (comparison !== null) expect(comparison).not.toMatch(/NaN/);
  });

  it('nearly always shows its metric and its limit', () => {
    const limits = RULES.filter(
      ([expression]) => thresholdOf(splitComparison(expression).comparison) !== null,
    );
    expect(limits.length / RULES.length).toBeGreaterThan(0.8);
  });

  it.each([
    ['process_resident_memory_bytes > 20*1024*1024*1024', '>', 21_474_836_480],
    ['0.05 < sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', '>', 0.05],
    ['1 - (sum(rate(slo_good_total[1h])) / sum(rate(slo_total[1h]))) > 14.4 * (1 - 0.999)', '>', 0.0144],
  ])('has the limit that its arithmetic makes: %s', (expression, is, value) => {
    const limit = thresholdOf(splitComparison(expression).comparison);
    expect(limit?.is).toBe(is);
    expect(limit?.value).toBeCloseTo(value, 9);
  });
});
