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
  /** An IANA name such as `Europe/Berlin`. */
  tz: string;
  /** Set on a person who was deactivated. */
  deleted?: true;
  /** Set on a guest of some channels. */
  is_restricted?: true;
  /** Set on a person of another workspace, who meets ours in shared channels. */
  team_id?: string;
}

export interface Channel {
  id: string;
  name: string;
  topic: string;
  is_private: boolean;
  is_archived: boolean;
  /** Shared with another workspace (Slack Connect). */
  is_ext_shared?: boolean;
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
  /** How a streamed message shows its tasks. */
  task_display_mode?: 'timeline' | 'plan';
  /** On a `channel_join` message: who brought them in. */
  inviter?: string;
  /** On a message of a person of another workspace: that workspace. */
  user_team?: string;
  source_team?: string;
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
  | { type: 'channel'; channel: Channel }
  | { type: 'status'; channel: string; thread_ts: string; status: string };
