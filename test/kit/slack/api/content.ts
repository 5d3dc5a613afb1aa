import { performance } from 'node:perf_hooks';
import { type Draft, postMessage } from '../messages.ts';
import { metadataError } from '../metadata.ts';
import type { Platform } from '../platform.ts';
import type { Block, Channel, Message } from '../types.ts';
import { blockProblems, problemText } from '../validate.ts';
import { objects } from '../walk.ts';
import { type Args, type Call, json, needMember, needScope, Refusal, text } from './call.ts';

const MOST_ATTACHMENTS = 100;

const IMAGE_TYPES = new Set(['png', 'jpg', 'jpeg', 'gif']);

/** Where blocks show a Slack file that is not there, is not complete or not worked on yet, or is no image. */
function wrongFiles(platform: Platform, value: unknown, pointer: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { slack_file: wanted } = value as { slack_file?: { id?: string; url?: string } };
  const file = [...platform.workspace.files.values()].find(
    (known) =>
      known.id === wanted?.id || known.url_private === wanted?.url || known.permalink === wanted?.url,
  );
  const isReady = file?.readyAt !== undefined && file.readyAt <= performance.now();
  const usable = isReady && IMAGE_TYPES.has(file.filetype);
  return [
    ...(wanted && !usable ? [`invalid slack file [json-pointer:${pointer}/slack_file]`] : []),
    ...Object.entries(value).flatMap(([name, part]) => wrongFiles(platform, part, `${pointer}/${name}`)),
  ];
}

/** Refuses blocks that Slack would refuse, naming each wrong place. */
export function refuseBlocks(platform: Platform, blocks: unknown, pointer = '/blocks'): void {
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format');
  if (blocks.filter((block) => (block as Block | null)?.type === 'table').length > 1) {
    throw new Refusal('only_one_table_allowed');
  }
  const errors = [
    ...blockProblems(blocks, pointer).map(problemText),
    ...wrongFiles(platform, blocks, pointer),
  ];
  if (errors.length === 0) return;
  throw new Refusal('invalid_blocks', {
    errors,
    response_metadata: { messages: errors.map((error) => `[ERROR] ${error}`) },
  });
}

/** The text, blocks, attachments and metadata of a message, as far as they were given; all checked. */
export type Content = Partial<Pick<Message, 'text' | 'blocks' | 'attachments' | 'metadata'>>;

/**
 * Reads and checks what a message is made of.
 * @throws Refusal as Slack words it: `msg_too_long`, `invalid_blocks`, `invalid_metadata_schema`, ...
 */
export function contentArgs(platform: Platform, args: Args, limits: { text: number }): Content {
  const words = text(args, 'text');
  if (words !== undefined && words.length > limits.text) throw new Refusal('msg_too_long');
  const markdown = text(args, 'markdown_text');
  if (markdown !== undefined && markdown.length > 12_000) throw new Refusal('msg_too_long');
  const blocks = json(args, 'blocks', 'invalid_blocks_format');
  if (markdown !== undefined && (blocks !== undefined || words !== undefined)) {
    throw new Refusal('markdown_text_conflict');
  }
  if (blocks !== undefined) refuseBlocks(platform, blocks);
  const attachments = attachmentsArg(platform, args);
  const metadata = json(args, 'metadata', 'invalid_metadata_format');
  const wrong = metadata === undefined ? undefined : metadataError(metadata);
  if (wrong) throw new Refusal(wrong);
  return {
    ...(words !== undefined ? { text: words } : {}),
    ...(markdown !== undefined ? { text: markdown, blocks: [{ type: 'markdown', text: markdown }] } : {}),
    ...(blocks !== undefined ? { blocks: blocks as Block[] } : {}),
    ...(attachments ? { attachments } : {}),
    ...(metadata !== undefined ? { metadata: metadata as NonNullable<Message['metadata']> } : {}),
  };
}

function attachmentsArg(platform: Platform, args: Args): Record<string, unknown>[] | undefined {
  const attachments = json(args, 'attachments', 'invalid_attachments');
  if (attachments === undefined) return undefined;
  if (!Array.isArray(attachments)) throw new Refusal('invalid_attachments');
  if (attachments.length > MOST_ATTACHMENTS) throw new Refusal('too_many_attachments');
  attachments.forEach((attachment, index) => {
    const blocks = (attachment as { blocks?: unknown } | null)?.blocks;
    if (blocks !== undefined) refuseBlocks(platform, blocks, `/attachments/${index}/blocks`);
  });
  return objects(attachments);
}

/** `no_text` unless there is something to show. */
export function needContent(content: Content): void {
  const shown = content.text || content.blocks?.length || content.attachments?.length;
  if (!shown) throw new Refusal('no_text');
}

/** The message a `thread_ts` names, which must exist and must not itself be a reply. */
export function threadArg(call: Call, channel: Channel): string | undefined {
  const threadTs = text(call.args, 'thread_ts');
  if (threadTs === undefined) return undefined;
  const parent = call.platform.workspace.messages
    .get(channel.id)
    ?.find((message) => message.ts === threadTs && !message.ephemeral_to);
  if (!parent) throw new Refusal('thread_not_found');
  if (parent.thread_ts && parent.thread_ts !== parent.ts) throw new Refusal('cannot_reply_to_message');
  return threadTs;
}

/** Refuses to write where the bot may not, or too fast. */
export function needToWrite(call: Call, channel: Channel): void {
  const { platform } = call;
  if (channel.is_archived) throw new Refusal('is_archived');
  const open = !channel.is_private && platform.scopes.includes('chat:write.public');
  if (!open) needMember(call, channel);
}

/** Thrown when Slack wants the caller to slow down: HTTP 429 with this many seconds in `Retry-After`. */
export class TooFast extends Error {
  readonly retryAfter: number;
  constructor(retryAfter: number) {
    super(`slow down for ${retryAfter} s`);
    this.retryAfter = retryAfter;
  }
}

/** Enforces about one message a second and channel, with a short burst. */
export function paceMessages(call: Call, channel: Channel): void {
  const { limits, limiter } = call.platform;
  const pace = { burst: limits.messageBurst, perSecond: limits.messagesPerSecondPerChannel };
  const wait = limiter.take(`messages:${channel.id}`, pace);
  if (wait > 0) throw new TooFast(wait);
}

/** Puts the bot's own message into a channel. */
export function postAsBot(call: Call, channel: Channel, draft: Omit<Draft, 'user'>): Message {
  const username = text(call.args, 'username');
  if (username !== undefined) needScope(call.platform, 'chat:write.customize');
  return postMessage(call.platform, channel, {
    user: call.platform.workspace.app.bot_user,
    ...draft,
    ...(username !== undefined ? { username } : {}),
  });
}
