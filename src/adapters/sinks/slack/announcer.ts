import type { WebClient } from '@slack/web-api';
import type { Announce } from '../../../engine/health/losses.ts';
import type { Told } from '../../../engine/health/memory-watch.ts';
import { LIMITS } from './blocks/limits.ts';
import { section, sentence } from './blocks/text.ts';
import { createChat } from './chat.ts';
import { countedCalls, type Meter } from './connection/calls.ts';
import { failureOf } from './connection/failure.ts';
import type { Pacer } from './connection/pacer.ts';

/** The clocks of Slack and of record may differ by this much; milliseconds. */
const SKEW = 600_000;

/** Notices that something is over. */
const ENDS = /^(?:back|sighted)-/;

export interface AnnouncerOptions {
  readonly client: WebClient;
  readonly pacer: Pacer;
  readonly meter?: Meter | undefined;
  /** Where people are told, by id or name. */
  readonly channel: string;
}

/** What is said in the channel for all that is about no incident. */
export interface Announcer {
  /** Its name is in the metadata, by which it is found again. */
  readonly announce: Announce;
  readonly told: Told;
}

const NOTICE = 'notice-';

export function createAnnouncer({ client, pacer, meter, channel }: AnnouncerOptions): Announcer {
  const chat = createChat(client, pacer, countedCalls(pacer, meter));
  const namesIn = async (place: string, since: number): Promise<readonly string[]> => {
    try {
      return await chat.incidentsIn({ channel: place, thread: null, since });
    } catch (error) {
      // Who is not in a channel, or may not read it, finds nothing there, and joins it when there is something to say.
      if (failureOf(error).kind === 'refused') return [];
      throw error;
    }
  };
  return {
    async announce(id, text, { at, mayStand }) {
      const incident = `${NOTICE}${id}`;
      const place = await chat.channelId(channel);
      if (mayStand) {
        const standing = await namesIn(place, at - SKEW);
        if (standing.includes(incident)) return;
      }
      const shown = `${ENDS.test(id) ? ':white_check_mark:' : ':warning:'} ${sentence(text, LIMITS.section - 25)}`;
      await chat.post(
        { channel: place, thread: null },
        { incident, key: 'notice', seq: 0 },
        { text: shown, blocks: [section(shown)] },
        { rank: 'person', held: () => true },
      );
    },
    async told(since) {
      const names = await namesIn(await chat.channelId(channel), since);
      return names.flatMap((name) => (name.startsWith(NOTICE) ? [name.slice(NOTICE.length)] : []));
    },
  };
}
