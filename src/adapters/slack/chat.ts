import { performance } from 'node:perf_hooks';
import type { WebClient } from '@slack/web-api';
import type { Message } from './blocks/service.ts';
import { failureOf } from './failure.ts';
import { EDITS, type Pacer, POSTS, type Rank } from './pacer.ts';

/** Counts what is asked of Slack. `seconds` is how long it took to answer. */
export type Meter = (
  method: string,
  result: 'ok' | 'rate-limited' | 'failed' | 'unknown',
  seconds: number,
) => void;

/** Names a message for ever: which incident, and which of its messages. */
interface Name {
  readonly incident: string;
  readonly key: string;
  readonly seq: number;
}

/** A message that stands in Slack and bears a name. */
export interface Found {
  readonly key: string;
  readonly ts: string;
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
  remove(channel: string, ts: string): Promise<void>;
  /** The messages of an incident in a thread or in a channel, since a moment (epoch milliseconds), oldest first. */
  find(
    where: { readonly channel: string; readonly thread: string | null; readonly since: number },
    incident: string,
  ): Promise<Found[]>;
  /** A channel's id for its id or name. */
  channelId(channel: string): Promise<string>;
}

const EVENT_TYPE = 'medic_incident';
const MOST_PAGES = 10;
const TOO_MUCH = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);

/** @param client one that neither retries nor waits out a rate limit by itself */
export function createChat(client: WebClient, pacer: Pacer, meter: Meter = () => undefined): Chat {
  const ids = new Map<string, string>();

  async function metered<Answer>(
    method: string,
    lane: string | null,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      const answer = await call();
      meter(method, 'ok', seconds());
      return answer;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'rate-limited' && lane !== null) pacer.hold(lane, failure.retryAfter);
      const result = failure.kind === 'rate-limited' || failure.kind === 'unknown' ? failure.kind : 'failed';
      meter(method, result, seconds());
      throw error;
    }
  }

  async function postOnce(place: Place, content: ReturnType<typeof contentOf>, { rank, held }: Turn) {
    const lane = `posts to ${place.channel}`;
    await pacer.turn(lane, POSTS, rank);
    if (!held()) throw new TurnLost();
    const target = targetOf(place);
    const answer = await metered('chat.postMessage', lane, () =>
      client.chat.postMessage({ ...target, ...content, unfurl_links: false, unfurl_media: false }),
    );
    return { ts: answer.ts ?? '', channel: answer.channel ?? place.channel };
  }

  return {
    async post(place, name, message, turn) {
      const content = contentOf(name, message);
      try {
        return await postOnce(place, content, turn);
      } catch (error) {
        if (isRefused(error, (code) => code === 'not_in_channel')) {
          await metered('conversations.join', null, () =>
            client.conversations.join({ channel: place.channel }),
          );
          return postOnce(place, content, turn);
        }
        if (isRefused(error, (code) => TOO_MUCH.has(code)))
          return postOnce(place, plainContent(name, message), turn);
        throw error;
      }
    },
    async edit(channel, ts, name, message, { rank, held }) {
      const send = async (content: ReturnType<typeof contentOf>) => {
        await pacer.turn('edits', EDITS, rank);
        if (!held()) throw new TurnLost();
        await metered('chat.update', 'edits', () => client.chat.update({ channel, ts, ...content }));
      };
      try {
        await send(contentOf(name, message));
      } catch (error) {
        if (!isRefused(error, (code) => TOO_MUCH.has(code))) throw error;
        await send(plainContent(name, message));
      }
    },
    async remove(channel, ts) {
      await metered('chat.delete', null, () => client.chat.delete({ channel, ts })).catch(
        (error: unknown) => {
          if (!isRefused(error, (code) => code === 'message_not_found')) throw error;
        },
      );
    },
    async find({ channel, thread, since }, incident) {
      const found: Found[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const common = {
          channel,
          include_all_metadata: true,
          limit: 200,
          oldest: (since / 1000).toFixed(6),
          ...(cursor ? { cursor } : {}),
        };
        const answer =
          thread === null
            ? await metered('conversations.history', null, () => client.conversations.history(common))
            : await metered('conversations.replies', null, () =>
                client.conversations.replies({ ...common, ts: thread }),
              );
        found.push(...(answer.messages ?? []).flatMap((message) => named(message, incident)));
        cursor = answer.response_metadata?.next_cursor || undefined;
        if (cursor === undefined) break;
      }
      return found.sort((a, b) => Number(a.ts) - Number(b.ts));
    },
    async channelId(channel) {
      if (/^[CGD][A-Z0-9]{2,}$/.test(channel)) return channel;
      const known = ids.get(channel) ?? (await idOf(client, channel.replace(/^#/, ''), metered));
      ids.set(channel, known);
      return known;
    },
  };
}

async function idOf(
  client: WebClient,
  name: string,
  metered: <Answer>(method: string, lane: string | null, call: () => Promise<Answer>) => Promise<Answer>,
): Promise<string> {
  let cursor: string | undefined;
  do {
    const answer = await metered('conversations.list', null, () =>
      client.conversations.list({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 500,
        ...(cursor ? { cursor } : {}),
      }),
    );
    const id = answer.channels?.find((channel) => channel.name === name)?.id;
    if (id) return id;
    cursor = answer.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  throw new NoSuchChannel(name);
}

/** No channel of that name is visible to Medic. */
export class NoSuchChannel extends Error {
  override readonly name = 'NoSuchChannel';

  constructor(channel: string) {
    super(
      `there is no channel #${channel} that Medic can see. Set SLACK_CHANNEL (or the service’s \`channel\`) to an existing channel, and invite Medic to it with \`/invite @Medic\``,
    );
  }
}

function targetOf({ channel, thread, broadcast }: Place) {
  if (thread === null) return { channel };
  return broadcast
    ? { channel, thread_ts: thread, reply_broadcast: true as const }
    : { channel, thread_ts: thread };
}

function contentOf({ incident, key, seq }: Name, { text, blocks }: Message) {
  return {
    text,
    blocks: [...blocks],
    metadata: { event_type: EVENT_TYPE, event_payload: { incident, key, seq } },
  };
}

/** The words alone, for a Slack that does not take the blocks. */
function plainContent(name: Name, message: Message) {
  return { ...contentOf(name, message), blocks: [] };
}

function named(message: { readonly ts?: string; readonly metadata?: unknown }, incident: string): Found[] {
  const metadata = message.metadata as
    | { event_type?: unknown; event_payload?: Record<string, unknown> }
    | undefined;
  const key = metadata?.event_payload?.key;
  if (metadata?.event_type !== EVENT_TYPE || metadata.event_payload?.incident !== incident) return [];
  return typeof key === 'string' && message.ts ? [{ key, ts: message.ts }] : [];
}

function isRefused(error: unknown, which: (code: string) => boolean): boolean {
  const failure = failureOf(error);
  return failure.kind === 'refused' && which(failure.error);
}
