import type { Redis } from 'ioredis';
import type { Commit, Committed, Store } from '../../engine/store.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { AttemptResult } from '../../execution/attempt.ts';
import type { Effect, OwedEffect } from '../../incident/effect.ts';
import type { Incident } from '../../incident/incident.ts';
import type { TimelineEntry } from '../../incident/timeline.ts';
import { subjectKey } from '../../intake/alert.ts';
import type { Keys } from './keys.ts';

/** Without a sign of life for this long, the time in between does not count for windows. */
const GAP = 5_000;
/** How long what belongs to a closed incident is kept. */
const KEPT_SECONDS = 90 * 24 * 3600;

/** An incident that a newer Medic wrote: this one leaves it alone. */
class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** The store on Redis. Every change of an incident is one run of `commit.lua`. */
export function createRedisStore(redis: Redis, keys: Keys): Store {
  return {
    ...incidents(redis, keys),
    ...evidence(redis, keys),
    ...debts(redis, keys),
    ...attempts(redis, keys),
    async clock() {
      const [now, aliveSince, chatSince] = await redis.medicClock(
        keys.life,
        keys.chatLife,
        String(GAP),
        'look',
      );
      return { now, aliveSince, reachableSince: Math.max(aliveSince, chatSince) };
    },
    async chatAlive() {
      await redis.medicClock(keys.life, keys.chatLife, String(GAP), 'chat');
    },
    async pause(by) {
      await redis.set(keys.pause, by);
    },
    async resume() {
      await redis.del(keys.pause);
    },
    paused: () => redis.get(keys.pause),
  };
}

function incidents(
  redis: Redis,
  keys: Keys,
): Pick<Store, 'load' | 'findOpen' | 'open' | 'commit' | 'timeline'> {
  return {
    async load(id) {
      const state = await redis.hget(keys.incident(id), 'state');
      return state === null ? null : readIncident(state);
    },
    async findOpen(subject, fingerprints) {
      const [bySubject, byAlert] = await Promise.all([
        redis.hget(keys.open, subject),
        fingerprints.length > 0 ? redis.hmget(keys.attached, ...fingerprints) : [],
      ]);
      return byAlert.find((id) => id !== null) ?? bySubject;
    },
    open: () => redis.hvals(keys.open),
    async commit(commit) {
      return JSON.parse(await redis.medicCommit(...commitKeys(keys, commit), changeOf(commit))) as Committed;
    },
    async timeline(id) {
      const entries = await redis.lrange(keys.timeline(id), 0, -1);
      return entries.map((entry) => JSON.parse(entry) as TimelineEntry);
    },
  };
}

/** In the order `commit.lua` names them. */
function commitKeys(keys: Keys, { incident, once }: Commit): string[] {
  return [
    keys.incident(incident.id),
    keys.timeline(incident.id),
    keys.owed,
    keys.open,
    keys.attached,
    keys.unshown,
    keys.once(once ?? '-'),
    keys.pause,
    keys.locks,
    keys.cooldowns,
    keys.running,
  ];
}

function changeOf({ incident, expected, entries, owe, answers, once, claim, release }: Commit): string {
  return JSON.stringify({
    id: incident.id,
    expected,
    version: incident.version,
    state: JSON.stringify(incident),
    entries: entries.map((entry) => JSON.stringify(entry)),
    owe: owe.map(({ id, incident: owner, effect }) => ({
      id,
      effect: JSON.stringify({ incident: owner, effect }),
    })),
    ...(answers === null ? {} : { answers }),
    ...(once === null ? {} : { once }),
    subject: subjectKey(incident.subject),
    closed: incident.phase.at === 'closed',
    fingerprints: Object.keys(incident.alerts),
    ...(claim === null ? {} : { claim }),
    ...(release === null ? {} : { release }),
    keptSeconds: KEPT_SECONDS,
  });
}

function readIncident(state: string): Incident {
  const incident = JSON.parse(state) as Incident;
  if (incident.schema > 1) {
    throw new NewerSchema(
      `incident ${incident.id} was written by a newer Medic (schema ${incident.schema}); this one leaves it alone`,
    );
  }
  return incident;
}

function evidence(redis: Redis, keys: Keys): Pick<Store, 'saveEvidence' | 'loadEvidence'> {
  return {
    async saveEvidence(incident, round, items) {
      await redis.set(keys.evidence(incident, round), JSON.stringify(items), 'EX', KEPT_SECONDS);
    },
    async loadEvidence(incident, round) {
      const stored = await redis.get(keys.evidence(incident, round));
      return stored === null ? [] : (JSON.parse(stored) as Evidence[]);
    },
  };
}

function debts(
  redis: Redis,
  keys: Keys,
): Pick<Store, 'owed' | 'isOwed' | 'settle' | 'unshown' | 'markShown'> {
  return {
    async owed() {
      const owed: OwedEffect[] = [];
      // A scan may see a field twice; that is harmless, jobs carry the effect's name.
      const seen = new Map<string, string>();
      let cursor = '0';
      do {
        const [next, fields] = await redis.hscan(keys.owed, cursor, 'COUNT', 500);
        for (let index = 0; index < fields.length; index += 2)
          seen.set(fields[index] ?? '', fields[index + 1] ?? '');
        cursor = next;
      } while (cursor !== '0');
      for (const [id, stored] of seen)
        owed.push({ id, ...(JSON.parse(stored) as { incident: string; effect: Effect }) });
      return owed;
    },
    isOwed: async (effect) => (await redis.hexists(keys.owed, effect)) === 1,
    async settle(effect) {
      await redis.hdel(keys.owed, effect);
    },
    async unshown() {
      const versions = await redis.hgetall(keys.unshown);
      return Object.fromEntries(Object.entries(versions).map(([id, version]) => [id, Number(version)]));
    },
    async markShown(incident, version) {
      await redis.medicShown(keys.unshown, incident, String(version));
    },
  };
}

function attempts(
  redis: Redis,
  keys: Keys,
): Pick<Store, 'beginAttempt' | 'saveResult' | 'loadResult' | 'renewLease' | 'attemptState'> {
  return {
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
    async attemptState(attempt) {
      const [begun, alive] = await Promise.all([
        redis.exists(keys.attempt(attempt)),
        redis.exists(keys.lease(attempt)),
      ]);
      if (begun === 0) return 'not-begun';
      return alive === 1 ? 'running' : 'lost';
    },
  };
}
