import type { Redis } from 'ioredis';
import type { ChangeStore, Report } from '../../../../changes/change.ts';
import type { Keys } from '../keys.ts';
import { keysFor } from '../scripts.ts';
import { clockOf } from '../server/time.ts';

/** What longer ago changed explains nothing any more, milliseconds. */
const KEPT = 30 * 86_400_000;
/** Of one service; a pipeline that runs wild fills no more than this. */
const MOST = 200;

const ANSWERS = ['known', 'kept', 'old'] as const;

/** What Medic was told of changes, by service: each report once, the newest ones, for a month. */
export function createChangeStore(redis: Redis, keys: Keys): ChangeStore {
  return {
    async reportsOf({ environment, name }) {
      const stored = await redis.hvals(keys.changes(environment, name));
      return stored.map((one) => JSON.parse(one) as Report).sort((one, other) => one.at - other.at);
    },
    async keep({ environment, name }, report) {
      const named = keysFor('change', {
        reports: keys.changes(environment, name),
        times: keys.changeTimes(environment, name),
      });
      const forgotten = (await clockOf(redis)) - KEPT;
      const answer = await redis.medicChange(
        ...named,
        `${report.id} ${report.state}`,
        String(report.at),
        JSON.stringify(report),
        String(MOST),
        String(forgotten),
        String(KEPT),
      );
      return ANSWERS[answer] ?? 'known';
    },
  };
}
