import { sendChannelEvent } from './events.ts';
import type { Platform } from './platform.ts';
import { announce } from './state.ts';
import type { Channel, Message } from './types.ts';

/** Adds a person's reaction; answers false when it was there already. */
export function addReaction(
  platform: Platform,
  channel: Channel,
  message: Message,
  user: string,
  name: string,
): boolean {
  message.reactions ??= [];
  const reactions = message.reactions;
  const known = reactions.find((reaction) => reaction.name === name);
  if (known?.users.includes(user)) return false;
  if (known) {
    known.users.push(user);
    known.count = known.users.length;
  } else {
    reactions.push({ name, users: [user], count: 1 });
  }
  reactionChanged(platform, channel, message, 'reaction_added', user, name);
  return true;
}

/** Takes a person's reaction away; answers false when there was none. */
export function removeReaction(
  platform: Platform,
  channel: Channel,
  message: Message,
  user: string,
  name: string,
): boolean {
  const known = message.reactions?.find((reaction) => reaction.name === name);
  if (!known?.users.includes(user)) return false;
  known.users = known.users.filter((other) => other !== user);
  known.count = known.users.length;
  message.reactions = message.reactions?.filter((reaction) => reaction.count > 0) ?? [];
  reactionChanged(platform, channel, message, 'reaction_removed', user, name);
  return true;
}

function reactionChanged(
  platform: Platform,
  channel: Channel,
  message: Message,
  type: 'reaction_added' | 'reaction_removed',
  user: string,
  reaction: string,
): void {
  const { ts } = message;
  announce(platform.workspace, {
    type: 'reaction',
    channel: channel.id,
    ts,
    reactions: message.reactions ?? [],
  });
  sendChannelEvent(platform, channel, type, {
    type,
    user,
    reaction,
    item_user: message.user,
    item: { type: 'message', channel: channel.id, ts },
  });
}
