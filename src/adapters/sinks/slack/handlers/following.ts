import { setTimeout as sleep } from 'node:timers/promises';
import { capital, sentence } from '../blocks/text.ts';
import { threadOf } from '../projection/thread.ts';
import type { HandlerContext } from './handler-context.ts';

/** Somebody who waits for an incident that they asked for. */
export interface Follower {
  /**
   * Told how far it is; `last` when nothing more follows.
   * @returns `missed` where it did not get through, and is worth another try
   */
  told(text: string, thread: string | null, last: boolean): Promise<'heard' | 'missed' | 'gone'>;
  /** Until the thread is known, or until it is settled. */
  readonly until: 'thread' | 'settled';
  /** Whether every change is worth telling, or only the thread, long silences and the end. */
  readonly hears: 'everything' | 'what matters';
  /** How long the first look waits, so that Slack has shown what came before; milliseconds. */
  readonly after?: number;
}

/** How often it is looked at; milliseconds. */
const EVERY = 1_000;
/** Slack takes answers to a command for half an hour. */
const LONGEST = 29 * 60_000;
/** How long nothing may be said to one who hears what matters; it doubles each time. */
const SILENCE = 30_000;
/** How long an answer waits for the thread that tells it; milliseconds. Slack may be behind, or refuse the card. */
const THREAD_WITHIN = 5 * 60_000;

/**
 * Tells somebody how an incident goes that they asked for, to its end and with its thread, whichever is known later. It runs
 * behind their back and never throws; it ends when Medic stops, and losing it loses nothing, since the thread tells the same.
 */
export async function follow(parts: HandlerContext, incident: string, follower: Follower): Promise<void> {
  try {
    await sleep(follower.after ?? 0, undefined, { signal: parts.stopping });
    const began = performance.now();
    let said = { text: '', thread: null as string | null, at: began, silence: SILENCE };
    let settledAt: number | null = null;
    while (!parts.stopping.aborted && performance.now() - began < LONGEST) {
      const progress = await parts.desk.progress(incident);
      if (progress === null) return;
      const text = capital(sentence(progress.text, 800));
      const told = await threadOf(parts.projections, { id: incident });
      const thread = told === null ? null : parts.permalink(told.channel, told.ts);
      const now = performance.now();
      settledAt = progress.settled ? (settledAt ?? now) : null;
      const isLate = settledAt !== null && now - settledAt > THREAD_WITHIN;
      const over = told === null ? isLate : progress.settled || follower.until === 'thread';
      const quiet = now - said.at > said.silence;
      const matters = over || (thread !== null && said.thread === null) || quiet;
      const news = text !== said.text || thread !== said.thread || over;
      const heard =
        news && (matters || follower.hears === 'everything') ? await follower.told(text, thread, over) : null;
      if (heard === 'gone') return;
      if (heard === 'heard') {
        const silence = quiet ? said.silence * 4 : said.silence;
        said = { text, thread, at: performance.now(), silence };
      }
      if (over && heard !== 'missed') return;
      await sleep(EVERY, undefined, { signal: parts.stopping });
    }
  } catch (err) {
    if (!parts.stopping.aborted)
      parts.log.debug({ err, incident }, 'somebody is not told any more how it goes');
  }
}
