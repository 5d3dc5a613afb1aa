import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import type {
  Change,
  Channel,
  Message,
  OpenView,
  SlackFile,
  SlackUser,
  StateValues,
  UserGroup,
} from './types.ts';

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
  /** Uploads; `readyAt` (monotonic) is set when one is complete, and blocks may show it from then on. */
  files: Map<string, SlackFile & { content: Buffer | null; shared: boolean; readyAt?: number }>;
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

/** The workspace a person belongs to. */
export function teamOf(workspace: Workspace, user: SlackUser | undefined): string {
  return user?.team_id ?? workspace.team.id;
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
