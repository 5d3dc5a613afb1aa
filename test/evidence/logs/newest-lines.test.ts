import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECLARED } from '../../../src/evidence/collectors/table.ts';
import { newestLines } from '../../../src/evidence/logs/newest.ts';
import { inquiryOf, serviceOf } from '../samples.ts';

const NOON = Date.parse('2026-11-03T12:00:00Z');
const item = {
  kind: 'log',
  title: 'Log of catalog on web-1',
  source: 'journal',
  query: 'journal of catalog on web-1',
  observedAt: NOON,
  witness: 'service/production/catalog',
} as const;
const line = (text: string, second: number) => ({ line: text, at: NOON + second * 1000 });

describe('the newest lines of a log', () => {
  it('are as many as were asked for, each with its time, the newest last', () => {
    const lines = Array.from({ length: 40 }, (_, n) => line(`GET /${n}`, n));
    const [found] = newestLines(lines, item, 20);
    expect(found?.title).toBe('Last 20 lines of catalog on web-1');
    const shown = found?.text.split('\n') ?? [];
    expect(shown).toHaveLength(20);
    expect(shown[0]).toBe('2026-11-03T12:00:20.000Z GET /20');
    expect(shown.at(-1)).toBe('2026-11-03T12:00:39.000Z GET /39');
    expect(found?.window).toEqual({ from: NOON + 20_000, to: NOON + 39_000 });
  });

  it('are fewer where there are no more, and say how many', () => {
    expect(newestLines([line('a', 1), line(' ', 2), line('b', 3)], item, 20)).toMatchObject([
      { title: 'Last 2 lines of catalog on web-1' },
    ]);
    expect(newestLines([], item, 20)).toEqual([]);
  });

  it('keep a time that they state themselves, and get none where nobody knows it', () => {
    const stated = '2026-11-03T11:59:00Z closing';
    const lines = [{ line: 'who knows when', at: null }, line(stated, 1)];
    expect(newestLines(lines, item, 2)[0]?.text).toBe(`who knows when\n${stated}`);
  });

  it('find room in one fact, however long they are and however many are asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 3000 }), (last, length) => {
        const lines = Array.from({ length: 60 }, (_, n) => line(`x ${'y'.repeat(length)}`, n));
        const text = newestLines(lines, item, last)[0]?.text ?? '';
        expect(text.split('\n')).toHaveLength(last);
        expect(text.length).toBeLessThan(4000);
      }),
    );
  });
});

describe('what a log is asked', () => {
  it.each([DECLARED.logs, DECLARED.journal])(
    'is the newest lines where somebody wants them ($name)',
    (declared) => {
      const service = serviceOf({ logs: [{ file: '/var/log/x' }], journal: true });
      const asked = (last?: number) =>
        declared.ask({ ...inquiryOf({ service }), ...(last === undefined ? {} : { last }) });
      expect(asked()).not.toHaveProperty('last');
      expect(asked(20)).toHaveProperty('last', 20);
      // More than a thread holds nobody gets.
      expect(asked(5000)).toHaveProperty('last', 50);
      expect(declared.arguments.safeParse(asked(20)).success).toBe(true);
      expect(declared.arguments.safeParse({ ...asked(20), last: 5000 }).success).toBe(false);
    },
  );
});
