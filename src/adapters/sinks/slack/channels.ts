import type { WebClient } from '@slack/web-api';
import type { Call } from './connection/calls.ts';
import { failureOf } from './connection/failure.ts';

/** No channel of that name is visible to Medic. */
export class NoSuchChannel extends Error {
  override readonly name = 'NoSuchChannel';

  constructor(channel: string) {
    super(
      `there is no channel #${channel} that Medic can see. Set SLACK_CHANNEL (or the service’s \`channel\`) to an existing channel, and invite Medic to it with \`/invite @Medic\``,
    );
  }
}

export interface Channels {
  /** A channel's id for its id or name. @throws NoSuchChannel */
  idOf(channel: string): Promise<string>;
  /** Does it, and once more after joining where Slack says that Medic is not in the channel. A private channel cannot be joined. */
  within<Result>(channel: string, work: () => Promise<Result>): Promise<Result>;
}

export function createChannels(client: WebClient, call: Call): Channels {
  const ids = new Map<string, string>();
  return {
    async idOf(channel) {
      if (/^[CGD][A-Z0-9]{2,}$/.test(channel)) return channel;
      const known = ids.get(channel) ?? (await lookUp(client, channel.replace(/^#/, ''), call));
      ids.set(channel, known);
      return known;
    },
    async within(channel, work) {
      try {
        return await work();
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind !== 'refused' || failure.error !== 'not_in_channel') throw error;
        await call('conversations.join', null, () => client.conversations.join({ channel }));
        return work();
      }
    },
  };
}

async function lookUp(client: WebClient, name: string, call: Call): Promise<string> {
  let cursor: string | undefined;
  do {
    const answer = await call('conversations.list', null, () =>
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
