import type { Ack } from './delivery.ts';
import { sendEvent } from './events.ts';
import { postMessage, publicMessage } from './messages.ts';
import type { Platform } from './platform.ts';
import { addReaction, removeReaction } from './reactions.ts';
import { directMessage, findChannel, findMessage, teamOf } from './state.ts';
import type { Channel, Message, SlackUser } from './types.ts';

/** Why Slack shows a person an error instead of doing what they asked; the words are for that person. */
export class ActError extends Error {}

/** The person with this id. @throws ActError */
export function actor(platform: Platform, id: string): SlackUser {
  const user = platform.workspace.users.get(id);
  if (!user || user.is_bot) throw new ActError(`there is no person ${id} in this workspace`);
  return user;
}

/** A channel the person is in, by id or name. @throws ActError */
export function channelFor(platform: Platform, user: SlackUser, idOrName: string): Channel {
  const channel = findChannel(platform.workspace, idOrName);
  if (!channel) throw new ActError(`there is no channel ${idOrName}`);
  if (!channel.members.includes(user.id)) throw new ActError(`${user.real_name} is not in #${channel.name}`);
  return channel;
}

/** A channel's name in the payloads of interactions and commands: a private one's is never told. */
export function payloadName(channel: Channel): string {
  if (channel.is_im) return 'directmessage';
  return channel.is_private ? 'privategroup' : channel.name;
}

/** A message the person can see. @throws ActError */
export function messageFor(platform: Platform, user: SlackUser, channel: Channel, ts: string): Message {
  const message = findMessage(platform.workspace, channel.id, ts, { ephemeral: true });
  if (!message || (message.ephemeral_to && message.ephemeral_to !== user.id)) {
    throw new ActError(`there is no message ${ts} in #${channel.name} for ${user.real_name}`);
  }
  return message;
}

/** Who acts, as interaction payloads say it. */
function actingUser(platform: Platform, user: SlackUser): Record<string, unknown> {
  return { id: user.id, username: user.name, name: user.name, team_id: teamOf(platform.workspace, user) };
}

/** What every interaction payload begins with. */
export function interactionBase(platform: Platform, user: SlackUser): Record<string, unknown> {
  const { team, app } = platform.workspace;
  return {
    team: { id: team.id, domain: team.domain },
    user: actingUser(platform, user),
    api_app_id: app.id,
    token: 'local-verification-token',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The acknowledgement's body, or the error Slack shows when there was none. @throws ActError */
export function acknowledged(platform: Platform, ack: Ack, what: string): unknown {
  if (ack.acked) return ack.body;
  const app = platform.workspace.users.get(platform.workspace.app.bot_user)?.real_name ?? 'The app';
  throw new ActError(
    ack.reason === 'dispatch_failed'
      ? `${what}: ${app} is not connected to Slack (dispatch_failed)`
      : `${what}: ${app} did not answer within ${platform.limits.ackMs} ms (operation_timeout)`,
  );
}

const TOKENS = /(<(?:@[UW]|#C|!)[^<>\s]*>)/;

/** A person's typed text as Slack stores it: `&`, `<` and `>` escaped, `@name` turned into a mention. */
function typedText(platform: Platform, words: string): string {
  const byName = new Map([...platform.workspace.users.values()].map((user) => [user.name, user.id]));
  const escaped = (part: string) =>
    part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const mention = (part: string) =>
    part.replace(/(^|\s)@([a-z0-9._-]+)/gi, (whole, before: string, name: string) => {
      const id = byName.get(name.toLowerCase());
      return id ? `${before}<@${id}>` : whole;
    });
  return words
    .split(TOKENS)
    .map((part) => (TOKENS.test(part) ? part : mention(escaped(part))))
    .join('');
}

/** A person writes a message. @throws ActError */
export function say(
  platform: Platform,
  userId: string,
  input: { channel: string; text: string; thread_ts?: string },
): Message {
  const user = actor(platform, userId);
  const channel = channelFor(platform, user, input.channel);
  if (channel.is_archived) throw new ActError(`#${channel.name} is archived`);
  if (input.text.trim() === '') throw new ActError('there is nothing to send');
  if (input.thread_ts !== undefined) messageFor(platform, user, channel, input.thread_ts);
  const text = typedText(platform, input.text);
  const message = postMessage(platform, channel, {
    user: user.id,
    text,
    ...(input.thread_ts !== undefined ? { thread_ts: input.thread_ts } : {}),
  });
  const { bot_user } = platform.workspace.app;
  if (text.includes(`<@${bot_user}>`) && channel.members.includes(bot_user) && !channel.is_im) {
    sendEvent(
      platform,
      'app_mention',
      {
        ...publicMessage(message, { metadata: false }),
        type: 'app_mention',
        channel: channel.id,
        event_ts: message.ts,
      },
      channel,
    );
  }
  return message;
}

/** A person writes to the app directly. @throws ActError */
export function openDirectMessage(platform: Platform, userId: string): Channel {
  return directMessage(platform.workspace, actor(platform, userId));
}

/** A person adds or takes away a reaction. @throws ActError */
export function react(
  platform: Platform,
  userId: string,
  input: { channel: string; ts: string; name: string; add: boolean },
): void {
  const user = actor(platform, userId);
  const channel = channelFor(platform, user, input.channel);
  const message = messageFor(platform, user, channel, input.ts);
  const change = input.add ? addReaction : removeReaction;
  if (!change(platform, channel, message, user.id, input.name)) {
    throw new ActError(
      `${user.real_name} ${input.add ? 'has already' : 'has not'} reacted with :${input.name}:`,
    );
  }
}

/** A person opens the app's Home tab. @throws ActError */
export function openHome(platform: Platform, userId: string): void {
  const user = actor(platform, userId);
  const { workspace } = platform;
  const viewId = workspace.homes.get(user.id);
  const view = viewId ? workspace.views.get(viewId)?.view : undefined;
  sendEvent(platform, 'app_home_opened', {
    type: 'app_home_opened',
    user: user.id,
    channel: directMessage(workspace, user).id,
    tab: 'home',
    ...(view ? { view } : {}),
  });
}
