import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReport, ReportExit, ReportTarget } from '../../../../execution/exit-report.ts';
import { KEPT_SECONDS } from '../record/retention.ts';
import { connect } from '../server/connect.ts';

const PAUSE = 1000;

/** A report target in Redis: `key` will hold the word as JSON. */
export function exitReportIn(url: string, key: string): ReportTarget {
  return { module: import.meta.url, url, key };
}

/**
 * Leaves the word in Redis, dated by its clock, and tries again for as long as Redis is away or takes no writes.
 *
 * @public It is loaded by the name of this module.
 */
export const reportExit: ReportExit = async ({ url, key }, wordAt, within) => {
  const redis = connect(url, { failFast: false });
  const stopping = new AbortController();
  const write = async (): Promise<'left' | 'in-vain'> => {
    while (!stopping.signal.aborted) {
      try {
        const [seconds, micros] = await redis.time();
        const word: ExitReport = wordAt(Number(seconds) * 1000 + Math.floor(Number(micros) / 1000));
        await redis.set(key, JSON.stringify(word), 'EX', KEPT_SECONDS);
        return 'left';
      } catch {
        await delay(PAUSE);
      }
    }
    return 'in-vain';
  };
  try {
    return await Promise.race([write(), delay(within, 'in-vain' as const)]);
  } finally {
    stopping.abort();
    redis.disconnect();
  }
};
