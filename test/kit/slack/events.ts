import type { Platform } from './platform.ts';
import { nextId, nextTs } from './state.ts';
import type { Channel } from './types.ts';

/** What the app must be allowed to read before Slack sends it an event of that kind. */
const SCOPE_OF: Record<string, string> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  member_joined_channel: 'channels:read',
  member_left_channel: 'channels:read',
  channel_left: 'channels:read',
  channel_archive: 'channels:read',
  channel_unarchive: 'channels:read',
  group_left: 'groups:read',
  group_archive: 'groups:read',
  group_unarchive: 'groups:read',
};

/** The subscription name of messages in this kind of conversation. */
export function messageSubscription(channel: Channel): string {
  if (channel.is_im) return 'message.im';
  return channel.is_private ? 'message.groups' : 'message.channels';
}

/** `channel`, `group` or `im`, as a message event says it. */
export function channelType(channel: Channel): string {
  if (channel.is_im) return 'im';
  return channel.is_private ? 'group' : 'channel';
}

/** Sends an event to the app if it is subscribed and holds the scope; otherwise Slack keeps silent. */
export function sendEvent(
  platform: Platform,
  subscription: string,
  event: Record<string, unknown>,
  channel?: Channel,
): void {
  const scope = SCOPE_OF[subscription];
  if (!platform.events.includes(subscription)) return;
  if (scope && !platform.scopes.includes(scope)) return;
  const { workspace } = platform;
  platform.delivery.tell({
    token: 'local-verification-token',
    team_id: workspace.team.id,
    context_team_id: workspace.team.id,
    context_enterprise_id: null,
    api_app_id: workspace.app.id,
    event: { ...event, event_ts: event.event_ts ?? nextTs(workspace) },
    type: 'event_callback',
    event_id: nextId(workspace, 'Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: workspace.team.id,
        user_id: workspace.app.bot_user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel?.is_ext_shared === true,
    event_context: `4-${nextId(workspace, 'EC')}`,
  });
}

/** Sends an event about a channel, which reaches the app only when the bot is a member of it. */
export function sendChannelEvent(
  platform: Platform,
  channel: Channel,
  subscription: string,
  event: Record<string, unknown>,
): void {
  if (!channel.members.includes(platform.workspace.app.bot_user)) return;
  sendEvent(platform, subscription, event, channel);
}
