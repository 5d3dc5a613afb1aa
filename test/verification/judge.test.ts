import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/playbooks/manifest.ts';
import { overall, progress, sampleOf } from '../../src/verification/judge.ts';
import type { Sample } from '../../src/verification/outcome.ts';
import type { Reading } from '../../src/verification/reading.ts';

const resolved: Check = { alert: 'resolved' };
const healthy: Check = { probe: 'healthy' };
const memory: Check = { metric: { query: 'memory', is: '<', value: 200 } };
const NOW = 100_000;
const FIX = 90_000;
const judged = (...readings: Reading[]) => overall(sampleOf(readings, FIX, NOW));
const value = (number: number, at = NOW): Reading => ({ check: memory, kind: 'value', value: number, at });

describe('one look at the signals', () => {
  it('is good only when every check is, bad when any is, and otherwise says nothing', () => {
    const well: Reading = { check: resolved, kind: 'alert', firing: false, at: NOW };
    const ill: Reading = { check: healthy, kind: 'probe', healthy: false, detail: '500', at: NOW };
    const gone: Reading = { check: healthy, kind: 'missing', reason: 'nobody answers' };
    expect(judged(well, value(84))).toBe('good');
    expect(judged(well, ill, gone)).toBe('bad');
    expect(judged(well, gone)).toBe('unknown');
  });

  it('takes no answer for health: not a missing one, not an old one, not a number that is none, not none at all', () => {
    expect(judged({ check: memory, kind: 'missing', reason: 'no such series' })).toBe('unknown');
    expect(judged(value(84, FIX - 1))).toBe('unknown');
    expect(judged(value(Number.NaN))).toBe('unknown');
    expect(judged()).toBe('unknown');
    expect(judged({ check: memory, kind: 'probe', healthy: true, detail: '200', at: NOW })).toBe('unknown');
  });

  it.each([
    ['<', 199, 200],
    ['<=', 200, 201],
    ['>', 201, 200],
    ['>=', 200, 199],
    ['==', 200, 201],
    ['!=', 201, 200],
  ] as const)('compares by %s', (is, good, bad) => {
    const check: Check = { metric: { query: 'q', is, value: 200 } };
    expect(judged({ check, kind: 'value', value: good, at: NOW })).toBe('good');
    expect(judged({ check, kind: 'value', value: bad, at: NOW })).toBe('bad');
  });

  it.each([
    [
      'process_resident_memory_bytes{service="shop"}',
      'process_resident_memory_bytes is 3 (it has to be < 200)',
    ],
    ['up', 'up is 3 (it has to be < 200)'],
    ['max_over_time(shop_queue_depth[5m])', 'the query on shop_queue_depth is 3 (it has to be < 200)'],
    [
      'sum by (job_name) (rate(http_requests_total{code=~"5.."}[1m])) / sum(rate(http_requests_total[1m]))',
      'the query on http_requests_total is 3 (it has to be < 200)',
    ],
    ['sum(up) / count(up)', 'the query is 3 (it has to be < 200)'],
  ])(
    'calls by the name of a metric only what is its value, and no figure that is computed: %s',
    (query, words) => {
      const check: Check = { metric: { query, is: '<', value: 200 } };
      const { answers } = sampleOf([{ check, kind: 'value', value: 3, at: NOW }], FIX, NOW);
      expect(answers[0]?.words).toBe(words);
    },
  );
});

describe('a verification', () => {
  const spec = { checks: [memory], within: 60_000, every: 1_000, stable: 3_000 };
  type Answer = 'good' | 'bad' | 'unknown';
  const look = (answer: Answer, at: number): Sample => ({
    at,
    observedAt: at,
    answers: [{ check: memory, answer, words: `it is ${answer}` }],
  });
  /** Looks once a second until there is an outcome. */
  const watch = (answers: readonly Answer[], deadline = 10_000) => {
    let goodSince: number | null = null;
    for (const [second, answer] of answers.entries()) {
      const step = progress(spec, look(answer, second * 1000), { goodSince, deadline });
      goodSince = step.goodSince;
      if (step.outcome !== null) return { ...step.outcome, after: second };
    }
    return null;
  };
  const times = (count: number, answer: Answer) => Array.from({ length: count }, () => answer);

  it('proves recovery once all was good for the whole stability window, without a break', () => {
    expect(watch(times(10, 'good'))).toMatchObject({ kind: 'proven', after: 3 });
    expect(watch(['good', 'good', 'bad', ...times(10, 'good')])).toMatchObject({ kind: 'proven', after: 6 });
    expect(watch(['good', 'good', 'unknown', ...times(10, 'good')])).toMatchObject({
      kind: 'proven',
      after: 6,
    });
  });

  it('refutes at the deadline what a check contradicts, and not before', () => {
    expect(watch(times(20, 'bad'))).toMatchObject({ kind: 'refuted', after: 10, reason: 'it is bad' });
  });

  it('is unproven at the deadline where data is missing, even after a bad look', () => {
    expect(watch(['bad', ...times(20, 'unknown')])).toMatchObject({ kind: 'unproven', after: 10 });
  });

  it('lets a recovery that began in time finish its window', () => {
    expect(watch([...times(9, 'bad'), ...times(5, 'good')])).toMatchObject({ kind: 'proven', after: 12 });
    expect(watch([...times(9, 'bad'), 'good', 'good', 'bad'])).toMatchObject({ kind: 'refuted', after: 11 });
  });

  it('takes one observation, looked at again and again, for no stability', () => {
    const still = { ...look('good', 0), at: 9_000 };
    expect(progress(spec, still, { goodSince: 0, deadline: 10_000 }).outcome).toBeNull();
  });

  it('whatever is seen, never proves without a whole window of good looks, and always ends', () => {
    const answers = fc.array(fc.constantFrom<Answer>('good', 'bad', 'unknown'), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(answers, (seen) => {
        const outcome = watch(seen);
        if (outcome === null) {
          expect(seen.slice(10)).toContain('good');
          return;
        }
        const last = seen.slice(Math.max(0, outcome.after - 3), outcome.after + 1);
        if (outcome.kind === 'proven') expect(last).toEqual(['good', 'good', 'good', 'good']);
        else expect(seen[outcome.after]).toBe(outcome.kind === 'refuted' ? 'bad' : 'unknown');
      }),
    );
  });
});
