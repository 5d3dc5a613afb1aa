import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.ts';
import { type Chart, chartAgain, chartOf, isAbout } from '../../src/evidence/chart.ts';
import type { Evidence, EvidenceData, Series } from '../../src/evidence/evidence.ts';
import { isBeyond, thresholdOf } from '../../src/evidence/threshold.ts';
import { alertOf } from './samples.ts';

const NOON = Date.parse('2026-11-03T12:00:00Z');
const MINUTE = 60_000;
const hot = (more: Partial<Alert> = {}): Alert =>
  alertOf({ name: 'TooHot', labels: {}, startsAt: NOON, ...more });
const alerts = [hot()];

type Points = Series['points'];

/** A point every `step` milliseconds, as the function has it. */
function points(from: number, to: number, step: number, value: (at: number) => number): Points {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => {
    const at = from + index * step;
    return [at, value(at)] as const;
  });
}

function evidenceOf(
  series: readonly Series[],
  more: Partial<Extract<EvidenceData, { type: 'series' }>> = {},
  change: Partial<Evidence> = {},
): Evidence {
  const to = NOON + MINUTE;
  return {
    id: 'E2',
    kind: 'metric',
    title: 'Metric of TooHot',
    source: 'prometheus',
    query: 'temperature{room="hall"}',
    window: { from: to - 120 * MINUTE, to },
    observedAt: to,
    text: '',
    data: { type: 'series', series, threshold: '> 50', unit: 'number', ...more },
    link: 'http://prometheus.example.com/graph',
    environment: 'production',
    witness: 'fleet/hall',
    status: 'ok',
    hash: '',
    ...change,
  };
}

const rising = (labels: Record<string, string> = {}, top = 60): Series => ({
  labels,
  points: points(NOON - 120 * MINUTE, NOON + MINUTE, 30_000, (at) => (at < NOON - MINUTE ? 20 : top)),
});

function drawn(series: readonly Series[], more: Parameters<typeof evidenceOf>[1] = {}): Chart {
  const chart = chartOf([evidenceOf(series, more)], alerts);
  if (chart === null) throw new Error('there is nothing to draw');
  return chart;
}

describe('the picture that evidence holds', () => {
  it('is of the metric behind the alert, with its threshold, its unit and the moment of the alert', () => {
    expect(drawn([rising()], { unit: 'bytes' })).toMatchObject({
      title: 'TooHot',
      query: 'temperature{room="hall"}',
      unit: 'bytes',
      threshold: { is: '>', value: 50 },
      marks: [{ at: NOON, what: 'alert' }],
      link: 'http://prometheus.example.com/graph',
    });
  });

  it('shows a quarter of an hour before the alert, and longer where the alert is older than that', () => {
    expect(drawn([rising()]).window).toEqual({ from: NOON - 15 * MINUTE, to: NOON + MINUTE });
    const old = chartOf([evidenceOf([rising()])], [hot({ startsAt: NOON - 39 * MINUTE })]);
    expect(old?.window).toEqual({ from: NOON - 79 * MINUTE, to: NOON + MINUTE });
  });

  it('begins where the measuring began', () => {
    const young = { labels: {}, points: points(NOON - 2 * MINUTE, NOON + MINUTE, 1000, () => 60) };
    expect(drawn([young]).window.from).toBe(NOON - 2 * MINUTE);
  });

  it('of a metric that came with the outage shows that nothing was known before', () => {
    const { window, lines } = drawn([{ labels: {}, points: [[NOON, 60]] }]);
    expect([window, lines]).toEqual([
      { from: NOON - MINUTE, to: NOON + MINUTE },
      [{ name: '', points: [[NOON, 60]] }],
    ]);
  });

  it('shows the three worst series, the worst first, and counts the rest', () => {
    const rooms = ['a', 'b', 'c', 'd', 'e'].map((room, index) => rising({ room, job: 'fleet' }, 51 + index));
    const chart = drawn(rooms);
    expect(chart.lines.map(({ name }) => name)).toEqual(['e', 'd', 'c']);
    expect(chart.more).toBe(2);
  });

  it('is of the alert that fires, then of the most severe, then of the newest, with its own limit and moment', () => {
    const of = (name: string, threshold: string) =>
      evidenceOf([rising()], { threshold }, { title: `Metric of ${name}`, query: name });
    const evidence = [of('Old', '> 10'), of('Down', '== 0'), of('Late', '> 30'), of('Small', '> 40')];
    const at = (name: string, minutes: number, more: Partial<Alert> = {}) =>
      hot({ name, startsAt: NOON - minutes * MINUTE, ...more });
    const all = [
      at('Old', 9, { status: 'resolved', endsAt: NOON }),
      at('Down', 4),
      at('Late', 2),
      at('Small', 1, { severity: 'warning' }),
    ];
    expect(chartOf(evidence, all)).toMatchObject({
      title: 'Late',
      query: 'Late',
      threshold: { is: '>', value: 30 },
      marks: [{ at: NOON - 2 * MINUTE, what: 'alert' }],
    });
    expect(chartOf(evidence.slice(0, 1), all)).toMatchObject({
      title: 'Old',
      marks: [{ at: NOON - 9 * MINUTE }],
    });
    expect(chartOf([of('Foreign', '> 1')], all)).toMatchObject({ title: 'Foreign', marks: [] });
  });

  it('of an earlier alert is no picture of the evidence that is about another', () => {
    const earlier = drawn([rising()]);
    const now = [evidenceOf([rising()], {}, { title: 'Metric of Down', query: 'up' })];
    expect(isAbout(earlier, [evidenceOf([rising()])], alerts)).toBe(true);
    expect(isAbout(earlier, now, [...alerts, hot({ name: 'Down' })])).toBe(false);
  });

  it('of two alerts of one name has the moment of the one whose series it shows', () => {
    const both = [
      hot({ labels: { room: 'attic' }, startsAt: NOON }),
      hot({ labels: { room: 'hall' }, startsAt: NOON - 5 * MINUTE }),
    ];
    const chart = chartOf([evidenceOf([rising({ room: 'hall' })])], both);
    expect(chart?.marks).toEqual([{ at: NOON - 5 * MINUTE, what: 'alert' }]);
  });

  it('never joins what lies on both sides of a gap, however much it is thinned out', () => {
    const gaps = fc.uniqueArray(fc.integer({ min: 10, max: 900 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 4, max: 60 }), (starts, length) => {
        const isMissing = (second: number) => starts.some((from) => second > from && second < from + length);
        const measured = points(NOON - 15 * MINUTE, NOON + MINUTE, 1000, (at) => at % 7).filter(
          ([at]) => !isMissing((at - NOON) / 1000 + 900),
        );
        const [line] = drawn([{ labels: {}, points: measured }]).lines;
        const kept = line?.points ?? [];
        for (const [index, [at]] of kept.entries()) {
          const next = kept[index + 1]?.[0] ?? at;
          const hidden = measured.some(
            ([one], place) => one >= at && one < next && (measured[place + 1]?.[0] ?? one) - one > 2500,
          );
          if (hidden) expect(line?.breaks).toContain(at);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes the closer look where there is one', () => {
    const closeUp = [{ labels: {}, points: points(NOON - 15 * MINUTE, NOON + MINUTE, 4000, () => 55) }];
    expect(drawn([rising()], { closeUp }).lines[0]?.points[0]).toEqual([NOON - 15 * MINUTE, 55]);
  });

  it('is none where nothing was measured, or of nothing but other evidence', () => {
    const nothing: readonly (readonly Series[])[] = [
      [],
      [{ labels: {}, points: [] }],
      [{ labels: {}, points: points(NOON - MINUTE, NOON, 1000, () => Number.NaN) }],
    ];
    for (const series of nothing) expect(chartOf([evidenceOf(series)], alerts)).toBeNull();
    expect(chartOf([evidenceOf([rising()], {}, { title: 'Up of the fleet' })], alerts)).toBeNull();
    expect(chartOf([evidenceOf([rising()], {}, { status: 'failed' })], alerts)).toBeNull();
  });

  it('leaves out values that are no numbers, also as the memory gives them back', () => {
    const value = (at: number) => (at > NOON - 8 * MINUTE && at < NOON - 5 * MINUTE ? Number.NaN : 60);
    const fresh = [{ labels: {}, points: points(NOON - 15 * MINUTE, NOON + MINUTE, 30_000, value) }];
    const stored = JSON.parse(JSON.stringify(fresh)) as readonly Series[];
    const chart = drawn(stored);
    expect(chart).toEqual(drawn(fresh));
    const steps = chart.lines[0]?.points
      .slice(1)
      .map(([at], index) => at - (chart.lines[0]?.points[index]?.[0] ?? 0));
    expect(Math.max(...(steps ?? []))).toBeGreaterThan(chart.gap ?? Number.POSITIVE_INFINITY);
  });

  it('keeps the peaks, the last value and the ends of whatever it thins out', () => {
    const times = fc.uniqueArray(fc.integer({ min: NOON - 15 * MINUTE, max: NOON + MINUTE }), {
      minLength: 2,
      maxLength: 2000,
      size: 'max',
    });
    fc.assert(
      fc.property(times, fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (at, values) => {
        const measured = at
          .toSorted((a, b) => a - b)
          .map((time, index) => [time, values[index % values.length] ?? 0] as const);
        const kept = drawn([{ labels: {}, points: measured }]).lines[0]?.points ?? [];
        const all = measured.map(([, value]) => value);
        const shown = kept.map(([, value]) => value);
        expect(kept.length).toBeLessThanOrEqual(120);
        expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...all), Math.max(...all)]);
        expect(kept.at(-1)).toEqual(measured.at(-1));
        expect(kept.map(([time]) => time)).toEqual(kept.map(([time]) => time).toSorted((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the picture of a recovery', () => {
  it('is of the same metric around the same alert, with what happened since', () => {
    const before = drawn([rising()]);
    const to = NOON + 5 * MINUTE;
    const fresh = [
      { labels: {}, points: points(NOON - 30 * MINUTE, to, 10_000, (at) => (at > NOON ? 20 : 60)) },
    ];
    const marks = [
      { at: NOON + MINUTE, what: 'fix' },
      { at: NOON + 2 * MINUTE, what: 'resolved' },
    ];
    expect(chartAgain(before, fresh, to, { marks, link: null })).toMatchObject({
      title: 'TooHot',
      threshold: { is: '>', value: 50 },
      window: { from: NOON - 15 * MINUTE, to },
      marks: [{ at: NOON, what: 'alert' }, ...marks],
      link: null,
    });
  });

  it('is none where nothing answers any more', () => {
    expect(chartAgain(drawn([rising()]), [], NOON + MINUTE, { marks: [], link: null })).toBeNull();
  });
});

describe('the threshold of an alert', () => {
  it.each([
    ['> 0.9', '>', 0.9],
    ['== 0', '==', 0],
    ['>= 200e6', '>=', 200e6],
    ['< 4194304', '<', 4_194_304],
    ['!= -1', '!=', -1],
  ])('is read from %s', (text, is, value) => {
    expect(thresholdOf(text)).toEqual({ is, value });
  });

  it.each([[null], [''], ['> 5 < 9'], ['> 2 + 3'], ['> NaN'], ['> +Inf'], ['> up'], ['up > 5']])(
    'is not guessed from %s',
    (text) => {
      expect(thresholdOf(text)).toBeNull();
    },
  );

  it.each([
    ['> 5', [4, 5, 6], [false, false, true]],
    ['>= 5', [4, 5, 6], [false, true, true]],
    ['< 5', [4, 5, 6], [true, false, false]],
    ['<= 5', [4, 5, 6], [true, true, false]],
    ['== 5', [4, 5, 6], [false, true, false]],
    ['!= 5', [4, 5, 6], [true, false, true]],
  ])('%s says where the alert fires', (text, values, fires) => {
    const threshold = thresholdOf(text);
    expect(values.map((value) => threshold !== null && isBeyond(value, threshold))).toEqual(fires);
  });
});
