import {
  ActError,
  acknowledged,
  actor,
  channelFor,
  interactionBase,
  messageFor,
  payloadName,
} from './acts.ts';
import { publicMessage } from './messages.ts';
import { ownCommand } from './own-commands.ts';
import type { Platform } from './platform.ts';
import { showReply } from './response-url.ts';
import { newResponseUrl, newTrigger } from './triggers.ts';
import type { SlackUser } from './types.ts';

/** A person runs a slash command; what the app answers is shown to them. @throws ActError in Slack's words */
export async function command(
  platform: Platform,
  userId: string,
  input: { channel: string; command: string; text: string },
): Promise<void> {
  const user = actor(platform, userId);
  const channel = channelFor(platform, user, input.channel);
  if (ownCommand(platform, userId, channel.id, input.command, input.text)) return;
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
      channel_name: payloadName(channel),
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

/** A person picks a global shortcut, or a message shortcut when a message is named. @throws ActError */
export async function shortcut(
  platform: Platform,
  userId: string,
  input: { callback_id: string; channel?: string; message_ts?: string },
): Promise<void> {
  const user = actor(platform, userId);
  const type = input.message_ts === undefined ? 'global' : 'message';
  const known = platform.shortcuts.some(
    (each) => each.callback_id === input.callback_id && each.type === type,
  );
  if (!known || !platform.scopes.includes('commands')) {
    throw new ActError(`the app has no ${type} shortcut ${input.callback_id}`);
  }
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
  if (message.ephemeral_to) throw new ActError('a message that only you see has no shortcuts');
  const threadTs = message.thread_ts;
  return {
    type: 'message_action',
    channel: { id: channel.id, name: payloadName(channel) },
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
