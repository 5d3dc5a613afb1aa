/**
 * The shapes that travel between the local Slack's server and its page.
 *
 * @typedef {{id: string, name: string, real_name: string, title: string, is_bot: boolean, color: string, team_id?: string}} User
 * @typedef {{id: string, name: string, topic: string, is_private: boolean, members: string[], is_archived?: boolean,
 *   is_im?: boolean, is_ext_shared?: boolean, user?: string}} Channel
 * @typedef {{id: string, handle: string, name: string}} UserGroup
 * @typedef {{name: string, users: string[]}} Reaction
 * @typedef {{id: string, name: string, title?: string, mimetype?: string, filetype?: string, size?: number,
 *   url_private?: string, permalink?: string, alt_txt?: string, preview?: string}} SlackFile
 * @typedef {{ts: string, thread_ts?: string, channel: string, user: string, bot_id?: string, username?: string, text: string,
 *   blocks?: any[], attachments?: any[], edited?: {ts: string}, reactions?: Reaction[], reply_count?: number,
 *   reply_users?: string[], latest_reply?: string, subtype?: string, files?: SlackFile[], ephemeral_to?: string,
 *   streaming_state?: 'in_progress' | 'completed'}} Message
 * @typedef {{id: string, type: 'modal' | 'home', title?: any, submit?: any, close?: any, blocks: any[],
 *   callback_id?: string, private_metadata?: string, hash?: string, submit_disabled?: boolean, errors?: Record<string, string>}} View
 * @typedef {{command: string, description: string, usage_hint?: string}} Command
 * @typedef {{callback_id: string, name: string, description: string, type: 'global' | 'message'}} Shortcut
 * @typedef {{id: string, label: string, detail: string, available: boolean, reason?: string}} PanelItem
 * @typedef {{title: string, items: PanelItem[]}} Panel
 * @typedef {{user_id: string, name: string, connected: boolean}} Bot
 * @typedef {{ok: boolean, error?: string, errors?: Record<string, string>, message?: string}} Result
 *
 * What the page knows. `messages` is by channel id, `threads` and `status` by `threadKey`, `views` (a stack, the
 * shown one last) and `home` by user id.
 * @typedef {{phase: 'loading' | 'ready' | 'failed', online: boolean, team: {id: string, name: string}, users: User[],
 *   channels: Channel[], user_groups: UserGroup[], commands: Command[], shortcuts: Shortcut[], bot: Bot | null, panel: Panel | null,
 *   messages: Record<string, Message[]>, threads: Record<string, Message[]>, views: Record<string, View[]>,
 *   home: Record<string, View | null>, status: Record<string, string>}} State
 *
 * Where the reader is: `list` is the sidebar alone, which only a narrow screen shows.
 * @typedef {{screen: 'channel' | 'home' | 'list', channel: string | null, thread: string | null, user: string | null}} Route
 */
export {};
