import { publicMessage } from '../messages.ts';
import { addReaction, removeReaction } from '../reactions.ts';
import {
  type Answer,
  bot,
  type Call,
  channelArg,
  type Methods,
  messageArg,
  needMember,
  Refusal,
  text,
} from './call.ts';

const EMOJI = /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/;

function emojiArg(call: Call): string {
  const name = text(call.args, 'name') ?? '';
  if (!EMOJI.test(name)) throw new Refusal('invalid_name');
  return name;
}

function add(call: Call): Answer {
  const name = emojiArg(call);
  const channel = channelArg(call);
  needMember(call, channel);
  if (channel.is_archived) throw new Refusal('is_archived');
  const message = messageArg(call, channel, 'timestamp');
  if (!addReaction(call.platform, channel, message, call.platform.workspace.app.bot_user, name)) {
    throw new Refusal('already_reacted');
  }
  return { ok: true };
}

function remove(call: Call): Answer {
  const name = emojiArg(call);
  const channel = channelArg(call);
  const message = messageArg(call, channel, 'timestamp');
  if (!removeReaction(call.platform, channel, message, call.platform.workspace.app.bot_user, name)) {
    throw new Refusal('no_reaction');
  }
  return { ok: true };
}

function get(call: Call): Answer {
  const channel = channelArg(call);
  const message = messageArg(call, channel, 'timestamp');
  return {
    ok: true,
    type: 'message',
    channel: channel.id,
    message: publicMessage(message, { metadata: false }),
  };
}

export const reactionMethods: Methods = {
  'reactions.add': bot(3, ['reactions:write'], add),
  'reactions.remove': bot(2, ['reactions:write'], remove),
  'reactions.get': bot(3, ['reactions:read'], get),
};
