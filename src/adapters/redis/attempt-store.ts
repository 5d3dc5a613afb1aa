import type { Redis } from 'ioredis';
import type { Store } from '../../engine/store.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { AttemptResult } from '../../execution/attempt.ts';
import type { Keys } from './keys.ts';
import { KEPT_SECONDS } from './retention.ts';

type Part = Pick<
  Store,
  | 'saveEvidence'
  | 'loadEvidence'
  | 'beginAttempt'
  | 'saveResult'
  | 'loadResult'
  | 'renewLease'
  | 'lastWord'
  | 'attemptState'
  | 'fence'
>;

/** What was seen and done for incidents, outside of their state. */
export function createAttemptStore(redis: Redis, keys: Keys): Part {
  return {
    async saveEvidence(incident, round, items) {
      const key = keys.evidence(incident, round);
      const first = await redis.set(key, JSON.stringify(items), 'EX', KEPT_SECONDS, 'NX');
      const stored = first === 'OK' ? null : await redis.get(key);
      return stored === null ? items : (JSON.parse(stored) as Evidence[]);
    },
    async loadEvidence(incident, round) {
      const stored = await redis.get(keys.evidence(incident, round));
      return stored === null ? [] : (JSON.parse(stored) as Evidence[]);
    },
    beginAttempt: async (attempt, worker) =>
      (await redis.set(keys.attempt(attempt), worker, 'EX', KEPT_SECONDS, 'NX')) === 'OK',
    async saveResult(attempt, result) {
      await redis.set(keys.result(attempt), JSON.stringify(result), 'EX', KEPT_SECONDS);
    },
    async loadResult(attempt) {
      const stored = await redis.get(keys.result(attempt));
      return stored === null ? null : (JSON.parse(stored) as AttemptResult);
    },
    async renewLease(attempt, ttl) {
      await redis.set(keys.lease(attempt), '1', 'PX', ttl);
    },
    lastWord: (attempt) => redis.get(keys.ended(attempt)),
    async attemptState(attempt) {
      const [begun, alive] = await Promise.all([
        redis.exists(keys.attempt(attempt)),
        redis.exists(keys.lease(attempt)),
      ]);
      if (begun === 0) return alive === 1 ? 'alive-unbegun' : 'not-begun';
      return alive === 1 ? 'running' : 'lost';
    },
    async fence(incident) {
      const number = await redis.hget(keys.fences, incident);
      return number === null ? null : Number(number);
    },
  };
}
