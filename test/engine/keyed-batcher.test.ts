import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restAfter } from '../../src/engine/intake/alert-router.ts';
import { createKeyedBatcher, type Keyed } from '../../src/engine/intake/keyed-batcher.ts';
import { until } from '../kit/stack/process.ts';

/** Work that ends when the test says so, with every turn it was given. */
function workshop(most = 100, rest?: (busy: number, took: number) => number) {
  const turns: { key: string; items: readonly Keyed[]; end: (result: string) => void; fail: () => void }[] =
    [];
  const lanes = createKeyedBatcher<Keyed, string>({
    most,
    ...(rest && { rest }),
    work(key, items) {
      const done = Promise.withResolvers<string>();
      turns.push({ key, items, end: done.resolve, fail: () => done.reject(new Error('no memory')) });
      return done.promise;
    },
  });
  return { lanes, turns };
}

const item = (name: string, says = 'firing') => ({ name, says });
/** Lets everything run that is ready to. */
const settled = () => new Promise(setImmediate);

describe('a lane', () => {
  it('does at once what comes first, and together what comes meanwhile', async () => {
    const { lanes, turns } = workshop();
    const first = lanes.add('shop', [item('a')]);
    const others = ['b', 'c', 'd'].map((name) => lanes.add('shop', [item(name)]));
    expect(turns.map(({ items }) => items.map(({ name }) => name))).toEqual([['a']]);
    turns[0]?.end('one');
    expect(await first).toEqual(['one']);
    await settled();
    expect(turns[1]?.items.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    turns[1]?.end('two');
    expect(await Promise.all(others)).toEqual([['two'], ['two'], ['two']]);
    expect(lanes.busy()).toBe(0);
  });

  it('rests after a turn where it is told to, and then does together what came meanwhile', async () => {
    const asked: number[] = [];
    const { lanes, turns } = workshop(100, (busy) => {
      asked.push(busy);
      return 30;
    });
    const first = lanes.add('shop', [item('a')]);
    turns[0]?.end('one');
    expect(await first).toEqual(['one']);
    const begun = performance.now();
    const others = ['b', 'c'].map((name) => lanes.add('shop', [item(name)]));
    await settled();
    expect(turns.length).toBe(1);
    await until(() => turns.length === 2, { what: 'the next turn', ms: 5_000 });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(25);
    expect(turns[1]?.items.map(({ name }) => name)).toEqual(['b', 'c']);
    turns[1]?.end('two');
    expect(await Promise.all(others)).toEqual([['two'], ['two']]);
    expect(asked[0]).toBe(1);
    await until(() => lanes.busy() === 0, { what: 'the lane to be gone', ms: 5_000 });
  });

  it('does not rest before what others wait behind', async () => {
    const { lanes, turns } = workshop(1, () => 60_000);
    for (const name of ['a', 'b', 'c']) void lanes.add('shop', [item(name)]);
    turns[0]?.end('done');
    await settled();
    expect(turns.length).toBe(2);
  });

  it('does not wait for another lane', () => {
    const { lanes, turns } = workshop();
    void lanes.add('shop', [item('a')]);
    void lanes.add('cart', [item('b')]);
    expect(turns.map(({ key }) => key)).toEqual(['shop', 'cart']);
  });

  it('says what is said twice once, and two things of one name one after the other', async () => {
    const { lanes, turns } = workshop();
    void lanes.add('shop', [item('x')]);
    void lanes.add('shop', [item('a'), item('a'), item('a', 'resolved'), item('b')]);
    turns[0]?.end('done');
    await settled();
    expect(turns[1]?.items).toEqual([item('a')]);
    turns[1]?.end('done');
    await settled();
    expect(turns[2]?.items).toEqual([item('a', 'resolved'), item('b')]);
  });

  it('tells everyone who waits when a turn fails, and begins afresh for who comes again', async () => {
    const { lanes, turns } = workshop(1);
    const waiting = ['a', 'b', 'c'].map((name) => lanes.add('shop', [item(name)]));
    turns[0]?.fail();
    for (const one of waiting) await expect(one).rejects.toThrow('no memory');
    expect(turns).toHaveLength(1);
    expect(lanes.busy()).toBe(0);
    const again = lanes.add('shop', [item('b')]);
    turns[1]?.end('done');
    expect(await again).toEqual(['done']);
  });

  it('keeps the order of each name, drops nothing, and never does more at a time than it may', async () => {
    const arrivals = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), says: fc.constantFrom('1', '2') }),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(arrivals, { minLength: 1, maxLength: 8 }), async (webhooks) => {
        const heard: Keyed[] = [];
        const lanes = createKeyedBatcher<Keyed, null>({
          most: 3,
          async work(_key, items) {
            expect(items.length).toBeLessThanOrEqual(3);
            await settled();
            heard.push(...items);
            return null;
          },
        });
        await Promise.all(webhooks.map((items) => lanes.add('shop', items)));
        for (const name of ['a', 'b', 'c']) {
          const of = (items: readonly Keyed[]) => changes(items.filter((one) => one.name === name));
          expect(of(heard)).toEqual(of(webhooks.flat()));
        }
        expect(lanes.busy()).toBe(0);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});

/** What was said, without what was only said again. */
function changes(items: readonly Keyed[]): readonly string[] {
  const said = items.map(({ says }) => says);
  return said.filter((one, index) => one !== said[index - 1]);
}

describe('how long a lane of alerts rests', () => {
  it('is no time where it is alone, and otherwise never longer than people notice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 60_000, noNaN: true }),
        (busy, took) => {
          const rest = restAfter(busy, took);
          expect(rest).toBeLessThanOrEqual(250);
          if (busy === 1) expect(rest).toBe(0);
          if (took <= 20) expect(rest).toBeLessThanOrEqual(20);
          expect(restAfter(busy + 1, took)).toBeGreaterThanOrEqual(rest);
        },
      ),
    );
  });
});
