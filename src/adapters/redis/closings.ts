import type { Redis } from 'ioredis';
import type { Closing } from '../../engine/store-incidents.ts';
import type { Keys } from './keys.ts';

/** How many are read from the index at once. */
const PAGE = 200;

/** The newest first, without those that are gone because their time was up. */
export async function closedLately(redis: Redis, keys: Keys, most: number): Promise<readonly string[]> {
  if (most < 1) return [];
  const ids = await redis.zrevrange(keys.closed, 0, most - 1);
  const there = await Promise.all(ids.map((id) => redis.exists(keys.incident(id))));
  return ids.filter((_, index) => there[index] === 1);
}

/**
 * Goes on from the place of the last one it gave, not from a count: others close, and old ones are dropped, meanwhile. Those of one
 * millisecond stand in the order of their names.
 */
export async function* closedBetween(
  redis: Redis,
  keys: Keys,
  { from, until }: { readonly from: number; readonly until: number },
): AsyncGenerator<Closing> {
  let last: Closing = { incident: '', at: from };
  let skip = 0;
  for (;;) {
    const page = await redis.zrangebyscore(
      keys.closed,
      last.at,
      `(${until}`,
      'WITHSCORES',
      'LIMIT',
      skip,
      PAGE,
    );
    if (page.length === 0) return;
    const news = closingsOf(page).filter((one) => isAfter(one, last));
    yield* news;
    // A whole page of what was given already: more of one millisecond than a page holds.
    skip = news.length === 0 ? skip + PAGE : 0;
    last = news.at(-1) ?? last;
  }
}

function closingsOf(page: readonly string[]): readonly Closing[] {
  return page.flatMap((incident, index) =>
    index % 2 === 0 ? [{ incident, at: Number(page[index + 1]) }] : [],
  );
}

function isAfter(one: Closing, last: Closing): boolean {
  // Redis compares names byte by byte.
  return (
    one.at > last.at ||
    (one.at === last.at && Buffer.compare(Buffer.from(one.incident), Buffer.from(last.incident)) > 0)
  );
}
