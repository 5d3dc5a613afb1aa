import type { Platform } from '../platform.ts';
import type { Tier } from '../rate-limit.ts';
import { findChannel, findMessage } from '../state.ts';
import type { Channel, Message, SlackUser } from '../types.ts';

export type Args = Record<string, unknown>;
export type Answer = Record<string, unknown>;

/** A method's refusal: Slack's error code and whatever else stands in the answer. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(error: string, extra: Answer = {}) {
    super(error);
    this.answer = { ok: false, error, ...extra };
  }
}

export interface Call {
  method: string;
  args: Args;
  platform: Platform;
}

export interface MethodSpec {
  /** Every scope the token must hold. Methods on conversations also check the scope of the conversation's kind. */
  scopes: string[];
  token: 'bot' | 'app' | 'any';
  tier: Tier;
  run(call: Call): Answer;
}

export type Methods = Record<string, MethodSpec>;

/** A method for the bot token, which is nearly all of them. */
export function bot(tier: Tier, scopes: string[], run: MethodSpec['run']): MethodSpec {
  return { scopes, token: 'bot', tier, run };
}

/** `invalid_arguments` with the reasons in `response_metadata.messages`. */
export function invalidArguments(...messages: string[]): Refusal {
  return new Refusal('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}

/** A text argument, or undefined when it is absent or empty. */
export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function required(args: Args, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw invalidArguments(`missing required field: ${name}`);
  return value;
}

export function flag(args: Args, name: string): boolean {
  const value = args[name];
  return value === true || value === 'true' || value === '1' || value === 1;
}

/** A whole number within bounds; `fallback` when absent. */
function count(args: Args, name: string, fallback: number, max: number): number {
  const given = args[name];
  if (given === undefined || given === '') return fallback;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 0) throw new Refusal('invalid_limit');
  return Math.min(Math.max(value, 1), max);
}

/** An argument that arrives as JSON text in a form, or as itself in a JSON body. */
export function json(args: Args, name: string, error: string): unknown {
  const value = args[name];
  if (typeof value !== 'string') return value;
  if (value === '') return undefined;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new Refusal(error, {
      response_metadata: { messages: [`[ERROR] ${name} is not JSON: ${String(cause)}`] },
    });
  }
}

/** Refuses the call when the token lacks a scope. */
export function needScope(platform: Platform, scope: string): void {
  if (platform.scopes.includes(scope)) return;
  throw new Refusal('missing_scope', { needed: scope, provided: platform.scopes.join(',') });
}

const KINDS = { channel: 'channels', group: 'groups', im: 'im' } as const;

/** The scope family of a conversation: `channels`, `groups` or `im`. */
export function kindOf(channel: Channel): string {
  if (channel.is_im) return KINDS.im;
  return channel.is_private ? KINDS.group : KINDS.channel;
}

/** The channel an argument names. A private one the bot is not in does not exist for it. */
export function channelArg(call: Call, name = 'channel'): Channel {
  const { workspace } = call.platform;
  const channel = findChannel(workspace, text(call.args, name) ?? '');
  const hidden = channel?.is_private && !channel.members.includes(workspace.app.bot_user);
  if (!channel || hidden) throw new Refusal('channel_not_found');
  return channel;
}

export function needMember(call: Call, channel: Channel): void {
  if (!channel.members.includes(call.platform.workspace.app.bot_user)) throw new Refusal('not_in_channel');
}

export function userArg(call: Call, name = 'user'): SlackUser {
  const user = call.platform.workspace.users.get(text(call.args, name) ?? '');
  if (!user) throw new Refusal('user_not_found');
  return user;
}

export function messageArg(call: Call, channel: Channel, name = 'ts'): Message {
  const message = findMessage(call.platform.workspace, channel.id, text(call.args, name) ?? '');
  if (!message) throw new Refusal('message_not_found');
  return message;
}

/** One page of a list and the cursor of the next, which is empty at the end. */
export function paged<T>(args: Args, items: T[], fallback: number, max: number): { page: T[]; next: string } {
  const cursor = text(args, 'cursor');
  const start =
    cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace('next:', ''));
  if (!Number.isInteger(start)) throw new Refusal('invalid_cursor');
  const end = start + count(args, 'limit', fallback, max);
  const next = end < items.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { page: items.slice(start, end), next };
}
