import type { Redis } from 'ioredis';
import { type ProjectionStore, THREAD_AT } from '../../../../engine/showing/notifier.ts';
import type { Keys } from '../keys.ts';
import { KEPT_SECONDS } from '../record/retention.ts';

/** What stands in the chat, kept in Redis from its last message on. */
export function createProjectionStore(redis: Redis, keys: Keys): ProjectionStore {
  return {
    async shown(incident) {
      const messages = await redis.hgetall(keys.messages(incident));
      return Object.fromEntries(
        Object.entries(messages).map(([key, stored]) => [
          key,
          JSON.parse(stored) as { ts: string; hash: string },
        ]),
      );
    },
    async record(incident, key, message) {
      await redis.hset(keys.messages(incident), key, JSON.stringify({ ts: message.ts, hash: message.hash }));
      await redis.expire(keys.messages(incident), KEPT_SECONDS);
    },
    async threads(incidents) {
      const notes = await Promise.all(incidents.map((id) => redis.hget(keys.messages(id), THREAD_AT)));
      const known = notes.flatMap((note, index) => {
        if (note === null) return [];
        const { ts, hash } = JSON.parse(note) as { ts: string; hash: string };
        return [[incidents[index] ?? '', { channel: hash, ts }] as const];
      });
      return new Map(known);
    },
    async remember(channel, ts, incident) {
      await redis.set(keys.thread(channel, ts), incident, 'EX', KEPT_SECONDS);
    },
    incidentOf: (channel, ts) => redis.get(keys.thread(channel, ts)),
  };
}
