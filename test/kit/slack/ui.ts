import type { ServerResponse } from 'node:http';
import { ActError, openHome, react, say } from './acts.ts';
import { type ClickInput, click } from './clicks.ts';
import { command, shortcut } from './commands.ts';
import { sendJson } from './http.ts';
import { OWN_COMMANDS } from './own-commands.ts';
import type { Platform } from './platform.ts';
import { announce, messagesOf } from './state.ts';
import { closeModals, closeView, submitView } from './submissions.ts';
import { suggestions } from './suggestions.ts';
import type { Place } from './surfaces.ts';
import type { Message, StateValues } from './types.ts';

type Body = Record<string, unknown>;
type Reply = Record<string, unknown>;
type Route = (platform: Platform, body: Body, part: string) => Promise<Reply> | Reply;

function word(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new ActError(`${name} is missing`);
  return value;
}

function maybe<Name extends string>(body: Body, name: Name): { [key in Name]?: string } {
  const value = body[name];
  return (typeof value === 'string' && value !== '' ? { [name]: value } : {}) as { [key in Name]?: string };
}

/** The element that a request of the page is about. */
function place(body: Body): Place {
  return {
    ...maybe(body, 'channel'),
    ...maybe(body, 'message_ts'),
    ...maybe(body, 'view_id'),
    block_id: word(body, 'block_id'),
    action_id: word(body, 'action_id'),
  };
}

async function panelState(platform: Platform): Promise<unknown> {
  const { panel } = platform;
  return panel ? { title: panel.title, items: await panel.items() } : null;
}

async function state(platform: Platform): Promise<Reply> {
  const { team, users, channels, userGroups, app, statuses } = platform.workspace;
  return {
    ok: true,
    team: { id: team.id, name: team.name },
    users: [...users.values()],
    channels: [...channels.values()],
    user_groups: [...userGroups.values()],
    commands: [...platform.commands, ...OWN_COMMANDS],
    shortcuts: platform.shortcuts,
    bot: {
      user_id: app.bot_user,
      name: users.get(app.bot_user)?.real_name ?? 'Medic',
      connected: platform.delivery.connected(),
    },
    status: Object.fromEntries([...statuses].map(([key, words]) => [key.replace(':', '/'), words])),
    panel: await panelState(platform),
  };
}

function visible(user: string | null, message: Message): boolean {
  return !message.ephemeral_to || message.ephemeral_to === user;
}

/** The top level of a channel as this person sees it, oldest first. */
function channelMessages(platform: Platform, channel: string, user: string | null): Message[] {
  return messagesOf(platform.workspace, channel).filter(
    (message) =>
      visible(user, message) &&
      (!message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast'),
  );
}

/** A thread as this person sees it, parent first. */
export function threadMessages(
  platform: Platform,
  channel: string,
  ts: string,
  user: string | null,
): Message[] {
  return messagesOf(platform.workspace, channel).filter(
    (message) => visible(user, message) && (message.ts === ts || message.thread_ts === ts),
  );
}

async function runPanelItem(platform: Platform, id: string): Promise<Reply> {
  if (!platform.panel) throw new ActError('this workspace has no panel');
  try {
    const message = await platform.panel.run(id);
    announce(platform.workspace, { type: 'panel', panel: await panelState(platform) });
    return { ok: true, message };
  } catch (error) {
    throw new ActError(error instanceof Error ? error.message : String(error));
  }
}

const POST: Record<string, Route> = {
  message: (platform, body) => ({
    ok: true,
    message: say(platform, word(body, 'user'), {
      channel: word(body, 'channel'),
      text: word(body, 'text'),
      ...maybe(body, 'thread_ts'),
    }),
  }),
  command: async (platform, body) => {
    const text = typeof body.text === 'string' ? body.text.trim() : '';
    const input = { channel: word(body, 'channel'), command: word(body, 'command'), text };
    await command(platform, word(body, 'user'), input);
    return { ok: true };
  },
  action: async (platform, body) => {
    const value = body.value;
    const input: ClickInput = {
      ...place(body),
      ...(typeof value === 'object' && value !== null ? { value: value as Record<string, unknown> } : {}),
    };
    await click(platform, word(body, 'user'), input);
    return { ok: true };
  },
  reaction: (platform, body) => {
    const input = { channel: word(body, 'channel'), ts: word(body, 'ts'), name: word(body, 'name') };
    react(platform, word(body, 'user'), { ...input, add: body.add !== false });
    return { ok: true };
  },
  'view/submit': async (platform, body) => ({
    ...(await submitView(
      platform,
      word(body, 'user'),
      word(body, 'view_id'),
      (body.values ?? {}) as StateValues,
    )),
  }),
  'view/close': async (platform, body) => {
    await closeView(platform, word(body, 'user'), word(body, 'view_id'));
    return { ok: true };
  },
  'view/close-all': async (platform, body) => {
    await closeModals(platform, word(body, 'user'));
    return { ok: true };
  },
  options: async (platform, body) => {
    const value = typeof body.value === 'string' ? body.value : '';
    return { ok: true, ...(await suggestions(platform, word(body, 'user'), { ...place(body), value })) };
  },
  shortcut: async (platform, body) => {
    const input = {
      callback_id: word(body, 'callback_id'),
      ...maybe(body, 'channel'),
      ...maybe(body, 'message_ts'),
    };
    await shortcut(platform, word(body, 'user'), input);
    return { ok: true };
  },
  home: (platform, body) => {
    openHome(platform, word(body, 'user'));
    return { ok: true };
  },
};

async function get(platform: Platform, path: string, user: string | null): Promise<Reply> {
  if (path === 'state') return state(platform);
  if (path === 'home') {
    const id = platform.workspace.homes.get(user ?? '');
    return { ok: true, view: (id && platform.workspace.views.get(id)?.view) || null };
  }
  if (path === 'modals') {
    const stack = platform.workspace.modals.get(user ?? '') ?? [];
    return { ok: true, views: stack.map((id) => platform.workspace.views.get(id)?.view) };
  }
  const [, channel = '', threadTs] = /^channels\/([^/]+)\/(?:messages|threads\/([\d.]+))$/.exec(path) ?? [];
  if (!platform.workspace.channels.has(channel)) throw new ActError(`there is nothing at /ui/${path}`);
  const messages =
    threadTs !== undefined
      ? threadMessages(platform, channel, threadTs, user)
      : channelMessages(platform, channel, user);
  return { ok: true, messages };
}

/** Answers a request of the page below `/ui/`; what a person cannot do is `{ok: false, error}` in words. */
export async function serveUi(
  platform: Platform,
  request: { method: string; url: URL; body: Body },
  response: ServerResponse,
): Promise<void> {
  const path = request.url.pathname.slice('/ui/'.length);
  try {
    if (request.method === 'GET') {
      return sendJson(response, 200, await get(platform, path, request.url.searchParams.get('user')));
    }
    if (path.startsWith('panel/')) {
      return sendJson(response, 200, await runPanelItem(platform, decodeURIComponent(path.slice(6))));
    }
    const route = POST[path];
    if (!route) throw new ActError(`there is nothing at /ui/${path}`);
    sendJson(response, 200, await route(platform, request.body, path));
  } catch (error) {
    if (!(error instanceof ActError)) throw error;
    sendJson(response, 200, { ok: false, error: error.message });
  }
}
