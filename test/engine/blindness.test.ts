import { describe, expect, it } from 'vitest';
import { createMemoryWatch, sighting } from '../../src/engine/blindness.ts';
import { plainly } from '../../src/lib/text-read.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A watch whose clock the test moves on; every look is five seconds after the one before. */
function watching(more: { readonly ready?: () => boolean; readonly patience?: number } = {}) {
  const posts: string[] = [];
  const ends: unknown[][] = [];
  const time = { now: 1_800_000_000_000 };
  const watch = createMemoryWatch({
    announce: async (id, text, { mayStand }) => void posts.push(`${id} ${mayStand} ${plainly(text)}`),
    sights: { memoryBack: async (...end) => void ends.push(end) },
    mayTell: more.ready ?? (() => true),
    now: () => time.now,
    patience: more.patience ?? 0,
  });
  const pass = async (milliseconds: number, alive: boolean) => {
    for (const end = time.now + milliseconds; time.now < end; ) {
      time.now += 5 * SECOND;
      if (alive) watch.alive();
      await watch.look();
    }
  };
  return { posts, ends, time, watch, pass };
}

describe('a memory that is away', () => {
  it('is told once after a minute, and its end is told once', async () => {
    const { posts, ends, pass } = watching();
    await pass(MINUTE, true);
    await pass(55 * SECOND, false);
    expect(posts).toEqual([]);
    await pass(10 * MINUTE, false);
    expect(posts).toHaveLength(1);
    expect(posts[0]).toMatch(/^memory-\d+ true Redis cannot be reached/);
    await pass(MINUTE, true);
    expect(ends).toHaveLength(1);
    expect(posts).toHaveLength(1);
  });

  it('is not told by a process that was frozen and finds it at the first try', async () => {
    const { posts, time, watch, pass } = watching();
    await pass(MINUTE, true);
    time.now += 10 * MINUTE;
    await watch.look();
    watch.alive();
    await pass(MINUTE, true);
    expect(posts).toEqual([]);
  });

  it('is told as soon as Slack can be reached, where that was away as well', async () => {
    const slack = { ready: false };
    const { posts, pass } = watching({ ready: () => slack.ready });
    await pass(5 * MINUTE, false);
    expect(posts).toEqual([]);
    slack.ready = true;
    await pass(5 * SECOND, false);
    expect(posts).toHaveLength(1);
  });

  it('is told under one name by replicas that noticed it seconds apart', async () => {
    const [one, other] = [watching(), watching({ patience: 8 * SECOND })];
    other.time.now += 3 * SECOND;
    await Promise.all([one.pass(3 * MINUTE, false), other.pass(3 * MINUTE, false)]);
    expect(one.posts).toEqual(other.posts);
  });
});

describe('a trouble', () => {
  it('about a part that Medic sees with is told in the channel when it lasts, and no other is', async () => {
    const noted: unknown[] = [];
    const sights: unknown[] = [];
    const troubles = sighting(
      { tell: async (...what) => void noted.push(what), list: async () => [] },
      { sight: async (...what) => void sights.push(what) },
    );
    await troubles.tell('prometheus', 'It is away.');
    await troubles.tell('channel C1', 'It takes nothing.');
    await troubles.tell('prometheus', null);
    expect(noted).toHaveLength(3);
    expect(sights).toEqual([
      ['prometheus', 'It is away.'],
      ['prometheus', null],
    ]);
  });
});
