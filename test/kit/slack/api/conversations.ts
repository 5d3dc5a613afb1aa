import { addMember } from '../membership.ts';
import { publicMessage, repliesOf } from '../messages.ts';
import { directMessage, findMessage, messagesOf, type Workspace } from '../state.ts';
import type { Channel, Message } from '../types.ts';
import {
  type Answer,
  bot,
  type Call,
  channelArg,
  flag,
  invalidArguments,
  kindOf,
  type Methods,
  needMember,
  needScope,
  paged,
  Refusal,
  required,
  text,
} from './call.ts';

/** A conversation as `conversations.info` shows it to the bot. */
function described(workspace: Workspace, channel: Channel): Answer {
  const member = channel.members.includes(workspace.app.bot_user);
  if (channel.is_im) {
    return { id: channel.id, is_im: true, user: channel.user, is_archived: false, is_open: true };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.is_private,
    is_group: channel.is_private,
    is_im: false,
    is_mpim: false,
    is_private: channel.is_private,
    is_archived: channel.is_archived,
    is_shared: channel.is_ext_shared === true,
    is_ext_shared: channel.is_ext_shared === true,
    is_org_shared: false,
    context_team_id: workspace.team.id,
    is_general: channel.name === 'general',
    is_member: member,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: channel.topic, creator: '', last_set: 0 },
    num_members: channel.members.length,
  };
}

function list(call: Call): Answer {
  const { workspace } = call.platform;
  const types = (text(call.args, 'types') ?? 'public_channel').split(/\s*,\s*/);
  const families: Record<string, string> = {
    public_channel: 'channels',
    private_channel: 'groups',
    im: 'im',
  };
  for (const type of types) {
    if (!families[type]) throw new Refusal('invalid_types');
    needScope(call.platform, `${families[type]}:read`);
  }
  const archived = !flag(call.args, 'exclude_archived');
  const visible = [...workspace.channels.values()].filter(
    (channel) =>
      types.some((type) => families[type] === kindOf(channel)) &&
      (archived || !channel.is_archived) &&
      (!channel.is_private || channel.members.includes(workspace.app.bot_user)),
  );
  const { page, next } = paged(call.args, visible, 100, 999);
  return {
    ok: true,
    channels: page.map((channel) => described(workspace, channel)),
    response_metadata: { next_cursor: next },
  };
}

function readable(call: Call, right: 'read' | 'history'): Channel {
  const channel = channelArg(call);
  needScope(call.platform, `${kindOf(channel)}:${right}`);
  return channel;
}

function within(args: Call['args'], message: Message): boolean {
  const oldest = text(args, 'oldest') ?? '0';
  const latest = text(args, 'latest');
  const inclusive = flag(args, 'inclusive');
  const at = Number(message.ts);
  const after = inclusive ? at >= Number(oldest) : at > Number(oldest);
  const before = latest === undefined || (inclusive ? at <= Number(latest) : at < Number(latest));
  return after && before;
}

function shown(call: Call, messages: Message[]): Answer[] {
  const metadata =
    flag(call.args, 'include_all_metadata') && call.platform.scopes.includes('metadata.message:read');
  return messages.map((message) => publicMessage(message, { metadata }));
}

function history(call: Call): Answer {
  const channel = readable(call, 'history');
  needMember(call, channel);
  const top = messagesOf(call.platform.workspace, channel.id).filter(
    (message) =>
      !message.ephemeral_to &&
      (!message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast') &&
      within(call.args, message),
  );
  const { page, next } = paged(call.args, top.reverse(), 100, 999);
  return {
    ok: true,
    messages: shown(call, page),
    has_more: next !== '',
    pin_count: 0,
    response_metadata: { next_cursor: next },
  };
}

function replies(call: Call): Answer {
  const channel = readable(call, 'history');
  needMember(call, channel);
  const parent = findMessage(call.platform.workspace, channel.id, required(call.args, 'ts'));
  if (!parent) throw new Refusal('thread_not_found');
  const isReply = parent.thread_ts !== undefined && parent.thread_ts !== parent.ts;
  const thread = isReply ? [] : repliesOf(call.platform.workspace, channel.id, parent.ts);
  const { page, next } = paged(
    call.args,
    thread.filter((message) => within(call.args, message)),
    1000,
    1000,
  );
  return {
    ok: true,
    messages: shown(call, [parent, ...page]),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  };
}

function join(call: Call): Answer {
  const { workspace } = call.platform;
  const channel = channelArg(call);
  if (channel.is_private) throw new Refusal('method_not_supported_for_channel_type');
  if (channel.is_archived) throw new Refusal('is_archived');
  if (channel.members.includes(workspace.app.bot_user)) {
    return {
      ok: true,
      channel: described(workspace, channel),
      warning: 'already_in_channel',
      response_metadata: { warnings: ['already_in_channel'] },
    };
  }
  addMember(call.platform, channel, workspace.app.bot_user);
  return { ok: true, channel: described(workspace, channel) };
}

function open(call: Call): Answer {
  const { workspace } = call.platform;
  const known = text(call.args, 'channel');
  if (known !== undefined) {
    const channel = channelArg(call);
    return { ok: true, channel: { id: channel.id } };
  }
  const ids = (text(call.args, 'users') ?? '').split(',').filter(Boolean);
  if (ids.length === 0) throw new Refusal('users_list_not_supplied');
  if (ids.length > 1) throw invalidArguments('this workspace has no group direct messages');
  const user = workspace.users.get(ids[0] ?? '');
  if (!user) throw new Refusal('user_not_found');
  const channel = directMessage(workspace, user);
  return {
    ok: true,
    channel: flag(call.args, 'return_im') ? described(workspace, channel) : { id: channel.id },
  };
}

function members(call: Call): Answer {
  const channel = readable(call, 'read');
  const { page, next } = paged(call.args, channel.members, 100, 1000);
  return { ok: true, members: page, response_metadata: { next_cursor: next } };
}

export const conversationMethods: Methods = {
  'conversations.list': bot(2, [], list),
  'conversations.info': bot(3, [], (call) => ({
    ok: true,
    channel: described(call.platform.workspace, readable(call, 'read')),
  })),
  'conversations.history': bot(3, [], history),
  'conversations.replies': bot(3, [], replies),
  'conversations.join': bot(3, ['channels:join'], join),
  'conversations.open': bot(3, ['im:write'], open),
  'conversations.members': bot(4, [], members),
};
