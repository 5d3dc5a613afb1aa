import cron, { type ScheduledTask, type TaskOptions } from 'node-cron';
import type { Logger } from '../../observability/logger.ts';

export const EVERY_THREE_SECONDS = '*/3 * * * * *';
const EVERY_FEW_SECONDS = '*/5 * * * * *';
export const EVERY_QUARTER_MINUTE = '*/15 * * * * *';
export const EVERY_MINUTE = '0 * * * * *';

/** Has something done again and again, one time after the other, every few seconds unless it says otherwise. */
export type Regularly = (
  name: string,
  work: () => unknown,
  options?: TaskOptions,
  when?: string,
) => ScheduledTask;

/** @param undo takes what ends each of the tasks */
export function scheduleOf(undo: (() => unknown)[], log: Logger): Regularly {
  return (name, work, options = {}, when = EVERY_FEW_SECONDS) => {
    const task = cron.schedule(when, () => guarded(name, work, log), {
      name,
      noOverlap: true,
      suppressMissedWarning: true,
      ...options,
    });
    undo.push(() => task.destroy());
    return task;
  };
}

/** A regular task that fails once is tried again at the next tick. */
export async function guarded(task: string, work: () => unknown, log: Logger): Promise<void> {
  try {
    await work();
  } catch (err) {
    log.warn({ err, task }, 'a regular task failed');
  }
}
