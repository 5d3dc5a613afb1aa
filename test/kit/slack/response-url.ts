import { performance } from 'node:perf_hooks';
import { Refusal } from './api/call.ts';
import { contentArgs, needContent } from './api/content.ts';
import { deleteMessage, editMessage, postMessage } from './messages.ts';
import type { Platform, ResponseTarget } from './platform.ts';
import { findMessage } from './state.ts';
import type { Channel, Message } from './types.ts';

const CHARACTERS = 40_000;

type Body = Record<string, unknown>;

function messageOf(platform: Platform, target: ResponseTarget): Message | undefined {
  if (target.messageTs === undefined) return undefined;
  return findMessage(platform.workspace, target.channel, target.messageTs, { ephemeral: true });
}

/** The thread a reply belongs to: the one the app names, else the one the interaction came from. */
function threadOf(target: Pick<ResponseTarget, 'threadTs'>, body: Body): string | undefined {
  return typeof body.thread_ts === 'string' ? body.thread_ts : target.threadTs;
}

function post(
  platform: Platform,
  channel: Channel,
  target: Pick<ResponseTarget, 'user' | 'threadTs'>,
  body: Body,
): void {
  const content = contentArgs(platform, body, { text: CHARACTERS });
  needContent(content);
  const thread_ts = threadOf(target, body);
  postMessage(platform, channel, {
    user: platform.workspace.app.bot_user,
    text: '',
    ...content,
    ...(thread_ts !== undefined ? { thread_ts } : {}),
    ...(body.response_type === 'in_channel' ? {} : { ephemeral_to: target.user }),
  });
}

function write(platform: Platform, target: ResponseTarget, body: Body): void {
  const channel = platform.workspace.channels.get(target.channel);
  if (!channel) throw new Refusal('channel_not_found');
  const message = messageOf(platform, target);
  if (message && body.delete_original === true) deleteMessage(platform, channel, message);
  else if (message && replaces(body)) replace(platform, channel, message, body);
  else post(platform, channel, target, body);
}

function replaces(body: Body): boolean {
  return body.replace_original === true || body.replace_original === 'true';
}

function replace(platform: Platform, channel: Channel, message: Message, body: Body): void {
  const content = contentArgs(platform, body, { text: CHARACTERS });
  needContent(content);
  if (!content.blocks) delete message.blocks;
  editMessage(platform, channel, message, { ...content, mark: !content.blocks });
}

/**
 * Shows what an app put into the acknowledgement of a slash command.
 * @returns Slack's error code when the answer cannot be shown
 */
export function showReply(
  platform: Platform,
  target: { user: string; channel: string },
  body: unknown,
): string | undefined {
  if (body === undefined || body === null || body === '') return undefined;
  const reply: Body = typeof body === 'string' ? { text: body } : (body as Body);
  const channel = platform.workspace.channels.get(target.channel);
  if (!channel || Object.keys(reply).length === 0) return undefined;
  try {
    post(platform, channel, target, reply);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Answers a POST to a `response_url`: 200 `ok`, or why it may not or cannot be written. */
export function respond(platform: Platform, path: string, body: Body): { status: number; body: string } {
  const refused = (status: number, error: string) => ({ status, body: JSON.stringify({ ok: false, error }) });
  const target = platform.responseTargets.get(path);
  if (!target) return refused(404, 'invalid_url');
  if (performance.now() - target.at > platform.limits.responseUrlLifeMs) return refused(404, 'expired_url');
  if (target.uses >= platform.limits.responseUrlUses) return refused(404, 'used_url');
  target.uses += 1;
  try {
    write(platform, target, body);
    return { status: 200, body: 'ok' };
  } catch (error) {
    if (error instanceof Refusal) return { status: 400, body: JSON.stringify(error.answer) };
    throw error;
  }
}
