import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryWatch } from '../../src/engine/health/memory-watch.ts';
import { plainly } from '../../src/lib/text/text-read.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const BEGIN = 1_800_000_000_000;

interface Post {
  readonly name: string;
  readonly words: string;
  readonly at: number;
}

/** A channel, a memory that may be away, and the replicas that live: every look is five seconds after the one before, and all look at once. */
function world() {
  const time = { now: BEGIN };
  const slack = { ready: true };
  const memory = { away: false, aliveSince: BEGIN };
  const posts: Post[] = [];
  const ends = new Map<string, { since: number; at: number; seen: boolean }>();
  const living = new Map<string, ReturnType<typeof createMemoryWatch>>();
  const asked = <Answer>(answer: () => Answer) =>
    memory.away ? Promise.reject(new Error('away')) : Promise.resolve(answer());

  const start = (name: string) =>
    living.set(
      name,
      createMemoryWatch({
        announce: async (id, text) => void posts.push({ name: id, words: plainly(text), at: time.now }),
        told: async (since) => posts.filter(({ at }) => at >= since).map((one) => one.name),
        sights: {
          memoryBack: (id, since, { at, seen }) =>
            asked(() => void (ends.has(id) || ends.set(id, { since, at, seen }))),
        },
        mayTell: () => slack.ready,
        now: () => time.now,
        aliveSince: () => asked(() => memory.aliveSince),
        place: () => asked(() => ({ place: [...living.keys()].indexOf(name), replicas: living.size })),
      }),
    );
  const pass = async (milliseconds: number) => {
    for (const end = time.now + milliseconds; time.now < end; ) {
      time.now += 5 * SECOND;
      if (!memory.away) for (const watch of living.values()) watch.alive();
      await Promise.all([...living.values()].map((watch) => watch.look().catch(() => undefined)));
    }
  };
  const goes = () => {
    memory.away = true;
  };
  const comes = () => {
    memory.away = false;
    memory.aliveSince = time.now;
  };
  return { time, slack, posts, ends, living, start, pass, goes, comes };
}

describe('a memory that is away', () => {
  it('is told once after a minute, and its end is told once', async () => {
    const { posts, ends, start, pass, goes, comes, time } = world();
    start('a');
    await pass(MINUTE);
    const since = time.now;
    goes();
    await pass(55 * SECOND);
    expect(posts).toEqual([]);
    await pass(10 * MINUTE);
    expect(posts.map(({ name }) => name)).toEqual([`memory-${since}`]);
    expect(posts[0]?.words).toMatch(/^Redis has given Medic no usable answer since /);
    comes();
    await pass(MINUTE);
    expect([...ends]).toEqual([[`memory-${since}`, { since, at: expect.any(Number), seen: true }]]);
    expect(posts).toHaveLength(1);
  });

  it('is told once by replicas that look at the same moments, and nobody says that all of them are blind', async () => {
    const { posts, ends, start, pass, goes, comes } = world();
    for (const name of ['a', 'b', 'c']) start(name);
    await pass(MINUTE);
    goes();
    await pass(10 * MINUTE);
    expect(posts).toHaveLength(1);
    expect(posts[0]?.words).toMatch(
      /^Redis has given at least one of Medic’s 3 replicas no usable answer since /,
    );
    comes();
    await pass(MINUTE);
    expect(ends.size).toBe(1);
  });

  it('is told by the next replica where the first died with it', async () => {
    const { posts, start, pass, goes, living } = world();
    for (const name of ['a', 'b']) start(name);
    await pass(MINUTE);
    goes();
    living.delete('a');
    await pass(2 * MINUTE);
    expect(posts).toHaveLength(1);
  });

  it('is told to be back by whoever starts afterwards, where the one that told of it has died', async () => {
    const { posts, ends, start, pass, goes, comes, living, time } = world();
    start('a');
    await pass(MINUTE);
    const since = time.now;
    goes();
    await pass(2 * MINUTE);
    expect(posts).toHaveLength(1);
    living.clear();
    await pass(20 * MINUTE);
    comes();
    const back = time.now;
    start('b');
    await pass(MINUTE);
    expect([...ends]).toEqual([[`memory-${since}`, { since, at: back, seen: false }]]);
  });

  it('is told to be back by a replica that was there and never told it, where the one that did has died', async () => {
    const { ends, start, pass, goes, comes, living } = world();
    for (const name of ['a', 'b']) start(name);
    await pass(MINUTE);
    goes();
    await pass(65 * SECOND);
    living.delete('a');
    comes();
    await pass(MINUTE);
    expect(ends.size).toBe(1);
  });

  it('whose end stands in the channel is not told to be back again by those that start later', async () => {
    const { posts, ends, start, pass, goes, comes, time, living } = world();
    start('a');
    await pass(MINUTE);
    goes();
    await pass(2 * MINUTE);
    comes();
    await pass(MINUTE);
    for (const name of ends.keys()) posts.push({ name: `sighted-${name}`, words: '', at: time.now });
    ends.clear();
    living.clear();
    start('b');
    await pass(MINUTE);
    expect(ends.size).toBe(0);
  });

  it('is not told to be back by others where one replica alone cannot reach it', async () => {
    const { posts, ends, start, pass, time } = world();
    start('a');
    await pass(5 * MINUTE);
    posts.push({ name: `memory-${time.now - 2 * MINUTE}`, words: '', at: time.now });
    start('b');
    await pass(5 * MINUTE);
    expect(ends.size).toBe(0);
  });

  it('is not told by a process that was frozen and finds it at the first try', async () => {
    const { posts, start, pass, time, living } = world();
    start('a');
    await pass(MINUTE);
    time.now += 10 * MINUTE;
    await living.get('a')?.look();
    await pass(MINUTE);
    expect(posts).toEqual([]);
  });

  it('is told as soon as Slack can be reached, where that was away as well', async () => {
    const { posts, slack, start, pass, goes } = world();
    start('a');
    await pass(MINUTE);
    goes();
    slack.ready = false;
    await pass(5 * MINUTE);
    expect(posts).toEqual([]);
    slack.ready = true;
    await pass(5 * SECOND);
    expect(posts).toHaveLength(1);
  });

  it('is told at most once and ends at most once, however often and long it is away and whichever replicas die', async () => {
    const step = fc.record({
      kind: fc.constantFrom('goes', 'comes', 'dies', 'starts', 'slack') as fc.Arbitrary<
        'goes' | 'comes' | 'dies' | 'starts' | 'slack'
      >,
      seconds: fc.integer({ min: 1, max: 40 }).map((fives) => fives * 5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { posts, ends, slack, start, pass, goes, comes, living } = world();
        let away = false;
        let absences = 0;
        let born = 0;
        start(`r${born++}`);
        await pass(MINUTE);
        for (const { kind, seconds } of steps) {
          if (kind === 'goes' && !away) {
            goes();
            away = true;
            absences += 1;
          } else if (kind === 'comes' && away) {
            comes();
            away = false;
          } else if (kind === 'dies') living.delete([...living.keys()][0] ?? '');
          else if (kind === 'starts' && !away) start(`r${born++}`);
          else if (kind === 'slack') slack.ready = !slack.ready;
          await pass(seconds * SECOND);
        }
        slack.ready = true;
        if (away) comes();
        start(`r${born++}`);
        await pass(2 * MINUTE);
        const told = posts.map(({ name }) => name);
        expect(new Set(told).size).toBe(told.length);
        expect(told.length).toBeLessThanOrEqual(absences);
        expect([...ends.keys()].sort()).toEqual([...told].sort());
      }),
      { numRuns: 200 },
    );
  });
});
