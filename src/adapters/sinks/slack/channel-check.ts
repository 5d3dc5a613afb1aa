import type { WebClient } from '@slack/web-api';
import type { HealthWarnings } from '../../../engine/health/health-warnings.ts';
import { createChannels, NoSuchChannel } from './channels.ts';
import { countedCalls, type Meter } from './connection/calls.ts';
import { failureOf } from './connection/failure.ts';
import type { Pacer } from './connection/pacer.ts';
import type { Log } from './connection/web-client.ts';

/** A channel that the configuration names, and where it does. */
export interface NamedChannel {
  /** By id or by name. */
  readonly channel: string;
  readonly places: readonly string[];
}

interface Parts {
  readonly client: WebClient;
  readonly pacer: Pick<Pacer, 'hold'>;
  readonly meter?: Meter | undefined;
  readonly troubles: Pick<HealthWarnings, 'tell'>;
  readonly log: Log;
}

/** So many are asked about at once; Slack allows about fifty in a minute. */
const AT_ONCE = 10;

/**
 * Asks Slack whether the channels exist that the configuration names, some at a time. Those that do not are told as a trouble, and asked about
 * again until they do; one that does is not asked about again.
 */
export function createChannelCheck(
  named: readonly NamedChannel[],
  { client, pacer, meter, troubles, log }: Parts,
): () => Promise<void> {
  const call = countedCalls(pacer, meter);
  const channels = createChannels(client, call);
  const waiting = [...named];
  const bad = new Set<string>();

  /** What is wrong with a channel, in words; null where nothing is. @throws what Slack's silence throws */
  const whatIsWrong = async ({ channel, places }: NamedChannel): Promise<string | null> => {
    const where = places.join(', ');
    try {
      const id = await channels.idOf(channel);
      const answer = await call('conversations.info', null, () => client.conversations.info({ channel: id }));
      return answer.channel?.is_archived === true
        ? `The channel ${channel} (${where}) is archived, and takes no messages: unarchive it, or name another.`
        : null;
    } catch (error) {
      const failure = failureOf(error);
      const unknown = failure.kind === 'refused' && failure.error === 'channel_not_found';
      if (!unknown && !(error instanceof NoSuchChannel)) throw error;
      return `Slack shows Medic no channel ${channel} (${where}): correct it, or invite Medic there with \`/invite @Medic\` where it is private.`;
    }
  };

  return async () => {
    for (const one of waiting.splice(0, AT_ONCE)) {
      const { channel } = one;
      const words = await whatIsWrong(one).catch((error: unknown) => {
        // A scope that is missing is told by itself; whatever else keeps Slack from answering says nothing of the channel.
        log.debug({ err: error, channel }, 'a channel could not be asked about');
        return undefined;
      });
      if (words !== null) waiting.push(one);
      if (words === undefined) continue;
      if (words !== null && !bad.has(channel))
        log.warn({ channel, why: words }, 'a channel of the configuration is not there');
      if (words !== null || bad.has(channel)) await troubles.tell(`channel ${channel}`, words);
      if (words === null) bad.delete(channel);
      else bad.add(channel);
    }
  };
}
