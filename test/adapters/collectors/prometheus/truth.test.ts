import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  describeSeries,
  type Track,
} from '../../../../src/adapters/collectors/prometheus/expression/format.ts';
import { keyOf } from '../../../../src/adapters/collectors/prometheus/expression/freshness.ts';
import { narrowed } from '../../../../src/adapters/collectors/prometheus/expression/narrow.ts';
import { fold, splitComparison } from '../../../../src/adapters/collectors/prometheus/expression/promql.ts';
import { parse } from '../../../../src/adapters/collectors/prometheus/expression/syntax.ts';
import { observe } from '../../../../src/adapters/collectors/prometheus/observe.ts';
import { type Rig, startRig } from './rig.ts';

// What is said of random histories is asked of a real Prometheus once more, in plain queries.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** The end of the history, on a step of what is evaluated. */
const END = Math.floor((Date.now() - 10 * MINUTE) / (2 * MINUTE)) * 2 * MINUTE;
const CASES = 36;
const signal = () => AbortSignal.timeout(15_000);

type Sample = readonly [number, number];

/** Histories of two hours and a half: levels, outages, ramps, noise, gaps and early ends, by what is drawn. */
const history: fc.Arbitrary<readonly Sample[]> = fc
  .record({
    interval: fc.constantFrom(5, 15, 30, 60),
    shift: fc.integer({ min: 0, max: 14_999 }),
    shape: fc.constantFrom('few', 'levels', 'ramp', 'noise', 'counter'),
    turns: fc.uniqueArray(fc.integer({ min: 1, max: 8900 }), { minLength: 0, maxLength: 5 }),
    gaps: fc.array(fc.integer({ min: 1, max: 8900 }), { maxLength: 2 }),
    end: fc.constantFrom(0, 0, 0, 180, 1200),
    noise: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 40, maxLength: 40 }),
  })
  .map(({ interval, shift, shape, turns, gaps, end, noise }) => {
    const from = END - 150 * MINUTE;
    const count = Math.floor((150 * 60 - end) / interval);
    return Array.from({ length: count }, (_, index): Sample => {
      const at = Math.floor((from + index * interval * SECOND + shift) / 100) * 100;
      const second = (at - from) / SECOND;
      const state = turns.filter((turn) => turn <= second).length % 2;
      const wobble = (noise[index % noise.length] ?? 0) / 100;
      const value = {
        few: state,
        levels: (state === 0 ? 20 : 90) + wobble,
        ramp: 100 + second / 10 + wobble,
        noise: 10 * wobble,
        counter: index * (state + 1),
      }[shape];
      return [at, value];
    }).filter(([at]) => at <= END && !gaps.some((gap) => Math.abs((at - from) / SECOND - gap) < 200));
  });

const histories = fc.sample(history, { numRuns: CASES, seed: 7 });

function openMetrics(): string {
  const lines = (name: string, kind: string, samples: (index: number) => readonly Sample[]) => [
    `# TYPE ${name} ${kind}`,
    ...histories.flatMap((_, index) => {
      const labels = `{case="${index}",half="${index % 2}",job="j${index % 3}",instance="i${index % 4}"}`;
      return samples(index).map(([at, value]) => `${name}${labels} ${value} ${at / SECOND}`);
    }),
  ];
  const other = (index: number) => (histories[index] ?? []).filter((_, place) => place % 2 === 0);
  return [
    ...lines('m', 'gauge', (index) => histories[index] ?? []),
    ...lines('n', 'gauge', (index) => other(index).map(([at, value]) => [at, value + 1] as const)),
    '# EOF\n',
  ].join('\n');
}

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('groups: []', openMetrics());
}, 60_000);
afterAll(() => rig?.stop());

type Row = { readonly labels: Readonly<Record<string, string>>; readonly value: number };
const ask = (expression: string, at = END): Promise<readonly Row[]> =>
  rig.prometheus.query(expression, signal(), at);

/** What a plain query answers for the series; undefined where it answers nothing for it. */
async function plainly(expression: string, labels: Track['labels'], at = END): Promise<number | undefined> {
  const { __name__: _, ...own } = labels;
  return (await ask(expression, at)).find((row) => {
    const { __name__: _name, ...others } = row.labels;
    return keyOf(others) === keyOf(own);
  })?.value;
}

const timeOf = (clock: string) => {
  const day = new Date(END).toISOString().slice(0, 11);
  const at = Date.parse(`${day}${clock}`);
  return at > END + MINUTE ? at - 24 * 60 * MINUTE : at;
};
const near = (a: number | undefined, said: string) => {
  const value = Number(said);
  expect(a === undefined || Math.abs(a - value) <= Math.max(0.006 * Math.abs(value), 0.006)).toBe(true);
  expect(a).toBeDefined();
};

async function checkExtremes(line: string, expression: string, track: Track, range: string): Promise<void> {
  const [, now, since, then, min, mean, max] =
    /^(?:now (\S+)|no data since (\S+), then (\S+)), min (\S+), mean (\S+), max (\S+)$/.exec(line) ?? [];
  expect(min, line).toBeDefined();
  if (now !== undefined) near(await plainly(expression, track.labels), now);
  if (since !== undefined && then !== undefined) {
    expect(new Date(track.ended ?? 0).toISOString().slice(11, 20)).toBe(since.replace('Z', '.'));
    near(await plainly(expression, track.labels, track.ended ?? 0), then);
  }
  // What only repeats an old sample is left out of the figures, so that a plain query differs there.
  if (now === undefined && !track.sampled) return;
  near(await plainly(`min_over_time(${range})`, track.labels), min ?? '');
  near(await plainly(`avg_over_time(${range})`, track.labels), mean ?? '');
  near(await plainly(`max_over_time(${range})`, track.labels), max ?? '');
}

/** Every change that is told was there: the one value before it, the other after. */
async function checkChanges(lines: readonly string[], expression: string, track: Track): Promise<number> {
  const said = lines.flatMap((line) => {
    const [, from, to, first, second] =
      /^changed (\S+) -> (\S+) (?:at|between) (\S+?Z)(?: and (\S+))?$/.exec(line) ?? [];
    return from === undefined || to === undefined || first === undefined ? [] : [{ from, to, first, second }];
  });
  for (const { from, to, first, second } of said) {
    const after = timeOf(second ?? first) + 999;
    const before = second === undefined ? timeOf(first) - 1600 : timeOf(first);
    near(await plainly(expression, track.labels, after), to);
    // Where a sample was missing, a plain query may know nothing just before.
    const earlier = await plainly(expression, track.labels, before);
    if (earlier !== undefined) near(earlier, from);
  }
  return said.length;
}

describe('what is said of a plain metric is what a plain query answers', () => {
  it.each(histories.map((_, index) => index))('case %i', async (index) => {
    const expression = `m{case="${index}"}`;
    const { tracks } = await observe(rig.prometheus, expression, END, signal());
    const within = (histories[index] ?? []).filter(([at]) => at >= END - 120 * MINUTE);
    const [track] = tracks;
    if (track === undefined) return expect(within).toEqual([]);
    expect(track.points).toEqual(within);
    const lines = describeSeries(track, 'number', END - 30 * MINUTE);
    await checkExtremes(lines[0] ?? '', expression, track, `${expression}[120m]`);
    await checkChanges(lines, expression, track);
    const clocks = new Map(within.map(([at], place) => [new Date(at).toISOString().slice(11, 19), place]));
    for (const [, direction, clock = ''] of lines.join('\n').matchAll(/(rose|fell) at (\S+?)Z/g)) {
      const place = clocks.get(clock) ?? -1;
      const [before, after] = [within[place - 1]?.[1] ?? 0, within[place]?.[1] ?? 0];
      expect(after > before ? 'rose' : 'fell').toBe(direction);
    }
    const [, earlier = '', later = ''] =
      /mean before the alert (\S+), since then (\S+)/.exec(lines.join('\n')) ?? [];
    if (earlier !== '') {
      near(await plainly(`avg_over_time(${expression}[5399999ms] offset 1800001ms)`, track.labels), earlier);
      near(await plainly(`avg_over_time(${expression}[30m])`, track.labels), later);
    }
    const last = within.at(-1)?.[0] ?? 0;
    if (END - last >= 3 * MINUTE) expect(lines[0]).toMatch(/^no data since/);
  });
});

const selectors = fc
  .tuple(fc.constantFrom('m', 'n'), fc.nat(CASES - 1))
  .map(([name, index]) => `${name}{case="${index}"}`);
const measured = fc.oneof(
  selectors.map((one) => `sum(${one})`),
  selectors.map((one) => `${one} * 2 - 1`),
  selectors.map((one) => `max by (job, instance) (${one})`),
  selectors.map((one) => `(${one} > bool 50)`),
  selectors.map((one) => `rate(${one}[5m])`),
  selectors.map((one) => `avg_over_time(${one}[3m])`),
  selectors.map((one) => `clamp_max(${one}, 21)`),
  selectors.map((one) => `${one} + on (case) ${one.replace('m{', 'n{')}`),
  selectors.map((one) => `count(${one} > 10) or vector(0)`),
  selectors.map((one) => `-${one}`),
);

describe('what is said of an expression is what a plain query answers', () => {
  it('whatever it is, at the times that are told', { timeout: 120_000 }, async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(measured, async (expression) => {
        const { tracks, window } = await observe(rig.prometheus, expression, END, signal());
        for (const track of tracks.slice(0, 2)) {
          const lines = describeSeries(track, 'number', null);
          if (lines[0] === 'no data') continue;
          const range = `(${expression})[${window.to - window.from}ms:${window.step}ms]`;
          await checkExtremes(lines[0] ?? '', expression, track, range);
          told += await checkChanges(lines, expression, track);
        }
      }),
      { numRuns: 60, seed: 19 },
    );
    expect(told).toBeGreaterThan(10);
  });

  it('and its constants are worth what Prometheus makes of them', async () => {
    const number = fc.constantFrom(
      '2',
      '3.5',
      '1e3',
      '0x1F',
      '-4',
      '(7)',
      '1h',
      '90s',
      '-(2)',
      '0.5',
      'Inf',
      '010',
    );
    const operator = fc.constantFrom('+', '-', '*', '/', '%', '^', '== bool', '> bool');
    const constant = fc
      .tuple(number, fc.array(fc.tuple(operator, number), { minLength: 1, maxLength: 4 }))
      // Durations are numbers only since Prometheus 2.54.
      .map(([first, rest]) => [first, ...rest.flat()].join(' '))
      .filter((text) => !/\d[hs]/.test(text))
      // Two libraries' powers differ in the last bit, which is all that a remainder of a large one is made of.
      .filter((text) => !(text.includes('^') && text.includes('%')));
    await fc.assert(
      fc.asyncProperty(constant, async (text) => {
        const root = parse(text);
        const [answer] = await ask(text);
        const mine = root === null ? null : fold(root);
        if (Number.isNaN(answer?.value)) expect(mine).toBeNaN();
        else if (answer?.value !== mine) expect((mine ?? 0) / (answer?.value ?? 1)).toBeCloseTo(1, 9);
      }),
      { numRuns: 200 },
    );
  });
});

const plain = fc.constantFrom('m', 'n', 'm{half="1"}', 'n{job!="j0"}', '{__name__="m",half="0"}');
const matching = fc.constantFrom('', 'on (case)', 'on (job, case)', 'ignoring (half)');
const grouping = fc.constantFrom('by (job)', 'by (job, instance)', 'without (case)', 'by (case, half)', '');
const { expression: anyExpression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain,
    fc
      .tuple(fc.constantFrom('sum', 'max', 'count', 'avg', 'topk', 'quantile'), grouping, tie('expression'))
      .map(
        ([op, by, of]) => `${op} ${by} (${op === 'topk' ? '3, ' : op === 'quantile' ? '0.5, ' : ''}${of})`,
      ),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('and', 'or', 'unless', '+', '>', '/'),
        matching,
        tie('expression'),
      )
      .map(([a, op, on, b]) => `(${a}) ${op} ${on} (${b})`),
    fc.tuple(plain, plain).map(([a, b]) => `${a} * on (job, case) group_left (half) ${b}`),
    fc.tuple(plain, plain).map(([a, b]) => `${a} - on (job) group_left () sum by (job) (${b})`),
    plain.map((one) => `max_over_time(${one}[5m]) > 20`),
    plain.map((one) => `avg_over_time((${one} > 20)[10m:1m]) offset 10m`.replace(') offset', ')')),
    plain.map((one) => `${one} offset 20m`),
    tie('expression').map((of) => `(${of}) > 5`),
    tie('expression').map((of) => `label_replace(${of}, "half", "$1", "job", "(.*)")`),
    tie('expression').map((of) => `absent(${of})`),
    tie('expression').map((of) => `1 - abs(${of})`),
  ),
}));

describe('an expression for the series of one alert', () => {
  it('answers what the whole answers for it, to the letter', { timeout: 120_000 }, async () => {
    const seen = { narrowed: 0, whole: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(anyExpression, fc.nat(), async (expression, choice) => {
        const answers = await ask(expression, END - 20 * MINUTE).catch(() => null);
        if (answers === null) {
          seen.refused += 1;
          return;
        }
        const one = answers[choice % Math.max(1, answers.length)];
        const { __name__: _, ...labels } = one?.labels ?? {};
        const query = narrowed(expression, Object.entries(labels));
        if (one === undefined || query === null) {
          seen.whole += 1;
          return;
        }
        seen.narrowed += 1;
        const isMine = (row: Row) =>
          Object.entries(labels).every(([name, value]) => row.labels[name] === value);
        const lines = (rows: readonly Row[]) =>
          rows
            .filter(isMine)
            .map((row) => `${keyOf(row.labels)} ${row.value.toPrecision(9)}`)
            .sort();
        expect(lines(await ask(query, END - 20 * MINUTE))).toEqual(lines(answers));
      }),
      { numRuns: 400 },
    );
    expect(seen.narrowed).toBeGreaterThan(50);
  });

  it('without its comparison answers as much at least, and the same where it holds', async () => {
    const limit = fc.constantFrom('> 20', '<= 5 * 4', '== 1', '!= 0', '< -(3)');
    await fc.assert(
      fc.asyncProperty(anyExpression, limit, fc.boolean(), async (inner, comparison, reversed) => {
        const [op = '', ...constant] = comparison.split(' ');
        const mirrored = { '>': '<', '<=': '>=', '<': '>' }[op] ?? op;
        const whole = reversed ? `${constant.join(' ')} ${mirrored} (${inner})` : `(${inner}) ${comparison}`;
        const split = splitComparison(whole);
        const answers = await ask(whole).catch(() => null);
        if (answers === null || split.comparison === null || split.condition !== null) return;
        const again = await ask(`(${split.metric}) ${split.comparison}`);
        const lines = (rows: readonly Row[]) => rows.map((row) => `${keyOf(row.labels)} ${row.value}`).sort();
        expect(lines(again)).toEqual(lines(answers));
      }),
      { numRuns: 100 },
    );
  });
});
