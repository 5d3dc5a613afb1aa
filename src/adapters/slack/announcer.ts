import type { WebClient } from '@slack/web-api';
import type { Announce } from '../../engine/losses.ts';
import { LIMITS } from './blocks/limits.ts';
import { section, sentence } from './blocks/text.ts';
import { countedCalls, type Meter } from './calls.ts';
import { createChat } from './chat.ts';
import type { Pacer } from './pacer.ts';

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

/** Posts what is about no incident into the channel for all. Its name is in the metadata, by which it is found again. */
export function createAnnouncer({ client, pacer, meter, channel }: AnnouncerOptions): Announce {
  const chat = createChat(client, pacer, countedCalls(pacer, meter));
  return async (id, text, { at, mayStand }) => {
    const incident = `notice-${id}`;
    const place = await chat.channelId(channel);
    if (mayStand) {
      const standing = await chat.find({ channel: place, thread: null, since: at - SKEW }, incident);
      if (standing.length > 0) return;
    }
    const shown = `${ENDS.test(id) ? ':white_check_mark:' : ':warning:'} ${sentence(text, LIMITS.section - 25)}`;
    await chat.post(
      { channel: place, thread: null },
      { incident, key: 'notice', seq: 0 },
      { text: shown, blocks: [section(shown)] },
      { rank: 'person', held: () => true },
    );
  };
}
