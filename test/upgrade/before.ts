import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { LocalSlack, Message } from '../kit/slack/server.ts';

type Entry = { readonly key: string; readonly ttl?: number } & (
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list' | 'set'; readonly value: readonly string[] }
  | { readonly type: 'hash' | 'zset'; readonly value: Readonly<Record<string, string>> }
);

/** What an old Medic left in Redis and in Slack when it was killed; see README.md. */
export interface Before {
  readonly commit: string;
  /** By the clock of Redis, epoch milliseconds. */
  readonly at: number;
  readonly redis: readonly Entry[];
  readonly slack: Readonly<Record<string, readonly Message[]>>;
}

export function readBefore(): Before {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'before.json'), 'utf8')) as Before;
}

const DAY = 86_400_000;
/** BullMQ counts the time of a delayed job in 4096ths of a millisecond. */
const BULL = 4096;

/** Puts it all into an empty Redis as if it had been left just now, which is `now`. What is hash-chained keeps its bytes. */
export async function restoreRedis(redis: Redis, before: Before, now: number): Promise<void> {
  const moved = (text: string) =>
    text.replaceAll(/\b\d{13}\b/g, (digits) =>
      Math.abs(Number(digits) - before.at) < DAY ? String(Number(digits) - before.at + now) : digits,
    );
  for (const entry of before.redis) {
    await write(redis, entry, entry.key.includes(':timeline:') ? (text) => text : moved, now - before.at);
    if (entry.ttl !== undefined) await redis.pexpire(entry.key, entry.ttl);
  }
}

async function write(redis: Redis, entry: Entry, moved: (text: string) => string, by: number): Promise<void> {
  const { key } = entry;
  switch (entry.type) {
    case 'string':
      await redis.set(key, moved(entry.value));
      return;
    case 'list':
      await redis.rpush(key, ...entry.value.map(moved));
      return;
    case 'set':
      await redis.sadd(key, ...entry.value.map(moved));
      return;
    case 'hash':
      await redis.hset(
        key,
        Object.fromEntries(Object.entries(entry.value).map(([name, one]) => [name, moved(one)])),
      );
      return;
    case 'zset': {
      const score = (one: string) =>
        key.endsWith(':delayed') ? String(Number(one) + by * BULL) : moved(one);
      await redis.zadd(key, ...Object.entries(entry.value).flatMap(([name, one]) => [score(one), name]));
      return;
    }
    default:
      entry satisfies never;
  }
}

/** Lets Slack hold what it held then. */
export function restoreSlack({ state }: LocalSlack, before: Before): void {
  for (const [channel, messages] of Object.entries(before.slack))
    state.messages.set(channel, structuredClone([...messages]));
}
