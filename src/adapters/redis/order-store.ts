import type { Redis } from 'ioredis';
import type { DueBag, Store } from '../../engine/store.ts';
import { type Alert, type Subject, subjectKey } from '../../intake/alert.ts';
import type { Keys } from './keys.ts';
import { keysFor } from './scripts.ts';

type Orders = Pick<
  Store,
  | 'takeOnce'
  | 'pause'
  | 'resume'
  | 'paused'
  | 'silence'
  | 'unsilence'
  | 'syncSilences'
  | 'orderModes'
  | 'resetBreaker'
  | 'tripped'
>;

/** How long a delivery is known again, seconds; the scripts say the same. */
const REMEMBERED = 86_400;

/** What people have ordered: pauses, silences, modes, and that automation may act on a target again. */
export function createOrderStore(redis: Redis, keys: Keys): Orders {
  const change = (how: object) => redis.medicSilence(...keysFor('silence', keys), JSON.stringify(how));
  return {
    takeOnce: async (once) => (await redis.set(keys.once(once), '1', 'EX', REMEMBERED, 'NX')) !== null,
    async pause(by) {
      await redis.set(keys.pause, by);
    },
    async resume() {
      await redis.del(keys.pause);
    },
    paused: () => redis.get(keys.pause),
    async silence(silence) {
      await change({ put: [JSON.stringify(silence)], without: { ids: [silence.id] } });
    },
    unsilence: async (id) => (await change({ put: [], without: { ids: [id] } })) > 0,
    async syncSilences(source, silences) {
      await change({ put: silences.map((silence) => JSON.stringify(silence)), without: { source } });
    },
    orderModes(modes, { since, once }) {
      const list = JSON.stringify(modes.map((mode) => JSON.stringify(mode)));
      const named = keysFor('mode', { silences: keys.silences, once: keys.once(once) });
      return redis.medicMode(...named, list, String(since));
    },
    async resetBreaker(targets) {
      if (targets.length === 0) return [];
      const stopped = await redis.hmget(keys.tripped, ...targets);
      await redis
        .multi()
        .hdel(keys.tripped, ...targets)
        .hdel(keys.strikes, ...targets)
        .exec();
      return targets.filter((_, index) => typeof stopped[index] === 'string');
    },
    tripped: () => redis.hkeys(keys.tripped),
  };
}

/** Alerts that the batch endpoint keeps back until the end of their window. */
export function createBagStore(
  redis: Redis,
  keys: Keys,
): Pick<Store, 'keepBack' | 'dueBags' | 'openBag' | 'emptyBag'> {
  const bagKeys = (key: string) => keysFor('bag', { bag: keys.bag(key), due: keys.bagsDue });
  const byFingerprint = (alerts: readonly Alert[]) =>
    Object.fromEntries(alerts.map((alert) => [alert.fingerprint, JSON.stringify(alert)]));
  return {
    async keepBack(subject, alerts, window) {
      const key = subjectKey(subject);
      const how = { key, put: byFingerprint(alerts), subject: JSON.stringify(subject), window };
      await redis.medicBag(...bagKeys(key), JSON.stringify(how));
    },
    async dueBags() {
      const [waiting, [seconds = 0, micros = 0]] = await Promise.all([
        redis.hgetall(keys.bagsDue),
        redis.time(),
      ]);
      const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
      const due = Object.entries(waiting).filter(([, entry]) => Number(entry.split(' ', 1)[0]) <= now);
      return due.map(([, entry]) => dueBagOf(entry));
    },
    async openBag(bag, most) {
      const key = keys.bag(subjectKey(bag.subject));
      const fingerprints = (await redis.hrandfield(key, most)) as string[];
      if (fingerprints.length === 0) return { ...bag, alerts: [] };
      const alerts = await redis.hmget(key, ...fingerprints);
      return {
        ...bag,
        alerts: alerts.flatMap((alert) => (alert === null ? [] : [JSON.parse(alert) as Alert])),
      };
    },
    async emptyBag({ subject, alerts }) {
      const key = subjectKey(subject);
      return redis.medicBag(...bagKeys(key), JSON.stringify({ key, taken: byFingerprint(alerts) }));
    },
  };
}

function dueBagOf(entry: string): DueBag {
  const [due = ''] = entry.split(' ', 1);
  return { subject: JSON.parse(entry.slice(due.length + 1)) as Subject, due: Number(due) };
}
