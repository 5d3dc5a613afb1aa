import type { Ack } from './delivery.ts';
import { sendEvent } from './events.ts';
import { addReaction, postMessage, publicMessage, removeReaction } from './messages.ts';
import type { Platform } from './platform.ts';
import { showReply } from './response-url.ts';
import {
  type Channel,
  directMessage,
  findChannel,
  findMessage,
  type Message,
  type SlackUser,
} from './state.ts';
import { newResponseUrl, newTrigger } from './triggers.ts';

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

/** A message the person can see. @throws ActError */
export function messageFor(platform: Platform, user: SlackUser, channel: Channel, ts: string): Message {
  const message = findMessage(platform.workspace, channel.id, ts, { ephemeral: true });
  if (!message || (message.ephemeral_to && message.ephemeral_to !== user.id)) {
    throw new ActError(`there is no message ${ts} in #${channel.name} for ${user.real_name}`);
  }
  return message;
}

/** Who acts, as interaction payloads say it. */
export function actingUser(platform: Platform, user: SlackUser): Record<string, unknown> {
  return { id: user.id, username: user.name, name: user.name, team_id: platform.workspace.team.id };
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
export function typedText(platform: Platform, words: string): string {
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
    sendEvent(platform, 'app_mention', {
      ...publicMessage(message, { metadata: false }),
      type: 'app_mention',
      channel: channel.id,
      event_ts: message.ts,
    });
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

/** A person runs a slash command; what the app answers is shown to them. @throws ActError in Slack's words */
export async function command(
  platform: Platform,
  userId: string,
  input: { channel: string; command: string; text: string },
): Promise<void> {
  const user = actor(platform, userId);
  const channel = channelFor(platform, user, input.channel);
  if (!platform.commands.some((known) => known.command === input.command)) {
    throw new ActError(
      `${input.command} is not a valid command. In Slack, all messages that start with the “/” character are interpreted as commands.`,
    );
  }
  const failed = (error: string) => new ActError(`${input.command} failed with the error "${error}"`);
  if (!platform.scopes.includes('commands')) throw failed('missing_scope');
  const { team, app } = platform.workspace;
  const target = { user: user.id, channel: channel.id };
  const ack = await platform.delivery.ask({
    kind: 'slash_commands',
    payload: {
      token: 'local-verification-token',
      team_id: team.id,
      team_domain: team.domain,
      channel_id: channel.id,
      channel_name: channel.is_im ? 'directmessage' : channel.name,
      user_id: user.id,
      user_name: user.name,
      command: input.command,
      text: input.text,
      api_app_id: app.id,
      is_enterprise_install: 'false',
      response_url: newResponseUrl(platform, 'commands', target),
      trigger_id: newTrigger(platform, user.id),
    },
  });
  if (!ack.acked) throw failed(ack.reason);
  const refused = showReply(platform, target, ack.body);
  if (refused) throw failed(refused);
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

/** A person picks a global shortcut, or a message shortcut when a message is named. @throws ActError */
export async function shortcut(
  platform: Platform,
  userId: string,
  input: { callback_id: string; channel?: string; message_ts?: string },
): Promise<void> {
  const user = actor(platform, userId);
  const base = {
    ...interactionBase(platform, user),
    callback_id: input.callback_id,
    trigger_id: newTrigger(platform, user.id),
    action_ts: String(Date.now() / 1000),
  };
  const payload =
    input.channel !== undefined && input.message_ts !== undefined
      ? { ...base, ...aboutMessage(platform, user, input.channel, input.message_ts) }
      : { ...base, type: 'shortcut' };
  const ack = await platform.delivery.ask({ kind: 'interactive', payload });
  acknowledged(platform, ack, `the shortcut ${input.callback_id}`);
}

function aboutMessage(
  platform: Platform,
  user: SlackUser,
  idOrName: string,
  ts: string,
): Record<string, unknown> {
  const channel = channelFor(platform, user, idOrName);
  const message = messageFor(platform, user, channel, ts);
  const threadTs = message.thread_ts;
  return {
    type: 'message_action',
    channel: { id: channel.id, name: channel.name },
    message_ts: ts,
    message: publicMessage(message, { metadata: true }),
    response_url: newResponseUrl(platform, 'actions', {
      user: user.id,
      channel: channel.id,
      messageTs: ts,
      ...(threadTs !== undefined ? { threadTs } : {}),
    }),
  };
}
