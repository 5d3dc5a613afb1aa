import { deleteMessage, editMessage, publicMessage } from '../messages.ts';
import { directMessage, findChannel, findMessage } from '../state.ts';
import type { Channel, Message } from '../types.ts';
import {
  type Answer,
  bot,
  type Call,
  channelArg,
  flag,
  invalidArguments,
  type Methods,
  messageArg,
  needMember,
  Refusal,
  required,
  text,
  userArg,
} from './call.ts';
import { contentArgs, needContent, needToWrite, paceMessages, postAsBot, threadArg } from './content.ts';

const POST_CHARACTERS = 40_000;
const UPDATE_CHARACTERS = 4000;

/** Where a post goes: a channel, or a person's direct message with the bot. */
function destination(call: Call): Channel {
  const user = call.platform.workspace.users.get(text(call.args, 'channel') ?? '');
  return user ? directMessage(call.platform.workspace, user) : channelArg(call);
}

function answered(channel: Channel, message: Message): Answer {
  return {
    ok: true,
    channel: channel.id,
    ts: message.ts,
    message: publicMessage(message, { metadata: true }),
  };
}

function post(call: Call): Answer {
  const channel = destination(call);
  needToWrite(call, channel);
  const content = contentArgs(call.platform, call.args, { text: POST_CHARACTERS });
  needContent(content);
  const thread_ts = threadArg(call, channel);
  const broadcast = flag(call.args, 'reply_broadcast');
  if (broadcast && thread_ts === undefined) throw new Refusal('invalid_arguments');
  paceMessages(call, channel);
  const message = postAsBot(call, channel, {
    text: '',
    ...content,
    ...(thread_ts !== undefined ? { thread_ts } : {}),
    ...(broadcast ? { subtype: 'thread_broadcast' } : {}),
  });
  return answered(channel, message);
}

function ownMessage(call: Call, channel: Channel, refusal: string): Message {
  const message = messageArg(call, channel);
  if (message.bot_id !== call.platform.workspace.app.bot_id || message.subtype === 'tombstone') {
    throw new Refusal(refusal);
  }
  return message;
}

function update(call: Call): Answer {
  const channel = channelArg(call);
  needToWrite(call, channel);
  const message = ownMessage(call, channel, 'cant_update_message');
  if (message.streaming_state === 'in_progress') throw new Refusal('streaming_state_conflict');
  const content = contentArgs(call.platform, call.args, { text: UPDATE_CHARACTERS });
  if (!content.metadata) needContent(content);
  // Text without blocks takes the place of the blocks and marks the message as edited; blocks change it quietly.
  const onlyText = content.text !== undefined && !content.blocks && !content.attachments;
  if (onlyText) {
    delete message.blocks;
    delete message.attachments;
  }
  editMessage(call.platform, channel, message, { ...content, mark: onlyText });
  return { ...answered(channel, message), text: message.text };
}

function remove(call: Call): Answer {
  const channel = channelArg(call);
  const message = ownMessage(call, channel, 'cant_delete_message');
  deleteMessage(call.platform, channel, message);
  return { ok: true, channel: channel.id, ts: message.ts };
}

function postEphemeral(call: Call): Answer {
  const channel = channelArg(call);
  needToWrite(call, channel);
  const user = userArg(call);
  if (!channel.members.includes(user.id)) throw new Refusal('user_not_in_channel');
  const content = contentArgs(call.platform, call.args, { text: POST_CHARACTERS });
  needContent(content);
  const thread_ts = threadArg(call, channel);
  const message = postAsBot(call, channel, {
    text: '',
    ...content,
    ephemeral_to: user.id,
    ...(thread_ts !== undefined ? { thread_ts } : {}),
  });
  return { ok: true, message_ts: message.ts };
}

/** The address of a message on the local page. */
function permalink(url: string, channel: string, message: Message): string {
  const inThread = message.thread_ts && message.thread_ts !== message.ts;
  const thread = inThread ? `?thread_ts=${message.thread_ts}&cid=${channel}` : '';
  return `${url}/archives/${channel}/p${message.ts.replace('.', '')}${thread}`;
}

function getPermalink(call: Call): Answer {
  const channel = channelArg(call);
  const message = messageArg(call, channel, 'message_ts');
  return { ok: true, channel: channel.id, permalink: permalink(call.platform.url, channel.id, message) };
}

const FARTHEST_SECONDS = 120 * 24 * 3600;

function schedule(call: Call): Answer {
  const channel = channelArg(call);
  needMember(call, channel);
  const postAt = Number(required(call.args, 'post_at'));
  const ahead = postAt - Date.now() / 1000;
  if (!Number.isInteger(postAt)) throw invalidArguments('post_at must be a Unix timestamp');
  if (ahead <= 0) throw new Refusal('time_in_past');
  if (ahead > FARTHEST_SECONDS) throw new Refusal('time_too_far');
  const content = contentArgs(call.platform, call.args, { text: POST_CHARACTERS });
  needContent(content);
  const timer = setTimeout(() => {
    if (findChannel(call.platform.workspace, channel.id)) postAsBot(call, channel, { text: '', ...content });
  }, ahead * 1000);
  timer.unref();
  return {
    ok: true,
    channel: channel.id,
    scheduled_message_id: `Q${timer[Symbol.toPrimitive]()}`,
    post_at: postAt,
  };
}

export const chatMethods: Methods = {
  'chat.postMessage': bot('posting', ['chat:write'], post),
  'chat.update': bot(3, ['chat:write'], update),
  'chat.delete': bot(3, ['chat:write'], remove),
  'chat.postEphemeral': bot(4, ['chat:write'], postEphemeral),
  'chat.getPermalink': bot(4, [], getPermalink),
  'chat.scheduleMessage': bot(3, ['chat:write'], schedule),
};

/** The message a stream writes, which must be the bot's own and still open. */
export function streamedMessage(call: Call, channel: Channel): Message {
  const message = findMessage(call.platform.workspace, channel.id, required(call.args, 'ts'));
  if (!message) throw new Refusal('message_not_found');
  if (message.bot_id !== call.platform.workspace.app.bot_id) throw new Refusal('message_not_owned_by_app');
  if (message.streaming_state !== 'in_progress') throw new Refusal('message_not_in_streaming_state');
  return message;
}
