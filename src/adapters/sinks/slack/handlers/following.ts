import { setTimeout as sleep } from 'node:timers/promises';
import { capital, sentence } from '../blocks/text.ts';
import { threadOf } from '../projection/thread.ts';
import type { HandlerContext } from './handler-context.ts';

/** Somebody who waits for an incident that they asked for. */
export interface Follower {
  /**
   * Told how far it is; `last` when nothing more follows.
   * @returns whether they still listen
   */
  told(text: string, thread: string | null, last: boolean): Promise<boolean>;
  /** Until the thread is known, or until it is settled. */
  readonly until: 'thread' | 'settled';
  /** Whether every change is worth telling, or only the thread, long silences and the end. */
  readonly hears: 'everything' | 'what matters';
}

/** How often it is looked at; milliseconds. */
const EVERY = 1_000;
/** Slack takes answers to a command for half an hour. */
const LONGEST = 29 * 60_000;
/** How long nothing may be said to one who hears what matters; it doubles each time. */
const SILENCE = 30_000;

/**
 * Tells somebody how an incident goes that they asked for. It runs behind their back and never throws; it ends when
 * Medic stops, and losing it loses nothing, since the thread tells the same.
 */
export async function follow(parts: HandlerContext, incident: string, follower: Follower): Promise<void> {
  try {
    const began = performance.now();
    let said = { text: '', thread: null as string | null, at: began, silence: SILENCE };
    while (!parts.stopping.aborted && performance.now() - began < LONGEST) {
      const progress = await parts.desk.progress(incident);
      if (progress === null) return;
      const text = capital(sentence(progress.text, 800));
      const told = await threadOf(parts.projections, { id: incident });
      const thread = told === null ? null : parts.permalink(told.channel, told.ts);
      const over = progress.settled || (follower.until === 'thread' && told !== null);
      const quiet = performance.now() - said.at > said.silence;
      const matters = over || (thread !== null && said.thread === null) || quiet;
      const news = text !== said.text || thread !== said.thread || over;
      if (news && (matters || follower.hears === 'everything')) {
        if (!(await follower.told(text, thread, over))) return;
        const silence = quiet ? said.silence * 4 : said.silence;
        said = { text, thread, at: performance.now(), silence };
      }
      if (over) return;
      await sleep(EVERY, undefined, { signal: parts.stopping });
    }
  } catch (err) {
    if (!parts.stopping.aborted)
      parts.log.debug({ err, incident }, 'somebody is not told any more how it goes');
  }
}
