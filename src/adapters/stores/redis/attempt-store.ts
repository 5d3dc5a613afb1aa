import type { Redis } from 'ioredis';
import type { Seal } from '../../../engine/orders/seal.ts';
import type { Attempts, Facts } from '../../../engine/store/attempts.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { AttemptResult } from '../../../execution/attempt.ts';
import type { Keys } from './keys.ts';
import { KEPT_SECONDS } from './record/retention.ts';
import { sealed, unsealed } from './record/sealed.ts';

/** What was seen and done for incidents, outside of their state. */
export function createAttemptStore(redis: Redis, keys: Keys, seal: Seal | null): Facts & Attempts {
  /** Null where there is nothing, or nothing that Medic wrote. */
  const read = async <Value>(key: string, about: string): Promise<Value | null> => {
    const stored = await redis.get(key);
    const text = stored === null ? null : unsealed(seal, about, stored);
    return text === null ? null : (JSON.parse(text) as Value);
  };
  return {
    async saveEvidence(incident, round, items) {
      const key = keys.evidence(incident, round);
      const about = aboutEvidence(incident, round);
      const text = sealed(seal, about, JSON.stringify(items));
      const first = await redis.set(key, text, 'EX', KEPT_SECONDS, 'NX');
      const stored = first === 'OK' ? null : await read<Evidence[]>(key, about);
      if (first !== 'OK' && stored === null) await redis.set(key, text, 'EX', KEPT_SECONDS);
      return stored ?? items;
    },
    loadEvidence: async (incident, round) =>
      (await read<Evidence[]>(keys.evidence(incident, round), aboutEvidence(incident, round))) ?? [],
    beginAttempt: async (attempt, worker) =>
      (await redis.set(keys.attempt(attempt), worker, 'EX', KEPT_SECONDS, 'NX')) === 'OK',
    async saveResult(attempt, result) {
      const text = sealed(seal, `result ${attempt}`, JSON.stringify(result));
      await redis.set(keys.result(attempt), text, 'EX', KEPT_SECONDS);
    },
    loadResult: (attempt) => read<AttemptResult>(keys.result(attempt), `result ${attempt}`),
    async renewLease(attempt, ttl) {
      await redis.set(keys.lease(attempt), '1', 'PX', ttl);
    },
    exitReport: (attempt) => redis.get(keys.ended(attempt)),
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

function aboutEvidence(incident: string, round: number | string): string {
  return `evidence ${incident} ${round}`;
}
