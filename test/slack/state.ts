import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';

/** A person or bot of the workspace, as `users.info` and the page know it. */
export interface SlackUser {
  id: string;
  name: string;
  real_name: string;
  title: string;
  email?: string;
  is_bot: boolean;
  /** Hex colour without `#`. */
  color: string;
  tz: string;
}

export interface Channel {
  id: string;
  name: string;
  topic: string;
  is_private: boolean;
  is_archived: boolean;
  members: string[];
  /** Present on a direct message: the person on the other side of the bot. */
  is_im?: true;
  user?: string;
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

export interface Block {
  type: string;
  block_id?: string;
  [field: string]: unknown;
}

export interface Metadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

export interface Reaction {
  name: string;
  users: string[];
  count: number;
}

export interface SlackFile {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  filetype: string;
  size: number;
  user: string;
  created: number;
  alt_txt?: string;
  url_private: string;
  url_private_download: string;
  permalink: string;
}

export interface Message {
  type: 'message';
  /** `seconds.micros`, unique in the workspace and growing with every message. */
  ts: string;
  channel: string;
  user: string;
  text: string;
  team: string;
  subtype?: string;
  bot_id?: string;
  app_id?: string;
  username?: string;
  thread_ts?: string;
  parent_user_id?: string;
  blocks?: Block[];
  attachments?: Record<string, unknown>[];
  metadata?: Metadata;
  edited?: { user: string; ts: string };
  reactions?: Reaction[];
  reply_count?: number;
  reply_users?: string[];
  reply_users_count?: number;
  latest_reply?: string;
  files?: SlackFile[];
  /** Set on an ephemeral message: the only person who sees it. */
  ephemeral_to?: string;
  /** Set while `chat.startStream` ... `chat.stopStream` writes the message. */
  streaming_state?: 'in_progress' | 'completed';
}

/** What one element holds, as Slack writes it into `state.values[block_id][action_id]`. */
export type ElementState = { type: string } & Record<string, unknown>;
export type StateValues = Record<string, Record<string, ElementState>>;

export interface View {
  id: string;
  team_id: string;
  type: 'modal' | 'home';
  title: Record<string, unknown> | null;
  submit: Record<string, unknown> | null;
  close: Record<string, unknown> | null;
  blocks: Block[];
  callback_id: string;
  external_id: string;
  private_metadata: string;
  hash: string;
  state: { values: StateValues };
  root_view_id: string;
  previous_view_id: string | null;
  clear_on_close: boolean;
  notify_on_close: boolean;
  app_id: string;
  app_installed_team_id: string;
  bot_id: string;
}

/** A view together with the person it is shown to. */
export interface OpenView {
  user: string;
  view: View;
}

/** One thing that changed, as the page receives it on `/ui/stream`. */
export type Change =
  | { type: 'message' | 'message_changed' | 'ephemeral'; message: Message }
  | { type: 'message_deleted'; channel: string; ts: string }
  | { type: 'reaction'; channel: string; ts: string; reactions: Reaction[] }
  | { type: 'view_opened' | 'view_updated' | 'view_pushed'; user: string; view: View }
  | { type: 'view_closed'; user: string; view_id: string }
  | { type: 'home'; user: string; view: View }
  | { type: 'connected'; connected: boolean }
  | { type: 'panel'; panel: unknown }
  | { type: 'status'; channel: string; thread_ts: string; status: string };

export interface App {
  id: string;
  bot_id: string;
  bot_user: string;
}

/** Everything the workspace holds. Tests read it; only the functions beside it change it. */
export interface Workspace {
  team: { id: string; name: string; domain: string };
  app: App;
  users: Map<string, SlackUser>;
  channels: Map<string, Channel>;
  userGroups: Map<string, UserGroup>;
  /** By channel, in order of `ts`; threads and ephemerals included. */
  messages: Map<string, Message[]>;
  views: Map<string, OpenView>;
  /** Each person's open modals, bottom first, as view ids. */
  modals: Map<string, string[]>;
  /** Each person's Home tab of the app, as a view id. */
  homes: Map<string, string>;
  files: Map<string, SlackFile & { content: Buffer | null; shared: boolean }>;
  /** What a person has chosen in a message's elements, by `user:channel:ts`. */
  choices: Map<string, StateValues>;
  statuses: Map<string, string>;
  changes: EventEmitter<{ change: [Change] }>;
  /** Microseconds of the latest `ts` given out. */
  lastTs: number;
  lastId: number;
}

export interface WorkspaceSeed {
  team: Workspace['team'];
  app: App;
  users: SlackUser[];
  channels: Channel[];
  userGroups: UserGroup[];
}

/** A fresh workspace with these people and channels and not a word in it. */
export function newWorkspace(seed: WorkspaceSeed): Workspace {
  const changes = new EventEmitter<{ change: [Change] }>();
  changes.setMaxListeners(0);
  return {
    team: seed.team,
    app: seed.app,
    users: new Map(seed.users.map((user) => [user.id, user])),
    channels: new Map(seed.channels.map((channel) => [channel.id, channel])),
    userGroups: new Map(seed.userGroups.map((group) => [group.id, group])),
    messages: new Map(),
    views: new Map(),
    modals: new Map(),
    homes: new Map(),
    files: new Map(),
    choices: new Map(),
    statuses: new Map(),
    changes,
    lastTs: 0,
    lastId: 0,
  };
}

/** Tells the page and every waiting test that something changed. */
export function announce(workspace: Workspace, change: Change): void {
  workspace.changes.emit('change', change);
}

/** The next `ts`: near the wall clock, but never repeated and never running backwards. */
export function nextTs(workspace: Workspace): string {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  workspace.lastTs = Math.max(now, workspace.lastTs + 1);
  const seconds = Math.floor(workspace.lastTs / 1e6);
  return `${seconds}.${String(workspace.lastTs % 1e6).padStart(6, '0')}`;
}

/** A new id in Slack's manner: a letter or two, then capitals and digits. */
export function nextId(workspace: Workspace, prefix: string): string {
  workspace.lastId += 1;
  const random = Math.floor(Math.random() * 36 ** 5);
  return `${prefix}0${workspace.lastId.toString(36).padStart(4, '0')}${random.toString(36).padStart(5, '0')}`.toUpperCase();
}

/** The messages of a channel, oldest first. */
export function messagesOf(workspace: Workspace, channel: string): Message[] {
  const known = workspace.messages.get(channel);
  if (known) return known;
  const fresh: Message[] = [];
  workspace.messages.set(channel, fresh);
  return fresh;
}

/** The message with this `ts`, an ephemeral one only when asked for. */
export function findMessage(
  workspace: Workspace,
  channel: string,
  ts: string,
  options: { ephemeral?: boolean } = {},
): Message | undefined {
  return messagesOf(workspace, channel).find(
    (message) => message.ts === ts && (options.ephemeral || !message.ephemeral_to),
  );
}

/** A channel by id, `#name` or `name`. */
export function findChannel(workspace: Workspace, idOrName: string): Channel | undefined {
  const name = idOrName.replace(/^#/, '');
  return (
    workspace.channels.get(idOrName) ??
    [...workspace.channels.values()].find((channel) => channel.name === name && !channel.is_im)
  );
}

/** The direct message channel between the bot and a person, made on first use. */
export function directMessage(workspace: Workspace, user: SlackUser): Channel {
  const known = [...workspace.channels.values()].find((channel) => channel.is_im && channel.user === user.id);
  if (known) return known;
  const channel: Channel = {
    id: nextId(workspace, 'D'),
    name: `dm-${user.name}`,
    topic: '',
    is_private: true,
    is_archived: false,
    members: [user.id, workspace.app.bot_user],
    is_im: true,
    user: user.id,
  };
  workspace.channels.set(channel.id, channel);
  return channel;
}
