import { ActError, actor, channelFor } from './acts.ts';
import { sendChannelEvent, sendEvent } from './events.ts';
import { postMessage } from './messages.ts';
import type { Platform } from './platform.ts';
import { announce } from './state.ts';
import type { Channel } from './types.ts';

const kindOf = (channel: Channel) => (channel.is_private ? 'group' : 'channel');

function changed(platform: Platform, channel: Channel): void {
  announce(platform.workspace, { type: 'channel', channel });
}

/** Somebody comes into a channel, invited by a person or on their own; the app hears of it as a member. */
export function addMember(platform: Platform, channel: Channel, user: string, inviter?: string): void {
  channel.members.push(user);
  postMessage(platform, channel, {
    user,
    text: `<@${user}> has joined the channel`,
    subtype: 'channel_join',
    ...(inviter !== undefined ? { inviter } : {}),
  });
  sendChannelEvent(platform, channel, 'member_joined_channel', {
    type: 'member_joined_channel',
    user,
    channel: channel.id,
    channel_type: channel.is_private ? 'G' : 'C',
    team: platform.workspace.team.id,
    ...(inviter !== undefined ? { inviter } : {}),
  });
  changed(platform, channel);
}

/** Somebody leaves a channel, or is made to. An app that was put out hears `channel_left` or `group_left`. */
function removeMember(platform: Platform, channel: Channel, user: string, actorId: string): void {
  channel.members = channel.members.filter((member) => member !== user);
  changed(platform, channel);
  const channelId = channel.id;
  if (user === platform.workspace.app.bot_user) {
    const type = `${kindOf(channel)}_left`;
    sendEvent(platform, type, { type, channel: channelId, actor_id: actorId });
    return;
  }
  postMessage(platform, channel, {
    user,
    text: `<@${user}> has left the channel`,
    subtype: 'channel_leave',
  });
  sendChannelEvent(platform, channel, 'member_left_channel', {
    type: 'member_left_channel',
    user,
    channel: channelId,
    channel_type: channel.is_private ? 'G' : 'C',
    team: platform.workspace.team.id,
  });
}

/** A person invites somebody, the app by default, into a channel they are in. @throws ActError */
export function invite(platform: Platform, by: string, idOrName: string, who?: string): void {
  const channel = channelFor(platform, actor(platform, by), idOrName);
  const user = who ?? platform.workspace.app.bot_user;
  if (!platform.workspace.users.has(user)) throw new ActError(`there is nobody called ${user}`);
  if (channel.is_archived) throw new ActError(`#${channel.name} is archived`);
  if (channel.members.includes(user)) throw new ActError(`${user} is already in #${channel.name}`);
  addMember(platform, channel, user, by);
}

/** A person puts somebody, the app by default, out of a channel. @throws ActError */
export function kick(platform: Platform, by: string, idOrName: string, who?: string): void {
  const channel = channelFor(platform, actor(platform, by), idOrName);
  const user = who ?? platform.workspace.app.bot_user;
  if (!channel.members.includes(user)) throw new ActError(`${user} is not in #${channel.name}`);
  removeMember(platform, channel, user, by);
}

/** A person archives a channel, or brings it back: it is read-only for as long. @throws ActError */
export function archive(platform: Platform, by: string, idOrName: string, archived: boolean): void {
  const channel = channelFor(platform, actor(platform, by), idOrName);
  if (channel.is_archived === archived) {
    throw new ActError(`#${channel.name} is ${archived ? 'already archived' : 'not archived'}`);
  }
  channel.is_archived = archived;
  const type = `${kindOf(channel)}_${archived ? 'archive' : 'unarchive'}`;
  sendChannelEvent(platform, channel, type, { type, channel: channel.id, user: by });
  changed(platform, channel);
}
