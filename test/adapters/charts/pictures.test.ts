import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createDrawing,
  DrawingFailed,
  type DrawingOptions,
  pngOf,
} from '../../../src/adapters/charts/png.ts';
import { svgOf } from '../../../src/adapters/charts/svg.ts';
import { withPicture } from '../../../src/adapters/sinks/slack/blocks/thread/chart-message.ts';
import { threadMessages } from '../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import { altText } from '../../../src/adapters/sinks/slack/pictures/alt-text.ts';
import type { Chart } from '../../../src/evidence/chart.ts';
import { blockProblems } from '../../kit/slack/validate.ts';
import { odd } from '../../kit/slack-sink/arbitrary.ts';
import { chart, OUTAGE, recovered } from '../../kit/slack-sink/charts.ts';
import { incidentIn, timelineOf } from '../../kit/slack-sink/example.ts';
import { isAlive, until } from '../../kit/stack/process.ts';

function sizeOf(png: Buffer): { readonly width: number; readonly height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

const wordsIn = (svg: string | null) =>
  [...(svg ?? '').matchAll(/<text[^>]*>([^<]*)</g)].map(([, words]) => words);

describe('a picture', () => {
  test('is a PNG twice as large as Slack shows it, and small', async () => {
    const png = await pngOf(svgOf(recovered) ?? '');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(sizeOf(png)).toEqual({ width: 1200, height: 600 });
    expect(png.length).toBeLessThan(80_000);
  });

  test('has its words drawn in it, on a machine without fonts', async () => {
    const svg = svgOf(chart) ?? '';
    const [whole, wordless] = await Promise.all([pngOf(svg), pngOf(svg.replace(/<text.*<\/text>/g, ''))]);
    expect(whole.equals(wordless)).toBe(false);
    expect(whole.length).toBeGreaterThan(wordless.length + 3000);
  });

  test('says what it is about, where the alert fires, and what happened how long after it', () => {
    expect(wordsIn(svgOf(recovered))).toEqual(
      expect.arrayContaining([
        'HighErrorRate',
        'alert above 5 %',
        'alert',
        '−10 min',
        'fix +30 s',
        'resolved +2 min',
      ]),
    );
  });

  test('tells bits from bytes, and either from as many each second', () => {
    const of = (unit: Chart['unit']) =>
      wordsIn(
        svgOf({
          ...chart,
          unit,
          threshold: { is: '>', value: 5e8 },
          lines: chart.lines.map((line) => ({
            ...line,
            points: line.points.map(([at, value]) => [at, value * 1e10] as const),
          })),
        }),
      );
    expect(of('bits')).toContain('alert above 500 Mbit');
    expect(of('bits per second')).toContain('alert above 500 Mbit/s');
    expect(of('bytes per second')).toContain('alert above 500 MB/s');
  });

  test('names its values as people do', () => {
    const ofBytes: Chart = {
      ...chart,
      unit: 'bytes',
      threshold: null,
      lines: [
        {
          name: '',
          points: [
            [OUTAGE - 600_000, 0],
            [OUTAGE, 212e6],
          ],
        },
      ],
    };
    expect(wordsIn(svgOf(ofBytes))).toEqual(expect.arrayContaining(['0 B', '100 MB', '212 MB']));
    const words = wordsIn(
      svgOf({
        ...ofBytes,
        unit: 'seconds',
        lines: [
          {
            name: '',
            points: [
              [OUTAGE - 600_000, 0.25],
              [OUTAGE, 0.1],
            ],
          },
        ],
      }),
    );
    expect(words).toEqual(expect.arrayContaining(['100 ms', '200 ms']));
  });

  test('tells lines apart by their dashes and names, and not by colour alone', () => {
    const lines = ['web-1', 'web-2', 'web-3'].map((name, index) => ({
      name,
      points: (chart.lines[0]?.points ?? []).map(([at, value]) => [at, value / (index + 1)] as const),
    }));
    const svg = svgOf({ ...chart, lines, more: 4 }) ?? '';
    expect(wordsIn(svg)).toEqual(expect.arrayContaining(['web-1', 'web-2', 'web-3', 'and 4 more']));
    const dashes = [
      ...svg.matchAll(
        /stroke="(#69b4ff|#ffbd66|#93e3ac)" stroke-width="6"[^>]*?(?:stroke-dasharray="([^"]*)")?\/>/g,
      ),
    ];
    expect(new Set(dashes.map(([, colour, dash]) => `${colour} ${dash}`)).size).toBe(3);
    expect(new Set(dashes.map(([, , dash]) => dash)).size).toBe(3);
  });

  test('leaves gaps where nothing was measured', () => {
    const points = (chart.lines[0]?.points ?? []).filter(
      ([at]) => at < OUTAGE - 600_000 || at > OUTAGE - 300_000,
    );
    const pieces = (one: Chart) => (svgOf(one) ?? '').match(/<path d="M[^"]*L[^"]*" fill="none"/g)?.length;
    expect(pieces(chart)).toBe(1);
    expect(pieces({ ...chart, lines: [{ name: '', points }] })).toBe(2);
  });

  test('leaves a gap also where the points on both sides of it stand close together', () => {
    const points = chart.lines[0]?.points ?? [];
    const pieces = (one: Chart) => (svgOf(one) ?? '').match(/<path d="M[^"]*L[^"]*" fill="none"/g)?.length;
    const breaks = [points[20]?.[0] ?? 0, points[40]?.[0] ?? 0];
    expect(pieces({ ...chart, lines: [{ name: '', points, breaks }] })).toBe(3);
  });

  test('says nothing of how it was before the alert where that was not measured', () => {
    const points = chart.lines[0]?.points ?? [];
    const from = (ms: number) =>
      altText(
        { ...chart, lines: [{ name: '', points: points.filter(([at]) => at >= OUTAGE - ms) }] },
        'shop',
      );
    expect(from(900_000)).toContain('about 0 % before the alert');
    expect(from(20_000)).not.toContain('before the alert,');
    expect(from(20_000)).not.toContain('about');
  });

  test('does not count the time of a gap as time in which the alert fired', () => {
    const points = [0, 10, 20, 30].map((second) => [OUTAGE + (second - 30) * 1000, 0.07] as const);
    const of = (breaks: readonly number[]) =>
      altText({ ...chart, lines: [{ name: '', points, breaks }] }, 'shop');
    expect(of([])).toContain('for 30 s');
    expect(of([OUTAGE - 20_000])).toContain('for 10 s');
  });

  test('of a value that never moves, or is nothing at all, is drawn', async () => {
    for (const value of [0, 1, -3, 1e-9, 7.5e15, -2e-300]) {
      const flat = (chart.lines[0]?.points ?? []).map(([at]) => [at, value] as const);
      const svg = svgOf({ ...chart, threshold: null, lines: [{ name: '', points: flat }] });
      expect(svg).not.toBeNull();
      expect((await pngOf(svg ?? '')).length).toBeGreaterThan(1000);
    }
  });

  const value = fc.oneof(
    fc.double(),
    fc.double({ min: 0, max: 1 }),
    fc.integer(),
    fc.constantFrom(
      0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      5e-324,
      1e300,
    ),
  );
  const time = fc.integer({ min: -3_600_000, max: 3_600_000 }).map((ms) => OUTAGE + ms);
  const window = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(time, time).map((both) => ({ from: Math.min(...both), to: Math.max(...both) })),
    },
    fc.record({
      from: fc.constantFrom(Number.NaN, 0, OUTAGE),
      to: fc.constantFrom(OUTAGE, 8.64e15, Number.NaN),
    }),
  );
  const anyChart: fc.Arbitrary<Chart> = fc.record<Chart>({
    title: odd,
    query: odd,
    unit: fc.constantFrom(
      'bytes',
      'bytes per second',
      'bits',
      'bits per second',
      'ratio',
      'seconds',
      'number',
    ),
    window,
    lines: fc.array(fc.record({ name: odd, points: fc.array(fc.tuple(time, value), { maxLength: 40 }) }), {
      maxLength: 5,
    }),
    more: fc.nat(1000),
    gap: fc.nat(600_000),
    threshold: fc.option(
      fc.record({
        is: fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      }),
      { nil: null },
    ),
    marks: fc.array(
      fc.record({ at: time, what: fc.oneof(odd, fc.constantFrom('alert', 'fix', 'resolved')) }),
      { maxLength: 5 },
    ),
    link: fc.option(odd),
  });

  test('is made of few shapes and letters, all within it, whatever the numbers and the names', () => {
    fc.assert(
      fc.property(anyChart, (any) => {
        const svg = svgOf(any) ?? '';
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        expect(svg.match(/<(?!\/?(?:svg|rect|text|path|circle)\b)/)).toBeNull();
        const places = [...svg.matchAll(/ (?:x|y|cx|cy|width|height|d)="([^"]*)"/g)].flatMap(([, place]) =>
          [...(place ?? '').matchAll(/-?[\d.]+/g)].map(Number),
        );
        expect(places.every((place) => place >= -300 && place <= 1500)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('is drawn, whatever the numbers and the names', async () => {
    const some = fc.sample(anyChart, { numRuns: 100, seed: 5 }).flatMap((any) => svgOf(any) ?? []);
    expect(some.length).toBeGreaterThan(5);
    for (const svg of some.slice(0, 8)) expect(sizeOf(await pngOf(svg)).width).toBe(1200);
  });

  test('is not made of one value alone, which the words beside it say as well', () => {
    const [line] = chart.lines;
    const point = line?.points.at(-1);
    if (line === undefined || point === undefined) throw new Error('the example has no point');
    expect(svgOf({ ...chart, lines: [{ ...line, points: [point] }] })).toBeNull();
  });

  test('that cannot be drawn costs nothing but itself, also where the drawing library ends its process', async () => {
    const far = '<path d="M9000000000000 -516L800000000 516V600H9000000000000Z" opacity="0.5"/>';
    const fatal = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="600">${far}</svg>`;
    for (const svg of ['no picture', fatal]) await expect(pngOf(svg)).rejects.toThrow(DrawingFailed);
  });

  describe('has one process that draws', () => {
    const svg = svgOf(recovered) ?? '';
    const drawers = () =>
      readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid) && isDrawer(pid))
        .map(Number);
    const isDrawer = (pid: string) => {
      try {
        const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return (
          Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('drawer.ts')
        );
      } catch {
        return false;
      }
    };
    /** A drawing of this test alone, and the processes that it has started and that are there. */
    const own = (options: Partial<DrawingOptions> = {}) => {
      const others = new Set(drawers());
      return { draw: createDrawing(options), mine: () => drawers().filter((pid) => !others.has(pid)) };
    };
    const gone = (pid: number) => until(() => !isAlive(pid), { what: `drawer ${pid} to be gone`, ms: 5_000 });

    test('for all pictures, however many come at once', async () => {
      const { draw, mine } = own();
      expect(mine()).toEqual([]);
      await draw(svg);
      const [first] = mine();
      const all = await Promise.all(Array.from({ length: 5 }, () => draw(svg)));
      for (const png of all) expect(sizeOf(png).width).toBe(1200);
      expect(mine()).toEqual([first]);
      process.kill(first ?? 0, 'SIGKILL');
    });

    test('and another one where it hangs, was killed, or has grown too large', async () => {
      const { draw, mine } = own({ timeout: 4_000 });
      await draw(svg);
      const [first = 0] = mine();
      process.kill(first, 'SIGSTOP');
      const hung = draw(svg);
      const next = draw(svg);
      await expect(hung).rejects.toThrow(DrawingFailed);
      expect(sizeOf(await next).width).toBe(1200);
      await gone(first);
      const [second = 0] = mine();
      process.kill(second, 'SIGKILL');
      await gone(second);
      expect(sizeOf(await draw(svg)).width).toBe(1200);
      for (const pid of mine()) process.kill(pid, 'SIGKILL');
      const large = own({ mostMemory: 1 });
      for (let turn = 0; turn < 2; turn += 1) expect(sizeOf(await large.draw(svg)).width).toBe(1200);
      await until(() => large.mine().length === 0, { what: 'the large ones to be gone', ms: 5_000 });
    });

    test('and lets only so many wait for it, and goes when nothing is left to draw', async () => {
      const { draw, mine } = own({ mostWaiting: 1, idle: 50 });
      const [drawn, waiting, refused] = [draw(svg), draw(svg), draw(svg)];
      await expect(refused).rejects.toThrow('1 pictures wait to be drawn already');
      for (const png of await Promise.all([drawn, waiting])) expect(sizeOf(png).width).toBe(1200);
      await until(() => mine().length === 0, { what: 'the drawer to go', ms: 5_000 });
    });
  });

  test('makes a message that Slack takes, with and without it, whatever the numbers and the names', () => {
    fc.assert(
      fc.property(anyChart, fc.constantFrom('diagnosis', 'recovery'), odd, (any, moment, name) => {
        const about = incidentIn({ at: 'investigating', doing: 'collecting' });
        const incident = { ...about, subject: { ...about.subject, name } };
        const [message] = threadMessages(incident, timelineOf({ kind: 'charted', moment, chart: any }));
        if (message?.picture === undefined) throw new Error('the message has no picture');
        for (const one of [message, withPicture(message, message.picture, 'F0000000001')])
          expect(blockProblems(one.blocks)).toEqual([]);
        expect(JSON.stringify(message.blocks)).not.toMatch(/<[!@]/);
      }),
      { numRuns: 200 },
    );
  });

  test('is put into words that Slack takes, whatever the numbers and the names', () => {
    fc.assert(
      fc.property(anyChart, odd, (any, subject) => {
        const words = altText(any, subject);
        expect(words.length).toBeGreaterThan(0);
        expect(words.length).toBeLessThanOrEqual(2000);
        expect(words.isWellFormed()).toBe(true);
        expect(words).not.toMatch(/undefined|\n/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('those who cannot see a picture', () => {
  test('are told the figures as they were when the cause was named', () => {
    expect(altText(chart, 'storefront')).toMatchInlineSnapshot(
      `"HighErrorRate of storefront: about 0 % before the alert; worst 8.8 %, at the alert; above 5 % (the alert’s threshold) for 20 s so far; 7.1 % at the diagnosis."`,
    );
  });

  test('are told how it came out', () => {
    expect(altText(recovered, 'storefront')).toMatchInlineSnapshot(
      `"HighErrorRate of storefront: about 0 % before the alert; worst 8.8 %, at the alert; above 5 % (the alert’s threshold) for 1 min 10 s; back at 0 % within 2 min of the fix."`,
    );
  });

  test('are told how long it lasts now, and not how long it lasted with what was well by then', () => {
    const at = (seconds: number, value: number) => [OUTAGE + seconds * 1_000, value] as const;
    const line = {
      name: '',
      points: [at(-300, 1), at(-280, 0), at(-270, 1), at(-200, 0), at(-180, 1), at(-10, 0), at(0, 0)],
    };
    const flapping: Chart = {
      ...chart,
      unit: 'number',
      threshold: { is: '==', value: 0 },
      window: { from: OUTAGE - 400_000, to: OUTAGE + 1_000 },
      lines: [line],
      marks: [{ at: OUTAGE - 10_000, what: 'alert' }],
    };
    expect(altText(flapping, 'shop')).toContain('at 0 (the alert’s threshold) for 10 s so far');
    const last = { ...flapping, lines: [{ ...line, points: line.points.slice(0, -1) }] };
    expect(altText(last, 'shop')).not.toMatch(/for \d+ s/);
    const well = { ...flapping, lines: [{ ...line, points: [...line.points, at(1, 1)] }] };
    expect(altText(well, 'shop')).toContain('at 0 (the alert’s threshold) for 41 s in all, 3 times');
  });

  test('are told of the other series', () => {
    const { lines } = chart;
    expect(altText({ ...chart, lines: [...lines, ...lines], more: 3 }, '')).toMatch(
      /Other series: 1 more, 3 left out\.$/,
    );
  });
});
