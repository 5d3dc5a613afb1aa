import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Message } from './blocks/service.ts';
import { createChannels } from './channels.ts';
import type { Call } from './connection/calls.ts';
import { failureOf } from './connection/failure.ts';
import { EDITS, ORDERED_EDITS, type Pacer, POSTS, type Rank } from './connection/pacer.ts';
import { EVENT_TYPE, type Found, messagesOf, namesIn, type Where } from './projection/find.ts';
import { createForms } from './projection/forms.ts';
import { createStreams, type Streams } from './projection/streams.ts';

/** Names a message for ever: which incident, and which of its messages. */
interface Name {
  readonly incident: string;
  readonly key: string;
  readonly seq: number;
}

interface Place {
  readonly channel: string;
  /** The thread's time stamp; null for a card that opens a thread. */
  readonly thread: string | null;
  readonly broadcast?: boolean;
}

/** Whose turn it is before whom, and whether it still is when it comes: asked at the last moment before anything is sent. */
export interface Turn {
  readonly rank: Rank;
  readonly held: () => boolean;
}

/** While this waited, or was frozen, somebody else may have begun to show the same incident: nothing was sent. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost';

  constructor() {
    super('another replica may be at it by now');
  }
}

/** What Medic does with messages, paced and counted. Every function throws what the Web API client throws. */
export interface Chat {
  /** Posts, joining a public channel first where that is needed. Answers the time stamp and the channel's id. */
  post(
    place: Place,
    name: Name,
    message: Message,
    turn: Turn,
  ): Promise<{ readonly ts: string; readonly channel: string }>;
  edit(channel: string, ts: string, name: Name, message: Message, turn: Turn): Promise<void>;
  /** Edits a message in exactly this form, or not at all. */
  amend(channel: string, ts: string, name: Name, message: Message, turn: Turn): Promise<void>;
  /** Deletes a message, where Slack lets it be deleted. */
  remove(channel: string, ts: string): Promise<void>;
  /** The messages of an incident in a thread or in a channel, since a moment (epoch milliseconds), oldest first. */
  find(where: Where, incident: string): Promise<Found[]>;
  /** The incidents of which messages stand in a thread or in a channel, since a moment, the oldest message first. */
  incidentsIn(where: Where): Promise<readonly string[]>;
  /** A channel's id for its id or name. */
  channelId(channel: string): Promise<string>;
  readonly streams: Streams;
}

/** @param client one that neither retries nor waits out a rate limit by itself */
export function createChat(client: WebClient, pacer: Pacer, call: Call): Chat {
  const channels = createChannels(client, call);
  const forms = createForms();
  const streams = createStreams(client, pacer, call);

  /** Waits for its turn, and sends nothing once somebody else may be at it. */
  async function inTurn<Answer>(
    { method, lane, pace }: { method: string; lane: string; pace: typeof POSTS },
    { rank, held }: Turn,
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    await pacer.turn(lane, pace, rank);
    if (!held()) throw new TurnLost();
    return call(method, lane, send);
  }

  return {
    async post(place, name, message, turn) {
      const { channel } = place;
      const how = { method: 'chat.postMessage', lane: `posts to ${channel}`, pace: POSTS };
      const once = (blocks: readonly KnownBlock[]) =>
        inTurn(how, turn, () =>
          client.chat.postMessage({
            ...targetOf(place),
            ...contentOf(name, message, blocks),
            unfurl_links: false,
            unfurl_media: false,
          }),
        );
      const answer = await forms.send(message, (blocks) => channels.within(channel, () => once(blocks)));
      return { ts: answer.ts ?? '', channel: answer.channel ?? channel };
    },
    async edit(channel, ts, name, message, turn) {
      const pace = turn.rank === 'order' ? ORDERED_EDITS : EDITS;
      const how = { method: 'chat.update', lane: 'edits', pace };
      const once = (blocks: readonly KnownBlock[]) =>
        inTurn(how, turn, () => client.chat.update({ channel, ts, ...contentOf(name, message, blocks) }));
      const send = () => forms.send(message, (blocks) => channels.within(channel, () => once(blocks)));
      await send().catch(async (error: unknown) => {
        // Whoever wrote it while people watched is gone: it is ended for them.
        if (!isStillWritten(error)) throw error;
        await streams.end(channel, ts);
        await send();
      });
    },
    async amend(channel, ts, name, message, turn) {
      await inTurn({ method: 'chat.update', lane: 'edits', pace: EDITS }, turn, () =>
        client.chat.update({ channel, ts, ...contentOf(name, message, message.blocks) }),
      );
    },
    async remove(channel, ts) {
      await call('chat.delete', null, () => client.chat.delete({ channel, ts })).catch((error: unknown) => {
        // It is gone already, or the workspace keeps what was said: a double is a blemish, and nothing may wait for it.
        if (failureOf(error).kind !== 'refused') throw error;
      });
    },
    find: (where, incident) => messagesOf({ client, call }, where, incident),
    incidentsIn: async (where) => (await namesIn({ client, call }, where)).map(({ incident }) => incident),
    channelId: channels.idOf,
    streams,
  };
}

/** Slack takes no edit of a message that is still written while people watch. */
export function isStillWritten(error: unknown): boolean {
  const failure = failureOf(error);
  return failure.kind === 'refused' && failure.error === 'streaming_state_conflict';
}

function targetOf({ channel, thread, broadcast }: Place) {
  if (thread === null) return { channel };
  return broadcast
    ? { channel, thread_ts: thread, reply_broadcast: true as const }
    : { channel, thread_ts: thread };
}

/** Without blocks Slack shows the words alone. */
function contentOf({ incident, key, seq }: Name, { text }: Message, blocks: readonly KnownBlock[]) {
  return {
    text,
    blocks: [...blocks],
    metadata: { event_type: EVENT_TYPE, event_payload: { incident, key, seq } },
  };
}

/** A message bears its name in its metadata, and one that is still written while people watch in its tasks. */
