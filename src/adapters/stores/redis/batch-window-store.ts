import type { Redis } from 'ioredis';
import { type Alert, type Subject, subjectKey } from '../../../alerts/alert.ts';
import type { BatchFiller, BatchFlusher, DueBatch } from '../../../engine/store/batch-windows.ts';
import type { Keys } from './keys.ts';
import { keysFor } from './scripts.ts';
import { clockOf } from './server/time.ts';

/** How often alerts are put into a bag that others put something into meanwhile. */
const TRIES = 20;

/** Alerts that the batch endpoint keeps back until the end of their window. */
export function createBagStore(redis: Redis, keys: Keys): BatchFiller & BatchFlusher {
  const bagKeys = (key: string) => keysFor('bag', { bag: keys.bag(key), due: keys.bagsDue });
  /** What lies in a bag of these alerts. */
  const lying = async (key: string, fingerprints: readonly string[]) => {
    const stored = fingerprints.length === 0 ? [] : await redis.hmget(keys.bag(key), ...fingerprints);
    return new Map(
      fingerprints.flatMap((fingerprint, index) => {
        const text = stored[index];
        return typeof text === 'string' ? [[fingerprint, text] as const] : [];
      }),
    );
  };
  const byFingerprint = (alerts: readonly Alert[]) =>
    Object.fromEntries(alerts.map((alert) => [alert.fingerprint, JSON.stringify(alert)]));
  return {
    async defer(subject, alerts, { window, supersedes }) {
      const key = subjectKey(subject);
      const newest = [...new Map(alerts.map((alert) => [alert.fingerprint, alert])).values()];
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const instead = await lying(
          key,
          newest.map(({ fingerprint }) => fingerprint),
        );
        const news = newest.filter((alert) => {
          const known = instead.get(alert.fingerprint);
          return known === undefined || supersedes(alert, JSON.parse(known) as Alert);
        });
        const put = { put: byFingerprint(news), instead: Object.fromEntries(instead) };
        const how = { key, ...put, subject: JSON.stringify(subject), window };
        if ((await redis.medicBag(...bagKeys(key), JSON.stringify(how))) === news.length) return;
      }
      throw new Error(`lost the race for the bag of ${subject.name} ${TRIES} times in a row`);
    },
    async dueBatches() {
      const [waiting, now] = await Promise.all([redis.hgetall(keys.bagsDue), clockOf(redis)]);
      const due = Object.entries(waiting).filter(([, entry]) => Number(entry.split(' ', 1)[0]) <= now);
      return due.map(([, entry]) => dueBagOf(entry));
    },
    async openBatch(bag, most) {
      const key = keys.bag(subjectKey(bag.subject));
      const fingerprints = (await redis.hrandfield(key, most)) as string[];
      if (fingerprints.length === 0) return { ...bag, alerts: [] };
      const alerts = await redis.hmget(key, ...fingerprints);
      return {
        ...bag,
        alerts: alerts.flatMap((alert) => (alert === null ? [] : [JSON.parse(alert) as Alert])),
      };
    },
    async removeBatch({ subject, alerts }) {
      const key = subjectKey(subject);
      return redis.medicBag(...bagKeys(key), JSON.stringify({ key, taken: byFingerprint(alerts) }));
    },
  };
}

function dueBagOf(entry: string): DueBatch {
  const [due = ''] = entry.split(' ', 1);
  return { subject: JSON.parse(entry.slice(due.length + 1)) as Subject, due: Number(due) };
}
