import { channelType, messageSubscription, sendChannelEvent } from './events.ts';
import type { Platform } from './platform.ts';
import { announce, findMessage, messagesOf, nextTs, teamOf, type Workspace } from './state.ts';
import type { Block, Channel, Message } from './types.ts';
import { withIds } from './walk.ts';

/** What the writer of a message decides; the rest is Slack's. */
export type Draft = Pick<Message, 'user' | 'text'> &
  Partial<
    Pick<
      Message,
      | 'blocks'
      | 'attachments'
      | 'metadata'
      | 'thread_ts'
      | 'subtype'
      | 'files'
      | 'ephemeral_to'
      | 'username'
      | 'streaming_state'
      | 'inviter'
      | 'task_display_mode'
    >
  >;

/** A message as the app sees it: without what only the emulator keeps. */
export function publicMessage(message: Message, options: { metadata: boolean }): Record<string, unknown> {
  const { channel: _channel, ephemeral_to: _to, task_display_mode: _mode, metadata, ...rest } = message;
  return structuredClone(options.metadata && metadata ? { ...rest, metadata } : rest);
}

function authorFields(workspace: Workspace, user: string): Partial<Message> {
  const team = teamOf(workspace, workspace.users.get(user));
  if (team !== workspace.team.id) return { user_team: team, source_team: team };
  if (user !== workspace.app.bot_user) return {};
  return { bot_id: workspace.app.bot_id, app_id: workspace.app.id };
}

/** Puts a message into a channel, tells the page, and sends the app its event. */
export function postMessage(platform: Platform, channel: Channel, draft: Draft): Message {
  const { workspace } = platform;
  const parent = draft.thread_ts ? findMessage(workspace, channel.id, draft.thread_ts) : undefined;
  const message: Message = {
    type: 'message',
    ts: nextTs(workspace),
    channel: channel.id,
    team: workspace.team.id,
    ...authorFields(workspace, draft.user),
    ...draft,
    ...(draft.blocks ? { blocks: withIds(draft.blocks) } : {}),
    ...(parent ? { parent_user_id: parent.user } : {}),
  };
  messagesOf(workspace, channel.id).push(message);
  if (message.ephemeral_to) {
    announce(workspace, { type: 'ephemeral', message });
    return message;
  }
  announce(workspace, { type: 'message', message });
  if (parent) {
    countReply(workspace, parent, message);
    if (message.bot_id) clearStatus(workspace, parent);
  }
  sendChannelEvent(platform, channel, messageSubscription(channel), {
    ...publicMessage(message, { metadata: false }),
    channel: channel.id,
    channel_type: channelType(channel),
    event_ts: message.ts,
  });
  return message;
}

/** The app's reply ends what its status line announced. */
function clearStatus(workspace: Workspace, parent: Message): void {
  if (!workspace.statuses.delete(`${parent.channel}:${parent.ts}`)) return;
  announce(workspace, { type: 'status', channel: parent.channel, thread_ts: parent.ts, status: '' });
}

function countReply(workspace: Workspace, parent: Message, reply: Message): void {
  const users = new Set([...(parent.reply_users ?? []), reply.user]);
  parent.thread_ts = parent.ts;
  parent.reply_count = (parent.reply_count ?? 0) + 1;
  parent.reply_users = [...users];
  parent.reply_users_count = users.size;
  parent.latest_reply = reply.ts;
  announce(workspace, { type: 'message_changed', message: parent });
}

interface Edit {
  text?: string;
  blocks?: Block[];
  attachments?: Record<string, unknown>[];
  metadata?: Message['metadata'];
  streaming_state?: Message['streaming_state'];
  /** False while a stream is written, which readers do not see as an edit. */
  mark?: boolean;
}

/** Changes a message in place and sends the app `message_changed`. */
export function editMessage(platform: Platform, channel: Channel, message: Message, edit: Edit): void {
  const { workspace } = platform;
  const previous = publicMessage(message, { metadata: false });
  const { mark = true, ...fields } = edit;
  if (fields.text !== undefined) message.text = fields.text;
  if (fields.blocks) message.blocks = withIds(fields.blocks);
  if (fields.attachments) message.attachments = fields.attachments;
  if (fields.metadata) message.metadata = fields.metadata;
  if (fields.streaming_state) message.streaming_state = fields.streaming_state;
  if (mark) message.edited = { user: message.user, ts: nextTs(workspace) };
  if (message.ephemeral_to) {
    announce(workspace, { type: 'ephemeral', message });
    return;
  }
  announce(workspace, { type: 'message_changed', message });
  const ts = nextTs(workspace);
  sendChannelEvent(platform, channel, messageSubscription(channel), {
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    message: publicMessage(message, { metadata: false }),
    previous_message: previous,
    channel: channel.id,
    channel_type: channelType(channel),
    ts,
    event_ts: ts,
  });
}

/** Takes a message away. A parent that has replies leaves a tombstone, as in Slack. */
export function deleteMessage(platform: Platform, channel: Channel, message: Message): void {
  const { workspace } = platform;
  const previous = publicMessage(message, { metadata: false });
  const isParent = (message.reply_count ?? 0) > 0;
  if (isParent) {
    message.subtype = 'tombstone';
    message.text = 'This message was deleted.';
    delete message.blocks;
    delete message.attachments;
    delete message.metadata;
    announce(workspace, { type: 'message_changed', message });
  } else {
    const list = messagesOf(workspace, channel.id);
    list.splice(list.indexOf(message), 1);
    announce(workspace, { type: 'message_deleted', channel: channel.id, ts: message.ts });
    if (message.thread_ts && !message.ephemeral_to) forgetReply(workspace, channel, message);
  }
  if (message.ephemeral_to) return;
  const ts = nextTs(workspace);
  sendChannelEvent(platform, channel, messageSubscription(channel), {
    type: 'message',
    subtype: 'message_deleted',
    hidden: true,
    deleted_ts: message.ts,
    previous_message: previous,
    channel: channel.id,
    channel_type: channelType(channel),
    ts,
    event_ts: ts,
  });
}

function forgetReply(workspace: Workspace, channel: Channel, reply: Message): void {
  const parent = findMessage(workspace, channel.id, reply.thread_ts ?? '');
  if (!parent) return;
  const replies = repliesOf(workspace, channel.id, parent.ts);
  const users = [...new Set(replies.map((message) => message.user))];
  parent.reply_count = replies.length;
  parent.reply_users = users;
  parent.reply_users_count = users.length;
  const latest = replies.at(-1);
  if (latest) parent.latest_reply = latest.ts;
  else delete parent.latest_reply;
  announce(workspace, { type: 'message_changed', message: parent });
}

/** A thread's replies, oldest first, without the parent and without ephemerals. */
export function repliesOf(workspace: Workspace, channel: string, threadTs: string): Message[] {
  return messagesOf(workspace, channel).filter(
    (message) => message.thread_ts === threadTs && message.ts !== threadTs && !message.ephemeral_to,
  );
}
